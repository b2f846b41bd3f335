"""Children who stand exactly at a limit of a rule: found by meeting everything else that the rule asks for first.

A *wish* is a test with the answer that is wanted of it. The wishes around a limit are those that make the whole
rule turn on that one test; they are then made into observations, and the reference engine is asked whether it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, islice, product
from typing import Any

from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test
from thresholds.language.cuts import cut
from thresholds.language.definition import CHILD_UNBORN, InForce
from thresholds.language.durations import elapsed_of
from thresholds.language.model import Rule
from thresholds.language.unary import ValueSet

Wish = tuple[Test, bool]
Wishes = tuple[Wish, ...]
MANY = 60


@dataclass(frozen=True)
class Limit:
    """Where a test of a rule changes its answer: two values one step apart, the first not accepted."""

    rule: str
    test: Test
    outside: Any
    inside: Any
    number: int
    """Which limit of its test, from 0."""

    def __str__(self) -> str:
        return f"{self.rule}: {self.test.name} {self.test.test.text} at {self.outside} | {self.inside}"


def limits(rule: Rule, ruleset: InForce, on: date) -> Iterator[Limit]:
    """Every limit of every test on something ordered in the `when` of a rule."""
    for test in tests_of(rule.when):
        if test.name in ruleset.findings or test.name == CHILD_UNBORN:
            continue
        domain = ruleset.domain(test.name)
        if domain.kind != "choice":
            steps = _steps(ruleset.accepted(test.name, test.test), test.name, ruleset, on)
            for number, (outside, inside) in enumerate(steps):
                yield Limit(rule.id, test, outside, inside, number)


def tests_of(condition: Condition) -> Iterator[Test]:
    if isinstance(condition, Test):
        yield condition
        return
    for part in condition.parts:
        yield from tests_of(part)


def _steps(accepted: ValueSet, name: str, ruleset: InForce, on: date) -> Iterator[tuple[Any, Any]]:
    """Neighbouring values of which one is accepted: the other first."""
    domain = ruleset.domain(name)
    cuts = cut(domain, (accepted,))
    mask = cuts.mask(accepted)
    if domain.kind == "duration":
        for place, limit in enumerate(cuts.limits):
            reached = elapsed_of(limit, on, exact=True).latest
            pair = (reached + timedelta(days=1), reached)
            yield (pair[0], pair[1]) if mask >> place + 1 & 1 else (pair[1], pair[0])
        return
    step = Fraction(1) if domain.whole or domain.kind == "scale" else Fraction(1, 100)
    for value, after in cuts.steps:
        below, above = (value, value + step) if after else (value - step, value)
        if accepted.holds(below) != accepted.holds(above):
            yield (below, above) if accepted.holds(above) else (above, below)


# --- wishes ------------------------------------------------------------------------------------------


class Turning:
    """Wishes about the conditions of one ruleset."""

    def __init__(self, ruleset: InForce) -> None:
        self.ruleset = ruleset

    def around(self, condition: Condition, target: Test) -> Iterator[Wishes] | None:
        """Wishes that let a condition turn on one of its tests; None where that test is not in it."""
        if isinstance(condition, Test):
            return iter([()]) if condition is target else None
        for place, part in enumerate(condition.parts):
            inside = self.around(part, target)
            if inside is not None:
                others = [other for number, other in enumerate(condition.parts) if number != place]
                some, more = list(islice(inside, MANY)), list(islice(self._beside(condition, others), MANY))
                return ((*one, *other) for one, other in product(some, more))
        return None

    def _beside(self, condition: Condition, others: list[Condition]) -> Iterator[Wishes]:
        """What the other parts must be so that one part decides."""
        if isinstance(condition, AtLeast):
            needed = self.ruleset.whole_number(condition.number)
            for chosen in combinations(range(len(others)), needed - 1):
                yield from self.each([(part, number in chosen) for number, part in enumerate(others)])
            return
        yield from self.each([(part, isinstance(condition, AllOf)) for part in others])

    def each(self, wanted: Iterable[tuple[Condition, bool]]) -> Iterator[Wishes]:
        """Wishes that give each condition its truth."""
        ways = [list(islice(self.truths(condition, truth), MANY)) for condition, truth in wanted]
        for chosen in product(*ways):
            yield tuple(wish for wishes in chosen for wish in wishes)

    def truths(self, condition: Condition, truth: bool) -> Iterator[Wishes]:
        """Wishes that make a condition true, or false."""
        if isinstance(condition, Test):
            yield ((condition, truth),)
            return
        parts = list(condition.parts)
        if isinstance(condition, AtLeast):
            needed = self.ruleset.whole_number(condition.number)
            for chosen in combinations(parts, needed if truth else len(parts) - needed + 1):
                yield from self.each([(part, truth) for part in chosen])
            return
        inner = truth != isinstance(condition, NoneOf)
        if isinstance(condition, AnyOf if not truth else AllOf | NoneOf):
            yield from self.each([(part, inner) for part in parts])
            return
        for part in parts:
            yield from self.truths(part, inner)
