"""A ruleset as a thresholds document: what a partnership would read, mark and sign off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from thresholds.deciding import _reach as reach_of
from thresholds.language.conditions import AllOf, Condition, Test, every_test
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, CHILD_UNBORN, InForce
from thresholds.language.durations import Duration, years
from thresholds.language.model import CONFIDENCES, TIERS, Area, Confidence, Indicator, Response, Rule, Weight
from thresholds.present import sentences

if TYPE_CHECKING:
    from thresholds.ruleset import Ruleset

LEVELS = ("specialist", "targeted", "universal", "beside")
LEVEL_NAMES = {
    "specialist": "Specialist",
    "targeted": "Early help and targeted",
    "universal": "Universal",
    "beside": "Beside any level",
}
LEVEL_MEANINGS = {
    "specialist": "Individual or multiple complex needs; social care, health or education specialists assess.",
    "targeted": "Signs that without support a child may not do well; one service, or several together with the family.",
    "universal": "What every child and family gets. Practitioners notice early, help, and keep under review.",
    "beside": "What is called for whatever the level of need is.",
}
AREA_NAMES: dict[Area, str] = {
    "safeguarding": "Safeguarding",
    "child_development": "The child's developmental needs",
    "parenting_capacity": "Parenting capacity",
    "family_and_environment": "Family and environment",
    "send": "Special educational needs and disability",
    "status": "Who the child is",
    "process": "Help so far",
}
WEIGHT_NAMES = {"points_to": "points to", "offer": "may be offered"}
OLDEST = 25


@dataclass(frozen=True)
class RuleLine:
    """One rule as a line of the document."""

    number: str
    id: str
    title: str
    because: str
    """Why, for no child in particular; empty where it cannot be said without one."""
    when: str
    unless: tuple[str, ...]
    then: tuple[str, ...]
    area: Area
    overriding: bool
    levels: tuple[str, ...]
    """Every level it can give, also one that a named person has to decide on."""
    ages: tuple[str, ...]
    """The ages it can hold for: "unborn", "0" to "25"."""
    sources: tuple[str, ...]
    test_confidence: Confidence
    response_confidence: Confidence
    place: str

    @property
    def confidence(self) -> Confidence:
        """The weaker of the two."""
        return max(self.test_confidence, self.response_confidence, key=CONFIDENCES.index)


@dataclass(frozen=True)
class LevelPart:
    """One level of need: its responses, and its rules by area."""

    level: str
    responses: tuple[Response, ...]
    areas: tuple[tuple[Area, tuple[RuleLine, ...]], ...]

    @property
    def rules(self) -> int:
        return sum(len(lines) for _, lines in self.areas)


@dataclass(frozen=True)
class Guide:
    """The document, before it is laid out."""

    ruleset: Ruleset
    in_force: InForce
    on: date
    levels: tuple[LevelPart, ...]
    indicators: tuple[tuple[Area, tuple[Indicator, ...]], ...]

    @property
    def lines(self) -> tuple[RuleLine, ...]:
        """Every rule, in the order of the document."""
        return tuple(line for level in self.levels for _, lines in level.areas for line in lines)

    def by_confidence(self) -> Iterator[tuple[Confidence, tuple[RuleLine, ...]]]:
        """The rules by what they rest on, the firmest first."""
        for confidence in CONFIDENCES:
            yield confidence, tuple(line for line in self.lines if line.confidence == confidence)


def make_guide(ruleset: Ruleset, on: date) -> Guide:
    """The document for a day. RulesetNotInForce where the ruleset does not answer for it."""
    in_force = ruleset.in_force(on)
    by_level: dict[str, list[Rule]] = {level: [] for level in LEVELS}
    for rule in in_force.rules:
        by_level[level_of(rule, in_force)].append(rule)
    levels = []
    for level in LEVELS:
        responses = tuple(sorted((one for one in in_force.responses.values() if one.tier == level), key=_pressing))
        levels.append(LevelPart(level, responses, tuple(_areas(level, by_level[level], in_force))))
    catalogue = {area: tuple(_in_area(in_force, area)) for area in AREA_NAMES}
    return Guide(
        ruleset, in_force, on, tuple(levels), tuple((area, found) for area, found in catalogue.items() if found)
    )


def _pressing(response: Response) -> tuple[bool, int, str]:
    """What cannot wait first, then what needs no agreement, then the rest by name."""
    free = ("not_required", "inform", "seek", "consult", "required").index(response.consent)
    return not response.immediate, free, response.label


def level_of(rule: Rule, ruleset: InForce) -> str:
    """The level that a rule gives by itself, as answers have it; one that gives none stands beside."""
    reach = reach_of(rule, ruleset)
    return "beside" if reach < 0 else TIERS[reach]


def _could_give(rule: Rule, ruleset: InForce) -> Iterator[str]:
    """Every level that a rule can give: by itself, beside any, or once a named person has decided for it."""
    tiers: set[str] = {ruleset.responses[name].tier for name, weight in rule.responses.items() if weight != "offer"}
    tiers.add(level_of(rule, ruleset))
    tiers.update("beside" for name in rule.responses if ruleset.responses[name].tier == "beside")
    return (level for level in LEVELS if level in tiers)


def _areas(level: str, rules: Iterable[Rule], ruleset: InForce) -> Iterator[tuple[Area, tuple[RuleLine, ...]]]:
    by_area: dict[Area, list[Rule]] = {}
    for rule in rules:
        by_area.setdefault(_area(rule, ruleset), []).append(rule)
    number = 0
    for area in AREA_NAMES:
        found = sorted(by_area.get(area, ()), key=lambda rule: (not rule.overriding, rule.id))
        lines = []
        for rule in found:
            number += 1
            lines.append(_line(f"{level[0].upper()}{number}", rule, area, ruleset))
        if lines:
            yield area, tuple(lines)


def _line(number: str, rule: Rule, area: Area, ruleset: InForce) -> RuleLine:
    then = [_called_for(name, weight, ruleset) for name, weight in rule.responses.items()]
    then += [f"counts as: {ruleset.findings[name].label}" for name in rule.findings if not rule.overriding]
    return RuleLine(
        number=number,
        id=rule.id,
        title=rule.title,
        because=sentences.because(rule, ruleset),
        when=sentences.condition(rule.when, ruleset),
        unless=tuple(f"{sentences.condition(one.when, ruleset)} ({one.because})" for one in rule.unless),
        then=tuple(then),
        area=area,
        overriding=rule.overriding,
        levels=tuple(_could_give(rule, ruleset)),
        ages=tuple(_ages(rule, ruleset)),
        sources=rule.basis.sources,
        test_confidence=rule.basis.test.confidence,
        response_confidence=rule.basis.response.confidence,
        place=str(rule.place),
    )


def _called_for(name: str, weight: Weight, ruleset: InForce) -> str:
    response = ruleset.responses[name]
    if weight == "consider":
        level = "" if response.tier == "beside" else f" {LEVEL_NAMES[response.tier].lower()},"
        return f"for a named person to decide:{level} {response.label}"
    return f"{WEIGHT_NAMES[weight]} {response.label}"


def _area(rule: Rule, ruleset: InForce) -> Area:
    """The area of the first thing a rule reads."""
    for name in _names(rule.when):
        if name in ruleset.indicators and name not in BUILT_IN_INDICATORS:
            return ruleset.indicators[name].area
        if name in ruleset.quantities:
            members = ruleset.members(ruleset.quantities[name])
            areas = {ruleset.indicators[one].area for one in members if one in ruleset.indicators}
            return areas.pop() if len(areas) == 1 else "process"
        if name in ruleset.findings:
            concluding = (one for one in ruleset.rules if name in one.findings and one.id != rule.id)
            return next((_area(one, ruleset) for one in concluding if not _names_findings(one, ruleset)), "process")
    return "status"


def _names(condition: Condition) -> Iterator[str]:
    return (test.name for test, _ in every_test(condition))


def _names_findings(rule: Rule, ruleset: InForce) -> bool:
    return any(name in ruleset.findings for name in _names(rule.when))


def _ages(rule: Rule, ruleset: InForce) -> Iterator[str]:
    """The ages for which neither the rule's groups nor its tests on age at the top of `when` rule it out."""
    tests = [test for test, positive in every_test(rule.when) if positive and _at_top(rule.when, test)]
    behind = [
        {age for one in ruleset.rules if test.name in one.findings and one.id != rule.id for age in _ages(one, ruleset)}
        for test in tests
        if test.name in ruleset.findings
    ]
    for age in _ages_of_its_own(rule, tests, ruleset):
        if all(age in ages for ages in behind):
            yield age


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
    if test.name != CHILD_AGE or accepted.negated:
        return True
    start, end = years(age), years(age + 1)
    return any(
        not (isinstance(one.low, Duration) and one.low.order(end) != -1)
        and not (isinstance(one.high, Duration) and one.high.order(start) != 1)
        for one in accepted.intervals
    )


def _in_area(ruleset: InForce, area: Area) -> Iterator[Indicator]:
    found = (one for one in ruleset.indicators.values() if one.area == area and one.id not in BUILT_IN_INDICATORS)
    return iter(sorted(found, key=lambda one: (one.dimension, one.label)))


def ages_in_words(ages: tuple[str, ...]) -> str:
    """`unborn, 5 to 17`."""
    numbers = [int(age) for age in ages if age != "unborn"]
    stretches: list[list[int]] = []
    for number in numbers:
        if stretches and stretches[-1][-1] == number - 1:
            stretches[-1].append(number)
        else:
            stretches.append([number])
    parts = ["unborn"] if "unborn" in ages else []
    parts += [str(one[0]) if len(one) == 1 else f"{one[0]} to {one[-1]}" for one in stretches]
    return ", ".join(parts) or "no age"
