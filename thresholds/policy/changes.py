"""What changed in the text of a ruleset: entries added, removed and altered, before and after, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel

from thresholds import wording
from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test, every_test
from thresholds.language.definition import InForce
from thresholds.language.model import Basis, Entry, Rule, Unless
from thresholds.language.unary import UnaryTest
from thresholds.language.yaml_text import Place
from thresholds.present import sentences
from thresholds.present.sentences import rests_on
from thresholds.ruleset import Ruleset

How = Literal["added", "removed", "altered"]
_NOT_SAID = ("id", "place", "layer", "levels")
"""The levels of an indicator are rules, and said as such."""
_SILENT = "nothing"


@dataclass(frozen=True)
class FieldChange:
    """One field of an entry, before and after, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class TextChange:
    """An entry that is in one ruleset only, or that the two word differently."""

    kind: str
    id: str
    label: str
    how: How
    fields: tuple[FieldChange, ...]
    before: Place | None
    after: Place | None


def text_changes(old: Ruleset, new: Ruleset, on: date) -> tuple[TextChange, ...]:
    """Every difference between what two rulesets say for a day, by kind and id."""
    sides = old.in_force(on), new.in_force(on)
    found: list[TextChange] = []
    for (kind, before), (_, after) in zip(_lists(old, sides[0]), _lists(new, sides[1]), strict=True):
        for name in sorted({*before, *after}):
            found.extend(_of_entry(kind, name, before.get(name), after.get(name), sides))
    found.extend(_of_parameters(old, new, sides))
    return tuple(found)


def bears_on(rule: Rule, ruleset: InForce) -> frozenset[str]:
    """The ids of everything that a rule's holding depends on: itself, what it reads, and what that is made of."""
    seen: set[str] = set()
    below = [rule]
    while below:
        one = below.pop()
        if one.id in seen:
            continue
        seen.update((one.id, *one.responses, *one.findings))
        for condition in one.conditions():
            for test, _ in every_test(condition):
                seen.update((test.name, *test.test.names, *_behind(test.name, ruleset)))
                below.extend(other for other in ruleset.rules if test.name in other.findings)
    return frozenset(seen)


def _behind(name: str, ruleset: InForce) -> Iterator[str]:
    quantity = ruleset.quantities.get(name)
    if quantity is not None:
        yield from ruleset.members(quantity)
        counted = quantity.count or quantity.longest
        assert counted is not None
        for test in (counted.where.value, counted.where.lasting):
            yield from () if test is None else test.names
        if quantity.count is not None and quantity.count.within:
            yield quantity.count.within


def _lists(ruleset: Ruleset, in_force: InForce) -> Iterator[tuple[str, Mapping[str, Entry]]]:
    definition = ruleset.definition
    yield "rule", {rule.id: rule for rule in in_force.rules}
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


def _of_entry(
    kind: str, name: str, before: Entry | None, after: Entry | None, sides: tuple[InForce, InForce]
) -> Iterator[TextChange]:
    entry = after or before
    assert entry is not None
    label = next((getattr(entry, field) for field in ("title", "label", "statement") if hasattr(entry, field)), name)
    places = (before.place if before else None, after.place if after else None)
    if before is None or after is None:
        yield TextChange(kind, name, label, "added" if before is None else "removed", (), *places)
        return
    changed = tuple(
        FieldChange(wording.plain(field.strip("_")), _said(was, sides[0]), _said(now, sides[1]))
        for field in type(after).model_fields
        if field not in _NOT_SAID and _meaning(was := getattr(before, field)) != _meaning(now := getattr(after, field))
    )
    if changed:
        yield TextChange(kind, name, label, "altered", changed, *places)


def _of_parameters(old: Ruleset, new: Ruleset, sides: tuple[InForce, InForce]) -> Iterator[TextChange]:
    """Parameters by the value that is in force."""
    entries = old.definition.parameters, new.definition.parameters
    for name in sorted({*sides[0].parameters, *sides[1].parameters}):
        values = [
            wording.endpoint(side.parameters[name], side.units[name]) if name in side.parameters else None
            for side in sides
        ]
        if values[0] == values[1]:
            continue
        parameter = entries[1].get(name) or entries[0][name]
        how: How = "added" if values[0] is None else "removed" if values[1] is None else "altered"
        change = FieldChange("value", values[0] or _SILENT, values[1] or _SILENT)
        places = [side[name].place if value is not None else None for side, value in zip(entries, values, strict=True)]
        yield TextChange("parameter", name, parameter.title, how, (change,), *places)


def _meaning(value: object) -> object:
    """A value without the place where it stands: what two files must share to say the same."""
    if isinstance(value, BaseModel):
        return {name: _meaning(getattr(value, name)) for name in type(value).model_fields if name not in _NOT_SAID[1:]}
    if isinstance(value, UnaryTest):
        return value.text
    if is_dataclass(value) and not isinstance(value, type):
        return (
            type(value).__name__,
            *(_meaning(getattr(value, one.name)) for one in fields(value) if one.name != "place"),
        )
    if isinstance(value, Mapping):
        return {key: _meaning(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_meaning(one) for one in value]
    return value


def _said(value: object, ruleset: InForce) -> str:
    """A field's value in words."""
    if value is None or value == () or value == {}:
        return _SILENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Test | AllOf | AnyOf | NoneOf | AtLeast):
        condition: Condition = value
        return sentences.condition(condition, ruleset)
    if isinstance(value, Unless):
        return f"{sentences.condition(value.when, ruleset)} ({value.because})"
    if isinstance(value, Basis):
        return rests_on(value)
    if isinstance(value, UnaryTest):
        return value.text
    if isinstance(value, BaseModel):
        given = {name: getattr(value, name) for name in type(value).model_fields if name not in _NOT_SAID[1:]}
        return _said({name: one for name, one in given.items() if one not in (None, (), {}, False)}, ruleset)
    if isinstance(value, Mapping):
        return ", ".join(f"{wording.plain(str(key).strip('_'))}: {_said(one, ruleset)}" for key, one in value.items())
    if isinstance(value, list | tuple | frozenset):
        return "; ".join(_said(one, ruleset) for one in value)
    return wording.number(value) if isinstance(value, Fraction) else str(value)
