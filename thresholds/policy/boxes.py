"""A part of all children described by ranges, each of one thing known: from the solver's literals, and into words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from thresholds import wording
from thresholds.engines.solver import Boundary, World, in_order, window
from thresholds.language.conditions import Test
from thresholds.language.definition import BUILT_IN_INDICATORS, CHILD_AGE, CHILD_UNBORN, InForce
from thresholds.language.durations import Duration
from thresholds.language.unary import parse_test
from thresholds.language.yaml_text import Place
from thresholds.present import sentences

Aspect = Literal["value", "lasting", "events", "some", "need", "applies"]
_ASPECTS: dict[str, Aspect] = {"value": "value", "lasting": "lasting", "events": "events"}
_ORDER = ("applies", "some", "value", "events", "lasting", "need")
_NOWHERE = Place("", 0, 0)


@dataclass(frozen=True, order=True)
class Range:
    """What is known of one aspect of an indicator.

    `value`, `lasting` (for how long), `events` (how many `within` a window): between `low` and `high`, the second
    never reached, or one of `words`. `some` (any event at all), `need` (unmet) and `applies` are so or `negated`.
    """

    indicator: str
    aspect: Aspect
    within: tuple[int, int] = (0, 0)
    low: Boundary | None = None
    high: Boundary | None = None
    words: tuple[str, ...] = ()
    negated: bool = False


Box = tuple[Range, ...]


def box_of(literals: Iterable[int], world: World) -> Box:
    """The ranges that some literals of a world speak of."""
    held = set(literals)
    for name, literal in world.unmet_facts():
        if literal in held:
            held.update(_there(name, held, world))
    ranges = [*_ordered(held, world), *_chosen(held, world), *_facts(held, world)]
    return tuple(sorted(ranges, key=lambda one: (one.indicator, one.aspect, one.within)))


def _there(name: str, held: set[int], world: World) -> list[int]:
    """A need that nobody meets is there: the mildest value at which it is, said where nothing more is."""
    steps, absent = world.steps.get(("value", name, 0, 0), {}), world.ruleset.indicators[name].absent_position
    above = [] if absent is None else [one for one in steps if isinstance(one, tuple) and one > (absent, 0)]
    return [steps[min(above)]] if above and held.isdisjoint(steps[one] for one in above) else []


def _ordered(held: set[int], world: World) -> Iterator[Range]:
    for key, steps in world.steps.items():
        low = in_order([one for one, literal in steps.items() if literal in held], world.on)
        high = in_order([one for one, literal in steps.items() if -literal in held], world.on)
        if low or high:
            aspect, name, days, months = key
            yield Range(name, _ASPECTS[aspect], (days, months), low[-1] if low else None, high[0] if high else None)


def _chosen(held: set[int], world: World) -> Iterator[Range]:
    for name, values in world.choices.items():
        chosen = tuple(word for word, literal in values.items() if literal in held)
        ruled_out = {word for word, literal in values.items() if -literal in held}
        if chosen or ruled_out:
            yield Range(name, "value", words=chosen or tuple(word for word in values if word not in ruled_out))


def _facts(held: set[int], world: World) -> Iterator[Range]:
    facts: list[tuple[str, Aspect, int | None]] = [(name, "need", literal) for name, literal in world.unmet_facts()]
    for name in world.ruleset.indicators:
        facts += [(name, "some", world.some_event(name)), (name, "applies", world.recorded_as_applying(name))]
    for name, aspect, literal in facts:
        if literal is not None and (literal in held or -literal in held):
            yield Range(name, aspect, negated=literal not in held)


def who_in_words(box: Box) -> str:
    """Who the child is: `a child of 5 to 17`."""
    return _who([one for one in box if one.indicator in BUILT_IN_INDICATORS])


def in_words(box: Box, ruleset: InForce) -> str:
    """What is known of the child, as a phrase: `attendance: more than 85 and at most 90%`."""
    valued = {one.indicator for one in box if one.aspect == "value"}
    return ", ".join(
        _told(one, ruleset)
        for one in sorted(box, key=lambda one: (one.indicator, _ORDER.index(one.aspect)))
        if not (one.aspect == "applies" and not one.negated and one.indicator in valued)
    )


def _who(ages: list[Range]) -> str:
    if any(one.indicator == CHILD_UNBORN and one.low is not None for one in ages):
        return "a baby not yet born"
    age = next((one for one in ages if one.indicator == CHILD_AGE), None)
    low, high = (age.low, age.high) if age is not None else (None, None)
    if low is None and high is None:
        return "a child"
    if isinstance(low, Duration | None) and isinstance(high, Duration | None):
        in_years = [None if one is None else one.months / 12 if not one.days else 0.5 for one in (low, high)]
        if all(one is None or one == int(one) for one in in_years):
            first, end = (None if one is None else int(one) for one in in_years)
            if end is None:
                return f"somebody of {first} or older"
            return f"a child under {end}" if first is None else _from_to(first, end - 1)
    parts = [f"at least {low}" if low is not None else "", f"under {high}" if high is not None else ""]
    return f"a child {' and '.join(part for part in parts if part)} old"


def _from_to(first: int, last: int) -> str:
    who = "a child" if first < 18 else "somebody"
    return f"{who} of {first}" if first == last else f"{who} of {first} to {last}"


def _told(one: Range, ruleset: InForce) -> str:
    indicator = ruleset.indicators[one.indicator]
    label = indicator.label
    if one.aspect == "need":
        return "which somebody meets" if one.negated else "which nobody meets"
    if one.aspect == "applies":
        return f"{label}: {'does not apply' if one.negated else 'applies'}"
    if one.aspect == "some":
        return f"{label}: {'never' if one.negated else 'at some time'}"
    if one.aspect == "lasting":
        return f"for {_between(one)}"
    if one.aspect == "events":
        length = window(("events", one.indicator, *one.within))
        return f"{label}: {_between(one, indicator.unit)} in {_written(length)}"
    return sentences.condition(Test(one.indicator, parse_test(as_test(one, ruleset)), _NOWHERE), ruleset)


def _written(length: Duration) -> str:
    years, months = divmod(length.months, 12)
    parts = [(years, "year"), (months, "month"), (length.days, "day")]
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)


def _between(one: Range, unit: str | None = None) -> str:
    low, high = one.low, one.high
    if isinstance(low, Duration | None) and isinstance(high, Duration | None):
        parts = [f"at least {low}" if low is not None else "", f"less than {high}" if high is not None else ""]
        return " and ".join(part for part in parts if part)
    first = 0 if not isinstance(low, tuple) else int(low[0])
    if not isinstance(high, tuple):
        return wording.with_unit(f"at least {first}", unit)
    last = int(high[0]) - 1
    return wording.with_unit(str(first) if first == last else f"{first} to {last}", unit)


def as_test(one: Range, ruleset: InForce) -> str:
    """The values of a range as a unary test, in S-FEEL."""
    if one.words:
        return ", ".join(one.words)
    domain = ruleset.domain(one.indicator)
    if domain.kind == "duration":
        if one.low is not None and one.high is not None:
            return f"[{one.low}..{one.high})"
        return f">= {one.low}" if one.low is not None else f"< {one.high}"
    low, high = one.low, one.high
    assert not isinstance(low, Duration)
    assert not isinstance(high, Duration)
    if domain.kind == "scale":
        first, end = (int(low[0]) if low else 0), (int(high[0]) if high else len(domain.values))
        return ", ".join(domain.values[first:end])
    if low is not None and high is not None:
        if high == (low[0], 1):
            return _decimal(low[0])
        return f"{'(' if low[1] else '['}{_decimal(low[0])}..{_decimal(high[0])}{']' if high[1] else ')'}"
    if low is not None:
        return f"{'>' if low[1] else '>='} {_decimal(low[0])}"
    assert high is not None
    return f"{'<=' if high[1] else '<'} {_decimal(high[0])}"


def _decimal(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.12f}".rstrip("0")
