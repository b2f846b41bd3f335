"""A unary test held against a domain: parameters filled in, and what it accepts as a set of values."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from fractions import Fraction

from thresholds.language.durations import MIXED_UNITS, Duration, parse_duration
from thresholds.language.unary import (
    NO_VALUES,
    NUMBER,
    Domain,
    Endpoint,
    Interval,
    TestFault,
    UnaryTest,
    ValueSet,
    Written,
)


def resolve(test: UnaryTest, domain: Domain, parameters: Mapping[str, Endpoint]) -> ValueSet:
    """The values a test accepts in a domain, parameters filled in; TestFault where it does not fit."""
    if domain.kind == "choice":
        return ValueSet(words=_words(test, domain))
    intervals = tuple(_tidy(_interval(one, test, domain, parameters), domain) for one in test.alternatives)
    for interval in intervals:
        if _empty(interval, domain):
            raise TestFault(f"`{test.text}`: a part of it holds for no value", _possible(domain))
    return ValueSet(intervals, negated=test.negated)


def _words(test: UnaryTest, domain: Domain) -> frozenset[str]:
    chosen: set[str] = set()
    for one in test.alternatives:
        if one.low is None and one.high is None:
            chosen.update(domain.values)
        elif not one.single or one.low is None:
            known = ", ".join(domain.values)
            raise TestFault(f"`{test.text}`: this is a choice without order", f"list some of: {known}")
        elif one.low.text not in domain.values:
            fault = f"`{test.text}`: `{one.low.text}` is not one of its values"
            raise TestFault(fault, _nearest_value(one.low.text, domain))
        else:
            chosen.add(one.low.text)
    return frozenset(set(domain.values) - chosen if test.negated else chosen)


def _nearest_value(text: str, domain: Domain) -> str:
    close = difflib.get_close_matches(text, domain.values, 1)
    return f"{f'did you mean {close[0]}? ' if close else ''}use one of: {', '.join(domain.values)}"


def _interval(one: Written, test: UnaryTest, domain: Domain, parameters: Mapping[str, Endpoint]) -> Interval:
    low = None if one.low is None else _endpoint(one.low.text, test, domain, parameters)
    high = low if one.single else None if one.high is None else _endpoint(one.high.text, test, domain, parameters)
    if domain.kind == "duration":
        wrong = one.single or (low is not None and not one.low_included) or (high is not None and one.high_included)
        if wrong:
            raise TestFault(
                f"`{test.text}`: ages and durations are tested with <, >= or [a..b) only",
                "somebody of 15 years and a day is past 15 years: to include all 15-year-olds write < 16 years",
            )
        if isinstance(low, Duration) and isinstance(high, Duration) and (order := low.order(high)) != -1:
            if order is None:
                raise TestFault(f"`{test.text}`: either of {low} and {high} can be the longer", MIXED_UNITS)
            raise TestFault(f"`{test.text}`: the interval holds nothing", "put the shorter time first")
        return Interval(low, True, high, False)
    assert not isinstance(low, Duration)
    assert not isinstance(high, Duration)
    interval = Interval(low, one.low_included, high, one.high_included)
    if (
        low is not None
        and high is not None
        and (low > high or (low == high and not (one.low_included and one.high_included)))
    ):
        raise TestFault(f"`{test.text}`: the interval holds nothing", NO_VALUES)
    for end in (low, high):
        if domain.unit == "percent" and end is not None and 0 < end <= 1:
            raise TestFault(
                f"`{test.text}`: {_number(end)} looks like a share of 1, and a percentage is meant",
                "write 90 for nine tenths",
            )
        outside = end is not None and (
            (domain.low is not None and end < domain.low) or (domain.high is not None and end > domain.high)
        )
        if outside:
            raise TestFault(
                f"`{test.text}`: {_number(end)} lies outside the range {_range(domain)}",
                "correct the number, or the indicator's range",
            )
    return interval


def _endpoint(text: str, test: UnaryTest, domain: Domain, parameters: Mapping[str, Endpoint]) -> Endpoint:
    if domain.kind == "scale" and text in domain.values:
        return Fraction(domain.values.index(text))
    if domain.kind == "scale":
        raise TestFault(f"`{test.text}`: `{text}` is not one of its values", _nearest_value(text, domain))
    value: Endpoint | None = parameters.get(text)
    if value is None and NUMBER.fullmatch(text):
        value = Fraction(text)
    if value is None:
        value = parse_duration(text)
    if value is None:
        raise TestFault(f"`{test.text}`: there is no parameter `{text}`", "define it in parameters.yaml")
    if isinstance(value, Duration) and domain.kind != "duration":
        raise TestFault(f"`{test.text}`: {text} is a length of time, a plain number is wanted", "leave the unit out")
    if not isinstance(value, Duration) and domain.kind == "duration":
        raise TestFault(f"`{test.text}`: {text} has no unit", 'write "< 18 years" or ">= 28 days"')
    return value


def _empty(interval: Interval, domain: Domain) -> bool:
    """Does nothing of the domain lie in it? (Times are checked as they are read.)"""
    low, high = interval.low, interval.high
    if domain.kind == "duration" or (low is None and high is None):
        return False
    assert not isinstance(low, Duration)
    assert not isinstance(high, Duration)
    lowest = Fraction(0) if domain.values else domain.low
    highest = Fraction(len(domain.values) - 1) if domain.values else domain.high
    if low is not None and high is not None and low > high:
        return True
    if low is not None and highest is not None and (low > highest or (low == highest and not interval.low_included)):
        return True
    return (
        high is not None and lowest is not None and (high < lowest or (high == lowest and not interval.high_included))
    )


def _tidy(interval: Interval, domain: Domain) -> Interval:
    """Whole numbers and scale positions with both ends included, so that one set is written in one way."""
    if not (domain.whole or domain.kind == "scale"):
        return interval
    low, high = interval.low, interval.high
    if isinstance(low, Fraction):
        low = Fraction(-(-low.numerator // low.denominator) + (not interval.low_included and low.denominator == 1))
    if isinstance(high, Fraction):
        high = Fraction(high.numerator // high.denominator - (not interval.high_included and high.denominator == 1))
    return Interval(low, low is not None, high, high is not None)


def _possible(domain: Domain) -> str:
    if domain.values:
        return f"its values are, from the lowest: {', '.join(domain.values)}"
    return f"it can be {'a whole number' if domain.whole else 'a number'} in {_range(domain)}"


def _number(value: Endpoint | None) -> str:
    if isinstance(value, Fraction) and value.denominator != 1:
        return str(float(value))
    return str(value)


def _range(domain: Domain) -> str:
    low = "" if domain.low is None else _number(domain.low)
    high = "" if domain.high is None else _number(domain.high)
    return f"[{low}..{high}]"
