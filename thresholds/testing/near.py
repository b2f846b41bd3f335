"""Assessments a small step away: one value moved to the next, one thing more or less known, one day more or less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from thresholds.assessment import EVERYTHING, Assessment, Child, Observation
from thresholds.errors import AssessmentInvalid
from thresholds.knowledge import know
from thresholds.language.definition import ABOUT_THE_CHILD, BUILT_IN_INDICATORS, InForce
from thresholds.language.model import Indicator
from thresholds.ruleset import Ruleset

_DAY = timedelta(days=1)
_TENTH = Decimal("0.1")


def neighbours(assessment: Assessment, ruleset: Ruleset) -> Iterator[Assessment]:
    """Every assessment one small step from this one that is valid for a ruleset; AssessmentInvalid where it is not."""
    in_force = ruleset.in_force(assessment.on)
    know(assessment, in_force)
    data = assessment.model_dump()
    changes = (*_children(assessment), *_topics(assessment, in_force), *_observations(assessment, in_force))
    for change in changes:
        try:
            changed = Assessment(**{**data, **change})
            know(changed, in_force)
        except AssessmentInvalid:
            continue
        if changed != assessment:
            yield changed


def _children(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """A day, week, month or year older or younger, in whichever of these the age is given."""
    child = assessment.child
    if child.born is not None:
        yield from ({"child": Child(born=day)} for day in _days(child.born) if day <= assessment.on)
    for field in ("age", "months", "weeks", "days"):
        given = getattr(child, field)
        if given is not None:
            yield from ({"child": {field: number}} for number in (given - 1, given + 1))
    if child.between is not None:
        low, high = child.between
        for ends in ((low - 1, high), (low + 1, high), (low, high - 1), (low, high + 1)):
            yield {"child": {"between": ends}}
    if child.gestation_weeks is not None:
        for weeks in (child.gestation_weeks - 1, child.gestation_weeks + 1):
            yield {"child": {"unborn": True, "gestation_weeks": weeks}}


def _topics(assessment: Assessment, in_force: InForce) -> Iterator[dict[str, Any]]:
    """One topic more or less looked at."""
    if assessment.looked_at == EVERYTHING:
        return
    for topic in assessment.looked_at:
        yield {"looked_at": tuple(one for one in assessment.looked_at if one != topic)}
    for topic in in_force.topics:
        if topic not in assessment.looked_at and topic != ABOUT_THE_CHILD:
            yield {"looked_at": (*assessment.looked_at, topic)}


def _observations(assessment: Assessment, in_force: InForce) -> Iterator[dict[str, Any]]:
    """One observation more, less or otherwise."""
    given = dict(assessment.observations)
    for name, known in given.items():
        rest = {other: ones for other, ones in given.items() if other != name}
        yield {"observations": rest}
        for number, one in enumerate(known):
            for changed in _otherwise(one, in_force.indicators[name], assessment.on):
                yield {"observations": {**given, name: (*known[:number], changed, *known[number + 1 :])}}
    for name, indicator in in_force.indicators.items():
        if name not in given and name not in BUILT_IN_INDICATORS:
            yield from ({"observations": {**given, name: value}} for value in _mildest(indicator, assessment.on))


def _otherwise(one: Observation, indicator: Indicator, on: date) -> Iterator[Observation]:
    for value in _next_values(one.value, indicator, on):
        yield one.model_copy(update={"value": value})
    if one.need is not None:
        yield one.model_copy(update={"need": "met" if one.need == "unmet" else "unmet"})
    since = _as_day(one.since)
    for day in _days(since) if since is not None else ():
        yield one.model_copy(update={"since": day.isoformat()})


def _next_values(value: Any, indicator: Indicator, on: date) -> Iterable[Any]:
    """The values beside one; none for what is said in words or left open."""
    match indicator.kind:
        case "flag":
            return ["false" if str(value).lower() == "true" else "true"]
        case "scale" | "choice":
            words = list(indicator.values)
            if value not in words:
                return []
            place = words.index(value)
            chosen = words if indicator.kind == "choice" else words[max(place - 1, 0) : place + 2]
            return [word for word in chosen if word != value]
        case "number" | "percent":
            return _next_numbers(value, indicator)
        case "since":
            day = _as_day(value)
            return [one.isoformat() for one in _days(day)] if day is not None else []
        case _:
            return _next_events(value, on)


def _next_numbers(value: Any, indicator: Indicator) -> list[Any]:
    if isinstance(value, dict) and {"attended", "possible"} <= set(value):
        return [{**value, "attended": value["attended"] + shift} for shift in (-1, 1)]
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return []
    step = Decimal(1) if indicator.domain.whole else _TENTH
    return [format(number + shift, "f") for shift in (-step, step)]


def _next_events(value: Any, on: date) -> Iterator[Any]:
    """One event more or less, or one that lies a day differently."""
    if not isinstance(value, list | tuple):
        return
    yield [*value, on.isoformat()]
    for number, text in enumerate(value):
        rest = [*value[:number], *value[number + 1 :]]
        yield rest
        day = _as_day(text)
        yield from ([*rest, one.isoformat()] for one in _days(day) if day is not None and one <= on)


def _mildest(indicator: Indicator, on: date) -> list[Any]:
    """What says the least of an indicator of which nothing was said."""
    words = list(indicator.values)
    match indicator.kind:
        case "flag":
            return ["true", "false"]
        case "choice":
            return [word for word in words if word != indicator.absent]
        case "scale":
            return words if indicator.absent not in words else list(_next_values(indicator.absent, indicator, on))
        case "events":
            return [[on.isoformat()]]
        case "since":
            return [on.isoformat()]
        case _:
            position = indicator.absent_position
            ends = [end for end in (indicator.domain.low, indicator.domain.high) if end is not None]
            return [_text(end) for end in ends] if position is None else _next_numbers(_text(position), indicator)


def _text(number: Fraction) -> str:
    return format(Decimal(number.numerator) / Decimal(number.denominator), "f")


def _as_day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _days(day: date | None) -> tuple[date, ...]:
    return () if day is None else (day - _DAY, day + _DAY)
