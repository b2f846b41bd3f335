"""From a solution of a formula to the child it speaks of: the simplest one, as an assessment that can be run again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

from thresholds.assessment import EVERYTHING, Assessment
from thresholds.engines.solver import Boundary, Clauses, Key, World, in_order, window
from thresholds.errors import EngineUnavailable
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, GESTATION
from thresholds.language.durations import Duration, elapsed_of, years
from thresholds.language.model import UNKNOWN, Indicator
from thresholds.observing import DOES_NOT_APPLY

try:
    from pysat.examples.rc2 import RC2
    from pysat.formula import WCNF
    from pysat.solvers import Solver
except ImportError:
    raise EngineUnavailable(
        "proofs need python-sat, which is not installed", "pip install 'thresholds[prove]'"
    ) from None

_AWAY = 1_000
"""One indicator more away from `absent` weighs more than any number of steps of severity."""
_USUAL_AGE = years(8)


class Model:
    """A solution: which literals hold in it."""

    def __init__(self, literals: list[int]) -> None:
        self._true = frozenset(literal for literal in literals if literal > 0)

    def __contains__(self, literal: int) -> bool:
        return literal in self._true if literal > 0 else -literal not in self._true


class NotFinished(Exception):
    """The search was stopped before it knew."""


def possible(formula: Clauses, wanted: list[int], seconds: float) -> bool:
    """Is there any child for whom all of this holds? Raises NotFinished where that takes too long."""
    with Solver("glucose4", bootstrap_with=formula.clauses) as solver:
        clock = threading.Timer(seconds, solver.interrupt)
        clock.start()
        try:
            found = solver.solve_limited(assumptions=wanted, expect_interrupt=True)
        finally:
            clock.cancel()
    if found is None:
        raise NotFinished
    return bool(found)


def simplest(worlds: Sequence[World], wanted: list[int], on: date, seconds: float) -> tuple[Assessment, ...] | None:
    """The children, one of each world, for whom all of this holds; None where there are none: that is a proof.

    Simplest: with the fewest indicators away from absent, then the least severe. The worlds share a formula and are
    finished. Raises NotFinished where the question takes too long.
    """
    source = worlds[0].formula
    if not possible(source, wanted, seconds):
        return None
    soft = [preference for world in worlds for preference in _preferences(world)]
    formula = WCNF()
    for clause in source.clauses:
        formula.append(clause)
    for literal in wanted:
        formula.append([literal])
    for literal, weight in soft:
        formula.append([literal], weight=weight)
    with RC2(formula, adapt=True, minz=True) as search:
        model = search.compute()
    assert model is not None
    return tuple(_assessment(world, Model(model), on) for world in worlds)


def _preferences(world: World) -> Iterator[tuple[int, int]]:
    """What a simple child is: each indicator at its usual value, else near it."""
    formula = world.formula
    by_indicator: dict[str, list[int]] = {}
    for key, steps in list(world.steps.items()):
        for boundary, literal in steps.items():
            usual = literal if _usually_reached(world, key, boundary) else -literal
            yield usual, 1
            by_indicator.setdefault(key[1], []).append(usual)
    for name, values in list(world.choices.items()):
        absent = world.ruleset.indicators[name].absent
        if absent in values:
            by_indicator.setdefault(name, []).append(values[absent])
    for name in sorted(world.ruleset.indicators):
        some, applying = world.some_event(name), world.recorded_as_applying(name)
        if applying is not None:
            by_indicator.setdefault(name, []).append(applying)
        if some is not None:
            by_indicator.setdefault(name, []).append(-some)
    for name, literal in list(world.unmet_facts()):
        by_indicator.setdefault(name, []).append(-literal)
    for name, usual_values in sorted(by_indicator.items()):
        if name not in BUILT_IN_INDICATORS:
            yield formula.all_of(usual_values), _AWAY


def _usually_reached(world: World, key: Key, boundary: Boundary) -> bool:
    if key[0] != "value":
        return False
    if key[1] == CHILD_AGE:
        assert isinstance(boundary, Duration)
        return boundary.order(_USUAL_AGE) in (-1, 0)
    indicator = world.ruleset.indicators[key[1]]
    if isinstance(boundary, Duration):
        return False
    position = indicator.absent_position
    if position is None:
        return indicator.worse_is_higher is False
    return boundary <= (position, 0)


def _assessment(world: World, true: Model, on: date) -> Assessment:
    unborn = world.unborn() in true
    child: dict[str, Any] = {"unborn": True} if unborn else {}
    key: Key = ("value", GESTATION if unborn else CHILD_AGE, 0, 0)
    reached = _reached(world, key, true)
    if unborn:
        days = reached.days if isinstance(reached, Duration) else 0
        child["gestation_weeks"] = -(-days // 7)
    else:
        start = elapsed_of(reached, on, exact=True).latest if isinstance(reached, Duration) else on - timedelta(days=1)
        child["born"] = start.isoformat()
    names = {key[1] for key in world.steps} | set(world.choices) | {name for name, _ in world.unmet_facts()}
    names |= {name for name in world.ruleset.indicators if world.some_event(name) is not None}
    observations: dict[str, dict[str, Any]] = {}
    for name in sorted(names - set(BUILT_IN_INDICATORS)):
        applying = world.recorded_as_applying(name)
        if applying is not None and applying not in true:
            observations[name] = {"value": DOES_NOT_APPLY}
            continue
        if world.applies(name) != world.formula.true and world.applies(name) not in true:
            continue
        observation = _observation(world, world.ruleset.indicators[name], true, on)
        if observation is not None:
            observations[name] = observation
    return Assessment(child=child, on=on, looked_at=EVERYTHING, observations=observations)


def _observation(world: World, indicator: Indicator, true: Model, on: date) -> dict[str, Any] | None:
    value = _value(world, indicator, true, on)
    if value is None:
        return None
    observation: dict[str, Any] = {"value": value}
    facts = dict(world.unmet_facts())
    if indicator.id in facts:
        observation["need"] = "unmet" if facts[indicator.id] in true else "met"
    lasting = _reached(world, ("lasting", indicator.id, 0, 0), true)
    if ("lasting", indicator.id, 0, 0) in world.steps:
        start = elapsed_of(lasting, on, exact=True).latest if isinstance(lasting, Duration) else on
        observation["since"] = start.isoformat()
    return observation


def _value(world: World, indicator: Indicator, true: Model, on: date) -> object:
    """The value in the segment that the solution names; None where it is the `absent` one, which needs no saying."""
    if indicator.kind == "events":
        return _dates(world, indicator.id, true, on)
    if indicator.kind == "choice":
        chosen = [word for word, literal in world.choices.get(indicator.id, {}).items() if literal in true]
        return None if not chosen or chosen[0] == indicator.absent else chosen[0]
    key: Key = ("value", indicator.id, 0, 0)
    reached = _reached(world, key, true)
    if indicator.kind == "since":
        if not isinstance(reached, Duration):
            return None  # too short to reach any limit: not worth saying
        return elapsed_of(reached, on, exact=True).latest.isoformat()
    number = _number(world, indicator, key, reached, true)
    if number == indicator.absent_position or (indicator.absent == UNKNOWN and key not in world.steps):
        return None
    if indicator.kind == "flag":
        return bool(number)
    if indicator.kind == "scale":
        return tuple(indicator.values)[int(number)]
    return int(number) if number.denominator == 1 else f"{float(number):.6f}".rstrip("0")


def _number(world: World, indicator: Indicator, key: Key, reached: Boundary | None, true: Model) -> Fraction:
    """A plain number in a segment: `absent` where that lies in it, else its lower end, or a little above."""
    domain = indicator.domain
    low = domain.low if domain.low is not None and domain.kind != "scale" else Fraction(0)
    high = Fraction(len(domain.values) - 1) if domain.kind == "scale" else domain.high
    first = (low, 0) if reached is None else reached
    following = [step for step, literal in world.steps.get(key, {}).items() if literal not in true]
    end = min((step for step in following if not isinstance(step, Duration)), default=None)
    assert not isinstance(first, Duration)

    def inside(number: Fraction) -> bool:
        below = (high is None or number <= high) if end is None else (number, 0) < end
        return (number, 0) >= first and below

    wanted = [indicator.absent_position, high if indicator.worse_is_higher is False else None, first[0]]
    steps = (Fraction(1), Fraction(1, 10), Fraction(1, 100), Fraction(1, 1000), Fraction(1, 10**6))
    for number in (*wanted, *(first[0] + step for step in steps)):
        if number is not None and inside(number) and (not domain.whole or number.denominator == 1):
            return number
    raise AssertionError("a segment without a value that can be written")


def _dates(world: World, name: str, true: Model, on: date) -> list[str] | None:
    """Days on which events took place, as many as each window asks for, the latest as late as can be."""
    days: list[date] = []
    keys = sorted((key for key in world.steps if key[:2] == ("events", name)), key=cmp_to_key(_by_window))
    for key in keys:
        reached = _reached(world, key, true)
        wanted = int(reached[0]) if isinstance(reached, tuple) else 0
        first = on if not days else elapsed_of(window(keys[keys.index(key) - 1]), on, exact=True).latest
        while len(days) < wanted:
            later = days[-1] if days else on
            days.append(min(later, first - timedelta(days=1)) if days and later > first else later)
    some = world.some_event(name)
    if not days and some is not None and some in true:
        longest = elapsed_of(window(keys[-1]), on, exact=True).latest if keys else on
        days.append(longest - timedelta(days=1))
    return [day.isoformat() for day in days] or None


def _by_window(one: Key, other: Key) -> int:
    return window(one).order(window(other)) or 0


def _reached(world: World, key: Key, true: Model) -> Boundary | None:
    """The highest step that a solution reaches; None for none."""
    held = [boundary for boundary, literal in world.steps.get(key, {}).items() if literal in true]
    return in_order(held)[-1] if held else None
