"""Children who stand exactly at a limit of a rule, made from what is wished of every test around it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice, product
from typing import Any

from tests.wishes import MANY, Limit, Turning, Wishes, tests_of
from thresholds.language.conditions import Test
from thresholds.language.cuts import cut
from thresholds.language.definition import CHILD_AGE, CHILD_UNBORN, GESTATION, InForce
from thresholds.language.durations import Duration, elapsed_of
from thresholds.language.model import Indicator, Rule, Where
from thresholds.language.unary import ELAPSED, ValueSet

_COUNTS = 40


class Maker:
    """Makes wishes into a child and observations, everything else looked at and not found."""

    def __init__(self, ruleset: InForce, on: date) -> None:
        self.ruleset, self.on, self.turning = ruleset, on, Turning(ruleset)

    def given(self, limit: Limit, rule: Rule) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Assessments, outside and inside the limit, that may let the rule turn on it."""
        groups = [self.turning.truths(self.ruleset.scope.scope[group], True) for group in rule.applies_to]
        scopes = [wishes for group in groups for wishes in islice(group, MANY)]
        exceptions = list(islice(self.turning.each((exception.when, False) for exception in rule.unless), MANY))
        turning = list(islice(self.turning.around(rule.when, limit.test) or (), MANY))
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
                        for more in islice(self.turning.truths(rule.when, True), MANY):
                            yield from self._findings((*rest, *more), depth + 1)
                return
        yield wishes

    def _made(self, wishes: Wishes, target: Test, value: Any) -> dict[str, Any] | None:
        made = Making(self.ruleset, self.on, wishes)
        try:
            made.set(target.name, value)
            for test, truth in wishes:
                made.wish(test, truth)
        except CannotBeError:
            return None
        return {
            "child": made.child or {"age": 8},
            "on": self.on,
            "looked_at": "everything",
            "observations": made.observations,
        }


class CannotBeError(Exception):
    """Two wishes for one thing do not go together."""


class Making:
    """A child and observations while wishes are being met, one after another."""

    def __init__(self, ruleset: InForce, on: date, wishes: Wishes) -> None:
        self.ruleset, self.on, self.wishes, self.turning = ruleset, on, wishes, Turning(ruleset)
        self.child: dict[str, Any] = {}
        self.observations: dict[str, Any] = {}
        self.fixed: set[str] = set()
        self.values: dict[str, Any] = {}

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
        if name in self.fixed or not self._can_apply(name):
            return  # the reference says whether it was right
        if name == CHILD_UNBORN:
            self.fixed.add(name)
            if truth == accepted.holds(Fraction(1)):
                self.child = self.child or {"unborn": True, "gestation_weeks": 20}
            return
        together = [
            (self.ruleset.accepted(name, other.test), want) for other, want in self.wishes if other.name == name
        ]
        fitting = (
            value for value in self._values(name) if all(self._holds(one, value) == want for one, want in together)
        )
        silent = not truth and name not in (CHILD_AGE, GESTATION)
        if silent and self._holds_silently(name, together):
            return
        value = next(fitting, None)
        if value is None:
            raise CannotBeError
        self.set(name, value)

    def _wished(self, name: str) -> list[tuple[ValueSet, bool]]:
        return [(self.ruleset.accepted(name, test.test), want) for test, want in self.wishes if test.name == name]

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
        if indicator is None or (indicator.detail_of is not None and not self._will_be_there(indicator.detail_of)):
            return not any(want for _, want in together)
        if indicator.absent == "unknown":
            return False
        value = indicator.absent if indicator.kind == "choice" else indicator.absent_position
        return value is None or all(self._holds(one, value) == want for one, want in together)

    def _can_apply(self, name: str) -> bool:
        """Is what it is a detail of not recorded as absent?"""
        indicator = self.ruleset.indicators.get(name)
        parent = self.ruleset.indicators.get(indicator.detail_of or "") if indicator is not None else None
        if parent is None:
            return True
        absent: Any = parent.absent if parent.kind == "choice" else parent.absent_position
        recorded = self.values.get(parent.id)
        return (recorded is None or recorded not in (absent, [])) and self._can_apply(parent.id)

    def _will_be_there(self, name: str) -> bool:
        return name in self.observations or any(test.name == name and want for test, want in self.wishes)

    def _values(self, name: str) -> list[Any]:
        """Values worth trying, those that are least first."""
        domain = self.ruleset.domain(name)
        if domain.kind == "choice":
            return list(domain.values)
        if domain.kind == "scale":
            return list(range(len(domain.values)))
        tests = [test for rule in self.ruleset.rules for test in tests_of(rule.when) if test.name == name]
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
        self.values[indicator.id] = value
        self.fixed.add(indicator.id)
        parent = self.ruleset.indicators.get(indicator.detail_of or "")
        if parent is not None and parent.id not in self.observations:
            wishes = [
                (self.ruleset.accepted(parent.id, t.test), want) for t, want in self.wishes if t.name == parent.id
            ]
            for there in self._there(parent):
                if all(self._holds(one, there) == want for one, want in wishes):
                    self._observe(parent, there)
                    return
            raise CannotBeError

    def _there(self, indicator: Indicator) -> list[Any]:
        """Values at which it is there, the least first."""
        if indicator.kind == "events":
            return [[self.on] * count for count in range(1, _COUNTS) if self._as_counted(indicator.id, count)]
        absent = indicator.absent if indicator.kind == "choice" else indicator.absent_position
        values = [value for value in self._values_or_ends(indicator) if value != absent]
        return values if indicator.worse_is_higher is not False else values[::-1]

    def _as_counted(self, events: str, count: int) -> bool:
        """Would so many events today answer every wish about how many there were?"""
        counts = {one.id for one in self.ruleset.quantities.values() if one.count and one.count.events == events}
        return all(accepted.holds(Fraction(count)) == want for name in counts for accepted, want in self._wished(name))

    def _values_or_ends(self, indicator: Indicator) -> list[Any]:
        if indicator.domain.values:
            words = list(indicator.domain.values)
            return words if indicator.kind == "choice" else list(range(len(words)))
        return [self.on] if indicator.kind == "since" else self._values(indicator.id)

    def _quantity(self, name: str, value: Any) -> None:
        quantity, ruleset = self.ruleset.quantities[name], self.ruleset
        if quantity.count is not None and quantity.count.events is not None:
            events = ruleset.indicators[quantity.count.events]
            if events.id not in self.fixed:
                self._observe(events, [self.on] * int(value))
            elif len(self.values[events.id]) != value:
                raise CannotBeError
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
            raise CannotBeError

    def _may_count(self, indicator: Indicator, where: Where) -> bool:
        """Can it be made to count, without touching what was given a value?"""
        free = indicator.id not in self.fixed and not self._wished(indicator.id)
        applies = indicator.detail_of is None or indicator.detail_of not in self.fixed
        return free and applies and bool(self._counting(indicator, where))

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
            raise CannotBeError

    def _met(self, rule: Rule) -> bool:
        for wishes in islice(self.turning.truths(rule.when, True), MANY):
            before = (dict(self.child), {key: dict(one) for key, one in self.observations.items()}, set(self.fixed))
            self.wishes, old = (*self.wishes, *wishes), self.wishes
            try:
                for test, truth in wishes:
                    if test.name in self.ruleset.findings or test.name in self.fixed:
                        raise CannotBeError
                    self.wish(test, truth)
            except CannotBeError:
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
