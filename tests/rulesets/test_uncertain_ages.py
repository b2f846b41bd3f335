"""An age that nobody knows for certain: a child never gets less than the least of the ages it may be would.

A rule for a band of ages is only possible where the age may lie outside of it. Where one band ends and the next begins,
neither would hold for a child who may be on either side; so bands are nested, which is held here sign by sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import combinations
from typing import Any

import pytest

import thresholds
from thresholds.assessment import Assessment
from thresholds.decision import Decision
from thresholds.language.conditions import Condition, every_test
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, InForce
from thresholds.language.durations import Duration
from thresholds.language.model import TIERS, Indicator, Rule
from thresholds.ruleset import Ruleset

ON = date(2017, 3, 1)
OLDEST = 26
ADULT = 18


@cache
def ruleset(name: str) -> Ruleset:
    return thresholds.load(name)


def birthdays(in_force: InForce, conditions: Iterable[Condition]) -> set[int]:
    """The birthdays on which a test of the age begins or ends to hold; of a limit in months the next one."""
    tests = [test for one in conditions for test, _ in every_test(one) if test.name == CHILD_AGE]
    intervals = [interval for one in tests for interval in in_force.accepted(CHILD_AGE, one.test).intervals]
    ends = [end for interval in intervals for end in (interval.low, interval.high)]
    return {-(-end.months // 12) for end in ends if isinstance(end, Duration) and end.months}


def read_by(in_force: InForce, rule: Rule) -> set[str]:
    """The indicators that a rule reads, itself or through what it counts and what other rules find."""
    read: set[str] = set()
    left = {test.name for test, _ in every_test(rule.when)}
    while left:
        name = left.pop()
        read.add(name)
        if name in in_force.quantities:
            left.update(in_force.members(in_force.quantities[name]))
        for other in in_force.rules:
            if name in other.findings:
                left.update(test.name for test, _ in every_test(other.when))
        left -= read
    return read & set(in_force.indicators) - set(BUILT_IN_INDICATORS)


@cache
def read_with_an_age(name: str) -> dict[str, list[int]]:
    """Each sign that a rule with an age limit reads, with the birthdays that matter to it or to what it belongs to."""
    in_force = ruleset(name).in_force(ON)
    scope = birthdays(in_force, in_force.scope.scope.values())
    found: dict[str, set[int]] = {}
    for rule in in_force.rules:
        limits = birthdays(in_force, [rule.when])
        for sign in read_by(in_force, rule) if limits else ():
            found.setdefault(sign, set(scope)).update(limits)
    return {
        sign: sorted(set().union(*(found.get(one, set()) for one in chain(in_force, sign)))) for sign in sorted(found)
    }


def chain(in_force: InForce, sign: str) -> Iterator[str]:
    """A sign, what it is a detail of, and so on."""
    above: str | None = sign
    while above is not None:
        yield above
        above = in_force.indicators[above].detail_of


def worst(indicator: Indicator) -> Any:
    """The worst value an observation of it can have."""
    if indicator.values:
        return list(indicator.values)[-1]
    if indicator.kind == "events":
        return [ON.replace(month=2, day=day).isoformat() for day in range(1, 9)]
    if indicator.kind == "since":
        return "10 years"
    if indicator.kind == "flag":
        return True
    return 0 if indicator.worse == "lower" else 20


def of_each_range(name: str, sign: str, looked_at: Any) -> Iterator[tuple[str, list[Decision], Decision]]:
    """Each range of ages, what is answered at its single ages that are inside scope, and what for the range itself.

    Between two birthdays that matter to the sign every age is one to the rules: of each such stretch one age is taken,
    and of each two the shortest range that reaches from one into the other. No other range is answered otherwise.
    """
    in_force = ruleset(name).in_force(ON)
    observations = {one: worst(in_force.indicators[one]) for one in chain(in_force, sign)}

    def answer(child: dict[str, Any]) -> Decision:
        given = Assessment(child=child, on=ON, looked_at=looked_at, observations=observations)
        return ruleset(name).assess(given, engine="bitmap")

    limits = [limit for limit in read_with_an_age(name)[sign] if limit <= OLDEST]
    starts, ends = [0, *limits], [*(limit - 1 for limit in limits), OLDEST]
    single = [answer({"age": age}) for age in starts]
    inside = [one.status != "outside_scope" for one in single]
    ranges = [(low, high, {"between": [ends[low], starts[high]]}) for low, high in combinations(range(len(starts)), 2)]
    for low, high, child in [*ranges, (0, len(starts) - 1, {})]:
        if starts[low] >= ADULT and not inside[high]:
            continue  # whether a young adult is in scope at all depends on the age, which is asked
        among = [single[number] for number in range(low, high + 1) if inside[number]]
        if among:
            yield f"{sign}, {child}", among, answer(child)


def rank(decision: Decision) -> int:
    """The position of its level of need; lowest where not enough is known."""
    return -1 if decision.tier is None else TIERS.index(decision.tier)


@pytest.mark.parametrize("name", ["england", "llr"])
@pytest.mark.parametrize("looked_at", ["everything", ()])
def test_an_uncertain_age_never_takes_a_danger_away(name: str, looked_at: Any) -> None:
    """The level is never below the least of the ages, and what is referred now at one of them is, or is asked now."""
    assert len(read_with_an_age(name)) > 15
    less, passed_over = set(), set()
    for sign in read_with_an_age(name):
        for case, single, decision in of_each_range(name, sign, looked_at):
            if rank(decision) < min(map(rank, single)):
                less.add(case)
            asked = decision.refer_now or any(question.ask_now for question in decision.questions)
            if any(one.refer_now for one in single) and not asked:
                passed_over.add(case)
    assert (less, passed_over) == (set(), set())


def test_the_birthdays_that_matter_are_found() -> None:
    """Of sexual activity the thirteenth and the sixteenth birthday, and those on which scope begins and ends."""
    assert read_with_an_age("england")["sexual_activity"] == [13, 16, 18, 25, 26]
    assert read_with_an_age("llr")["bruise_or_mark"] == [1, 18, 25, 26]
