"""A whole ruleset as data, and what of it is in force on a day."""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import TypeVar

from thresholds.language.conditions import every_test
from thresholds.language.durations import Duration, parse_duration
from thresholds.language.model import (
    Basis,
    Cited,
    Entry,
    Finding,
    Header,
    Impossible,
    Indicator,
    Invariant,
    NamedDocument,
    Parameter,
    Quantity,
    Reference,
    Response,
    Role,
    Rule,
    Selector,
    Service,
    Source,
    Topic,
    WorkedExample,
    rule_of_level,
)
from thresholds.language.resolving import resolve
from thresholds.language.unary import (
    ELAPSED,
    FLAG,
    Domain,
    Endpoint,
    TestFault,
    UnaryTest,
    ValueSet,
    help_for_zeros,
    parse_test,
)
from thresholds.language.yaml_text import Place

ABOUT_THE_CHILD = "about_the_child"
CHILD_AGE, CHILD_UNBORN, GESTATION = "child_age", "child_unborn", "gestation"
_BUILT_IN = Place("built in", 1, 1)
_OWN = Cited(confidence="inferred")


def _built_in(name: str, label: str, kind: str, question: str) -> Indicator:
    return Indicator.model_validate(
        {
            "id": name,
            "label": label,
            "definition": f"{label}, from what is known about the child",
            "kind": kind,
            "area": "status",
            "topic": ABOUT_THE_CHILD,
            "worse": "neither",
            "absent": "unknown",
            "question": question,
            "basis": Basis(test=_OWN, response=_OWN),
            "place": _BUILT_IN,
            "layer": "built in",
        }
    )


BUILT_IN_INDICATORS = {
    CHILD_AGE: _built_in(CHILD_AGE, "age", "since", "How old is the child, or when was the child born?"),
    CHILD_UNBORN: _built_in(CHILD_UNBORN, "unborn", "flag", "Is this about a child not yet born?"),
    GESTATION: _built_in(GESTATION, "weeks of pregnancy", "since", "How many weeks is the pregnancy?"),
}
TOPIC_ABOUT_THE_CHILD = Topic(
    id=ABOUT_THE_CHILD,
    label="About the child",
    question="How old is the child?",
    ask=(),
    place=_BUILT_IN,
    layer="built in",
)


