"""From two neighbouring children of a solution to two assessments that stand directly on either side of a limit."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from thresholds.assessment import Assessment, Child, Observation
from thresholds.engines.solver import Boundary, Key, World, begins, in_order, window
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, CHILD_UNBORN, GESTATION
from thresholds.language.durations import Duration, Elapsed, elapsed_of, years
from thresholds.language.model import UNKNOWN, Indicator
from thresholds.language.unary import Domain
from thresholds.policy.children import Model, as_said, child_of, observed
from thresholds.policy.neighbours import Neighbours, Step

DAY = timedelta(days=1)
_USUAL_AGE, _PAST, _USUAL_PREGNANCY = years(8), timedelta(days=100), timedelta(weeks=20)


def neighbouring(
    neighbours: Neighbours, model: Model, *, by_a_day: bool = False, begun: bool = False
) -> tuple[Assessment, Assessment]:
    """The two children of a solution, as near to one another as they can be said to be.

    A number differs by 1 where it is whole, else by 0.1 or, where limits lie closer, less; an age or time by a day,
    a pregnancy by a week. One has an event more; `by_a_day`: an event lies a day differently. `begun`: see `child_of`.
    """
    step = neighbours.step_of(model)
    first, second = _children(neighbours, model, step.indicator, begun)
    crossed = [(key, at) for key, at, literal in step.flips if literal in model]
    if step.aspect == "events":
        return _events(neighbours.worlds, model, step, (first, second), by_a_day=by_a_day)
    if not crossed:
        return first, second
    (key, at) = crossed[0]
    indicator = neighbours.in_force.indicators[step.indicator]
    below, above = _either_side(key, at, indicator, neighbours)
    pair = []
    for world, child in zip(neighbours.worlds, (first, second), strict=True):
        reached = world.steps[key][at] in model
        value = above if reached else below
        pair.append(_with(child, indicator, key, value, neighbours.on, below=not reached))
    return pair[0], pair[1]


def _children(neighbours: Neighbours, model: Model, differing: str, begun: bool) -> tuple[Assessment, Assessment]:
    """Both children; of the second only what differs is read from the solution: the indicator with its details."""
    names = neighbours.worth_saying(model)
    first, *other = (
        at_usual_age(world, child_of(world, model, neighbours.on, begun=begun, names=names), model)
        for world in neighbours.worlds[: 2 if differing in BUILT_IN_INDICATORS else 1]
    )
    if other:
        return first, other[0]
    family = set(names) & set(neighbours.family(differing))
    observations = {name: given for name, given in first.observations.items() if name not in family}
    for name, given in observed(neighbours.worlds[1], model, neighbours.on, family, begun=begun).items():
        observations[name] = (Observation(**given),)
    return first, first.model_copy(update={"observations": dict(sorted(observations.items()))})


def at_usual_age(world: World, child: Assessment, model: Model) -> Assessment:
    """The same child some days past a birthday, of a usual age or far enough on in the pregnancy where limits allow."""
    name = GESTATION if child.child.unborn else CHILD_AGE
    steps = world.steps.get(("value", name, 0, 0), {})
    days: tuple[date, ...]
    if child.child.unborn:
        days = (child.on - _USUAL_PREGNANCY,)
    else:
        assert child.child.born is not None
        days = (elapsed_of(_USUAL_AGE, child.on, exact=True).latest - _PAST, child.child.born - _PAST)
    for start in days:
        reached = Elapsed(start, start, child.on)
        if all(isinstance(at, Duration) and reached.surely(at) == (one in model) for at, one in steps.items()):
            weeks = _USUAL_PREGNANCY.days // 7
            told = Child(unborn=True, gestation_weeks=weeks) if child.child.unborn else Child(born=start)
            return child.model_copy(update={"child": told})
    return child


def _either_side(key: Key, at: Boundary, indicator: Indicator, neighbours: Neighbours) -> tuple[Any, Any]:
    if isinstance(at, Duration):
        reached = elapsed_of(at, neighbours.on, exact=True).latest
        return reached + DAY, reached
    steps = in_order(neighbours.worlds[0].steps[key], neighbours.on)
    number = steps.index(at)
    lower = steps[number - 1] if number else None
    higher = steps[number + 1] if number + 1 < len(steps) else None
    assert not isinstance(lower, Duration)
    assert not isinstance(higher, Duration)
    return beside(at, indicator.domain, lower, higher)


def beside(
    at: tuple[Fraction, int],
    domain: Domain,
    lower: tuple[Fraction, int] | None = None,
    higher: tuple[Fraction, int] | None = None,
) -> tuple[Fraction, Fraction]:
    """The numbers directly below and above a limit, in the segments that end and begin there."""
    value, after = at
    step = Fraction(1) if domain.whole or domain.kind == "scale" else Fraction(1, 10)
    while True:
        below, above = (value, value + step) if after else (value - step, value)
        clear = (lower is None or lower <= (below, 0)) and (higher is None or (above, 0) < higher)
        inside = (domain.low is None or domain.low <= below) and (domain.high is None or above <= domain.high)
        if (clear and inside) or domain.whole or domain.kind == "scale":
            return below, above
        step /= 10


def _with(child: Assessment, indicator: Indicator, key: Key, value: Any, on: date, *, below: bool) -> Assessment:
    """The same child with another value for what a key stands for."""
    if indicator.id == CHILD_UNBORN:
        return child
    if indicator.id == CHILD_AGE:
        return child if child.child.unborn else child.model_copy(update={"child": Child(born=value)})
    if indicator.id == GESTATION:
        if not child.child.unborn:
            return child
        passed = (on - value).days  # a day short of the limit is said as the week before
        weeks = passed // 7 if below else -(-passed // 7)
        return child.model_copy(update={"child": Child(unborn=True, gestation_weeks=weeks)})
    observations = dict(child.observations)
    known = observations.get(indicator.id, ())
    if key[0] == "lasting":
        if known:
            observations[indicator.id] = (known[0].model_copy(update={"since": value.isoformat()}),)
    elif isinstance(value, Fraction) and value == indicator.absent_position and _says_nothing_else(known):
        observations.pop(indicator.id, None)
    else:
        said = value.isoformat() if isinstance(value, date) else as_said(value, indicator)
        old = known[0] if known else Observation()
        observations[indicator.id] = (old.model_copy(update={"value": said}),)
    return child.model_copy(update={"observations": dict(sorted(observations.items()))})


def _says_nothing_else(known: tuple[Observation, ...]) -> bool:
    return all(one.need is None and one.since is None for one in known)


def _events(
    worlds: tuple[World, World], model: Model, step: Step, pair: tuple[Assessment, Assessment], *, by_a_day: bool
) -> tuple[Assessment, Assessment]:
    """The child with fewer events, with as many as can be, and the other with one more: as late as it can be."""
    name, on = step.indicator, pair[0].on
    keys = sorted({key for key, _, _ in step.flips}, key=lambda key: begins(window(key), on), reverse=True)
    crossed = {key: at for key, at, literal in step.flips if literal in model}
    fewer = _fewer(worlds, model, step)
    nearest = next((number for number, key in enumerate(keys) if key in crossed), None)
    days: list[date] = []
    for number, key in enumerate(keys):
        held = [at for at, literal in worlds[fewer].steps[key].items() if literal in model]
        wanted = max((int(at[0]) for at in held if isinstance(at, tuple)), default=0)
        limit = crossed.get(key)
        wanted = int(limit[0]) - 1 if isinstance(limit, tuple) else wanted
        moved = by_a_day and nearest is not None and number > nearest  # the one that lies a day outside
        days += [_latest_in(keys, number, on)] * (wanted - moved - len(days))
    some = worlds[fewer].some_event(name)
    if nearest is None:
        more = begins(window(keys[-1]), on) - DAY if keys else on
    elif by_a_day:
        more = begins(window(keys[nearest]), on)
        days.append(more - DAY)
    else:
        more = _latest_in(keys, nearest, on)
        if not days and some is not None and some in model:
            days.append(begins(window(keys[-1]), on) - DAY)
    richer = [*days[:-1], more] if by_a_day else [*days, more]
    kept = worlds[0].ruleset.indicators[name].absent == UNKNOWN  # where silence would say nothing
    told = [_with_days(pair[fewer], name, days, kept=kept), _with_days(pair[1 - fewer], name, richer, kept=kept)]
    return (told[0], told[1]) if fewer == 0 else (told[1], told[0])


def _fewer(worlds: tuple[World, World], model: Model, step: Step) -> int:
    """Which of the two has fewer events."""
    for key, at, literal in step.flips:
        if literal in model:
            return 0 if worlds[1].steps[key][at] in model else 1
    some = worlds[0].some_event(step.indicator)
    return 1 if some is not None and some in model else 0


def _latest_in(keys: list[Key], number: int, on: date) -> date:
    """The latest day that lies in a window and in none that is shorter."""
    return on if number == 0 else begins(window(keys[number - 1]), on) - DAY


def _with_days(child: Assessment, name: str, days: list[date], *, kept: bool) -> Assessment:
    observations = dict(child.observations)
    old = observations.get(name, (Observation(),))[0]
    observations[name] = (old.model_copy(update={"value": [day.isoformat() for day in sorted(days)]}),)
    if not days and not kept:
        observations.pop(name)
    return child.model_copy(update={"observations": dict(sorted(observations.items()))})
