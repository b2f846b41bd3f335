"""Two rulesets held against one another, in words: who is answered differently, why, and what changed in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from thresholds.policy.changes import TextChange
from thresholds.policy.compare import Comparison
from thresholds.policy.moves import COVERED, LEVEL, LEVELS, NOT_CALLED, Move
from thresholds.present import words
from thresholds.present.blocks import Block, Gap, Heading, Line, Table, Title
from thresholds.present.changed import entry_in_words, field_as_sentence, kind_in_words
from thresholds.present.differences import STANDINGS, difference_in_words, level_in_words, response_in_words
from thresholds.present.report import as_html
from thresholds.present.situations import length
from thresholds.ruleset import Ruleset

_PINNED = re.compile(r"@(\d{4}-\d{2}-\d{2})\b")
_SHOWN, _CHANGES = 3, 20
"""How many situations and changes of the text are told where not all are."""
_RULED_OUT = {
    "alike": "every one is answered alike, which is proved",
    "differently": "some are answered differently",
    "not finished": "NOT FINISHED, whether all are answered alike",
}


def comparison_in_words(comparison: Comparison, names: tuple[str, str], everything: bool) -> Iterator[Block]:
    """The summary, then what is answered differently, what changed in the text, and what was left out.

    `names`: how the two are named on the command line. Without `everything` only the first of each are told.
    """
    yield Title(f"From {names[0]} to {names[1]}")
    yield from _summary(comparison)
    yield from _levels(comparison)
    yield from _responses(comparison)
    shown = comparison.explained if everything else comparison.explained[:_SHOWN]
    for number, one in enumerate(shown, start=1):
        yield from difference_in_words(number, one, comparison, everything)
    yield from _more(len(comparison.explained) - len(shown), "situation")
    yield from _text(comparison, everything)
    yield from _left_out(comparison)


def title_of(names: tuple[str, str]) -> str:
    """What a report of it is called; `llr@2015-02-01` is llr as of that day."""
    old, new = (_PINNED.sub(lambda day: f" as of {words.day(date.fromisoformat(day[1]))}", name) for name in names)
    return f"What changed from {old} to {new}, and for whom"


def comparison_page(comparison: Comparison, names: tuple[str, str]) -> str:
    """All of it as one HTML page, such as is signed with a ruleset."""
    return as_html(comparison_in_words(comparison, names, everything=True), title=title_of(names))


def _more(number: int, what: str) -> Iterator[Block]:
    if number:
        yield Gap()
        yield Line(f"{words.counted(number, f'more {what}')}: `--all` or a report (`--html FILE`) tells them.")


# --- in short -------------------------------------------------------------------------------------


def _summary(comparison: Comparison) -> Iterator[Block]:
    behaviour = comparison.behaviour
    for lead, ruleset in (("Old:", comparison.old), ("New:", comparison.new)):
        yield Line(_which(ruleset), lead=lead)
    left_out = f"{_indicators(behaviour.unlike, comparison)} (the two define this differently)"
    without = f", and who have nothing to say of {left_out}" if behaviour.unlike else ""
    yield Line(f"children assessed on {words.day(comparison.on)}, of whom everything is known{without}", lead="For:")
    yield Line(_text_summary(comparison.text), lead="Text:")
    if behaviour.extent == "stopped":
        yield Line(_how_far(comparison), lead="STOPPED:", tone="attention")
    if not behaviour.undecided:
        yield Line(_answers(comparison), lead="Answers:", tone="plain" if behaviour.same else "strong")
    yield from _other_days(comparison)
    yield from _statements(comparison)


def _other_days(comparison: Comparison) -> Iterator[Block]:
    """On which other days somebody is, or may be, answered differently."""
    differing = [day.on for day in comparison.other_days if not day.same]
    if differing:
        days = "; ".join(words.day(day) for day in differing)
        text = f"they may differ for children assessed from these days on as well: {days}. `--on` tells of each."
        yield Line(text, lead="Other days:", tone="attention")
    elif comparison.other_days:
        days = "; ".join(words.day(day.on) for day in comparison.other_days)
        yield Line(f"proved alike for children assessed from these days on: {days}.", lead="Other days:")


def _statements(comparison: Comparison) -> Iterator[Block]:
    """What must hold of the new ruleset, and does or does not."""
    refuted = [proof for proof in comparison.broken if proof.verdict == "refuted"]
    unfinished = len(comparison.broken) - len(refuted)
    total = len(comparison.proofs)
    if unfinished:
        yield Line(f"{unfinished} of {total} NOT FINISHED, of the new one.", lead="Statements:", tone="attention")
    if refuted:
        yield Line(f"{len(refuted)} of {total} do not hold of the new one.", lead="Statements:", tone="attention")
        for proof in refuted:
            yield Line(f"{proof.statement} ({proof.place})", lead="REFUTED:", mark="•", depth=1)
    elif total and not unfinished:
        yield Line(f"all {total} are proved of the new one.", lead="Statements:")


def _which(ruleset: Ruleset) -> str:
    """Which ruleset it is, so that a report says for itself what was compared."""
    pinned = f", as it stood on {words.day(ruleset.as_at)}" if ruleset.as_at is not None else ""
    return f"{ruleset.name}, edition “{ruleset.edition}”{pinned} (content {ruleset.hash[:12]})"


def _text_summary(text: Sequence[TextChange]) -> str:
    if not text:
        return "nothing changed in what is written."
    counts: dict[tuple[str, str], int] = {}
    for one in text:
        counts[one.how, one.kind] = counts.get((one.how, one.kind), 0) + 1
    told = [
        f"{kind_in_words(kind)} {how}" if kind in ("scope", "ruleset") else _counted(number, kind_in_words(kind), how)
        for (how, kind), number in sorted(counts.items())
    ]
    return f"{'; '.join(told)}."


def _counted(number: int, kind: str, how: str) -> str:
    noun, space, rest = kind.partition(" ")
    return f"{words.counted(number, noun, f'{noun[:-1]}ies' if noun.endswith('y') else '')}{space}{rest} {how}"


def _how_far(comparison: Comparison) -> str:
    if comparison.behaviour.undecided:
        ways = words.counted(len(comparison.behaviour.undecided), "way")
        return f"{ways} in which an answer could differ were not looked into, so this is a part of the answer only."
    return "every way of differing was looked into, but not every situation in which it comes about."


def _answers(comparison: Comparison) -> str:
    behaviour = comparison.behaviour
    if behaviour.same:
        on_that_day = "" if comparison.same else " on that day"
        return f"every child is answered alike{on_that_day}. This is proved for all of them, not sampled."
    real = [move for move in behaviour.possible if not move.slight]
    if behaviour.possible and not real:
        return "every child comes to the same level of need, and to the same responses but for those covered anyway."
    if not behaviour.possible:
        return "no difference was found among the children who could be compared: see what was left out."
    responses = len({move.of for move in real if move.of != LEVEL})
    levels = any(move.of == LEVEL for move in real)
    told = "some children come to another level of need" if levels else "no child comes to another level of need"
    counted = words.counted(responses, "response") if responses else "no response is"
    return f"{told}; {counted} called for differently."


# --- who can move how -----------------------------------------------------------------------------


def _levels(comparison: Comparison) -> Iterator[Block]:
    """The level before by the level after."""
    behaviour = comparison.behaviour
    possible, undecided = set(behaviour.possible), set(behaviour.undecided)

    def cell(before: str, after: str) -> str:
        move = Move(LEVEL, before, after)
        if before == after:
            return "as before"
        if move in undecided:
            return "NOT FINISHED"
        return "SOME CHILDREN" if move in possible else "nobody: proved"

    if behaviour.same:
        return
    rows = tuple((level_in_words(before), *(cell(before, after) for after in LEVELS)) for before in LEVELS)
    yield Heading("Who comes to another level of need")
    yield Table(
        ("Before", *(level_in_words(level) for level in LEVELS)), rows, "Each row: where those children are now"
    )


def _responses(comparison: Comparison) -> Iterator[Block]:
    behaviour = comparison.behaviour
    if behaviour.same:
        return
    yield Heading("Responses called for differently")
    moves = [move for move in behaviour.possible if move.of != LEVEL]
    by_response: dict[str, list[Move]] = {}
    for move in moves:
        if not move.slight:
            by_response.setdefault(move.of, []).append(move)
    for response, ways in by_response.items():
        yield Line(f"{response_in_words(response, comparison)}:", tone="strong")
        for move in ways:
            count = sum(one.difference.situation.count for one in comparison.explained if move in one.difference.moves)
            found = f"{words.counted(count, 'situation')} found" if count else "somebody, but the search was stopped"
            yield Line(f"{STANDINGS[move.before]} → {STANDINGS[move.after]}: {found}", mark="•", depth=1)
    kinds = (
        (NOT_CALLED, "now called for as well, where another response covers them, so nothing else is to be done"),
        (COVERED, "no longer called for, where another response covered them before"),
    )
    for before, told in kinds:
        slight = [response_in_words(move.of, comparison) for move in moves if move.slight and move.before == before]
        if slight:
            yield Line(
                f"{'; '.join(slight)}.",
                lead=f"These are {told}:",
            )
    undecided = dict.fromkeys(move.of for move in behaviour.undecided if move.of != LEVEL)
    if undecided:
        yield Line(
            f"{'; '.join(response_in_words(one, comparison) for one in undecided)}.",
            lead="NOT FINISHED:",
            tone="attention",
        )
    other = "every other response, and every other way," if moves or undecided else "every response"
    yield Line(f"For {other} it is proved that no child is answered differently.", tone="quiet")


# --- the text -------------------------------------------------------------------------------------


def _text(comparison: Comparison, everything: bool) -> Iterator[Block]:
    if not comparison.text:
        return
    yield Heading("What changed in the text")
    shown = comparison.text if everything else comparison.text[:_CHANGES]
    for one in shown:
        yield Line(f"{words.sentence(entry_in_words(one)).rstrip('.')} was {one.how}.", mark="•")
        for field in one.fields:
            yield Line(f"{field_as_sentence(field, one, comparison.sides)}", mark="-", depth=1)
    yield from _more(len(comparison.text) - len(shown), "change")


# --- what was left out ----------------------------------------------------------------------------


def _left_out(comparison: Comparison) -> Iterator[Block]:
    yield Heading("What was left out")
    yield from (Line(one, mark="•") for one in _told_left_out(comparison))


def _told_left_out(comparison: Comparison) -> Iterator[str]:
    behaviour = comparison.behaviour
    if behaviour.unlike:
        yield (
            "Both define these, but so differently that no child can be described to both alike: "
            f"{_indicators(behaviour.unlike, comparison)}. Only children are compared of whom none of these is noted."
        )
    for name, only in (("new", comparison.only_old), ("old", comparison.only_new)):
        if only:
            yield f"The {name} one does not know these, and was not told of them: {_indicators(only, comparison)}."
    if behaviour.ruled_out is not None:
        yield (
            "The two do not call the same combinations impossible. Of children whom only one of them rules out: "
            f"{_RULED_OUT[behaviour.ruled_out]}."
        )
    for one, other in behaviour.by_calendar:
        yield (
            f"Which is longer, {length(one)} or {length(other)}, depends on the calendar: it was taken as it falls on "
            f"{words.day(comparison.on)}."
        )
    if behaviour.extent != "all":
        yield (
            "There are more situations than are listed: larger ones (`--signs` says how large), or more of their kind. "
            "Which ways of differing there are does not depend on it."
        )
    yield "What is not known of a child is not compared: an answer that waits for a question may wait longer."


def _indicators(names: Iterable[str], comparison: Comparison) -> str:
    return ", ".join(comparison.catalogue.indicators[name].label for name in names)
