"""The two ends: the child with everything at its worst, and the one about whom nothing was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from thresholds.assessment import Assessment
from thresholds.language.definition import BUILT_IN_INDICATORS
from thresholds.language.model import Indicator
from thresholds.ruleset import Ruleset

_AGE = 16


def worst(ruleset: Ruleset, *, on: date | None = None, child: Mapping[str, Any] | None = None) -> Assessment:
    """A child, of 16 unless said otherwise, for whom every indicator stands at its worst, unmet and since birth.

    What has no worse direction is there. A detail is left out where what it is a detail of is at its worst when
    it is not there.
    """
    day = _day(ruleset, on)
    indicators = {
        name: one for name, one in ruleset.in_force(day).indicators.items() if name not in BUILT_IN_INDICATORS
    }
    observations: dict[str, Any] = {}
    for name, indicator in indicators.items():
        if _reachable(indicator, indicators):
            since = f"{_AGE} years"
            observations[name] = {"value": worst_value(indicator), "need": "unmet", "since": since}
    return Assessment(child=child or {"age": _AGE}, on=day, looked_at="everything", observations=observations)


def absent(ruleset: Ruleset, *, on: date | None = None, child: Mapping[str, Any] | None = None) -> Assessment:
    """A child, of 16 unless said otherwise, about whom everything was looked at and nothing found."""
    return Assessment(child=child or {"age": _AGE}, on=_day(ruleset, on), looked_at="everything")


def _day(ruleset: Ruleset, on: date | None) -> date:
    return on or ruleset.as_at or ruleset.definition.changes[-1]


def worst_value(indicator: Indicator) -> Any:
    """The value at the worst end; of what has none, one that says it is there."""
    higher, domain = indicator.worse_is_higher, indicator.domain
    match indicator.kind:
        case "flag":
            return higher if higher is not None else indicator.absent != "true"
        case "scale" | "choice":
            values = list(indicator.values)
            if higher is not None:
                return values[-1 if higher else 0]
            return next(one for one in reversed(values) if one != indicator.absent or len(values) == 1)
        case "events":
            return {"count": 1_000, "within": "1 day"}
        case "since":
            return "0 days" if higher is False else f"{_AGE} years"
        case _:
            end = domain.high if higher or (higher is None and indicator.absent != str(domain.high)) else domain.low
            assert end is not None
            return str(int(end)) if end.denominator == 1 else str(float(end))


def _reachable(indicator: Indicator, indicators: Mapping[str, Indicator]) -> bool:
    """Is what it is a detail of there when that is at its worst?"""
    parent = indicators.get(indicator.detail_of or "")
    if parent is None:
        return True
    there = parent.kind in ("events", "since") or str(worst_value(parent)).lower() != parent.absent
    return there and _reachable(parent, indicators)
