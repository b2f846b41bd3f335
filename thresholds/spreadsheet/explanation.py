"""The first sheet: how to read the others, what may be changed in them, and what then happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thresholds.present.sentences import CONFIDENCE_NAMES
from thresholds.present.words import RULESET_STATUS, sentence
from thresholds.ruleset import Ruleset
from thresholds.spreadsheet.tables import Table
from thresholds.wording import plain

EXPLANATION = "How to read and mark this"

_CHANGES = """
White cells: May be changed: texts, numbers, the tests of a condition, and the weight of a response.
Grey cells: Are to be read only. A change in one of them is reported when the spreadsheet is read, and goes no further.
Comments: Write whatever you want to say in the yellow column Comment, or in a note on any cell. Comments are listed \
when the spreadsheet is read; they never change a rule.
Rows: Do not add, delete or rename rows. A deleted row takes no rule out of force, and a new row makes no rule. Write \
in a comment what is wanted, and whoever keeps the rule files makes the change there.
Empty cells: An emptied cell deletes nothing: that is reported. A grey cell that is empty cannot be filled here.
Locked cells: The lock has no password. It guards against slips, and may be taken off to sort the rows.
"""
_LAYERS = """
Layers: Rows of the layer {base} belong to the ruleset that {own} builds on, and are to be read only here. To have \
something of it differ, write a comment: an entry of {own} then takes its place, with a reason.
"""
_READING = """
In words: The condition as a sentence, with the numbers in force. The same in rule language stands further right.
In rule language: One test a line: a name, a colon, and what is asked of it. All of them must hold. Under any one is \
enough, under all each is needed, under none each must be false, under at_least so many as n says. Change only what \
stands after the colon.
true, false: It is so; it is not so.
3, > 3, >= 3, < 3, <= 3: Exactly 3, more than 3, at least 3, less than 3, at most 3.
[1..5), (1..5]: From 1 to less than 5; more than 1, and 5 at most.
low, moderate: One of these values.
>= moderate: Moderate or worse, where the values have an order.
not(low): Anything but low.
< 16 years, >= 28 days: Ages and lengths of time, with their unit.
>= many_hours: A number by its name: its value stands in the sheet Numbers.
Because: The reason that people are given. A name in braces, such as {child_age}, stands for a value.
points_to: The response is called for, and its level of need counts.
consider: A named person decides whether it is called for; nothing is closed before.
offer: The family may have it; it makes no difference to the level of need.
finding: Not a response but a finding, which other rules read: this word stays as it is.
"""
_THEN = """
1: thresholds import RULESET --xlsx FILE lists every change and comment, and shows what would change in the rule files.
2: With --write it changes that, and nothing else in them. Where a change would break the ruleset, it says where, and \
writes nothing.
3: Whoever keeps the rules runs thresholds check and thresholds examples, and the change is signed off like any other.
"""


def explanation(ruleset: Ruleset, tables: Sequence[Table]) -> list[tuple[str, str]]:
    """Pairs of what is explained and its explanation; a heading stands alone, the title first."""
    return list(_lines(ruleset, tables))


def _lines(ruleset: Ruleset, tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    header, layers = ruleset.definition.header, ruleset.definition.layers
    yield header.title, ""
    yield "Edition", header.edition
    yield "Authority", sentence(header.authority)
    yield "Status", sentence(RULESET_STATUS[ruleset.status])
    yield "To be borne in mind", " ".join(header.notice.split())
    yield "Content", f"{ruleset.hash} (names exactly this version of the rules)"
    yield from _heading("The sheets")
    for table in tables:
        yield table.name, sentence(f"{len(table.rows)} rows: {table.about}")
    yield from _heading("What may be changed")
    yield from _pairs(_CHANGES)
    if len(layers) > 1:
        yield from _pairs(_LAYERS.format(base=", ".join(layers[:-1]), own=layers[-1]))
    yield from _heading("How to read a rule")
    yield from _pairs(_READING)
    yield from _heading("What a rule rests on")
    for confidence, meaning in CONFIDENCE_NAMES.items():
        yield plain(confidence), sentence(meaning)
    yield from _heading("What happens then")
    yield from _pairs(_THEN)


def _heading(text: str) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield text, ""


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.strip().splitlines():
        left, right = line.split(": ", 1)
        yield left, right
