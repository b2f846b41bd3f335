"""Stretches of values and of ages between two limits, in words."""

from __future__ import annotations

from fractions import Fraction

from thresholds import wording
from thresholds.engines.solver import Boundary
from thresholds.language.durations import Duration
from thresholds.language.unary import Domain


def values(low: Boundary | None, high: Boundary | None, domain: Domain) -> str:
    """The values from one limit (None: from the first) up to another (None: to the last), which is left out."""
    if domain.kind == "scale":
        first = 0 if not isinstance(low, tuple) else int(low[0])
        last = len(domain.values) - 1 if not isinstance(high, tuple) else int(high[0]) - 1
        ends = [wording.plain(domain.values[first]), wording.plain(domain.values[last])]
        return " to ".join(dict.fromkeys(ends))
    if domain.kind == "duration":
        return _times(low, high)
    assert not isinstance(low, Duration)
    assert not isinstance(high, Duration)
    return _numbers(low, high, domain, domain.unit)


def _times(low: Boundary | None, high: Boundary | None) -> str:
    if low is None:
        return "any time" if high is None else f"under {high}"
    return f"{low} or more" if high is None else f"{low} to under {high}"


def _numbers(
    low: tuple[Fraction, int] | None, high: tuple[Fraction, int] | None, domain: Domain, unit: str | None
) -> str:
    if domain.whole:
        first = int(low[0]) if low else int(domain.low or 0)
        last = int(high[0]) - 1 if high else None
        if last is None:
            return _or_more(str(first), unit)
        return wording.with_unit(str(first) if first == last else f"{first} to {last}", unit)
    if low is None and high is not None and domain.low is not None and high == (domain.low, 1):
        return wording.with_unit(wording.number(domain.low), unit)
    more, less = "more than " if low and low[1] else "", "" if high and high[1] else "under "
    if low is None:
        return "any" if high is None else wording.with_unit(f"{less or 'up to '}{wording.number(high[0])}", unit)
    if high is None:
        from_ = f"{more}{wording.number(low[0])}"
        return wording.with_unit(from_, unit) if more else _or_more(from_, unit)
    if low[0] == high[0]:
        return wording.with_unit(wording.number(low[0]), unit)
    return wording.with_unit(f"{more}{wording.number(low[0])} to {less}{wording.number(high[0])}", unit)


def _or_more(number: str, unit: str | None) -> str:
    return f"{number}% or more" if unit == "percent" else wording.with_unit(f"{number} or more", unit)


def ages(low: Duration | None, high: Duration | None) -> str:
    """Ages from one limit up to another, which is left out: whole years as people say them, so `5 to 10`."""
    in_years = [None if one is None or one.days or one.months % 12 else one.months // 12 for one in (low, high)]
    if low is None:
        return "any age" if high is None else f"under {_age(high)}"
    if high is None:
        return f"from {_age(low)}"
    if in_years[0] is not None and in_years[1] is not None:
        first, last = in_years[0], in_years[1] - 1
        return f"aged {first}" if first == last else f"aged {first} to {last}"
    return f"{_age(low)} to under {_age(high)}"


def _age(limit: Duration) -> str:
    return str(limit) if limit.days or limit.months % 12 or limit.months == 12 else str(limit.months // 12)


def length(time: Duration) -> str:
    """A length of time as people write it: `90 days`, `1 year`."""
    years, months = divmod(time.months, 12)
    parts = [(years, "year"), (months, "month"), (time.days, "day")]
    return " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number)
