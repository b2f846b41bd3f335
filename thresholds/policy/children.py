"""From a solution of a formula to the child it speaks of, as an assessment that can be run again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any

from thresholds.assessment import EVERYTHING, Assessment
from thresholds.engines.solver import Boundary, Key, World, begins, in_order, window
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, GESTATION
from thresholds.language.durations import Duration, elapsed_of, years
from thresholds.language.model import UNKNOWN, Indicator
from thresholds.observing import DOES_NOT_APPLY

_USUAL_AGE = years(8)


class Model:
    """A solution: which literals hold in it."""

    def __init__(self, literals: list[int]) -> None:
        self._held = frozenset(literals)

    def __contains__(self, literal: int) -> bool:
        return literal in self._held if literal > 0 else -literal not in self._held


@dataclass(frozen=True)
class Usual:
    """What a plain child is like, as literals."""

    each: dict[str, tuple[int, ...]]
    """By indicator (and world, where worlds differ in it): what holds where it is at its usual value."""
    in_turn: tuple[int, ...]
    """Each of them alone, those to try first foremost: away from the worst, then towards the usual age."""


def usual_of(worlds: Sequence[World]) -> Usual:
    """The usual child of some worlds."""
    each: dict[str, tuple[int, ...]] = {}
    steps: list[int] = []
    ages: list[int] = []
    for number, world in enumerate(worlds):
        by_indicator: dict[str, list[int]] = {}
        for key, boundaries in sorted(world.steps.items()):
            down = [-boundaries[one] for one in in_order(boundaries, world.on) if not _usually_reached(world, key, one)]
            up = [boundaries[one] for one in in_order(boundaries, world.on) if _usually_reached(world, key, one)]
            (ages if key[1] in BUILT_IN_INDICATORS else steps).extend([*reversed(down), *up])
            by_indicator.setdefault(key[1], []).extend([*down, *up])
        for name, values in sorted(world.choices.items()):
            absent = world.ruleset.indicators[name].absent
            if absent in values:
                by_indicator.setdefault(name, []).append(values[absent])
        for name in sorted(world.ruleset.indicators):
            some, applying = world.some_event(name), world.recorded_as_applying(name)
            if applying is not None:
                by_indicator.setdefault(name, []).append(applying)
            if some is not None:
                by_indicator.setdefault(name, []).append(-some)
        for name, literal in sorted(world.unmet_facts()):
            by_indicator.setdefault(name, []).append(-literal)
        for name, literals in sorted(by_indicator.items()):
            shared = number and each.get(name) == tuple(literals)
            if name not in BUILT_IN_INDICATORS and not shared:
                each[name if not number else f"{name} ({number})"] = tuple(literals)
    return Usual(each, tuple(dict.fromkeys([*steps, *ages])))


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


def child_of(
    world: World, true: Model, on: date, *, begun: bool = False, names: Iterable[str] | None = None
) -> Assessment:
    """The child of a world that a solution speaks of, as an assessment in which everything is known.

    Since when something is that has lasted too short a time to reach any limit is said with `begun` only: today.
    `names`: of which indicators there is anything to say, where that is known.
    """
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
    return Assessment(
        child=child,
        on=on,
        looked_at=EVERYTHING,
        observations=observed(world, true, on, read_of(world) if names is None else names, begun=begun),
    )


def read_of(world: World) -> set[str]:
    """The indicators of which a child can be told something, because some program reads them."""
    names = {key[1] for key in world.steps} | set(world.choices) | {name for name, _ in world.unmet_facts()}
    for name in world.ruleset.indicators:
        if world.some_event(name) is not None or world.recorded_as_applying(name) is not None:
            names.add(name)
    names |= {name for name, one in world.ruleset.indicators.items() if _must_be_said(world, one)}
    return names - set(BUILT_IN_INDICATORS)


def _must_be_said(world: World, indicator: Indicator) -> bool:
    """Whatever its value: where silence says nothing, and some program asks whether it is there."""
    return indicator.absent == UNKNOWN and world.asks_whether_there(indicator.id)


def observed(
    world: World, true: Model, on: date, names: Iterable[str], *, begun: bool = False
) -> dict[str, dict[str, Any]]:
    """What there is to say of some indicators of a child."""
    observations: dict[str, dict[str, Any]] = {}
    for name in sorted(names):
        applying = world.recorded_as_applying(name)
        if applying is not None and applying not in true:
            observations[name] = {"value": DOES_NOT_APPLY}
            continue
        if world.applies(name) != world.formula.true and world.applies(name) not in true:
            continue
        observation = _observation(world, world.ruleset.indicators[name], true, on, begun)
        if observation is not None:
            observations[name] = observation
    return observations


def _observation(world: World, indicator: Indicator, true: Model, on: date, begun: bool) -> dict[str, Any] | None:
    value = _value(world, indicator, true, on)
    if value is None and begun and indicator.kind == "since":
        value = on.isoformat()
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
        days = _dates(world, indicator.id, true, on)
        return days or (None if indicator.absent != UNKNOWN else [])
    if indicator.kind == "choice":
        chosen = [word for word, literal in world.choices.get(indicator.id, {}).items() if literal in true]
        if not chosen and _must_be_said(world, indicator):
            chosen = list(indicator.values)
        return None if not chosen or chosen[0] == indicator.absent else chosen[0]
    key: Key = ("value", indicator.id, 0, 0)
    reached = _reached(world, key, true)
    if indicator.kind == "since":
        if not isinstance(reached, Duration):  # too short to reach any limit: not worth saying, unless it counts
            return on.isoformat() if _must_be_said(world, indicator) else None
        return elapsed_of(reached, on, exact=True).latest.isoformat()
    number = _number(world, indicator, key, reached, true)
    asked = key in world.steps or _must_be_said(world, indicator)
    if number == indicator.absent_position or (indicator.absent == UNKNOWN and not asked):
        return None
    return as_said(number, indicator)


def as_said(number: Fraction, indicator: Indicator) -> object:
    """A number, or the position of a value, as an assessment gives it: a percentage of 1 or less in sessions."""
    if indicator.kind == "flag":
        return bool(number)
    if indicator.kind == "scale":
        return tuple(indicator.values)[int(number)]
    if indicator.kind == "percent" and 0 < number <= 1:
        return {"attended": number.numerator * 10, "possible": number.denominator * 1_000}
    if number.denominator == 1:
        return int(number)
    return format(Decimal(number.numerator) / Decimal(number.denominator), "f")


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
    for number in chain(wanted, (first[0] + step for step in steps)):
        if number is not None and inside(number) and (not domain.whole or number.denominator == 1):
            return number
    raise AssertionError("a segment without a value that can be written")


def _dates(world: World, name: str, true: Model, on: date) -> list[str] | None:
    """Days on which events took place, as many as each window asks for, the latest as late as can be."""
    wanted: dict[date, int] = {}
    for key in (key for key in world.steps if key[:2] == ("events", name)):
        reached, first = _reached(world, key, true), begins(window(key), on)
        wanted[first] = max(wanted.get(first, 0), int(reached[0]) if isinstance(reached, tuple) else 0)
    days: list[date] = []
    latest = on
    for first, number in sorted(wanted.items(), reverse=True):
        days += [latest] * (number - len(days))
        latest = first - timedelta(days=1)
    some = world.some_event(name)
    if not days and some is not None and some in true:
        days.append(latest)
    return [day.isoformat() for day in days] or None


def _reached(world: World, key: Key, true: Model) -> Boundary | None:
    """The highest step that a solution reaches; None for none."""
    held = [boundary for boundary, literal in world.steps.get(key, {}).items() if literal in true]
    return in_order(held, world.on)[-1] if held else None
