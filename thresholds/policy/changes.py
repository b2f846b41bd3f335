"""What changed in the text of a ruleset: entries added, removed and altered, field by field, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import BaseModel

from thresholds.language.conditions import AllOf, AnyOf, AtLeast, NoneOf
from thresholds.language.definition import Definition, InForce, endpoint_of
from thresholds.language.model import Entry, Parameter, rule_of_level
from thresholds.language.unary import UnaryTest
from thresholds.language.yaml_text import Place
from thresholds.ruleset import Ruleset

How = Literal["added", "removed", "altered"]
_NOT_SAID = ("id", "place", "layer", "levels")
"""The levels of an indicator are rules, and said as such."""
_TELLING = {
    "rule": ("when", "unless", "then"),
    "parameter": ("value",),
    "indicator": ("definition",),
    "finding": ("definition",),
    "response": ("tier", "meaning"),
    "impossible": ("when",),
}
"""What is told of an entry that is in one ruleset only."""


@dataclass(frozen=True)
class FieldChange:
    """One field of an entry, or one `key` of it: its value before and after, None for none.

    Of a list only what differs is given; `order`: nothing but the order differs.
    """

    field: str
    before: object
    after: object
    key: str = ""
    order: bool = False


@dataclass(frozen=True)
class TextChange:
    """An entry that is in one ruleset only, with its telling fields, or one that the two word differently."""

    kind: str
    id: str
    label: str
    how: How
    fields: tuple[FieldChange, ...]
    before: Place | None = None
    after: Place | None = None


@dataclass(frozen=True)
class Side:
    """One of two rulesets, as it stands on a day."""

    definition: Definition
    in_force: InForce

    @cached_property
    def titled_by_their_test(self) -> frozenset[str]:
        """The rules that are rows of a table of levels, and have no title of their own."""
        return frozenset(
            rule_of_level(indicator, number, level).id
            for indicator in self.in_force.indicators.values()
            for number, level in enumerate(indicator.levels, start=1)
            if level.title is None
        )


Sides = tuple[Side, Side]


def sides_of(old: Ruleset, new: Ruleset, on: date) -> Sides:
    """Two rulesets as they stand on a day. Raises RulesetNotInForce where one does not answer for it."""
    return Side(old.definition, old.in_force(on)), Side(new.definition, new.in_force(on))


def text_changes(sides: Sides) -> tuple[TextChange, ...]:
    """Every difference between what two rulesets say, by kind and id. Layout, order and places are none."""
    found = list(_of_header(sides))
    for (kind, before), (_, after) in zip(_entries(sides[0]), _entries(sides[1]), strict=True):
        for name in sorted({*before, *after}):
            found.extend(_of_entry(kind, name, before.get(name), after.get(name), sides))
    return tuple(found)


def _entries(side: Side) -> Iterator[tuple[str, Mapping[str, Entry]]]:
    definition, in_force = side.definition, side.in_force
    yield "rule", {rule.id: rule for rule in in_force.rules}
    yield "parameter", {name: definition.parameters[name] for name in in_force.parameters}
    yield "indicator", {name: one for name, one in in_force.indicators.items() if one.layer != "built in"}
    yield "quantity", in_force.quantities
    yield "finding", in_force.findings
    yield "response", in_force.responses
    yield "topic", {name: one for name, one in in_force.topics.items() if one.layer != "built in"}
    yield "impossible", {one.id: one for one in in_force.impossible}
    yield "invariant", {one.id: one for one in in_force.invariants}
    yield "role", definition.roles
    yield "service", definition.services
    yield "source", definition.sources
    yield "document", definition.documents
    yield "reference", definition.reference
    yield "worked_example", definition.worked_examples


def _of_header(sides: Sides) -> Iterator[TextChange]:
    """Whom the rulesets cover, and what they are called."""
    old, new = (side.definition for side in sides)
    fields_ = ("scope", "outside_scope")
    covered = tuple(one for field in fields_ for one in _of_field(field, old.scope, new.scope, sides))
    if covered:
        yield TextChange("scope", "scope", "", "altered", covered)
    named = ("title", "authority", "notice")
    called = tuple(one for field in named for one in _of_field(field, old.header, new.header, sides))
    if called:
        yield TextChange("ruleset", new.header.name, new.header.title, "altered", called)


def _of_entry(kind: str, name: str, before: Entry | None, after: Entry | None, sides: Sides) -> Iterator[TextChange]:
    entry = after or before
    assert entry is not None
    label = next((getattr(entry, field) for field in ("title", "label", "statement") if hasattr(entry, field)), name)
    places = (before.place if before else None, after.place if after else None)
    if before is None or after is None:
        telling = tuple(one for field in _TELLING.get(kind, ()) for one in _of_field(field, before, after, sides))
        yield TextChange(kind, name, label, "added" if before is None else "removed", telling, *places)
        return
    names = [field for field in type(after).model_fields if field not in _NOT_SAID]
    if kind == "rule" and all(name in side.titled_by_their_test for side in sides):
        names.remove("title")
    changes = tuple(one for field in names for one in _of_field(field, before, after, sides))
    if changes:
        yield TextChange(kind, name, label, "altered", changes, *places)


def _of_field(field: str, before: BaseModel | None, after: BaseModel | None, sides: Sides) -> Iterator[FieldChange]:
    """How one field differs: of a mapping key by key, of a list in what only one of the two holds."""
    if isinstance(before or after, Parameter) and field in ("value", "history"):
        yield from _of_value(field, before, after, sides)
        return
    was, now = (getattr(one, field, None) or None for one in (before, after))
    if _meaning(was) == _meaning(now):
        return
    if isinstance(was, Mapping | None) and isinstance(now, Mapping | None):
        keys = dict.fromkeys([*(was or ()), *(now or ())])
        pairs = {key: ((was or {}).get(key), (now or {}).get(key)) for key in keys}
        differing = {key: pair for key, pair in pairs.items() if _meaning(pair[0]) != _meaning(pair[1])}
        yield from (FieldChange(field, *pair, key=str(key)) for key, pair in differing.items())
        if not differing:
            yield FieldChange(field, tuple(was or ()), tuple(now or ()), order=True)
    elif isinstance(was, tuple) and isinstance(now, tuple):
        known = [_meaning(one) for one in was], [_meaning(one) for one in now]
        only = tuple(one for one in was if _meaning(one) not in known[1])
        also = tuple(one for one in now if _meaning(one) not in known[0])
        order = not (only or also)
        yield FieldChange(field, was, now, order=True) if order else FieldChange(field, only or None, also or None)
    else:
        yield FieldChange(field, was, now)


def _of_value(field: str, before: BaseModel | None, after: BaseModel | None, sides: Sides) -> Iterator[FieldChange]:
    """A parameter by its value on the day; where that is the same, by its values on other days."""
    was, now = (
        side.in_force.parameters[one.id] if isinstance(one, Parameter) else None
        for one, side in zip((before, after), sides, strict=True)
    )
    if field == "value" and was != now:
        yield FieldChange(field, was, now)
    elif field == "history" and was == now and _dated(before) != _dated(after):
        yield FieldChange(field, _dated(before), _dated(after))


def _dated(parameter: BaseModel | None) -> tuple[object, ...]:
    """The values of a parameter, each with the day from which it counts, and its own basis."""
    assert isinstance(parameter, Parameter)
    if parameter.value is not None:
        return ({"value": endpoint_of(parameter.value)},)
    return tuple({"from_": one.from_, "value": endpoint_of(one.value), "basis": one.basis} for one in parameter.history)


def _meaning(value: object) -> object:
    """A value without its place, and without the order of what has none: what two files must share to say the same."""
    if isinstance(value, UnaryTest):
        return value.negated, value.alternatives
    if isinstance(value, AllOf | AnyOf | NoneOf | AtLeast):
        number = value.number if isinstance(value, AtLeast) else ""
        return type(value).__name__, number, sorted(map(repr, map(_meaning, value.parts)))
    if isinstance(value, BaseModel):
        given = {name: getattr(value, name) for name in type(value).model_fields if name not in _NOT_SAID[1:]}
        return _meaning(given)
    if is_dataclass(value) and not isinstance(value, type):
        return [_meaning(getattr(value, one.name)) for one in fields(value) if one.name != "place"]
    if isinstance(value, Mapping):
        return [(key, _meaning(one)) for key, one in value.items()]
    if isinstance(value, list | tuple):
        return [_meaning(one) for one in value]
    return value
