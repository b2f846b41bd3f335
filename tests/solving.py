"""Children who stand exactly at a limit of a rule: found by meeting everything else that the rule asks for first.

A *wish* is a test with the answer that is wanted of it. The wishes around a limit are those that make the whole
rule turn on that one test; they are then made into observations, and the reference engine is asked whether it did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, islice, product
from typing import Any

from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test
from thresholds.language.cuts import cut
from thresholds.language.definition import CHILD_AGE, CHILD_UNBORN, GESTATION, InForce
from thresholds.language.durations import Duration, elapsed_of
from thresholds.language.model import Indicator, Rule, Where
from thresholds.language.unary import ELAPSED, ValueSet

Wish = tuple[Test, bool]
Wishes = tuple[Wish, ...]
_MANY = 60
_COUNTS = 40


@dataclass(frozen=True)
class Limit:
    """Where a test of a rule changes its answer: two values one step apart, the first not accepted."""

    rule: str
    test: Test
    outside: Any
    inside: Any

    def __str__(self) -> str:
        return f"{self.rule}: {self.test.name} {self.test.test.text} at {self.outside} | {self.inside}"


def limits(rule: Rule, ruleset: InForce, on: date) -> Iterator[Limit]:
    """Every limit of every test on something ordered in the `when` of a rule."""
    for test in _tests(rule.when):
        if test.name in ruleset.findings or test.name == CHILD_UNBORN:
            continue
        domain = ruleset.domain(test.name)
        if domain.kind != "choice":
            for low, high in _steps(ruleset.accepted(test.name, test.test), test.name, ruleset, on):
                yield Limit(rule.id, test, low, high)


def _tests(condition: Condition) -> Iterator[Test]:
    if isinstance(condition, Test):
        yield condition
        return
    for part in condition.parts:
        yield from _tests(part)


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


def around(condition: Condition, target: Test) -> Iterator[Wishes] | None:
    """Wishes that let a condition turn on one of its tests; None where that test is not in it."""
    if isinstance(condition, Test):
        return iter([()]) if condition is target else None
    for place, part in enumerate(condition.parts):
        inside = around(part, target)
        if inside is not None:
            others = [other for number, other in enumerate(condition.parts) if number != place]
            return _both(list(islice(inside, _MANY)), list(islice(_beside(condition, others), _MANY)))
    return None


def _both(some: list[Wishes], others: list[Wishes]) -> Iterator[Wishes]:
    return ((*one, *other) for one, other in product(some, others))


def _beside(condition: Condition, others: list[Condition]) -> Iterator[Wishes]:
    """What the other parts must be so that one part decides."""
    if isinstance(condition, AtLeast):
        needed = int(condition.number) if condition.number.isdigit() else 1
        for chosen in combinations(range(len(others)), min(needed - 1, len(others))):
            yield from _each([(part, number in chosen) for number, part in enumerate(others)])
        return
    yield from _each([(part, isinstance(condition, AllOf)) for part in others])


def _each(wanted: list[tuple[Condition, bool]]) -> Iterator[Wishes]:
    ways = [list(islice(truths(condition, truth), _MANY)) for condition, truth in wanted]
    for chosen in product(*ways):
        yield tuple(wish for wishes in chosen for wish in wishes)


def truths(condition: Condition, truth: bool) -> Iterator[Wishes]:
    """Wishes that make a condition true, or false."""
    if isinstance(condition, Test):
        yield ((condition, truth),)
        return
    parts = list(condition.parts)
    if isinstance(condition, AtLeast):
        needed = int(condition.number) if condition.number.isdigit() else 1
        count = needed if truth else max(len(parts) - needed + 1, 0)
        for chosen in combinations(parts, min(count, len(parts))):
            yield from _each([(part, truth) for part in chosen])
        return
    inner = truth != isinstance(condition, NoneOf)
    if isinstance(condition, AnyOf if not truth else AllOf | NoneOf):
        yield from _each([(part, inner) for part in parts])
        return
    for part in parts:
        yield from truths(part, inner)


# --- children ----------------------------------------------------------------------------------------


class Maker:
    """Makes wishes into a child and observations, everything else looked at and not found."""

    def __init__(self, ruleset: InForce, on: date) -> None:
        self.ruleset, self.on = ruleset, on

    def given(self, limit: Limit, rule: Rule) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Assessments, outside and inside the limit, that may let the rule turn on it."""
        groups = [truths(self.ruleset.scope.scope[group], True) for group in rule.applies_to]
        scopes = [wishes for group in groups for wishes in islice(group, _MANY)]
        exceptions = list(islice(_each([(exception.when, False) for exception in rule.unless]), _MANY))
        turning = list(islice(around(rule.when, limit.test) or (), _MANY))
        for wishes, spared, scope in product(turning, exceptions, scopes):
            for expanded in islice(self._findings((*wishes, *spared, *scope), 0), 8):
                pair = [self._made(expanded, limit.test, value) for value in (limit.outside, limit.inside)]
                if pair[0] is not None and pair[1] is not None:
                    yield pair[0], pair[1]

    def _findings(self, wishes: Wishes, depth: int) -> Iterator[Wishes]:
        """Wishes for findings replaced by wishes for what concludes them; that none is, is left to silence."""
        for number, (test, truth) in enumerate(wishes):
            if test.name in self.ruleset.findings:
                rest = (*wishes[:number], *wishes[number + 1 :])
                wanted = truth == self.ruleset.accepted(test.name, test.test).holds(Fraction(1))
                if not wanted or depth > 6:
                    yield from self._findings(rest, depth)
                    return
                for rule in self.ruleset.rules:
                    if test.name in rule.findings:
                        for more in islice(truths(rule.when, True), _MANY):
                            yield from self._findings((*rest, *more), depth + 1)
                return
        yield wishes

    def _made(self, wishes: Wishes, target: Test, value: Any) -> dict[str, Any] | None:
        made = _Making(self.ruleset, self.on, wishes)
        try:
            made.set(target.name, value)
            for test, truth in wishes:
                made.wish(test, truth)
        except _CannotBe:
            return None
        return {"child": made.child or {"age": 8}, "on": self.on, "looked_at": "everything", "observations": made.observations}