@dataclass(frozen=True)
class InForce:
    """A ruleset as it stands from one day until its next change: entries by id, parameters with values."""

    header: Header
    scope: Header
    roles: Mapping[str, Role]
    topics: Mapping[str, Topic]
    indicators: Mapping[str, Indicator]
    quantities: Mapping[str, Quantity]
    findings: Mapping[str, Finding]
    responses: Mapping[str, Response]
    rules: tuple[Rule, ...]
    impossible: tuple[Impossible, ...]
    invariants: tuple[Invariant, ...]
    parameters: Mapping[str, Endpoint]
    units: Mapping[str, str]
    """What each parameter is given in."""
    _accepted: dict[tuple[object, ...], ValueSet | TestFault] = field(default_factory=dict, repr=False, compare=False)
    """What tests accept by name, text and parameter values: shared by all days of one definition."""
    _members: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = field(default_factory=dict, repr=False, compare=False)

    def domain(self, name: str) -> Domain:
        """The values that tests on an indicator, quantity or finding may speak of."""
        if name in self.findings:
            return FLAG
        return self.quantities[name].domain if name in self.quantities else self.indicators[name].domain

    def accepted(self, name: str, test: UnaryTest) -> ValueSet:
        """The values a test on `name` accepts; TestFault where it does not fit."""
        key = (name, test.text, *(self.parameters.get(word) for word in test.names))
        found = self._accepted.get(key)
        if found is None:
            try:
                found = resolve(test, self.domain(name), self.parameters)
            except TestFault as fault:
                found = fault
            self._accepted[key] = found
        if isinstance(found, TestFault):
            raise TestFault(found.message, found.help)
        return found

    def fits(self, name: str, test: UnaryTest) -> bool:
        """Can a test be read on the values of an indicator?"""
        try:
            self.accepted(name, test)
        except TestFault:
            return False
        return True

    def durations(self, test: UnaryTest) -> ValueSet:
        """The lengths of time a test accepts; TestFault where it does not speak of time."""
        return resolve(test, ELAPSED, self.parameters)

    def asked_at(self, one: Topic | Role) -> ValueSet | None:
        """The ages at which a topic is asked about, or somebody is asked; None for all."""
        return None if one.ages is None else self.accepted(CHILD_AGE, one.ages)

    @cached_property
    def dangers_before_birth(self) -> frozenset[str]:
        """The topics of which an overriding rule for the unborn reads something."""
        rules = [rule for rule in self.rules if rule.overriding and "unborn" in rule.applies_to]
        read = {test.name for rule in rules for test, _ in every_test(rule.when)}
        return frozenset(self.indicators[name].topic for name in read & set(self.indicators))

    def whole_number(self, text: str) -> int:
        """A number from 1, or a parameter that holds one."""
        value = self.parameters.get(text, Fraction(text) if re.fullmatch("0|[1-9][0-9]{0,11}", text) else None)
        if not isinstance(value, Fraction) or value.denominator != 1 or value < 1:
            help_ = help_for_zeros(text) or "write a number, or a parameter's id"
            raise TestFault(f"`{text}` is not a whole number from 1", help_)
        return int(value)

    def window(self, text: str) -> Duration:
        """A duration, or a parameter that holds one."""
        value = self.parameters.get(text, parse_duration(text))
        if not isinstance(value, Duration):
            raise TestFault(f"`{text}` is not a length of time", 'write "90 days", or a parameter\'s id')
        return value

    def members(self, quantity: Quantity) -> tuple[str, ...]:
        """The ids of the indicators or findings that a quantity looks at, sorted."""
        members = self._here.get(quantity.id)
        if members is None:
            members = self._here[quantity.id] = tuple(sorted(self._selected(quantity)))
        return members

    @cached_property
    def _here(self) -> dict[str, tuple[str, ...]]:
        """What quantities look at, shared by all days on which the same entries are in force."""
        return self._members.setdefault((*self.indicators, *self.findings, *self.quantities), {})

    def _selected(self, quantity: Quantity) -> Iterator[str]:
        counted = quantity.count
        if counted is not None and counted.events is not None:
            yield counted.events
            return
        if counted is not None and counted.findings is not None:
            chosen = counted.findings
            for finding in self.findings.values():
                if finding.id in chosen.ids or _meet(finding.tags, chosen.tags):
                    yield finding.id
            return
        selector = quantity.longest.indicators if quantity.longest else counted.indicators if counted else None
        assert selector is not None
        for indicator in self.indicators.values():
            if indicator.id in selector.ids or (_selectable(indicator) and _selects(selector, indicator)):
                yield indicator.id


def _meet(some: Iterable[str], others: Iterable[str]) -> bool:
    return not set(some).isdisjoint(others)


def _selectable(indicator: Indicator) -> bool:
    return not (indicator.context or indicator.protective or indicator.area == "process")


def _selects(selector: Selector, indicator: Indicator) -> bool:
    by = [(selector.tags, indicator.tags), (selector.areas, (indicator.area,)), (selector.topics, (indicator.topic,))]
    given = [(wanted, has) for wanted, has in by if wanted]
    return bool(given) and all(_meet(wanted, has) for wanted, has in given)


