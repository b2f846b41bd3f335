"""Ages and durations, compared by the calendar.

A duration is a number of days or of months (a week is 7 days, a year 12 months). It has been
*reached* on a day when that day is not before the start day moved on by it. A day that the target month
does not have becomes the first of the next month: somebody born on 29 February is a year older on
1 March of a common year, and so keeps a child's protection for the longer time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_UNITS = {"day": (1, 0), "week": (7, 0), "month": (0, 1), "year": (0, 12)}
_TEXT = re.compile(r"(0|[1-9][0-9]{0,4})\s+(day|week|month|year)s?")
LONGEST_YEARS = 150
MIXED_UNITS = "write both in days and weeks, or both in months and years"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: either days or months, never both; `text` is how it was written (12 months are 1 year)."""

    days: int
    months: int
    text: str

    def __str__(self) -> str:
        return self.text

    def after(self, start: date) -> date:
        """The day on which this much time has passed since `start`."""
        if not self.months:
            return _moved(start, days=self.days)
        return _moved(start, months=self.months)

    def ago(self, on: date) -> date:
        """The last day from which this much time has passed by `on`."""
        return _latest_start(self, on)

    def first_day(self, on: date) -> date:
        """The first day of a window of this length that ends on `on`: days that a month lacks reach further back."""
        day = self.ago(on)
        while day > date.min and self.after(day - timedelta(days=1)) >= on:
            day -= timedelta(days=1)
        return day

    def shortest_and_longest(self) -> tuple[int, int]:
        """No more days than this can take at least, and no fewer than it can take at most, wherever it starts."""
        if not self.months:
            return self.days, self.days
        # 400 years are 146,097 days; no stretch of months strays from the mean by more than 5 days
        mean = self.months * 146_097 // 4_800
        return mean - 5, mean + 6

    def order(self, other: Duration) -> int | None:
        """-1, 0 or 1 where this is always shorter, equal, longer; None where it depends on the calendar."""
        if (self.days, self.months) == (other.days, other.months):
            return 0
        if bool(self.months) == bool(other.months):
            return -1 if (self.days, self.months) < (other.days, other.months) else 1
        (low, high), (other_low, other_high) = self.shortest_and_longest(), other.shortest_and_longest()
        if high < other_low:
            return -1
        return 1 if low > other_high else None


def parse_duration(text: str) -> Duration | None:
    """`28 days`, `6 weeks`, `3 months`, `18 years`; None where the text is not one (or over 150 years)."""
    match = _TEXT.fullmatch(text.strip())
    if match is None:
        return None
    number, (days, months) = int(match[1]), _UNITS[match[2]]
    if number * (days * 12 + months * 365) > LONGEST_YEARS * 12 * 365:
        return None
    unit = match[2] if number == 1 else match[2] + "s"
    return Duration(number * days, number * months, f"{number} {unit}")


def years(number: int) -> Duration:
    """`number` years."""
    return Duration(0, 12 * number, f"{number} years")


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time that has passed by `on` since a day known to lie between `earliest` and `latest`."""

    earliest: date
    latest: date
    on: date

    def surely(self, duration: Duration) -> bool:
        """Has it been reached, whatever the start day was?"""
        return duration.after(self.latest) <= self.on

    def possibly(self, duration: Duration) -> bool:
        """Has it been reached for some start day?"""
        return duration.after(self.earliest) <= self.on

    def full_years(self) -> tuple[int, int]:
        """Completed years, fewest and most."""
        return _full_years(self.latest, self.on), _full_years(self.earliest, self.on)


@lru_cache(maxsize=1024)
def elapsed_of(duration: Duration, on: date, *, exact: bool = False) -> Elapsed:
    """What is known when somebody says "3 months": at least that, and less than one unit more.

    With `exact` the start is that many units ago to the day.
    """
    latest = _latest_start(duration, on)
    if exact:
        return Elapsed(latest, latest, on)
    days, months = _UNITS[duration.text.split()[1].rstrip("s")]
    more = Duration(duration.days + days, duration.months + months, "")
    return Elapsed(min(_moved(_latest_start(more, on), days=1), latest), latest, on)


@lru_cache(maxsize=1024)
def between_years(low: int, high: int, on: date) -> Elapsed:
    """Somebody whose age in completed years lies between `low` and `high`, both included."""
    return Elapsed(
        elapsed_of(years(high), on).earliest,
        elapsed_of(years(low), on).latest if low else on,
        on,
    )


def _latest_start(duration: Duration, on: date) -> date:
    """The last start day from which `duration` has been reached by `on`."""
    guess = _moved(on, days=-duration.days, months=-duration.months)
    while guess > date.min and duration.after(guess) > on:
        guess -= timedelta(days=1)
    while guess < on and duration.after(guess + timedelta(days=1)) <= on:
        guess += timedelta(days=1)
    return guess


def _full_years(start: date, on: date) -> int:
    passed = on.year - start.year
    return passed if years(passed).after(start) <= on else passed - 1


def _moved(day: date, days: int = 0, months: int = 0) -> date:
    """`day` moved on, held inside the calendar Python has; a day the month lacks is the first of the next."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= date.max.year:
        return date.min if year < 1 else date.max
    try:
        moved = date(year, month + 1, day.day)
    except ValueError:
        moved = date(year, month + 2, 1)  # only months shorter than 31 days get here, never December
    try:
        return moved + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