class _CannotBe(Exception):  # noqa: N818 - a turn of the search, no error
    """Two wishes for one thing do not go together."""


class _Making:
    def __init__(self, ruleset: InForce, on: date, wishes: Wishes) -> None:
        self.ruleset, self.on, self.wishes = ruleset, on, wishes
        self.child: dict[str, Any] = {}
        self.observations: dict[str, Any] = {}
        self.fixed: set[str] = set()

    def set(self, name: str, value: Any) -> None:
        """Give something one value: a number or position, a day it began, a count."""
        self.fixed.add(name)
        if name == CHILD_AGE:
            self.child = {"born": value}
        elif name == GESTATION:
            self.child = {"unborn": True, "gestation_weeks": (self.on - value).days // 7}
        elif name in self.ruleset.quantities:
            self._quantity(name, value)
        else:
            self._observe(self.ruleset.indicators[name], value)

    def wish(self, test: Test, truth: bool) -> None:
        """Give what a test reads a value at which it has that answer, unless it has one."""
        name, accepted = test.name, self.ruleset.accepted(test.name, test.test)
        if name in self.fixed:
            return  # the reference says whether it was right
        if name == CHILD_UNBORN:
            self.fixed.add(name)
            if truth == accepted.holds(Fraction(1)):
                self.child = self.child or {"unborn": True, "gestation_weeks": 20}
            return
        together = [(self.ruleset.accepted(name, other.test), want) for other, want in self.wishes if other.name == name]
        fitting = (value for value in self._values(name) if all(self._holds(one, value) == want for one, want in together))
        silent = not truth and name not in (CHILD_AGE, GESTATION)
        if silent and self._holds_silently(name, together):
            return
        value = next(fitting, None)
        if value is None:
            raise _CannotBe
        self.set(name, value)

    def _holds(self, accepted: ValueSet, value: Any) -> bool:
        if accepted.words is not None:
            return value in accepted.words
        if not isinstance(value, date):
            return accepted.holds(Fraction(value))
        reached = [
            (not isinstance(one.low, Duration) or one.low.after(value) <= self.on)
            and (not isinstance(one.high, Duration) or one.high.after(value) > self.on)
            for one in accepted.intervals
        ]
        return any(reached) != accepted.negated

    def _holds_silently(self, name: str, together: list[tuple[ValueSet, bool]]) -> bool:
        """Do all wishes come true where nothing is said?"""
        indicator = self.ruleset.indicators.get(name)
        if indicator is None or indicator.detail_of is not None:
            return not any(want for _, want in together)
        if indicator.absent == "unknown":
            return False
        value = indicator.absent if indicator.kind == "choice" else indicator.absent_position
        return value is None or all(self._holds(one, value) == want for one, want in together)

    def _values(self, name: str) -> list[Any]:
        """Values worth trying, those that are least first."""
        domain = self.ruleset.domain(name)
        if domain.kind == "choice":
            return list(domain.values)
        if domain.kind == "scale":
            return list(range(len(domain.values)))
        tests = [test for rule in self.ruleset.rules for test in _tests(rule.when) if test.name == name]
        tests += [test for test, _ in self.wishes if test.name == name]
        cuts = cut(domain, (self.ruleset.accepted(name, test.test) for test in tests))
        if domain.kind == "duration":
            days = {self.on}
            for limit in cuts.limits:
                reached = elapsed_of(limit, self.on, exact=True).latest
                days.update((reached, reached + timedelta(days=1), reached - timedelta(days=1)))
            return sorted(days, reverse=True)
        if name in self.ruleset.quantities:
            return list(range(_COUNTS))
        step = Fraction(1) if domain.whole else Fraction(1, 100)
        numbers = {end for end in (domain.low, domain.high) if end is not None}
        numbers.update(value + shift for value, _ in cuts.steps for shift in (-step, 0, step))
        assert domain.low is not None
        return sorted(one for one in numbers if domain.low <= one and (domain.high is None or one <= domain.high))

    # --- observations ----------------------------------------------------------------------------

    def _observe(self, indicator: Indicator, value: Any) -> None:
        old = self.observations.get(indicator.id, {})
        self.observations[indicator.id] = {**old, "value": _plain(value, indicator)}
        self.fixed.add(indicator.id)
        parent = self.ruleset.indicators.get(indicator.detail_of or "")
        if parent is not None and parent.id not in self.observations:
            wishes = [(self.ruleset.accepted(parent.id, t.test), want) for t, want in self.wishes if t.name == parent.id]
            for there in self._there(parent):
                if all(self._holds(one, there) == want for one, want in wishes):
                    self._observe(parent, there)
                    return
            raise _CannotBe

    def _there(self, indicator: Indicator) -> list[Any]:
        """Values at which it is there, the least first."""
        if indicator.kind == "events":
            return [[self.on]]
        absent = indicator.absent if indicator.kind == "choice" else indicator.absent_position
        values = [value for value in self._values_or_ends(indicator) if value != absent]
        return values if indicator.worse_is_higher is not False else values[::-1]

    def _values_or_ends(self, indicator: Indicator) -> list[Any]:
        if indicator.domain.values:
            words = list(indicator.domain.values)
            return words if indicator.kind == "choice" else list(range(len(words)))
        return [self.on] if indicator.kind == "since" else self._values(indicator.id)

    def _quantity(self, name: str, value: Any) -> None:
        quantity, ruleset = self.ruleset.quantities[name], self.ruleset
        if quantity.count is not None and quantity.count.events is not None:
            events = ruleset.indicators[quantity.count.events]
            if events.id in self.fixed:
                raise _CannotBe
            self._observe(events, [self.on] * int(value))
            return
        if quantity.stated is not None:
            self._observe(ruleset.indicators[quantity.stated], Fraction(value))
            return
        if quantity.count is not None and quantity.count.findings is not None:
            self._conclude(ruleset.members(quantity), int(value))
            return
        where = quantity.longest.where if quantity.longest else quantity.count.where if quantity.count else Where()
        seen: set[str] = set()
        wanted = 1 if quantity.longest is not None else int(value)
        for member in sorted(ruleset.members(quantity), key=lambda one: ruleset.indicators[one].detail_of is not None):
            indicator = ruleset.indicators[member]
            group = {
                "need_group": indicator.groups_with,
                "area": indicator.area,
                "dimension": indicator.dimension,
            }.get(quantity.distinct or "", member)
            if len(seen) == wanted or group in seen or not self._may_count(indicator, where):
                continue
            seen.add(group)
            self._count(indicator, where, value if quantity.longest is not None else None)
        if len(seen) < wanted:
            raise _CannotBe

    def _may_count(self, indicator: Indicator, where: Where) -> bool:
        """Can it be made to count, without touching what was given a value?"""
        free = indicator.id not in self.fixed and not any(test.name == indicator.id for test, _ in self.wishes)
        return free and (indicator.detail_of is None or indicator.detail_of not in self.fixed) and bool(self._counting(indicator, where))

    def _counting(self, indicator: Indicator, where: Where) -> list[Any]:
        if where.value is not None and self.ruleset.fits(indicator.id, where.value):
            accepted = self.ruleset.accepted(indicator.id, where.value)
            return [value for value in self._values_or_ends(indicator) if self._holds(accepted, value)]
        return self._there(indicator)

    def _count(self, indicator: Indicator, where: Where, since: Any) -> None:
        values = self._counting(indicator, where)
        self._observe(indicator, values[0])
        more: dict[str, Any] = {"need": "unmet"} if where.need else {}
        if where.lasting is not None and since is None:
            accepted = self.ruleset.durations(where.lasting)
            limits_ = cut(ELAPSED, (accepted,)).limits
            since = elapsed_of(limits_[-1], self.on, exact=True).latest
        self.observations[indicator.id] |= more | ({"since": since} if since is not None else {})

    def _conclude(self, findings: tuple[str, ...], count: int) -> None:
        """So many of these findings, each through the first of its rules that can be met."""
        done = 0
        for name in findings:
            for rule in self.ruleset.rules if done < count else ():
                if name in rule.findings and self._met(rule):
                    done += 1
                    break
        if done < count:
            raise _CannotBe

    def _met(self, rule: Rule) -> bool:
        for wishes in islice(truths(rule.when, True), _MANY):
            before = (dict(self.child), {key: dict(one) for key, one in self.observations.items()}, set(self.fixed))
            self.wishes, old = (*self.wishes, *wishes), self.wishes
            try:
                for test, truth in wishes:
                    if test.name in self.ruleset.findings or test.name in self.fixed:
                        raise _CannotBe
                    self.wish(test, truth)
            except _CannotBe:
                self.child, self.observations, self.fixed = before
                self.wishes = old
                continue
            return True
        return False


def _plain(value: Any, indicator: Indicator) -> Any:
    """A value as an observation gives it."""
    if isinstance(value, date | list) or indicator.kind == "choice":
        return value
    if indicator.kind == "flag":
        return bool(value)
    if indicator.kind == "scale":
        return list(indicator.values)[int(value)]
    number = Fraction(value)
    if indicator.kind == "percent":
        return {"attended": number.numerator * 1000, "possible": number.denominator * 100_000}
    return str(int(number)) if number.denominator == 1 else str(float(number))


