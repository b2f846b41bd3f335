"""A change of a ruleset's text in words: which entry, which field, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from pydantic import BaseModel

from thresholds import wording
from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test
from thresholds.language.durations import Duration
from thresholds.language.model import Basis, Unless
from thresholds.language.unary import UnaryTest
from thresholds.policy.changes import FieldChange, Side, Sides, TextChange
from thresholds.present import sentences, words

KINDS = {
    "scope": "whom the ruleset covers",
    "impossible": "combination that cannot be",
    "invariant": "statement to be proved",
    "reference": "note",
    "worked_example": "example",
}
"""What is said of the kinds of entries whose name says too little."""
_FIELDS = {
    "then": "what follows",
    "because": "the reason given",
    "applies_to": "for whom",
    "basis": "what it rests on",
    "absorbs": "what it covers",
    "tier": "level",
    "from_": "its first day",
    "until": "the day it ends",
    "history": "its value on other days",
    "absent": "when looked for and not found",
    "decided_by": "who decides",
    "lead": "who leads",
    "kind": "what kind it is",
    "scope": "who is covered",
    "outside_scope": "what is said to others",
}
_NAMES = {
    "absorbs": "responses",
    "lead": "roles",
    "decided_by": "roles",
    "ask": "roles",
    "topic": "topics",
    "detail_of": "indicators",
    "related": "indicators",
}
"""Whose ids a field holds."""
_FOLLOWS = {
    "points_to": "called for",
    "consider": "to be considered",
    "offer": "may be offered",
    "finding": "concluded",
}
_LEFT_OUT = ("place", "layer", "levels")


def kind_in_words(kind: str) -> str:
    """What kind of entry changed."""
    return KINDS.get(kind, wording.plain(kind))


def entry_in_words(change: TextChange) -> str:
    """Which entry: `rule “Prevent referral” (extremism_referral, england/rules/exploitation.yaml:107:3)`."""
    if change.kind == "scope":
        return kind_in_words(change.kind)
    place = change.after or change.before
    return f"{kind_in_words(change.kind)} “{change.label}” ({change.id}{f', {place}' if place else ''})"


def field_in_words(change: FieldChange, of: TextChange, sides: Sides) -> tuple[str, str, str]:
    """The name of a field of an entry, and its value before and after; empty where there was, or is, nothing."""
    name = _FIELDS.get(change.field, wording.plain(change.field.strip("_")))
    if change.order:
        name = f"the order of {name}"
    elif change.key:
        name = f"{name}, {_named(change.key, sides)}"
    before, after = (
        wording.endpoint(value, side.in_force.units[of.id])
        if of.kind == "parameter" and isinstance(value, Fraction | Duration)
        else _said(value, side, change.field)
        for value, side in zip((change.before, change.after), sides, strict=True)
    )
    return name, before, after


def field_as_sentence(change: FieldChange, of: TextChange, sides: Sides) -> str:
    """`value: was “85%”, is “90%”`; of an entry that is in one ruleset only, what it says."""
    name, before, after = field_in_words(change, of, sides)
    if of.how != "altered":
        return f"{name}: “{after or before}”"
    if before and after:
        return f"{name}: was “{before}”, is “{after}”"
    return f"{name}: “{after}” is new" if after else f"{name}: “{before}” is no longer there"


def _named(name: str, sides: Sides) -> str:
    """An id by its label, where it is one of a response, a finding or a group of children."""
    for side in reversed(sides):
        for entries in (side.in_force.responses, side.in_force.findings):
            if name in entries:
                return entries[name].label
    return words.GROUP.get(name, wording.plain(name))


def _said(value: object, side: Side, field: str = "") -> str:
    """A field's value in words; empty where there is none."""
    if value is None or value == () or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Test | AllOf | AnyOf | NoneOf | AtLeast):
        condition: Condition = value
        return sentences.condition(condition, side.in_force)
    if isinstance(value, Unless):
        return f"{sentences.condition(value.when, side.in_force)} ({value.because})"
    if isinstance(value, Basis):
        return sentences.rests_on(value)
    if isinstance(value, UnaryTest):
        return value.text
    if isinstance(value, BaseModel):
        return _said({name: getattr(value, name) for name in type(value).model_fields}, side)
    if isinstance(value, Mapping):
        told = ((str(key), one) for key, one in value.items() if key not in _LEFT_OUT)
        return ", ".join(
            f"{wording.plain(key.strip('_'))}: {_said(one, side, key)}"
            for key, one in told
            if one not in (None, (), {}, False)
        )
    if isinstance(value, list | tuple | frozenset):
        return "; ".join(_said(one, side, field) for one in value)
    return _plainly(value, side, field)


def _plainly(value: object, side: Side, field: str) -> str:
    """A single word or number."""
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, Fraction):
        return wording.number(value)
    if isinstance(value, Duration) or not isinstance(value, str):
        return str(value)
    if field == "then":
        return _FOLLOWS.get(value, value)
    if field == "applies_to":
        return words.GROUP.get(value, value)
    if field in _NAMES:
        entry = getattr(side.in_force, _NAMES[field]).get(value)
        return entry.label if entry is not None else wording.plain(value)
    return value
