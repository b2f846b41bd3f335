"""Whatever is unknown of a child made known: for each unknown every kind of value it can still turn out to have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice, product
from math import prod
from random import Random
from typing import Any

from tests.answers import fits, knowledge_of
from thresholds.assessment import Assessment
from thresholds.knowledge import Knowledge
from thresholds.language.conditions import every_test
from thresholds.language.cuts import Cuts
from thresholds.language.definition import CHILD_AGE
from thresholds.language.durations import Elapsed, elapsed_of
from thresholds.language.model import UNKNOWN, Indicator
from thresholds.observing import DOES_NOT_APPLY, Events, Span, Words
from thresholds.ruleset import Ruleset

Given = dict[str, Any]


def completions(ruleset: Ruleset, assessment: Assessment, random: Random, most: int) -> Iterator[Assessment]:
    """Every completion, one of each kind; where there are more than `most`, so many at random.

    What is left open is only what no rule reads.
    """
    found = _Completing(ruleset, assessment)
    children, observed = found.children(), found.observed()
    names = list(observed)
    if len(children) * prod(len(options) for options in observed.values()) <= most:
        choices: Iterator[tuple[Any, ...]] = product(children, *observed.values())
    else:
        choices = (
            (random.choice(children), *(random.choice(options) for options in observed.values())) for _ in range(most)
        )
    for child, *chosen in islice(choices, most):
        given = {name: one for name, one in zip(names, chosen, strict=True) if one is not None}
        completed = found.completed(child, given)
        if completed is not None:
            yield completed


class _Completing:
    def __init__(self, ruleset: Ruleset, assessment: Assessment) -> None:
        self.ruleset, self.assessment, self.on = ruleset, assessment, assessment.on
        self.knowledge: Knowledge = knowledge_of(ruleset, assessment)
        assessor = ruleset.assessor(assessment.on)
        self.program, self.in_force = assessor.program, assessor.ruleset
        in_scope = (test.name for one in self.in_force.scope.scope.values() for test, _ in every_test(one))
        read = {*self.program.by_indicator, *in_scope}
        for name in sorted(read):
            parent = self.in_force.indicators[name].detail_of
            while parent is not None:
                read.add(parent)
                parent = self.in_force.indicators[parent].detail_of
        self.read = sorted(read, key=self._depth)

    def _depth(self, name: str) -> tuple[int, str]:
        parent = self.in_force.indicators[name].detail_of
        return (0 if parent is None else 1 + self._depth(parent)[0]), name

    def _cuts(self, name: str, aspect: str) -> Cuts | None:
        for number in self.program.by_indicator.get(name, ()):
            source = self.program.variables[number].source
            if source is not None and source.aspect == aspect and source.name == name:
                return self.program.variables[number].cuts
        return None

    def _reads(self, name: str, aspect: str) -> bool:
        return self._cuts(name, aspect) is not None

    # --- the child ---------------------------------------------------------------------------------

    def children(self) -> Sequence[Given]:
        """Every kind of age, or of weeks of pregnancy, that is still possible."""
        child = self.assessment.child
        if child.unborn:
            weeks = child.gestation_weeks
            return [{"unborn": True, "gestation_weeks": week} for week in (range(46) if weeks is None else (weeks,))]
        assert self.knowledge.age is not None
        days = self._starts(self.knowledge.age, self._cuts(CHILD_AGE, "value"))
        return [{"born": day} for day in days if day > self.on - timedelta(days=120 * 365)]

    def _starts(self, time: Elapsed, cuts: Cuts | None) -> list[date]:
        """Days on which a time that has passed may have begun: the ends, and either side of each limit."""
        earliest = max(time.earliest, date(self.on.year - 150, 1, 1))  # no older day can be given
        days = {earliest, time.latest}
        for limit in cuts.limits if cuts is not None else ():
            reached = elapsed_of(limit, self.on, exact=True).latest
            days.update((reached, reached + timedelta(days=1)))
        return sorted(day for day in days if earliest <= day <= time.latest)

    # --- observations ------------------------------------------------------------------------------

    def observed(self) -> dict[str, list[Given | None]]:
        """For each indicator that some rule reads, the observations that leave nothing open."""
        return {
            name: self._options(name) for name in self.read if name not in ("child_age", "child_unborn", "gestation")
        }

    def _options(self, name: str) -> list[Given | None]:
        value, indicator = self.knowledge.possible(name).value, self.in_force.indicators[name]
        if value is None:
            return [{"value": DOES_NOT_APPLY} if name in self.knowledge.not_applicable else None]
        needs = [one.need for one, _ in self.knowledge.current.get(name, ())]
        open_needs: list[Any] = ["met", "unmet"] if self._reads(name, "unmet") else [None]
        if "unmet" in needs:
            open_needs = ["unmet"]
        elif needs and all(need == "met" for need in needs):
            open_needs = ["met"]
        sinces: list[Any] = [None]
        lasting = self.knowledge.lasting(name).value
        if self._reads(name, "lasting") and isinstance(lasting, Elapsed):
            sinces = list(self._starts(lasting, self._cuts(name, "lasting")))
        observed = any(one is not None for _, one in self.knowledge.current.get(name, ()))
        looked_for = indicator.topic in self.knowledge.looked_at and indicator.absent != UNKNOWN
        never = indicator.may_not_apply and not observed and (name in self.knowledge.current or not looked_for)
        given: list[Given | None] = [
            {"value": one, "need": need, "since": since}
            for one in self._values(indicator, value)
            for need in open_needs
            for since in sinces
        ]
        return [*given, {"value": DOES_NOT_APPLY}] if never else given

    def _values(self, indicator: Indicator, value: object) -> list[Any]:
        if isinstance(value, Words):
            return sorted(value.words)
        if isinstance(value, Elapsed):
            return list(self._starts(value, self._cuts(indicator.id, "value")))
        if isinstance(value, Events):
            return self._events(indicator, value)
        assert isinstance(value, Span)
        if indicator.kind == "flag":
            return [bool(place) for place in range(int(value.low), int(value.high) + 1)]
        if indicator.kind == "scale":
            return list(indicator.values)[int(value.low) : int(value.high) + 1]
        return [_written(number, indicator) for number in self._numbers(indicator, value)]

    def _numbers(self, indicator: Indicator, span: Span) -> list[Fraction]:
        step = Fraction(1) if indicator.domain.whole else Fraction(1, 1000)
        found = {span.low, span.high}
        if indicator.absent_position is not None:
            found.update(
                (indicator.absent_position - step, indicator.absent_position, indicator.absent_position + step)
            )
        for number in self.program.by_indicator.get(indicator.id, ()):
            variable = self.program.variables[number]
            for limit, _ in variable.cuts.steps if variable.cuts is not None else ():
                found.update((limit - step, limit, limit + step))
        return sorted(number for number in found if span.low <= number <= span.high)

    def _events(self, indicator: Indicator, events: Events) -> list[Any]:
        """Lists of dates that agree with what is known of each window that is counted."""
        windows = [
            self.in_force.window(one.count.within)
            for one in self.in_force.quantities.values()
            if one.count is not None and one.count.events == indicator.id and one.count.within is not None
        ]
        edges = {self.on, self.on - timedelta(days=3000)}
        for window in windows:
            first = next(
                day for day in (self.on - timedelta(days=n) for n in range(1, 60000)) if window.after(day) < self.on
            )
            edges.update((first, first + timedelta(days=1)))
        lists = [[], *([day] * count for day in sorted(edges) for count in (1, 2, 3, 4, 6))]
        lists += [sorted([day] * 2 + [self.on]) for day in sorted(edges)]
        known = events.some()
        return [
            days
            for days in lists
            if known in (None, bool(days)) and all(self._agrees(events, days, w) for w in windows)
        ]

    def _agrees(self, events: Events, days: list[date], window: Any) -> bool:
        low, high = events.count(window, self.on)
        count, _ = Events(dates=tuple(days)).count(window, self.on)
        return low <= count and (high is None or count <= high)

    # --- together ----------------------------------------------------------------------------------

    def completed(self, child: Given, given: dict[str, Given]) -> Assessment | None:
        """The completion, details left out where they do not apply; None where it contradicts itself."""
        kept: dict[str, Any] = {
            name: many for name, many in self.assessment.observations.items() if name not in self.read
        }
        there: dict[str, bool] = {}
        for name, one in given.items():  # what it is a detail of comes first
            parent = self.in_force.indicators[name].detail_of
            applies = parent is None or there.get(parent, False)
            if applies or any(value is not None for _, value in self.knowledge.current.get(name, ())):
                kept[name] = one
                there[name] = applies and self._there(name, one)
        plain = self.assessment.model_dump(exclude={"observations", "child"}) | {"looked_at": "everything"}
        made = Assessment.read({**plain, "child": child, "observations": kept})
        return made if fits(self.ruleset, made) else None

    def _there(self, name: str, one: Given) -> bool:
        alone = Assessment(on=self.on, observations={name: one})
        return knowledge_of(self.ruleset, alone).present(name) is True


def _written(number: Fraction, indicator: Indicator) -> Any:
    """A number as it can be given: a share, where it has no end as a decimal or would be taken for one."""
    if indicator.kind == "percent":
        return {"attended": number.numerator * 1000, "possible": number.denominator * 100_000}
    return str(int(number)) if number.denominator == 1 else str(float(number))
