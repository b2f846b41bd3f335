"""Two rulesets held against one another, in words: who is answered differently, why, and what changed in the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thresholds.decision import Decision, Reason
from thresholds.policy.boxes import in_words, who_in_words
from thresholds.policy.changes import TextChange
from thresholds.policy.compare import Comparison, Explained
from thresholds.policy.moves import COVERED, LEVEL, LEVELS, NOT_CALLED, OUTSIDE, Move
from thresholds.policy.situations import Choice
from thresholds.present import words
from thresholds.present.assessment_file import as_yaml
from thresholds.present.blocks import Block, Gap, Heading, Line, Sheet, Table, Title
from thresholds.present.report import as_html
from thresholds.wording import plain

_SHOWN, _NAMED = 3, 6
_STANDINGS = {
    NOT_CALLED: "not called for",
    COVERED: "covered by another response",
    "offer": "may be offered",
    "consider": "to be considered",
    "points_to": "called for",
}


def comparison_in_words(comparison: Comparison, names: tuple[str, str], everything: bool) -> Iterator[Block]:
    """The summary, then what is answered differently, what changed in the text, and what was left out.

    `names`: how the two are named on the command line. Without `everything` only the first differences are told.
    """
    yield Title(f"From {names[0]} to {names[1]}")
    yield from _summary(comparison)
    yield from _levels(comparison)
    yield from _responses(comparison)
    shown = comparison.explained if everything else comparison.explained[:_SHOWN]
    for number, one in enumerate(shown, start=1):
        yield from _difference(number, one, comparison, everything)
    if len(shown) < len(comparison.explained):
        more = len(comparison.explained) - len(shown)
        yield Gap()
        yield Line(f"{words.counted(more, 'more situation')}: `--all` or a report (`--html FILE`) tells them.")
    yield from _text(comparison.text)
    yield from _left_out(comparison)


def comparison_page(comparison: Comparison, names: tuple[str, str]) -> str:
    """All of it as one HTML page, such as is signed with a ruleset."""
    title = f"From {names[0]} to {names[1]}: what changed, and for whom"
    return as_html(comparison_in_words(comparison, names, everything=True), title=title)


def _summary(comparison: Comparison) -> Iterator[Block]:
    behaviour = comparison.behaviour
    yield Line(f"children assessed on {words.day(comparison.on)}, of whom everything is known", lead="For:")
    yield Line(_text_summary(comparison.text), lead="Text:")
    if behaviour.same:
        answered = "every child is answered alike. This is proved for all of them, not sampled."
    elif behaviour.undecided:
        answered = "the search was stopped. What is shown is not all, and nothing more is proved."
    else:
        levels = [move for move in behaviour.possible if move.of == LEVEL]
        answered = (
            "some children come to another level of need" if levels else "no child comes to another level of need"
        )
        responses = len({move.of for move in behaviour.possible if move.of != LEVEL and not move.slight})
        answered += f"; {words.counted(responses, 'response')} called for differently"
        answered += "." if not all(move.slight for move in behaviour.possible) else ", none that is not covered anyway."
    yield Line(answered, lead="Answers:", tone="plain" if behaviour.same else "strong")
    if comparison.broken:
        broken = words.counted(len(comparison.broken), "statement")
        yield Line(
            f"{broken} of {len(comparison.proofs)} not proved of the new one.", lead="Statements:", tone="attention"
        )
        for proof in comparison.broken:
            verdict = "REFUTED" if proof.verdict == "refuted" else "NOT FINISHED"
            yield Line(f"{proof.statement} ({proof.place})", lead=f"{verdict}:", mark="•", depth=1)
    elif comparison.proofs:
        yield Line(f"all {len(comparison.proofs)} are proved of the new one.", lead="Statements:")


def _text_summary(text: Sequence[TextChange]) -> str:
    if not text:
        return "nothing changed that the rules say."
    counts: dict[tuple[str, str], int] = {}
    for one in text:
        counts[one.how, one.kind] = counts.get((one.how, one.kind), 0) + 1
    return "; ".join(f"{words.counted(number, kind)} {how}" for (how, kind), number in sorted(counts.items())) + "."


def _levels(comparison: Comparison) -> Iterator[Block]:
    """The level before by the level after."""
    behaviour = comparison.behaviour

    def cell(before: str, after: str) -> str:
        move = Move(LEVEL, before, after)
        if before == after:
            return "as before"
        if move in behaviour.undecided:
            return "NOT FINISHED"
        return "SOME CHILDREN" if move in behaviour.possible else "nobody: proved"

    if behaviour.same:
        return
    rows = tuple((_level(before), *(cell(before, after) for after in LEVELS)) for before in LEVELS)
    yield Heading("Who comes to another level of need")
    yield Table(("Before", *(_level(level) for level in LEVELS)), rows, "Each row: where those children are now")


def _level(level: str) -> str:
    return "outside scope" if level == OUTSIDE else level


def _responses(comparison: Comparison) -> Iterator[Block]:
    moves = [move for move in comparison.behaviour.possible if move.of != LEVEL]
    if not moves:
        return
    yield Heading("Responses called for differently")
    yield Line(
        "For every other response, and every other way, it is proved that no child is answered so.", tone="quiet"
    )
    rows = []
    for move in moves:
        number = [one.difference.situation.count for one in comparison.explained if move in one.difference.moves]
        found = "in these alone nothing else is to be done" if move.slight else f"{sum(number)} found"
        rows.append((_label(move.of, comparison), _STANDINGS[move.before], _STANDINGS[move.after], found))
    yield Table(("Response", "Before", "Now", "Situations"), tuple(rows))


def _label(response: str, comparison: Comparison) -> str:
    sides = (comparison.new.in_force(comparison.on), comparison.old.in_force(comparison.on))
    return next((side.responses[response].label for side in sides if response in side.responses), plain(response))


def _difference(number: int, one: Explained, comparison: Comparison, everything: bool) -> Iterator[Block]:
    situation = one.difference.situation
    yield Heading(f"{number}. {_headline(one, comparison)}")
    if situation.parts:
        yield Line(
            "with this, and nothing else recorded:", lead=f"{words.sentence(who_in_words(situation.who)).rstrip('.')},"
        )
        for part in situation.parts:
            yield from _part(part, comparison, everything)
    else:
        yield Line("of whom nothing is recorded.", lead=f"{words.sentence(who_in_words(situation.who)).rstrip('.')},")
    for move in one.difference.moves:
        name = "Level of need" if move.of == LEVEL else _label(move.of, comparison)
        before, after = (_STANDINGS.get(value, _level(value)) for value in (move.before, move.after))
        yield Line(f"{before} → {after}", lead=f"{name}:", depth=1, tone="strong")
    yield from _explanation("Before:", one.difference.before, one.lost)
    yield from _explanation("Now:", one.difference.after, one.gained)
    for cause in one.causes:
        yield Line(_said(cause), lead="Because of the change:", depth=1)
    if everything:
        yield Line("One such child, as a file for `thresholds assess`:", depth=1, tone="quiet")
        yield Sheet(as_yaml(situation.children[0]), "yaml")


def _headline(one: Explained, comparison: Comparison) -> str:
    level = next((move for move in one.difference.moves if move.of == LEVEL), None)
    if level is not None:
        return f"From {_level(level.before)} to {_level(level.after)}"
    telling = max(one.difference.moves, key=lambda move: (move.after == "points_to", not move.slight, move.of))
    return f"{_label(telling.of, comparison)}: {_STANDINGS[telling.before]} → {_STANDINGS[telling.after]}"


def _part(part: Choice, comparison: Comparison, everything: bool) -> Iterator[Block]:
    named = [in_words(box, comparison.catalogue) for box in part.among]
    if len(named) == part.number:
        yield from (Line(one, mark="•", depth=1) for one in named)
        return
    count = len({box[0].indicator for box in part.among})
    yield Line(f"{'one' if part.number == 1 else part.number} of these {count}:", mark="•", depth=1)
    shown = named if everything else named[:_NAMED]
    yield from (Line(one, mark="-", depth=2) for one in shown)
    if len(shown) < len(named):
        yield Line(f"and {len(named) - len(shown)} more", mark="-", depth=2, tone="quiet")


def _explanation(lead: str, decision: Decision, reasons: Sequence[Reason]) -> Iterator[Block]:
    level = decision.tier or "outside scope"
    if not reasons:
        yield Line(f"{level}; every rule that holds, holds in both.", lead=lead, depth=1)
        return
    yield Line(f"{level}.", lead=lead, depth=1)
    for reason in reasons:
        yield Line(f"{words.sentence(reason.because)} ({reason.rule}, {reason.place})", mark="•", depth=2)


def _text(text: Sequence[TextChange]) -> Iterator[Block]:
    if not text:
        return
    yield Heading("What changed in the text")
    for one in text:
        yield Line(_said(one), mark="•")


def _said(one: TextChange) -> str:
    """A change as a sentence."""
    place = one.after or one.before
    name = f"{plain(one.kind)} “{one.label}” ({one.id}{f', {place}' if place else ''})"
    if one.how != "altered":
        return f"{name} was {one.how}."
    told = "; ".join(f"{field.field} was “{field.before}”, is “{field.after}”" for field in one.fields)
    return f"{name}: {told}."


def _left_out(comparison: Comparison) -> Iterator[Block]:
    behaviour = comparison.behaviour
    told = []
    if comparison.behaviour.unlike:
        named = ", ".join(comparison.behaviour.unlike)
        told.append(
            f"Both define these, and so differently that no child can be told to both: {named}. Taken as absent."
        )
    for name, only in (("new", comparison.only_old), ("old", comparison.only_new)):
        if only:
            told.append(f"The {name} one does not know these, and was not told of them: {', '.join(only)}.")
    if behaviour.undecided:
        told.append(f"Not finished: {words.counted(len(behaviour.undecided), 'way')} in which an answer could differ.")
    if behaviour.extent != "all":
        told.append(
            "There are more situations than are listed: larger ones, or more of their kind. That every way of "
            "differing has been found does not depend on it."
            if not behaviour.undecided
            else "The search for situations was stopped."
        )
    told.append("What is not known of a child is not compared: an answer that waits for a question may wait longer.")
    yield Heading("What was left out")
    yield from (Line(one, mark="•") for one in told)
