"""The limits of a ruleset: every place where one of its tests changes its answer, in rules and in what they count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from thresholds.compiling import counts_when, lasting_set
from thresholds.engines.solver import Boundary
from thresholds.language.conditions import Condition, Test, every_test
from thresholds.language.cuts import cut
from thresholds.language.definition import InForce
from thresholds.language.model import Quantity, Rule, Where
from thresholds.language.unary import ELAPSED, FLAG, Domain, ValueSet, parse_test
from thresholds.language.yaml_text import Place

Aspect = Literal["value", "word", "there", "lasting", "need", "event_day", "quantity", "stated", "finding"]
At: TypeAlias = Boundary | str


@dataclass(frozen=True)
class Limit:
    """One limit of one rule, or of one quantity that rules read.

    `aspect`: what changes at it. `value`: that of an indicator (or the child's age); `word`: one word of a choice;
    `there`: whether an indicator is there at all; `lasting`: for how long; `need`: whether it is unmet; `event_day`:
    whether an event lies within the window; `quantity` and `finding`: what was counted or concluded; `stated`: the
    number that somebody states instead of a count.
    """

    owner: str
    """The id of the rule or quantity."""
    place: Place
    """Where the test stands, or the quantity."""
    name: str
    """The indicator, quantity or finding."""
    aspect: Aspect
    at: At | None = None
    """The first value on the upper side (a number, or just after it; a scale's position; a duration), or the word."""
    words: frozenset[str] = frozenset()
    """Of a choice: the words that are accepted."""
    counted: bool = False
    """The owner is a quantity: the limit decides what it counts."""

    def test(self, ruleset: InForce) -> Test:
        """The test that holds from the limit on (not of an aspect other than a value, a quantity or a finding)."""
        domain = ruleset.domain(self.name)
        text = f">= {self.at}"
        if isinstance(self.at, tuple):
            number, after = self.at
            word = domain.values[int(number)] if domain.kind == "scale" else as_text(number)
            text = f"{'>' if after else '>='} {word}"
        return Test(self.name, parse_test(text), self.place)


def as_text(number: Fraction) -> str:
    """A number as a rule says it."""
    return format(Decimal(number.numerator) / Decimal(number.denominator), "f")


def limits(ruleset: InForce) -> Iterator[Limit]:
    """Every limit in every rule's `when` and `unless`, then those inside the quantities that rules read; each once."""
    seen: set[tuple[object, ...]] = set()
    for rule in ruleset.rules:
        for limit in of_rule(rule, ruleset):
            key = (limit.owner, limit.name, limit.aspect, limit.at, limit.words)
            if key not in seen:
                seen.add(key)
                yield limit
    read = tests_on_quantities(ruleset)
    for name in sorted(read):
        yield from _of_quantity(ruleset.quantities[name], read[name], ruleset)


def of_rule(rule: Rule, ruleset: InForce) -> Iterator[Limit]:
    """The limits that stand in the tests of one rule."""
    for condition in rule.conditions():
        for test, _ in every_test(condition):
            yield from _of_test(test, rule.id, ruleset)


def tests_on_quantities(ruleset: InForce) -> dict[str, list[tuple[str, Test]]]:
    """By quantity that some rule reads: the rules with their tests of it."""
    read: dict[str, list[tuple[str, Test]]] = {}
    for rule in ruleset.rules:
        for condition in rule.conditions():
            for test, _ in every_test(condition):
                if test.name in ruleset.quantities:
                    read.setdefault(test.name, []).append((rule.id, test))
    return read


def _of_test(test: Test, owner: str, ruleset: InForce) -> Iterator[Limit]:
    accepted, domain = ruleset.accepted(test.name, test.test), ruleset.domain(test.name)
    if accepted.words is not None:
        if accepted.words != set(domain.values):
            for word in domain.values:
                yield Limit(owner, test.place, test.name, "word", word, accepted.words)
        return
    aspect: Aspect = "value"
    if test.name in ruleset.findings:
        aspect = "finding"
    elif test.name in ruleset.quantities:
        aspect = "quantity"
    for at in turns(accepted, domain):
        yield Limit(owner, test.place, test.name, aspect, at)


def turns(accepted: ValueSet, domain: Domain) -> Iterator[Boundary]:
    """The limits of an ordered domain at which a set begins or ends."""
    cuts = cut(domain, (accepted,))
    mask = cuts.mask(accepted)
    ends: tuple[Boundary, ...] = (*cuts.steps, *cuts.limits)
    for number, at in enumerate(ends):
        if mask >> number & 1 != mask >> number + 1 & 1:
            yield at


def _of_quantity(quantity: Quantity, tests: list[tuple[str, Test]], ruleset: InForce) -> Iterator[Limit]:
    """What decides whether something is counted, and the number that may be stated instead."""
    counted, place = quantity.count, quantity.place
    if counted is not None and counted.events is not None:
        yield Limit(quantity.id, place, counted.events, "event_day", counted=True)
        return
    if counted is not None and counted.findings is not None:
        for name in ruleset.members(quantity):
            yield Limit(quantity.id, place, name, "finding", (Fraction(1), 0), counted=True)
        return
    where = quantity.longest.where if quantity.longest else counted.where if counted else Where()
    for member in ruleset.members(quantity):
        yield from _of_member(quantity, member, where, ruleset)
    if quantity.stated is not None:
        domain = ruleset.indicators[quantity.stated].domain
        stated = {at for _, test in tests for at in turns(ruleset.accepted(quantity.id, test.test), quantity.domain)}
        for at in sorted(at for at in stated if isinstance(at, tuple) and domain.high is not None):
            if domain.low is not None and domain.high is not None and (domain.low, 0) < at <= (domain.high, 0):
                yield Limit(quantity.id, place, quantity.stated, "stated", at, counted=True)


def _of_member(quantity: Quantity, member: str, where: Where, ruleset: InForce) -> Iterator[Limit]:
    place, domain = quantity.place, ruleset.indicators[member].domain
    accepted = counts_when(ruleset, member, where)
    if accepted is None:
        yield Limit(quantity.id, place, member, "there", counted=True)
    elif accepted.words is not None:
        for word in domain.values:
            yield Limit(quantity.id, place, member, "word", word, accepted.words, counted=True)
    else:
        for at in turns(accepted, domain):
            yield Limit(quantity.id, place, member, "value", at, counted=True)
    if where.need is not None:
        yield Limit(quantity.id, place, member, "need", counted=True)
    if where.lasting is not None:
        for at in turns(lasting_set(ruleset, where), ELAPSED):
            yield Limit(quantity.id, place, member, "lasting", at, counted=True)


def conditions_of(found: list[Limit], ruleset: InForce) -> list[Condition]:
    """The tests of limits on quantities and findings, to be compiled beside the rules; in their order."""
    return [limit.test(ruleset) for limit in found if limit.aspect in ("quantity", "finding")]


def is_flag(limit: Limit, ruleset: InForce) -> bool:
    """Is it no more than yes or no?"""
    return limit.aspect in ("there", "need", "finding") or (
        limit.aspect == "value" and ruleset.domain(limit.name) == FLAG
    )
