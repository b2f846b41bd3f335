"""What a rule reads, and to whom it can apply: the ages for which it can hold, the areas of life it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from thresholds.language.conditions import AllOf, Condition, Test, every_test
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, CHILD_UNBORN, InForce
from thresholds.language.durations import Duration, years
from thresholds.language.model import Area, Rule
from thresholds.language.unary import UnaryTest, ValueSet

OLDEST = 25
_BESIDE: tuple[Area, ...] = ("status", "process")
"""Areas that say least of a child's life: a rule belongs to another one where it can."""


def concluding(tests: Iterable[Test], ruleset: InForce) -> tuple[Rule, ...]:
    """The rules that conclude the findings among what is tested."""
    findings = {test.name for test in tests} & set(ruleset.findings)
    return tuple(rule for rule in ruleset.rules if findings.intersection(rule.findings)) if findings else ()


def signs_read(rule: Rule, ruleset: InForce) -> tuple[str, ...]:
    """The indicators that speak for a rule: itself, through what it counts, and through what it takes as found."""
    found = (test.name for test, positive in every_test(rule.when) if positive)
    return tuple(dict.fromkeys(_signs(found, ruleset, frozenset({rule.id}))))


def _signs(names: Iterable[str], ruleset: InForce, seen: frozenset[str]) -> Iterator[str]:
    for name in names:
        if name in ruleset.quantities:
            yield from _signs(ruleset.members(ruleset.quantities[name]), ruleset, seen)
        elif name in ruleset.findings:
            for rule in ruleset.rules:
                if name in rule.findings and rule.id not in seen:
                    tests = (test.name for test, positive in every_test(rule.when) if positive)
                    yield from _signs(tests, ruleset, seen | {rule.id})
        elif name in ruleset.indicators and name not in BUILT_IN_INDICATORS:
            yield name


def areas(rule: Rule, ruleset: InForce) -> tuple[Area, ...]:
    """The areas of all that speaks for a rule, the one it is about most first; each test counts as much as another."""
    tests = (test.name for test, positive in every_test(rule.when) if positive)
    found: dict[Area, float] = {}
    for name in dict.fromkeys(tests):
        inside = Counter(ruleset.indicators[one].area for one in _signs((name,), ruleset, frozenset({rule.id})))
        for area, number in inside.items():
            found[area] = found.get(area, 0) + number / inside.total()
    order = sorted(found, key=lambda area: (area in _BESIDE, -found[area]))
    return tuple(order) or ("status",)


# --- ages -----------------------------------------------------------------------------------------


def ages(rule: Rule, ruleset: InForce) -> tuple[str, ...]:
    """The ages ("unborn", "0" to "25") for which a rule can hold.

    Its groups, its tests on age, and what concludes the findings it reads must not rule them out; and it must read
    something that is asked about at that age.
    """
    return tuple(_ages(rule, ruleset, frozenset()))


def _ages(rule: Rule, ruleset: InForce, seen: frozenset[str]) -> Iterator[str]:
    tests = [test for test, positive in every_test(rule.when) if positive and _at_top(rule.when, test)]
    seen |= {rule.id}
    behind = [
        {
            age
            for one in ruleset.rules
            if test.name in one.findings and one.id not in seen
            for age in _ages(one, ruleset, seen)
        }
        for test in tests
        if test.name in ruleset.findings
    ]
    asked = _asked_at(rule, ruleset)
    for age in _ages_of_its_own(rule, tests, ruleset):
        if all(age in found for found in behind) and (age == "unborn" or _some(asked, int(age))):
            yield age


def _asked_at(rule: Rule, ruleset: InForce) -> list[ValueSet | None]:
    """When the topics are asked about of all that speaks for a rule."""
    topics = dict.fromkeys(ruleset.indicators[name].topic for name in signs_read(rule, ruleset))
    return [ruleset.asked_at(ruleset.topics[name]) for name in topics if name in ruleset.topics]


def _some(asked: list[ValueSet | None], age: int) -> bool:
    return not asked or any(accepted is None or _holds_at(accepted, age) for accepted in asked)


def _ages_of_its_own(rule: Rule, tests: list[Test], ruleset: InForce) -> Iterator[str]:
    if "unborn" in rule.applies_to and not any(test.name == CHILD_AGE for test in tests):
        yield "unborn"
    for age in range(OLDEST + 1):
        group = age < 18 and "under_18" in rule.applies_to
        adult = age >= 18 and bool({"adult_with_plan", "care_leaver"} & set(rule.applies_to))
        if (group or adult) and all(_allows(test, age, ruleset) for test in tests):
            yield str(age)


def _at_top(condition: Condition, test: Test) -> bool:
    return condition is test or (isinstance(condition, AllOf) and test in condition.parts)


def _allows(test: Test, age: int, ruleset: InForce) -> bool:
    """Can somebody be of this age in full years and pass the test on age?"""
    if test.name == CHILD_UNBORN:
        return False
    accepted = ruleset.accepted(test.name, test.test)
    return test.name != CHILD_AGE or accepted.negated or _holds_at(accepted, age)


def _holds_at(accepted: ValueSet, age: int) -> bool:
    """Is some day of this year of life among the ages?"""
    start, end = years(age), years(age + 1)
    return any(
        not (isinstance(one.low, Duration) and one.low.order(end) != -1)
        and not (isinstance(one.high, Duration) and one.high.order(start) != 1)
        for one in accepted.intervals
    )


def ages_in_words(found: tuple[str, ...]) -> str:
    """`unborn, 5 to 17`."""
    numbers = [int(age) for age in found if age != "unborn"]
    stretches: list[list[int]] = []
    for number in numbers:
        if stretches and stretches[-1][-1] == number - 1:
            stretches[-1].append(number)
        else:
            stretches.append([number])
    parts = ["unborn"] if "unborn" in found else []
    parts += [str(one[0]) if len(one) == 1 else f"{one[0]} to {one[-1]}" for one in stretches]
    return ", ".join(parts) or "no age"


def span(test: UnaryTest | None, ruleset: InForce) -> str:
    """`from 5 years and under 18 years`, `any age`: the ages that a test accepts."""
    if test is None:
        return "any age"
    accepted = ruleset.accepted(CHILD_AGE, test)
    said = []
    for one in accepted.intervals:
        low = str(one.low) if isinstance(one.low, Duration) and (one.low.days or one.low.months) else ""
        high = one.high if isinstance(one.high, Duration) and one.high.order(years(100)) == -1 else None
        parts = (f"from {low}" if low else "", f"under {high}" if high else "")
        said.append(" and ".join(part for part in parts if part) or "any age")
    return " or ".join(said)
