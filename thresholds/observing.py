"""One observed value, typed by the indicator it belongs to: what was given into the values that leaves possible."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from thresholds.language.conditions import Truth
from thresholds.language.durations import Duration, Elapsed, elapsed_of, parse_duration
from thresholds.language.model import UNKNOWN, Indicator


class ValueFault(ValueError):
    """What is wrong with a value (never quoting free text), and what is accepted."""

    def __init__(self, message: str, help: str) -> None:  # noqa: A002
        super().__init__(message)
        self.message, self.help = message, help


@dataclass(frozen=True, slots=True)
class Span:
    """A number, or a position on a scale, between two ends, both included."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Words:
    """One of these values of a choice."""

    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stated:
    """A number of events that somebody states for a window; None: no upper end."""

    low: int
    high: int | None
    within: Duration
    ending: date | None = None
    """The day on which it was said, where that is not the day of the assessment."""


@dataclass(frozen=True, slots=True)
class Events:
    """Events by date, and numbers stated for windows; `complete` where there were no others.

    `told_on`: the day on which that was said, where it is not the day of the assessment.
    """

    dates: tuple[date, ...] = ()
    stated: tuple[Stated, ...] = ()
    complete: bool = True
    told_on: date | None = None

    def some(self) -> Truth:
        """Was there any?"""
        if self.dates or any(one.low > 0 for one in self.stated):
            return True
        return False if self.complete and not self.stated else None  # none in a window leaves what was before it

    def count(self, window: Duration, on: date) -> tuple[int, int | None]:
        """Fewest and most events in the window that ends on `on`; a day exactly at its start is inside.

        Whether "3 months" lie inside "90 days" is read from the calendar: it depends on the day. What was said before
        the window began says nothing of how many there were since.
        """
        first = window.first_day(on)
        low = sum(1 for day in self.dates if _inside(day, window, on))
        high: int | None = low if self.complete and (self.told_on is None or self.told_on >= first) else None
        for one in self.stated:
            recent = one.ending is None or one.ending >= first  # said inside the window, it counts as said today
            same = one.within.order(window) == 0
            inside = recent and (same or one.within.ago(on) >= first)
            around = recent and (same or one.within.first_day(on) <= first)
            low = max(low, one.low if inside else 0)
            bounded = around and one.high is not None and high is not None
            high = max(high or 0, one.high or 0) if bounded else None
        return low, high


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """It cannot be there for this child: no school to attend, no birth to count from."""


Value = Span | Words | Events | Elapsed
DOES_NOT_APPLY = "does_not_apply"


def _inside(day: date, window: Duration, on: date) -> bool:
    return day <= on and window.after(day) >= on


def read_value(
    indicator: Indicator, given: object, on: date, sessions_at_least: Fraction | None, said: date | None = None
) -> Value | NotApplicable | None:
    """The values that `given` leaves possible; None where it says unknown. ValueFault where it is no value.

    `said`: the day on which it was seen or said, from which lengths of time count; by default `on`.
    """
    if given is None or given == "" or given == UNKNOWN:
        return None
    if given == DOES_NOT_APPLY:
        if indicator.may_not_apply:
            return NotApplicable()
        raise ValueFault("always applies", "accepted: a value, or unknown")
    match indicator.kind:
        case "flag":
            return _flag(given)
        case "scale" | "choice":
            return _word(indicator, given)
        case "percent":
            return _percent(indicator, given, sessions_at_least)
        case "number":
            return _number(indicator, given)
        case "events":
            return _events(indicator, given, on, said if said != on else None)
        case _:
            return read_since(given, on, said)


def _flag(given: object) -> Span:
    text = str(given).lower() if isinstance(given, bool | str) else ""
    if text not in ("true", "false"):
        raise ValueFault("is neither true nor false", "accepted: true, false or unknown")
    return Span(Fraction(text == "true"), Fraction(text == "true"))


def _word(indicator: Indicator, given: object) -> Value:
    known = tuple(indicator.values)
    if not isinstance(given, str) or given not in known:
        named = f"`{given}` is" if isinstance(given, str) and re.fullmatch(r"[a-z_]{1,40}", given) else "is"
        raise ValueFault(
            f"{named} none of its values", f"{suggestion(given, known)}accepted: {', '.join(known)}, unknown"
        )
    if indicator.kind == "choice":
        return Words(frozenset([given]))
    position = Fraction(known.index(given))
    return Span(position, position)


def suggestion(given: object, known: Iterable[str]) -> str:
    """`did you mean ...? ` where something is near, else nothing."""
    close = difflib.get_close_matches(given, list(known), 1, 0.5) if isinstance(given, str) else []
    return f"did you mean {close[0]}? " if close else ""


_ZEROS = re.compile(r"(?<![\d.-])-?0\d+(?![\d-])")


def _without_zeros(given: object) -> str:
    """What to mind before all else where a number begins with zeros, in the words for rules, but not the number."""
    return "write the number without leading zeros; " if _ZEROS.search(str(given)) else ""


_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,30})?")  # as many decimals as a float can show
_RANGE = re.compile(r"(at least|at most)\s+(.+)")


