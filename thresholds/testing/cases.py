"""Assessments valid for a ruleset: every kind of indicator given in every way, nothing that contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from thresholds.assessing import Assessor
from thresholds.assessment import Assessment
from thresholds.knowledge import know
from thresholds.language.definition import ABOUT_THE_CHILD, BUILT_IN_INDICATORS, CHILD_AGE, InForce
from thresholds.language.durations import Duration, elapsed_of
from thresholds.language.model import Indicator
from thresholds.observing import DOES_NOT_APPLY
from thresholds.ruleset import Ruleset
from thresholds.testing.dice import Dice

LENGTHS = ("0 days", "1 day", "10 days", "5 weeks", "3 months", "11 months", "2 years", "17 years", "40 years")
WINDOWS = ("1 day", "7 days", "28 days", "30 days", "3 months", "90 days", "12 months", "365 days", "2 years")
_CONSENT = ("not_recorded", "given", "refused", "not_sought", "unsafe_to_seek")


class Limits:
    """Where the tests of a ruleset change their answer: the values worth trying."""

    def __init__(self, assessor: Assessor) -> None:
        self.ruleset: InForce = assessor.ruleset
        self._numbers: dict[str, list[Fraction]] = {}
        self._times: dict[str, list[Duration]] = {}
        program = assessor.program
        for number, variable in enumerate(program.variables[: program.base]):
            cuts, source = variable.cuts, variable.source
            if cuts is None or source is None:
                continue
            for name in program.indicators_of(number):
                steps = cuts.steps if source.aspect != "events" else ()
                self._numbers.setdefault(name, []).extend(value for value, _ in steps)
                self._times.setdefault(name, []).extend(cuts.limits)
        for quantity in self.ruleset.quantities.values():
            if quantity.count is not None and quantity.count.within is not None and quantity.count.events is not None:
                window = self.ruleset.window(quantity.count.within)
                self._times.setdefault(quantity.count.events, []).append(window)

    def numbers(self, indicator: Indicator) -> list[Fraction]:
        """Every limit of a number, what lies beside it, and the ends of its range."""
        domain = indicator.domain
        assert domain.low is not None
        assert domain.high is not None
        step = Fraction(1) if domain.whole else Fraction(1, 4)
        found = {domain.low, domain.high, domain.low + 1}
        for limit in self._numbers.get(indicator.id, ()):
            found.update((limit - step, limit, limit + step))
        inside = (one for one in found if domain.low <= one <= domain.high)
        return sorted(one for one in inside if not domain.whole or one.denominator == 1)

    def days(self, name: str, on: date) -> list[date]:
        """Days from which a limit of time has just been reached, or will be tomorrow; and some others."""
        found = {on, on - timedelta(days=1), on - timedelta(days=400)}
        for limit in self._times.get(name, ()):
            reached = elapsed_of(limit, on, exact=True).latest
            found.update((reached, min(reached + timedelta(days=1), on)))
        return sorted(found)


limits_of = lru_cache(maxsize=16)(Limits)
"""By assessor: what it tests does not change."""


def case(dice: Dice, ruleset: Ruleset, on: date, *, most: int = 12) -> Assessment:
    """An assessment that is valid for a ruleset, with at most so many indicators observed."""
    limits = limits_of(ruleset.assessor(on))
    topics = [name for name in limits.ruleset.topics if name != ABOUT_THE_CHILD]
    looked_at: Any = "everything" if dice.maybe(20) else dice.shuffled(dice.some(topics))
    given: dict[str, Any] = {
        "child": child(dice, limits, on),
        "on": on,
        "looked_at": looked_at,
        "observations": _observations(dice, limits, on, most),
        "consent": dice.one(_CONSENT),
    }
    if dice.maybe(20):
        given |= {"views": {"child": "I want it to stop", "parents": "All is well"}, "reporter_role": "teacher"}
    if dice.maybe(20):
        given["reference"] = "case-7"
    return Assessment(**given)


def child(dice: Dice, limits: Limits, on: date) -> dict[str, Any]:
    """The age in one of the ways it can be given, often where a limit stands."""
    match dice.one(("age", "born", "between", "months", "weeks", "days", "unborn", "unknown")):
        case "age":
            return {"age": dice.number(0, 19)} if dice.maybe(85) else {"age": dice.one((25, 26, 40, 120))}
        case "born":
            return {"born": dice.one(limits.days(CHILD_AGE, on))}
        case "between":
            low = dice.number(0, 18)
            return {"between": [low, low + dice.number(0, 9)]}
        case "months":
            return {"months": dice.number(0, 30)}
        case "weeks":
            return {"weeks": dice.number(0, 60)}
        case "days":
            return {"days": dice.number(0, 100)}
        case "unborn":
            weeks = dice.number(0, 45)
            return {"unborn": True, **({"gestation_weeks": weeks} if dice.maybe(70) else {})}
        case _:
            return {}


def _observations(dice: Dice, limits: Limits, on: date, most: int) -> dict[str, Any]:
    """Observations, details after what they are details of, and only where that is not recorded as absent."""
    ruleset = limits.ruleset
    names = [name for name in ruleset.indicators if name not in BUILT_IN_INDICATORS]
    chosen: dict[str, Any] = {}
    by_depth: dict[int, list[str]] = {}
    for name in dice.some(names, 0, most):
        by_depth.setdefault(_depth(name, ruleset), []).append(name)
    for _, group in sorted(by_depth.items()):
        known = know(Assessment(on=on, observations=chosen), ruleset)
        for name in group:
            parent = ruleset.indicators[name].detail_of
            if parent is None or known.present(parent) is not False:
                chosen[name] = observed(dice, ruleset.indicators[name], limits, on)
            elif dice.maybe(30):
                chosen[name] = "unknown"
    return {name: chosen[name] for name in dice.shuffled(list(chosen))}


def _depth(name: str, ruleset: InForce) -> int:
    parent = ruleset.indicators[name].detail_of
    return 0 if parent is None else 1 + _depth(parent, ruleset)


def observed(dice: Dice, indicator: Indicator, limits: Limits, on: date) -> Any:
    """What somebody may give for one indicator: a value, an observation, or several."""
    if dice.maybe(50):
        return value(dice, indicator, limits, on)
    many = [_observation(dice, indicator, limits, on) for _ in range(dice.number(1, 3) if dice.maybe(40) else 1)]
    return many if len(many) > 1 or dice.maybe(20) else many[0]


def _observation(dice: Dice, indicator: Indicator, limits: Limits, on: date) -> dict[str, Any]:
    seen: dict[str, Any] = {"value": value(dice, indicator, limits, on)}
    if dice.maybe(40):
        seen["need"] = dice.one(("met", "unmet"))
    if dice.maybe(40):
        seen["since"] = time(dice, limits.days(indicator.id, on))
    if dice.maybe(15):
        seen["status"] = "past"
    if dice.maybe(30):
        seen |= {"on": on - timedelta(days=dice.number(0, 400)), "basis": dice.one(("seen", "reported", "opinion"))}
    return seen


def value(dice: Dice, indicator: Indicator, limits: Limits, on: date) -> Any:
    """A value in one of the ways its kind can be given; sometimes unknown."""
    if dice.maybe(8):
        return dice.one(("unknown", None))
    if indicator.may_not_apply and dice.maybe(15):
        return DOES_NOT_APPLY
    match indicator.kind:
        case "flag":
            return dice.one((True, False, True, "true", "false"))
        case "scale" | "choice":
            return dice.one(tuple(indicator.values))
        case "number":
            return _number(dice, limits.numbers(indicator))
        case "percent":
            return _percent(dice, limits.numbers(indicator))
        case "events":
            return events(dice, limits.days(indicator.id, on))
        case _:
            return time(dice, limits.days(indicator.id, on))


def _number(dice: Dice, values: list[Fraction]) -> Any:
    one = dice.one(values)
    match dice.one(("exact", "exact", "at least", "at most", "between")):
        case "exact":
            return plain(one, as_number=dice.maybe(50))
        case "between":
            return {"between": [plain(one), plain(dice.one([other for other in values if other >= one]))]}
        case words:
            return f"{words} {plain(one)}"


def _percent(dice: Dice, values: list[Fraction]) -> Any:
    if dice.maybe(35):
        possible = dice.one((1, 30, 190, 201))
        return {"attended": possible - dice.number(0, min(possible, 40)), "possible": possible}
    return _number(dice, [one for one in values if one == 0 or one > 1])


def plain(number: Fraction, *, as_number: bool = False) -> Any:
    """A number as people write it; `as_number` not as text."""
    if number.denominator == 1:
        return int(number) if as_number else str(int(number))
    return float(number) if as_number else str(float(number))


def events(dice: Dice, days: list[date]) -> Any:
    """Dates of events, or how many there were in a window."""
    if dice.maybe(60):
        return sorted(dice.one(days) for _ in range(dice.number(0, 5)))
    count = dice.one((0, 1, 2, 3, 5, "at least 1", "at least 2", "at most 2", {"between": [1, 4]}))
    return {"count": count, "within": dice.one(WINDOWS)}


def time(dice: Dice, days: Iterable[date]) -> Any:
    """Since when, as a date or as a length of time."""
    return dice.one(tuple(days)) if dice.maybe(50) else dice.one(LENGTHS)


def days_of_interest(ruleset: Ruleset) -> list[date]:
    """Days on which a ruleset changes, those before, and a leap day; not before its first."""
    definition = ruleset.definition
    first = definition.header.from_
    ordinary = (date(2017, 3, 1), date(2016, 2, 29), date(2019, 12, 31))
    changes = (change + timedelta(days=shift) for change in definition.changes for shift in (0, -1))
    return sorted({day for day in (*ordinary, *changes, first) if day >= first})
