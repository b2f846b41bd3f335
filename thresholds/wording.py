"""Values in words, as a practitioner would say them."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from thresholds.knowledge import Knowledge, Possible
from thresholds.language.durations import Duration, Elapsed
from thresholds.language.model import Indicator
from thresholds.language.unary import Endpoint
from thresholds.observing import Events, Span, Words

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
CONSENT = {
    "required": "needs the family's agreement",
    "seek": "discuss with the family and seek their agreement",
    "inform": "the family is told; their agreement is not needed",
    "consult": "the family is consulted",
    "not_required": "needs no agreement; tell the family unless that could put somebody at risk",
}
"""What each consent rule of a response means."""


def plain(identifier: str) -> str:
    """An id as words."""
    return identifier.replace("_", " ")


def fill(text: str, value_of: Callable[[str], str]) -> str:
    """Put a value in place of each {name}."""
    return _PLACEHOLDER.sub(lambda match: value_of(match[1]), text)


def placeholders(text: str) -> list[str]:
    """The names in braces."""
    return _PLACEHOLDER.findall(text)


def number(value: Fraction) -> str:
    """A number exactly where two decimals can say it, else rounded and marked so."""
    if value.denominator == 1:
        return str(value.numerator)
    if (value * 100).denominator == 1:
        return f"{float(value):.2f}".rstrip("0")
    for decimals in range(2, 12):
        rounded = round(value, decimals)
        if rounded.denominator != 1:
            return f"about {float(rounded):.{decimals}f}"
    return f"about {float(value)}"


def endpoint(value: Endpoint, unit: str) -> str:
    """A parameter's value with its unit."""
    return str(value) if isinstance(value, Duration) else with_unit(number(value), unit)


def _one(unit: str) -> str:
    """A unit that is written in the plural, for one of them: its noun stands last, or before "of" or "a"."""
    words = unit.split()
    noun = next((place for place, word in enumerate(words) if word in ("of", "a")), len(words)) - 1
    if noun >= 0 and words[noun].endswith("s") and not words[noun].endswith("ss"):
        word = words[noun]
        words[noun] = word[:-3] + "y" if word.endswith("ies") else word[:-1]
    return " ".join(words)


def with_unit(text: str, unit: str | None) -> str:
    """A number in words with its unit, which is written in the plural."""
    if unit and text in ("1", "at least 1", "exactly 1"):
        unit = _one(unit)
    return f"{text}%" if unit == "percent" else f"{text} {unit}" if unit else text


def count(low: int, high: int | None, unit: str | None) -> str:
    """A count that may be known only in part."""
    if high == low:
        text = str(low)
    elif high is None or high - low > 20:
        text = f"at least {low}" if low else "an unknown number of"
    else:
        text = f"between {low} and {high}"
    return with_unit(text, unit)


def elapsed(time: Elapsed) -> str:
    """A time passed: in days up to 4 weeks, weeks up to 3 months, months up to 2 years, then years."""
    low_years, high_years = time.full_years()
    if high_years - low_years > 60:
        return "an unknown time"
    days = ((time.on - time.latest).days, (time.on - time.earliest).days)
    if days[1] < 28:
        return _range(*days, "day")
    if days[1] < 91:
        return _range(days[0] // 7, days[1] // 7, "week")
    if high_years < 2:
        months = tuple(
            sum(Duration(0, month, "").after(start) <= time.on for month in range(1, 25))
            for start in (time.latest, time.earliest)
        )
        return _range(months[0], months[1], "month")
    return _range(low_years, high_years, "year")


def _range(low: int, high: int, unit: str) -> str:
    text = str(low) if low == high else f"between {low} and {high}"
    return f"{text} {unit}" if low == high == 1 else f"{text} {unit}s"


def possible(indicator: Indicator, what: Possible, knowledge: Knowledge) -> str:
    """The values an indicator may still have, in words."""
    value = what.value
    if value is None:
        return "does not apply"
    if isinstance(value, Words):
        return " or ".join(sorted(plain(word) for word in value.words))
    if isinstance(value, Elapsed):
        return elapsed(value)
    if isinstance(value, Events):
        return _events(value, indicator)
    return _span(value, indicator, knowledge)


def _events(events: Events, indicator: Indicator) -> str:
    stated = [f"{count(one.low, one.high, indicator.unit)} in {one.within}" for one in events.stated]
    dated = [f"{count(len(events.dates), len(events.dates), indicator.unit)} recorded"] if events.dates else []
    return ", ".join((*dated, *stated)) or f"no {indicator.unit}"


def _span(span: Span, indicator: Indicator, knowledge: Knowledge) -> str:
    if indicator.kind == "flag":
        return "not known" if span.low != span.high else "yes" if span.low else "no"
    if indicator.kind == "scale":
        names = tuple(indicator.values)[int(span.low) : int(span.high) + 1]
        return " or ".join(plain(name) for name in names) if len(names) <= 3 else f"{plain(names[0])} or worse"
    unit = indicator.domain.unit
    if span.low == span.high:
        text = with_unit(number(span.low), unit)
        evidence = knowledge.evidence(indicator.id)
        given = evidence.observation.value if evidence is not None and evidence.observation is not None else None
        if isinstance(given, dict) and "attended" in given:
            return f"{text} ({given['attended']} of {given['possible']} sessions)"
        return text
    if span.high == indicator.domain.high:
        return with_unit(f"at least {number(span.low)}", unit)
    return with_unit(f"between {number(span.low)} and {number(span.high)}", unit)