def _bounds(given: object, low: Fraction | None, high: Fraction | None) -> tuple[Fraction, Fraction] | None:
    """The two ends of a number, `at least 3`, `at most 3` or {between: [2, 5]}; None where it is none of these."""
    if isinstance(given, Mapping) and set(given) == {"between"}:
        ends = given["between"]
        if not isinstance(ends, list) or len(ends) != 2:
            return None
        first, last = (_exact(end) for end in ends)
        return None if first is None or last is None or first > last else (first, last)
    match = _RANGE.fullmatch(given.strip()) if isinstance(given, str) else None
    number = _exact(match[2] if match else given)
    if number is None:
        return None
    if match is None:
        return number, number
    if match[1] == "at least" and high is not None:
        return number, max(high, number)
    return (min(low, number), number) if match[1] == "at most" and low is not None else None


def _exact(given: object) -> Fraction | None:
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return Fraction(given)
    if isinstance(given, str) and _NUMBER.fullmatch(given.strip()):
        return Fraction(given.strip())
    return None


def _number(indicator: Indicator, given: object) -> Span:
    domain = indicator.domain
    bounds = _bounds(given, domain.low, domain.high)
    accepted = (
        f'accepted: a number of {indicator.unit} in {indicator.range}, "at least 2", {{between: [2, 5]}} or unknown'
    )
    if bounds is None:
        raise ValueFault("is not a number", _without_zeros(given) + accepted)
    if domain.whole and any(end.denominator != 1 for end in bounds):
        raise ValueFault("is not a whole number", accepted)
    return _inside_domain(bounds, indicator, accepted)


def _inside_domain(bounds: tuple[Fraction, Fraction], indicator: Indicator, accepted: str) -> Span:
    domain = indicator.domain
    if (domain.low is not None and bounds[0] < domain.low) or (domain.high is not None and bounds[1] > domain.high):
        raise ValueFault("lies outside what is possible", accepted)
    return Span(*bounds)


def _percent(indicator: Indicator, given: object, sessions_at_least: Fraction | None) -> Span | None:
    accepted = "accepted: a percentage such as 88.5, {attended: 181, possible: 201}, or unknown"
    if isinstance(given, Mapping) and "between" not in given:
        if set(given) != {"attended", "possible"}:
            raise ValueFault("gives neither a percentage nor attended and possible", accepted)
        attended, possible = _exact(given["attended"]), _exact(given["possible"])
        if attended is None or possible is None or attended.denominator != 1 or possible.denominator != 1:
            zeros = _without_zeros(given)
            raise ValueFault("attended and possible are not whole numbers of sessions", zeros + accepted)
        if possible <= 0 or not 0 <= attended <= possible:
            raise ValueFault("attended must lie between 0 and possible, and possible above 0", accepted)
        if sessions_at_least is not None and possible < sessions_at_least:
            return None
        share = 100 * attended / possible
        return Span(share, share)
    bounds = _bounds(given, Fraction(0), Fraction(100))
    if bounds is None:
        raise ValueFault("is not a percentage", _without_zeros(given) + accepted)
    if any(0 < end <= 1 for end in bounds):
        raise ValueFault(
            "looks like a share of 1, and a percentage is meant",
            "write 90 for nine tenths, or give attended and possible",
        )
    return _inside_domain(bounds, indicator, accepted)


def _events(indicator: Indicator, given: object, on: date, said: date | None) -> Events:
    accepted = 'accepted: a list of dates, {count: 3, within: "90 days"}, {count: "at least 2", within: ...} or unknown'
    if isinstance(given, list):
        days = [_day(one) for one in given]
        if any(day is None for day in days):
            raise ValueFault("holds something that is not a date", accepted)
        if any(day > on for day in days if day is not None):
            raise ValueFault("holds a date after the day of the assessment", "correct it, or the day of the assessment")
        return Events(dates=tuple(sorted(day for day in days if day is not None)), told_on=said)
    if not isinstance(given, Mapping) or set(given) != {"count", "within"}:
        if _exact(given) is not None:
            raise ValueFault(f"is a number of {indicator.unit} without its window", accepted)
        raise ValueFault("is neither a list of dates nor a count with its window", accepted)
    within = parse_duration(given["within"]) if isinstance(given["within"], str) else None
    open_ended = isinstance(given["count"], str) and given["count"].strip().startswith("at least")
    bounds = _bounds(given["count"], Fraction(0), Fraction(10**6))
    if within is None or bounds is None or bounds[0] < 0 or any(end.denominator != 1 for end in bounds):
        raise ValueFault("has no whole count or no window", _without_zeros(given) + accepted)
    stated = Stated(int(bounds[0]), None if open_ended else int(bounds[1]), within, said)
    return Events(stated=(stated,), complete=True)


def _day(given: object) -> date | None:
    if not isinstance(given, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", given):
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def read_since(given: object, on: date, said: date | None = None) -> Elapsed:
    """Since when: a date, or for how long: "3 months", as it was on the day it was said. ValueFault where neither."""
    day = _day(given)
    if day is not None:
        if day > on:
            raise ValueFault("lies after the day of the assessment", "give the day on which it began")
        if day.year < on.year - 150:
            raise ValueFault("lies more than 150 years ago", "correct the year")
        return Elapsed(day, day, on)
    duration = parse_duration(given) if isinstance(given, str) else None
    if duration is None:
        accepted = 'accepted: 2017-01-31, "3 months", "28 days" or unknown'
        zeros = _without_zeros(given) if re.fullmatch(r"0\d+ .*", str(given)) else ""
        raise ValueFault("is neither a date nor a length of time", zeros + accepted)
    then = elapsed_of(duration, said or on)
    return Elapsed(then.earliest, then.latest, on)