@dataclass(frozen=True)
class Definition:
    """Everything the files of a ruleset and of what it extends say, by kind and id."""

    header: Header
    scope: Header
    """The header that says whom the ruleset covers: its own, or the one of the layer it extends."""
    layers: tuple[str, ...]
    """Names from the base up."""
    sources: Mapping[str, Source]
    roles: Mapping[str, Role]
    topics: Mapping[str, Topic]
    indicators: Mapping[str, Indicator]
    parameters: Mapping[str, Parameter]
    quantities: Mapping[str, Quantity]
    findings: Mapping[str, Finding]
    responses: Mapping[str, Response]
    services: Mapping[str, Service]
    plain_rules: Mapping[str, Rule]
    impossible: Mapping[str, Impossible]
    invariants: Mapping[str, Invariant]
    documents: Mapping[str, NamedDocument]
    reference: Mapping[str, Reference]
    worked_examples: Mapping[str, WorkedExample]
    _accepted: dict[tuple[object, ...], ValueSet | TestFault] = field(default_factory=dict, repr=False, compare=False)
    _members: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = field(default_factory=dict, repr=False, compare=False)
    _cache: dict[int, InForce] = field(default_factory=dict, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, levels tables expanded, sorted by id so that the order of files never matters."""
        levels = (
            rule_of_level(indicator, number, level)
            for indicator in self.indicators.values()
            for number, level in enumerate(indicator.levels, start=1)
        )
        return tuple(sorted(chain(self.plain_rules.values(), levels), key=lambda rule: rule.id))

    @cached_property
    def changes(self) -> tuple[date, ...]:
        """The days on which something begins or ends, the ruleset's own first day foremost."""
        start = self.header.from_
        entries = chain(
            self.rules,
            *(
                group.values()
                for group in (self.topics, self.indicators, self.quantities, self.findings, self.responses)
            ),
            self.impossible.values(),
            self.parameters.values(),
        )
        days = {day for entry in entries for day in (entry.from_, entry.until) if day is not None}
        days.update(value.from_ for parameter in self.parameters.values() for value in parameter.history)
        return (start, *sorted(day for day in days if day > start))

    def in_force(self, on: date) -> InForce:
        """What holds on a day, which must not lie before the ruleset's first; the same object until the next change."""
        number = bisect_right(self.changes, on) - 1
        if number < 0:
            raise ValueError("the day lies before the ruleset begins")
        with self._lock:
            if number not in self._cache:
                self._cache[number] = self._on(self.changes[number])
            return self._cache[number]

    def _on(self, day: date) -> InForce:
        parameters: dict[str, Endpoint] = {}
        for parameter in self.parameters.values():
            text = parameter.value_on(day)
            if text is not None and parameter.in_force(day):
                value = endpoint_of(text)
                if value is not None:
                    parameters[parameter.id] = value
        return InForce(
            header=self.header,
            scope=self.scope,
            roles=self.roles,
            topics={ABOUT_THE_CHILD: TOPIC_ABOUT_THE_CHILD} | _of_day(self.topics, day),
            indicators=BUILT_IN_INDICATORS | _of_day(self.indicators, day),
            quantities=_of_day(self.quantities, day),
            findings=_of_day(self.findings, day),
            responses=_of_day(self.responses, day),
            rules=tuple(rule for rule in self.rules if rule.in_force(day)),
            impossible=tuple(entry for entry in self.impossible.values() if entry.in_force(day)),
            invariants=tuple(entry for entry in self.invariants.values() if entry.in_force(day)),
            parameters=parameters,
            _accepted=self._accepted,
            _members=self._members,
            units={parameter.id: parameter.unit for parameter in self.parameters.values()},
        )


_E = TypeVar("_E", bound=Entry)


def _of_day(entries: Mapping[str, _E], day: date) -> dict[str, _E]:
    return {name: entry for name, entry in sorted(entries.items()) if entry.in_force(day)}


def endpoint_of(text: str) -> Endpoint | None:
    """A parameter's value: a number or a duration; None where the text is neither."""
    try:
        test = parse_test(text)
    except TestFault:
        return None
    one = test.alternatives
    if len(one) != 1 or not one[0].single or one[0].low is None or test.negated:
        return None
    duration = parse_duration(one[0].low.text)
    if duration is not None:
        return duration
    try:
        return Fraction(one[0].low.text)
    except ValueError:
        return None
