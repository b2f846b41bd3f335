"""Lines of values: what each stretch between two limits leads to by itself, so that gaps show.

By itself: for a child in whom there is nothing else. A detail is shown with what it is a detail of there as mildly
as can be. Flags and choices have no line; neither have counts of different signs, which are never there by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby, pairwise

from thresholds.compiled import Source
from thresholds.engines.solver import Boundary, Key, in_order, window
from thresholds.language.conditions import every_test
from thresholds.language.cuts import Step
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, CHILD_UNBORN
from thresholds.language.durations import Duration
from thresholds.language.model import GROUPS, TIERS, WEIGHTS, Indicator, Weight
from thresholds.policy.children import Model
from thresholds.policy.findings import stretches
from thresholds.policy.findings.finding import Led, Segment, ValueLine
from thresholds.policy.findings.ground import Ground

_AGE: Key = ("value", CHILD_AGE, 0, 0)


@dataclass(frozen=True)
class _Ages:
    """Children from one age up to another, or (without either) those not yet born."""

    low: Duration | None
    high: Duration | None
    literals: tuple[int, ...]
    unborn: bool = False


@dataclass(frozen=True)
class _Outcome:
    """What is called for, and the position of the level of need."""

    responses: tuple[tuple[str, Weight], ...]
    level: int


@dataclass(frozen=True)
class _Stretch:
    """Values between two limits, with what they lead to for children of some ages."""

    low: Boundary | None
    high: Boundary | None
    absent: bool
    outcomes: tuple[tuple[_Ages, _Outcome], ...]


class Lines:
    """The value lines of one ruleset in force."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.world = ground, ground.copy.world
        self.reach = ground.ruleset.assessor(ground.on).decider.reach
        under_18, unborn = (
            ground.copy.all_of(ground.program.also[GROUPS.index(one)]) for one in ("under_18", "unborn")
        )
        self.child = ground.copy.formula.any_of([under_18, unborn])
        self._without: dict[tuple[str | None, _Ages], _Outcome | None] = {}

    def lines(self) -> Iterator[ValueLine]:
        """One for each number, scale, time and window of events that some rule reads. Raises NotFinished."""
        for key, rules in sorted(self._keys().items()):
            yield self._line(key, rules)

    def _keys(self) -> Mapping[Key, set[int]]:
        """What is ordered and read, with the rules that depend on it."""
        ground = self.ground
        found: dict[Key, set[int]] = {}
        for number, read in enumerate(ground.reads):
            for variable in read:
                source = ground.program.variables[variable].source
                if source is not None and self._has_line(source):
                    found.setdefault(ground.copy.key_of(source), set()).add(number)
        return {key: rules for key, rules in found.items() if self.world.steps.get(key)}

    def _has_line(self, source: Source) -> bool:
        if source.aspect == "value":
            ours = source.name not in BUILT_IN_INDICATORS
            return ours and not self.ground.in_force.indicators[source.name].domain.is_flag
        return source.aspect in ("events", "stated")

    def _line(self, key: Key, rules: set[int]) -> ValueLine:
        indicator = self.ground.in_force.indicators[key[1]]
        groups = [ages for ages in self._age_groups(rules) if self._usually(indicator, ages) is not None]
        ends: list[Boundary | None] = [None, *in_order(self.world.steps[key], self.ground.on), None]
        found = [self._stretch(key, low, high, groups) for low, high in pairwise(ends)]
        joined = [part for one in _joined(_told(found)) for part in _parted(one, indicator)]
        if indicator.worse_is_higher is False:
            joined.reverse()
        parent = indicator.detail_of
        segments = tuple(Segment(_values(one, indicator), tuple(_led(one)), one.absent) for one in joined)
        return ValueLine(
            indicator=indicator.id,
            label=indicator.label,
            detail_of=self.ground.in_force.indicators[parent].label if parent is not None else "",
            within=stretches.length(window(key)) if key[0] == "events" else "",
            segments=segments,
            worse_is_known=indicator.worse_is_higher is not None,
        )

    def _age_groups(self, rules: set[int]) -> Iterator[_Ages]:
        """Children cut at every age at which one of some rules draws a line."""
        ruleset, limits = self.ground.in_force, {}
        unborn = any("unborn" in self.ground.rules[number].applies_to for number in rules)
        for number in rules:
            for condition in self.ground.rules[number].conditions():
                for test, _ in every_test(condition):
                    unborn = unborn or test.name == CHILD_UNBORN
                    if test.name == CHILD_AGE:
                        for interval in ruleset.accepted(test.name, test.test).intervals:
                            ends = [end for end in (interval.low, interval.high) if isinstance(end, Duration)]
                            limits.update({(end.days, end.months): end for end in ends})
        steps, born = self.world.steps.get(_AGE, {}), -self.world.unborn()
        cuts = [limit for limit in in_order(steps, self.ground.on) if isinstance(limit, Duration)]
        cuts = [limit for limit in cuts if (limit.days, limit.months) in limits]
        if unborn:
            yield _Ages(None, None, (-born,), unborn=True)
        for low, high in pairwise([None, *cuts, None]):
            older = (steps[low],) if low is not None else ()
            younger = (-steps[high],) if high is not None else ()
            yield _Ages(low, high, (born, *older, *younger))

    def _stretch(self, key: Key, low: Boundary | None, high: Boundary | None, groups: list[_Ages]) -> _Stretch:
        indicator, steps = self.ground.in_force.indicators[key[1]], self.world.steps[key]
        literals = [self.world.applies(indicator.id)]
        literals += [steps[low]] if low is not None else []
        literals += [-steps[high]] if high is not None else []
        outcomes = []
        for ages in groups:
            outcome, usual = self._outcome(literals, ages), self._usually(indicator, ages)
            if outcome is not None and usual is not None:
                outcomes.append((ages, _Outcome(tuple(_added(outcome, usual)), outcome.level)))
        return _Stretch(low, high, _is_absent(indicator, low, high), tuple(outcomes))

    def _usually(self, indicator: Indicator, ages: _Ages) -> _Outcome | None:
        """The answer for a child of such an age without it, but with what it is a detail of."""
        parent = indicator.detail_of
        if (parent, ages) not in self._without:
            there = [] if parent is None else [self.world.applies(indicator.id)]
            self._without[parent, ages] = self._outcome(there, ages)
        return self._without[parent, ages]

    def _outcome(self, literals: list[int], ages: _Ages) -> _Outcome | None:
        """The answer for the plainest child of whom this is so; None where there is no such child."""
        self.ground.go_on()
        model = self.ground.search.plain([*self.ground.real, self.child, *ages.literals, *literals])
        return None if model is None else self._answer(model)

    def _answer(self, model: Model) -> _Outcome:
        weights: dict[str, Weight] = {}
        level = 0
        for number, rule in enumerate(self.ground.rules):
            if self.ground.holds(number) in model:
                level = max(level, self.reach[number])
                for name, weight in rule.responses.items():
                    weights[name] = max(weights.get(name, weight), weight, key=WEIGHTS.index)
        return _Outcome(tuple(sorted(weights.items())), level)


