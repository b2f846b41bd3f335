"""One way in which two rulesets differ, in words: whom, how they are answered, and because of what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thresholds.decision import Decision, Reason
from thresholds.policy.changes import Sides, TextChange
from thresholds.policy.compare import Comparison, Explained
from thresholds.policy.moves import COVERED, LEVEL, NOT_CALLED, OUTSIDE
from thresholds.policy.situations import Choice
from thresholds.present import words
from thresholds.present.assessment_file import as_yaml
from thresholds.present.blocks import Block, Heading, Line, Sheet
from thresholds.present.changed import entry_in_words, field_as_sentence
from thresholds.present.situations import in_words, who_in_words
from thresholds.wording import plain

_NAMED = 6
"""How many alternatives are told where not all are."""
STANDINGS = {
    NOT_CALLED: "not called for",
    COVERED: "covered by another response",
    "offer": "may be offered",
    "consider": "to be considered",
    "points_to": "called for",
}


def difference_in_words(number: int, one: Explained, comparison: Comparison, everything: bool) -> Iterator[Block]:
    """The situation, how its child is answered before and now, and the rule lines and changes responsible.

    With `everything` all the alternatives, and the child as a file for `thresholds assess`.
    """
    situation = one.difference.situation
    yield Heading(f"{number}. {_headline(one, comparison)}")
    yield Line(f"{words.sentence(who_in_words(situation.who)).rstrip('.')}, {_with(situation.parts)}")
    for part in sorted(situation.parts, key=lambda part: len(part.among) > part.number):  # what is certain first
        yield from _part(part, comparison, everything)
    for move in one.difference.moves:
        name = "Level of need" if move.of == LEVEL else response_in_words(move.of, comparison)
        before, after = (STANDINGS.get(value, level_in_words(value)) for value in (move.before, move.after))
        yield Line(f"{before} → {after}", lead=f"{name}:", depth=1, tone="strong")
    yield from _explanation("Before:", one.difference.before, one.lost, "No rule held that does not hold now.")
    yield from _explanation("Now:", one.difference.after, one.gained, "No rule holds that did not hold before.")
    for cause in one.causes:
        yield Line(_as_sentence(cause, comparison.sides), lead="Because of this change:", depth=1)
    if everything:
        yield Line("One such child, as a file for `thresholds assess`:", depth=1, tone="quiet")
        yield Sheet(as_yaml(situation.children[0]), "yaml")


def _with(parts: Sequence[Choice]) -> str:
    if not parts:
        return "with no need at all."
    return f"with {'this' if sum(part.number for part in parts) == 1 else 'these'} and no other need:"


def _headline(one: Explained, comparison: Comparison) -> str:
    level = next((move for move in one.difference.moves if move.of == LEVEL), None)
    if level is not None:
        return f"From {level_in_words(level.before)} to {level_in_words(level.after)}"
    telling = max(one.difference.moves, key=lambda move: (move.after == "points_to", not move.slight, move.of))
    return f"{response_in_words(telling.of, comparison)}: {STANDINGS[telling.before]} → {STANDINGS[telling.after]}"


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


def _explanation(lead: str, decision: Decision, reasons: Sequence[Reason], none: str) -> Iterator[Block]:
    level = level_in_words(decision.tier or OUTSIDE)
    yield Line(f"{level}." if reasons else f"{level}. {none}", lead=lead, depth=1)
    for reason in reasons:
        yield Line(f"{words.sentence(reason.because)} ({reason.rule}, {reason.place})", mark="•", depth=2)


def _as_sentence(one: TextChange, sides: Sides) -> str:
    """A change in one line."""
    if one.how != "altered":
        return f"{entry_in_words(one)} was {one.how}."
    return f"{entry_in_words(one)}: {'; '.join(field_as_sentence(field, one, sides) for field in one.fields)}."


def level_in_words(level: str) -> str:
    """A level of need, or that there is none."""
    return "outside scope" if level == OUTSIDE else level


def response_in_words(response: str, comparison: Comparison) -> str:
    """The label of a response: the new ruleset's, where that has it."""
    sides = [side.in_force for side in reversed(comparison.sides)]
    return next((side.responses[response].label for side in sides if response in side.responses), plain(response))
