"""A part of all children described by ranges, each of one thing known: from the literals of the solver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from thresholds.engines.solver import Boundary, World, in_order
from thresholds.language.definition import InForce
from thresholds.language.durations import Duration

Aspect = Literal["value", "lasting", "events", "some", "need", "applies"]
_ASPECTS: dict[str, Aspect] = {"value": "value", "lasting": "lasting", "events": "events"}


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
    """A limit as a file gives it: exact, as every limit was written."""
    return format(Decimal(value.numerator) / Decimal(value.denominator), "f")