def _added(outcome: _Outcome, usual: _Outcome) -> Iterator[tuple[str, Weight]]:
    """What is called for that would not be otherwise, or not so strongly."""
    before = dict(usual.responses)
    for name, weight in outcome.responses:
        if name not in before or WEIGHTS.index(weight) > WEIGHTS.index(before[name]):
            yield name, weight


def _is_absent(indicator: Indicator, low: Boundary | None, high: Boundary | None) -> bool:
    """Does the value that silence stands for lie between two limits? Of events it is none."""
    if indicator.kind == "events":
        return low is None
    absent = indicator.absent_position
    if absent is None or isinstance(low, Duration) or isinstance(high, Duration):
        return False
    return (low is None or low <= (absent, 0)) and (high is None or (absent, 0) < high)


def _joined(found: list[_Stretch]) -> Iterator[_Stretch]:
    """Neighbours that lead to the same as one stretch."""
    for outcomes, alike in groupby(found, key=lambda one: one.outcomes):
        run = list(alike)
        yield _Stretch(run[0].low, run[-1].high, any(one.absent for one in run), outcomes)


def _told(found: list[_Stretch]) -> list[_Stretch]:
    """Without the unborn where no value leads to anything for them."""
    if any(ages.unborn and outcome.responses for one in found for ages, outcome in one.outcomes):
        return found
    return [
        replace(one, outcomes=tuple((ages, outcome) for ages, outcome in one.outcomes if not ages.unborn))
        for one in found
    ]


def _parted(stretch: _Stretch, indicator: Indicator) -> Iterator[_Stretch]:
    """What silence stands for, and what is worse though it leads to the same, as two stretches."""
    domain, worse_is_higher = indicator.domain, indicator.worse_is_higher
    absent = Fraction(0) if indicator.kind == "events" else indicator.absent_position
    if not stretch.absent or absent is None or worse_is_higher is None:
        yield stretch
        return
    after: Step = (absent + 1, 0) if domain.whole or domain.kind == "scale" else (absent, 1)
    at = after if worse_is_higher else (absent, 0)
    first, last = (Fraction(0), Fraction(len(domain.values) - 1)) if domain.values else (domain.low, domain.high)
    above_all = last is not None and at > (last, 0)
    below_all = first is not None and at <= (first, 0)
    low, high = stretch.low, stretch.high
    if above_all or below_all or (isinstance(low, tuple) and at <= low) or (isinstance(high, tuple) and at >= high):
        yield stretch
        return
    yield replace(stretch, high=at, absent=worse_is_higher)
    yield replace(stretch, low=at, absent=not worse_is_higher)


def _values(stretch: _Stretch, indicator: Indicator) -> str:
    return stretches.values(stretch.low, stretch.high, indicator.domain)


def _led(stretch: _Stretch) -> Iterator[Led]:
    """Neighbouring ages that are answered alike as one; no ages are named where all are."""
    runs = [(outcome, [ages for ages, _ in run]) for outcome, run in groupby(stretch.outcomes, key=lambda one: one[1])]
    for outcome, ages in runs:
        if len(runs) == 1:
            told = ""
        elif ages[0].unborn and len(ages) == 1:
            told = "unborn"
        else:
            first = ages[1] if ages[0].unborn else ages[0]
            told = stretches.ages(first.low, ages[-1].high)
            told = f"unborn or {told}" if ages[0].unborn else told
        yield Led(told, dict(outcome.responses), TIERS[outcome.level])
