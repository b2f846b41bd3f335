"""The values an indicator can have: all of them, those that say it is there or not, and the worst of several."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import or_

from thresholds.language.durations import Elapsed, between_years
from thresholds.language.model import UNKNOWN, Indicator
from thresholds.observing import Events, Span, Value, Words

LONGEST_AGO = 150
"""Years since which something may be said to be so."""


def everything(indicator: Indicator, on: date) -> Value:
    """Every value an indicator can have."""
    if indicator.kind == "events":
        return Events(complete=False)
    if indicator.kind == "since":
        return between_years(0, LONGEST_AGO, on)
    domain = indicator.domain
    if domain.kind == "choice":
        return Words(frozenset(domain.values))
    if domain.kind == "scale":
        return Span(Fraction(0), Fraction(len(domain.values) - 1))
    assert domain.low is not None
    assert domain.high is not None
    return Span(domain.low, domain.high)


def absent_value(indicator: Indicator) -> Value:
    """What an indicator is when it was looked for and not found; its `absent` must not be unknown."""
    if indicator.kind == "events":
        return Events()
    position = indicator.absent_position
    return Words(frozenset([indicator.absent])) if position is None else Span(position, position)


def without_absent(indicator: Indicator, on: date) -> Value:
    """Every value but the `absent` one, where that stands at an end; every value else."""
    whole, absent = everything(indicator, on), absent_value(indicator)
    if isinstance(whole, Span) and isinstance(absent, Span) and indicator.domain.kind == "scale":
        if absent.low == whole.low:
            return Span(whole.low + 1, whole.high)
        if absent.low == whole.high:
            return Span(whole.low, whole.high - 1)
    return whole


def worst(indicator: Indicator, values: list[Value]) -> Value | None:
    """The worst of several: for each end of what is possible the worse one.

    Where neither is worse, all that is said by those who say that it is there.
    """
    if not values:
        return None
    higher = indicator.worse_is_higher
    if higher is None:  # neither is worse, but that it is there outweighs that it is not
        values = [value for value in values if not says_absent(indicator, value)] or values
    if len(values) == 1:
        return values[0]
    spans = [value for value in values if isinstance(value, Span)]
    if spans:
        pick_low, pick_high = (max if higher else min), (max if higher or higher is None else min)
        return Span(pick_low(s.low for s in spans), pick_high(s.high for s in spans))
    words = [value.words for value in values if isinstance(value, Words)]
    if words:
        return Words(frozenset().union(*words))
    times = [value for value in values if isinstance(value, Elapsed)]
    if times:
        earliest = min if higher or higher is None else max
        latest = min if higher else max
        return Elapsed(earliest(t.earliest for t in times), latest(t.latest for t in times), times[0].on)
    events = [value for value in values if isinstance(value, Events)]
    return Events(
        dates=tuple(sorted(reduce(or_, (Counter(one.dates) for one in events)).elements())),
        told_on=min((one.told_on for one in events if one.told_on is not None), default=None),
        stated=tuple(sorted((stated for one in events for stated in one.stated), key=str)),
        complete=all(one.complete for one in events),
    )


def says_absent(indicator: Indicator, value: Value) -> bool:
    """Does a value say that it is not there? Of a flag it is "no", whatever silence means."""
    if indicator.absent != UNKNOWN:
        return value == absent_value(indicator)
    return indicator.kind == "flag" and value == Span(Fraction(0), Fraction(0))


def says_there(indicator: Indicator, value: Value) -> bool:
    """Does a value surely say that it is there?"""
    if isinstance(value, Events):
        return value.some() is True
    if indicator.absent != UNKNOWN:
        return not overlap(value, absent_value(indicator))
    return indicator.kind != "flag" or value == Span(Fraction(1), Fraction(1))


def overlap(one: Value, other: Value) -> bool:
    if isinstance(one, Span) and isinstance(other, Span):
        return one.low <= other.high and other.low <= one.high
    if isinstance(one, Words) and isinstance(other, Words):
        return not one.words.isdisjoint(other.words)
    if isinstance(one, Elapsed) and isinstance(other, Elapsed):
        return one.earliest <= other.latest and other.earliest <= one.latest
    return not (isinstance(one, Events) and isinstance(other, Events)) or one.some() == other.some()
