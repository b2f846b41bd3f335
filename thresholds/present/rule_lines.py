"""Rules as lines of the thresholds document: under which level each stands, and what it says in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from thresholds.deciding import reach_of
from thresholds.language.conditions import every_test
from thresholds.language.definition import InForce
from thresholds.language.model import CONFIDENCES, TIERS, Area, Confidence, Rule, Weight
from thresholds.present.applying import ages, areas, concluding, signs_read
from thresholds.present.because import because
from thresholds.present.clauses import Clause, Piece, clause, target_of
from thresholds.present.naming import AREA_NAMES, LEVEL_NAMES, LEVELS, WEIGHT_NAMES, in_force


@dataclass(frozen=True)
class Exemption:
    """When a rule does not hold, and why not."""

    condition: Clause
    because: str

    @property
    def text(self) -> str:
        return f"{self.condition.text} ({self.because})"


@dataclass(frozen=True)
class RuleLine:
    """One rule as a line of the document."""

    number: str
    id: str
    title: str
    because: str
    """Why, for no child in particular."""
    condition: Clause
    exceptions: tuple[Exemption, ...]
    leads_to: tuple[tuple[Piece, ...], ...]
    """Each thing that follows."""
    area: Area
    areas: tuple[Area, ...]
    """Of all the signs that speak for it."""
    overriding: bool
    levels: tuple[str, ...]
    """Every level it can give, also one that a named person has to decide on."""
    ages: tuple[str, ...]
    """The ages it can hold for: "unborn", "0" to "25"."""
    sources: tuple[str, ...]
    test_confidence: Confidence
    response_confidence: Confidence
    days: str
    """When it is in force, in words; empty where always."""
    reads: tuple[str, ...]
    """What is said elsewhere in the document of what it reads and leads to: `sign-bruise`, `response-enquiry`."""
    place: str

    @property
    def when(self) -> str:
        """The condition in one line."""
        return self.condition.text

    @property
    def unless(self) -> tuple[str, ...]:
        """The exceptions, each in one line with its reason."""
        return tuple(one.text for one in self.exceptions)

    @property
    def then(self) -> tuple[str, ...]:
        """What follows, each in one line."""
        return tuple("".join(piece.text for piece in one) for one in self.leads_to)

    @property
    def confidence(self) -> Confidence:
        """The weaker of the two."""
        return max(self.test_confidence, self.response_confidence, key=CONFIDENCES.index)


def level_of(rule: Rule, ruleset: InForce) -> str:
    """The level that a rule gives by itself, as answers have it; one that gives none stands beside."""
    reach = reach_of(rule, ruleset)
    return "beside" if reach < 0 else TIERS[reach]


def lines_of(level: str, rules: Iterable[Rule], ruleset: InForce) -> Iterator[tuple[Area, tuple[RuleLine, ...]]]:
    """The rules of a level, numbered through, by area; what nothing outweighs first."""
    by_area: dict[Area, list[tuple[Rule, tuple[Area, ...]]]] = {}
    for rule in rules:
        found = areas(rule, ruleset)
        by_area.setdefault(found[0], []).append((rule, found))
    number = 0
    for area in AREA_NAMES:
        lines = []
        for rule, found in sorted(by_area.get(area, ()), key=lambda one: (not one[0].overriding, one[0].id)):
            number += 1
            lines.append(_line(f"{level[0].upper()}{number}", rule, found, ruleset))
        if lines:
            yield area, tuple(lines)


def _line(number: str, rule: Rule, found: tuple[Area, ...], ruleset: InForce) -> RuleLine:
    leads_to = [_called_for(name, weight, ruleset) for name, weight in rule.responses.items()]
    if not rule.overriding or not leads_to:
        leads_to += [_counts_as(name, ruleset) for name in rule.findings]
    return RuleLine(
        number=number,
        id=rule.id,
        title=rule.title,
        because=because(rule, ruleset),
        condition=clause(rule.when, ruleset),
        exceptions=tuple(Exemption(clause(one.when, ruleset), one.because) for one in rule.unless),
        leads_to=tuple(leads_to),
        area=found[0],
        areas=found,
        overriding=rule.overriding,
        levels=tuple(_could_give(rule, ruleset)),
        ages=ages(rule, ruleset),
        sources=rule.basis.sources,
        test_confidence=rule.basis.test.confidence,
        response_confidence=rule.basis.response.confidence,
        days=in_force(rule),
        reads=tuple(dict.fromkeys(_reads(rule, ruleset))),
        place=str(rule.place),
    )


def _could_give(rule: Rule, ruleset: InForce) -> Iterator[str]:
    """Every level that a rule can give: by itself, beside any, or once a named person has decided for it."""
    tiers: set[str] = {ruleset.responses[name].tier for name, weight in rule.responses.items() if weight != "offer"}
    tiers.add(level_of(rule, ruleset))
    tiers.update("beside" for name in rule.responses if ruleset.responses[name].tier == "beside")
    return (level for level in LEVELS if level in tiers)


def _called_for(name: str, weight: Weight, ruleset: InForce) -> tuple[Piece, ...]:
    response = ruleset.responses[name]
    called = Piece(response.label, f"response-{name}")
    if weight != "consider":
        return Piece(f"{WEIGHT_NAMES[weight]} "), called
    level = "" if response.tier == "beside" else f" {LEVEL_NAMES[response.tier].lower()},"
    return Piece(f"for a named person to decide:{level} "), called


def _counts_as(name: str, ruleset: InForce) -> tuple[Piece, ...]:
    return Piece("counts as: "), Piece(ruleset.findings[name].label, f"finding-{name}")


def _reads(rule: Rule, ruleset: InForce) -> Iterator[str]:
    tests = [test for condition in rule.conditions() for test, _ in every_test(condition)]
    yield from filter(None, (target_of(test.name, ruleset) for test in tests))
    yield from (f"finding-{name}" for name in rule.findings)
    yield from (f"response-{name}" for name in rule.responses)
    signs = [test.name for test in tests if target_of(test.name, ruleset).startswith("sign-")]
    if concluding(tests, ruleset):
        signs += signs_read(rule, ruleset)
    for topic in (ruleset.indicators[name].topic for name in signs):
        if topic in ruleset.topics:
            yield f"topic-{topic}"
