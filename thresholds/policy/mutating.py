"""Mutants: a ruleset with one small change, such as a slip of the pen would make. What changes are made, and how.

Of the ruleset's own entries, not of those of what it extends:

* each limit that a rule's test writes as a number, length of time or value of a scale or flag, one step lower and one
  higher: a number by one in the last place written, a time by one of its units, a scale by a value. Where no value is
  left that meets the test, it never holds; where all do, it holds for any;
* each end of a range of numbers let in where it was left out, and the other way round (`<` for `<=`);
* each word of a choice added to, or taken out of, a test's list;
* each number of an `at_least`, where it is written out, one more and one less;
* each rule and each exception (`unless`) dropped;
* each weight lowered by one (`points_to` to `consider` to `offer`); what a rule offers or concludes dropped, where it
  gives something else beside;
* each parameter one less and one more in the last place written, each value of its history alone; not the dates;
* of each quantity the value from which something counts, how long it must have lasted and the window of its events, as
  far as they are written in it as numbers or values and not as parameters;
* the level of each response lowered by one.

What would mean the same as the rule as it is, or as another of these changes, is not made twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from thresholds.language.conditions import Condition, Test
from thresholds.language.definition import Definition, InForce, endpoint_of
from thresholds.language.model import TIERS, WEIGHTS, Parameter, Quantity, Response, Rule, Where
from thresholds.language.unary import parse_test
from thresholds.language.yaml_text import Place
from thresholds.policy.other_tests import (
    ANYTHING,
    NEVER,
    changed_counts,
    changed_tests,
    never_holds,
    other_tests,
    other_times,
    step_from,
)

Kind = Literal[
    "limit", "strictness", "word", "at_least", "rule", "exception", "weight", "parameter", "counting", "level"
]


@dataclass(frozen=True)
class Mutant:
    """One small change. `entry`: the rule, parameter, quantity or response; `was`, `becomes`: as written."""

    kind: Kind
    entry: str
    place: Place
    about: str
    """What of the entry is changed: the name tested, the response, or empty."""
    was: str
    becomes: str
    changed: Rule | Parameter | Quantity | Response
    """The entry as it becomes."""

    def __str__(self) -> str:
        about = f"{self.about}: " if self.about else ""
        return f"{self.entry}: {about}{self.was} -> {self.becomes}"

    def applied(self, ruleset: InForce, on: date) -> InForce | None:
        """The ruleset in force on a day with this change; None where it changes nothing on that day."""
        entry = self.changed
        if not entry.in_force(on):
            return None
        if isinstance(entry, Rule):
            if all(rule.id != entry.id for rule in ruleset.rules):
                return None
            return replace(ruleset, rules=tuple(entry if rule.id == entry.id else rule for rule in ruleset.rules))
        if isinstance(entry, Parameter):
            value = endpoint_of(entry.value_on(on) or "")
            if value is None or ruleset.parameters.get(entry.id) == value:
                return None
            return replace(ruleset, parameters={**ruleset.parameters, entry.id: value})
        if isinstance(entry, Quantity):
            return replace(ruleset, quantities={**ruleset.quantities, entry.id: entry})
        return replace(ruleset, responses={**ruleset.responses, entry.id: entry})


def mutants_of(definition: Definition) -> Iterator[Mutant]:
    """Every mutant of a ruleset's own entries, in the order of rules, parameters, quantities and responses."""
    own = definition.layers[-1]
    for rule in definition.rules:
        if rule.layer == own:
            yield from _of_rule(rule, definition.in_force(_last_day(rule, definition)))
    for parameter in definition.parameters.values():
        if parameter.layer == own:
            yield from _of_parameter(parameter)
    for quantity in definition.quantities.values():
        if quantity.layer == own:
            yield from _of_quantity(quantity, definition.in_force(_last_day(quantity, definition)))
    for response in definition.responses.values():
        if response.layer == own:
            yield from _of_response(response)


def days_of(mutant: Mutant, definition: Definition) -> tuple[date, ...]:
    """The days of change on which a mutant differs from the ruleset as it is, the last first."""
    return tuple(
        day for day in reversed(definition.changes) if mutant.applied(definition.in_force(day), day) is not None
    )


def _last_day(entry: Rule | Quantity, definition: Definition) -> date:
    return next(day for day in reversed(definition.changes) if entry.in_force(day))


