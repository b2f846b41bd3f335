"""A ruleset as a thresholds document: what a partnership would read, mark and sign off."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from thresholds.language.definition import ABOUT_THE_CHILD, BUILT_IN_INDICATORS, InForce
from thresholds.language.model import (
    CONFIDENCES,
    Area,
    Confidence,
    Finding,
    Indicator,
    Quantity,
    Response,
    Rule,
    Service,
    Topic,
)
from thresholds.present import words
from thresholds.present.applying import ages_in_words
from thresholds.present.naming import AREA_NAMES, LEVEL_NAMES, LEVELS
from thresholds.present.rule_lines import RuleLine, level_of, lines_of

if TYPE_CHECKING:
    from thresholds.ruleset import Ruleset

__all__ = ["AREA_NAMES", "LEVEL_NAMES", "Guide", "LevelPart", "RuleLine", "ages_in_words", "make_guide"]


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

    @property
    def as_they_stand(self) -> str:
        """Which day's rules these are, and how that day lies between their changes."""
        pinned, changes = self.ruleset.as_at, self.ruleset.definition.changes
        day = pinned or self.on
        said = f"The rules as they stand on {words.day(day)}"
        if pinned is not None:
            return f"{said}, the day to which they were pinned"
        place = bisect_right(changes, day)
        last = changes[place - 1]
        before = "the day of their latest change" if last == day else f"last changed on {words.day(last)}"
        after = f", and changing next on {words.day(changes[place])}" if place < len(changes) else ""
        return f"{said}, {before}{after}"

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What is counted, by name."""
        return tuple(sorted(self.in_force.quantities.values(), key=lambda one: one.label.casefold()))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The named conditions, by name."""
        return tuple(sorted(self.in_force.findings.values(), key=lambda one: one.label.casefold()))

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What is asked about: what cannot wait first, then by name."""
        asked = (one for one in self.in_force.topics.values() if one.id != ABOUT_THE_CHILD)
        return tuple(sorted(asked, key=lambda one: (not one.immediate, one.label.casefold())))

    def services(self) -> Iterator[tuple[str, tuple[Service, ...]]]:
        """The services in force, by level and name."""
        found = [
            one for one in self.ruleset.definition.services.values() if one.in_force(self.ruleset.as_at or self.on)
        ]
        for level in LEVELS:
            here = tuple(sorted((one for one in found if one.tier == level), key=lambda one: one.label.casefold()))
            if here:
                yield level, here

    @cached_property
    def read_by(self) -> Mapping[str, tuple[RuleLine, ...]]:
        """The rules that read or call for something, by what it is called in `reads`; conclusions are not readings."""
        rules = {rule.id: rule for rule in self.in_force.rules}
        found: dict[str, list[RuleLine]] = {}
        for line in self.lines:
            concluded = {f"finding-{name}" for name in rules[line.id].findings}
            for target in line.reads:
                if target not in concluded:
                    found.setdefault(target, []).append(line)
        return {target: tuple(lines) for target, lines in found.items()}

    @cached_property
    def concluded_by(self) -> Mapping[str, tuple[RuleLine, ...]]:
        """The rules that conclude each finding, by its id."""
        lines = {line.id: line for line in self.lines}
        found: dict[str, list[RuleLine]] = {}
        for rule in self.in_force.rules:
            for name in rule.findings:
                found.setdefault(name, []).append(lines[rule.id])
        order = {line.id: place for place, line in enumerate(self.lines)}
        return {name: tuple(sorted(inside, key=lambda line: order[line.id])) for name, inside in found.items()}

    def counted_in(self, finding: Finding) -> tuple[Quantity, ...]:
        """What counts a finding among others."""
        return tuple(one for one in self.quantities if finding.id in self.in_force.members(one))

    def called_for_in(self, service: Service) -> tuple[Response, ...]:
        """The responses that a service has a part in."""
        return tuple(one for one in self.in_force.responses.values() if service.id in one.services)

    def signs_of(self, topic: Topic) -> tuple[Indicator, ...]:
        """The signs that are asked about under a topic."""
        return tuple(one for _, found in self.indicators for one in found if one.topic == topic.id)


def make_guide(ruleset: Ruleset, on: date) -> Guide:
    """The document for a day. RulesetNotInForce where the ruleset does not answer for it."""
    in_force = ruleset.in_force(on)
    by_level: dict[str, list[Rule]] = {level: [] for level in LEVELS}
    for rule in in_force.rules:
        by_level[level_of(rule, in_force)].append(rule)
    levels = tuple(LevelPart(level, _responses(level, in_force), _areas(level, by_level, in_force)) for level in LEVELS)
    catalogue = {area: tuple(_in_area(in_force, area)) for area in AREA_NAMES}
    return Guide(ruleset, in_force, on, levels, tuple((area, found) for area, found in catalogue.items() if found))


def _areas(
    level: str, by_level: Mapping[str, Iterable[Rule]], ruleset: InForce
) -> tuple[tuple[Area, tuple[RuleLine, ...]], ...]:
    return tuple(lines_of(level, by_level[level], ruleset))


def _responses(level: str, ruleset: InForce) -> tuple[Response, ...]:
    return tuple(sorted((one for one in ruleset.responses.values() if one.tier == level), key=_pressing))


def _pressing(response: Response) -> tuple[bool, int, str]:
    """What cannot wait first, then what needs no agreement, then the rest by name."""
    free = ("not_required", "inform", "seek", "consult", "required").index(response.consent)
    return not response.immediate, free, response.label


def _in_area(ruleset: InForce, area: Area) -> Iterator[Indicator]:
    found = (one for one in ruleset.indicators.values() if one.area == area and one.id not in BUILT_IN_INDICATORS)
    return iter(sorted(found, key=lambda one: (one.dimension, one.label)))