def _of_rule(rule: Rule, ruleset: InForce) -> Iterator[Mutant]:
    def mutant(kind: Kind, place: Place, about: str, was: str, becomes: str, **fields: Any) -> Mutant:
        return Mutant(kind, rule.id, place, about, was, becomes, _changed_rule(rule, **fields))

    yield mutant("rule", rule.place, "", "the rule", "dropped", when=NEVER)
    for number, exception in enumerate(rule.unless):
        rest = (*rule.unless[:number], *rule.unless[number + 1 :])
        yield mutant("exception", rule.place, f"unless {exception.because}", "the exception", "dropped", unless=rest)
    yield from _of_weights(rule)
    conditions: list[Condition] = list(rule.conditions())
    for number, condition in enumerate(conditions):

        def changed(other: Condition, place: int = number) -> dict[str, object]:
            if place == 0:
                return {"when": other}
            exceptions = list(rule.unless)
            exceptions[place - 1] = exceptions[place - 1].model_copy(update={"when": other})
            return {"unless": tuple(exceptions)}

        for kind, test, text, other in changed_tests(condition, ruleset):
            if not never_holds(other):  # that is the rule, or the exception, dropped
                yield mutant(kind, test.place, test.name, test.test.text, text, **changed(other))
        for counted, text, other in changed_counts(condition):
            yield mutant("at_least", counted.place, "at_least", counted.number, text, **changed(other))


def _of_weights(rule: Rule) -> Iterator[Mutant]:
    for name, weight in rule.then.items():
        lower = WEIGHTS.index(weight) - 1 if weight != "finding" else -1
        if lower >= 0:
            then: dict[str, str] = {**rule.then, name: WEIGHTS[lower]}
        elif len(rule.then) > 1:
            then = {other: given for other, given in rule.then.items() if other != name}
        else:
            continue
        becomes = then.get(name, "dropped")
        yield Mutant("weight", rule.id, rule.place, name, weight, becomes, _changed_rule(rule, then=then))


def _changed_rule(rule: Rule, **fields: object) -> Rule:
    changed = rule.model_copy(update=fields)
    for cached in ("responses", "findings"):  # they are worked out once, from what was there before
        changed.__dict__.pop(cached, None)
    return changed


def _of_parameter(parameter: Parameter) -> Iterator[Mutant]:
    if parameter.value is not None:
        for text in step_from(parameter.value):
            changed = parameter.model_copy(update={"value": text})
            yield Mutant("parameter", parameter.id, parameter.place, "", parameter.value, text, changed)
    for number, value in enumerate(parameter.history):
        for text in step_from(value.value):
            other = value.model_copy(update={"value": text})
            history = (*parameter.history[:number], other, *parameter.history[number + 1 :])
            changed = parameter.model_copy(update={"history": history})
            about = f"from {value.from_}"
            yield Mutant("parameter", parameter.id, parameter.place, about, value.value, text, changed)


def _of_quantity(quantity: Quantity, ruleset: InForce) -> Iterator[Mutant]:
    def mutant(about: str, was: str, becomes: str, changed: Quantity) -> Mutant:
        return Mutant("counting", quantity.id, quantity.place, about, was, becomes, changed)

    counted = quantity.count
    if counted is not None and counted.within is not None:
        for text in step_from(counted.within):
            changed = counted.model_copy(update={"within": text})
            yield mutant("within", counted.within, text, quantity.model_copy(update={"count": changed}))
        return
    holder = quantity.longest or counted
    assert holder is not None
    field = "longest" if quantity.longest is not None else "count"
    for name, was, becomes in _of_where(quantity, holder.where, ruleset):
        where = holder.where.model_copy(update={name: parse_test(becomes)})
        changed_holder: Mapping[str, object] = {field: holder.model_copy(update={"where": where})}
        yield mutant(name, was, becomes, quantity.model_copy(update=changed_holder))


def _of_where(quantity: Quantity, where: Where, ruleset: InForce) -> Iterator[tuple[str, str, str]]:
    """From which value, and how long, something must be there to count."""
    members = [name for name in ruleset.members(quantity) if where.value and ruleset.fits(name, where.value)]
    if where.value is not None and members:
        for _, text in other_tests(Test(members[0], where.value, quantity.place), ruleset):
            if text not in (None, ANYTHING) and all(ruleset.fits(name, parse_test(text)) for name in members):
                yield "value", where.value.text, text
    if where.lasting is not None:
        for text in other_times(where.lasting, ruleset):
            yield "lasting", where.lasting.text, text


def _of_response(response: Response) -> Iterator[Mutant]:
    if response.tier in TIERS[1:]:
        lower = TIERS[TIERS.index(response.tier) - 1]
        changed = response.model_copy(update={"tier": lower})
        yield Mutant("level", response.id, response.place, "", response.tier, lower, changed)
