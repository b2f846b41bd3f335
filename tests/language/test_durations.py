"""Ages and durations are compared by the calendar, and nobody grows up a day too early."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresholds.language.durations import Duration, Elapsed, between_years, elapsed_of, parse_duration, years

DAY = timedelta(days=1)
ON = st.dates(date(1995, 1, 1), date(2105, 12, 31))
UNITS = ("day", "week", "month", "year")


def duration(text: str) -> Duration:
    found = parse_duration(text)
    assert found is not None
    return found


DURATIONS = st.one_of(
    st.integers(0, 4000).map(lambda number: f"{number} days"),
    st.integers(0, 500).map(lambda number: f"{number} weeks"),
    st.integers(0, 240).map(lambda number: f"{number} months"),
    st.integers(0, 30).map(lambda number: f"{number} years"),
).map(duration)


@pytest.mark.parametrize(
    ("text", "days", "months"),
    [("28 days", 28, 0), ("1 day", 1, 0), ("6 weeks", 42, 0), ("3 months", 0, 3), ("18 years", 0, 216)],
)
def test_a_duration_is_a_number_of_days_or_of_months(text: str, days: int, months: int) -> None:
    """A week is seven days and a year twelve months, always; the two sorts never mix."""
    found = duration(f"  {text} ")
    assert (found.days, found.months, str(found)) == (days, months, text)


def test_the_same_length_written_in_another_unit_is_the_same() -> None:
    """12 months are a year, and 2 weeks are 14 days."""
    assert duration("12 months").order(duration("1 year")) == 0
    assert duration("2 weeks").order(duration("14 days")) == 0
    assert duration("1 year").order(duration("365 days")) is None


def test_how_a_length_is_said_makes_a_difference_to_what_is_known() -> None:
    """ "7 days" is one day wide and "1 week" is seven, "12 months" a month and "1 year" a year."""
    on = date(2017, 3, 15)
    widths = []
    for text in ("7 days", "1 week", "12 months", "1 year"):
        elapsed = elapsed_of(duration(text), on)
        widths.append((elapsed.latest - elapsed.earliest).days + 1)
    assert widths == [1, 7, 29, 366]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "days",
        "three days",
        "3days",
        "-3 days",
        "090 days",
        "00 days",
        "3.5 years",
        "3 Days",
        "3 fortnights",
        "151 years",
        "99999 weeks",
        "3 days 2 hours",
        "٣ days",
        "1 year 2 months",
    ],
)
def test_what_is_no_duration_is_none(text: str) -> None:
    """One whole number, a blank and a unit; nothing over 150 years."""
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("born", "last_as_child"),
    [
        (date(2000, 2, 29), date(2018, 2, 28)),
        (date(2004, 2, 29), date(2022, 2, 28)),
        (date(2000, 2, 28), date(2018, 2, 27)),
        (date(2000, 3, 1), date(2018, 2, 28)),
        (date(1999, 12, 31), date(2017, 12, 30)),
    ],
)
def test_somebody_is_a_child_until_the_day_of_the_eighteenth_birthday(born: date, last_as_child: date) -> None:
    """Born on 29 February, somebody is 18 on 1 March of a common year, and protected until then."""
    grown = years(18)
    assert not Elapsed(born, born, last_as_child).possibly(grown)
    assert Elapsed(born, born, last_as_child + DAY).surely(grown)
    assert Elapsed(born, born, last_as_child).full_years() == (17, 17)
    assert Elapsed(born, born, last_as_child + DAY).full_years() == (18, 18)


def test_a_leap_day_birthday_in_a_leap_year_is_on_its_day() -> None:
    """Somebody born on 29 February 2000 is 16 on 29 February 2016."""
    assert years(16).after(date(2000, 2, 29)) == date(2016, 2, 29)
    assert years(17).after(date(2000, 2, 29)) == date(2017, 3, 1)


@pytest.mark.parametrize(
    ("start", "text", "reached"),
    [
        (date(2017, 1, 31), "1 month", date(2017, 3, 1)),
        (date(2016, 1, 31), "1 month", date(2016, 3, 1)),
        (date(2016, 1, 29), "1 month", date(2016, 2, 29)),
        (date(2017, 1, 29), "1 month", date(2017, 3, 1)),
        (date(2017, 1, 28), "1 month", date(2017, 2, 28)),
        (date(2017, 3, 31), "1 month", date(2017, 5, 1)),
        (date(2017, 8, 31), "6 months", date(2018, 3, 1)),
        (date(2017, 12, 31), "1 month", date(2018, 1, 31)),
        (date(2017, 12, 31), "2 months", date(2018, 3, 1)),
        (date(2017, 2, 28), "4 weeks", date(2017, 3, 28)),
        (date(2016, 2, 28), "2 days", date(2016, 3, 1)),
        (date(1899, 12, 31), "100 years", date(1999, 12, 31)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_first_of_the_next(start: date, text: str, reached: date) -> None:
    """A day that the month lacks is the first of the month after."""
    assert duration(text).after(start) == reached


@given(DURATIONS, ON)
def test_who_began_later_never_arrives_earlier(length: Duration, start: date) -> None:
    """Reaching a length of time is monotonic in the day on which it began."""
    assert length.after(start) <= length.after(start + DAY)


@given(st.sampled_from(UNITS), st.integers(0, 120), st.integers(0, 120), ON)
def test_a_longer_time_is_never_reached_earlier(unit: str, one: int, other: int, start: date) -> None:
    """Reaching a length of time is monotonic in the length."""
    short, long = sorted((one, other))
    assert duration(f"{short} {unit}s").after(start) <= duration(f"{long} {unit}s").after(start)


@given(DURATIONS, DURATIONS)
def test_an_order_of_two_lengths_holds_wherever_they_begin(one: Duration, other: Duration) -> None:
    """`order` is right for every start day, and says nothing where it depends on the calendar."""
    order = one.order(other)
    for year in (1899, 1900, 1999, 2000, 2001, 2003, 2099):
        for month, day in ((1, 1), (1, 29), (1, 30), (1, 31), (2, 28), (3, 1), (7, 1), (8, 31), (12, 31)):
            first, second = one.after(date(year, month, day)), other.after(date(year, month, day))
            assert order is None or (order < 0 and first < second) or (order > 0 and first > second) or first == second
            assert order != 0 or first == second
    assert other.order(one) == (None if order is None else -order)


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("30 days", "1 month", None),
        ("365 days", "1 year", None),
        ("3 weeks", "1 month", -1),
        ("28 days", "3 months", -1),
        ("2 years", "365 days", 1),
        ("12 months", "1 year", 0),
        ("4 weeks", "28 days", 0),
        ("5 years", "16 years", -1),
    ],
)
def test_days_and_months_have_an_order_only_where_no_calendar_can_upset_it(
    one: str, other: str, order: int | None
) -> None:
    """30 days may be more or less than a month; three weeks are always less."""
    assert duration(one).order(duration(other)) == order


@given(DURATIONS, DURATIONS, ON)
def test_lengths_with_an_order_strictly_come_one_after_the_other(one: Duration, other: Duration, on: date) -> None:
    """Whoever has surely reached the longer has surely reached the shorter."""
    if one.order(other) == -1:
        start = elapsed_of(other, on).latest
        assert Elapsed(start, start, on).surely(one)


@given(st.sampled_from(UNITS), st.integers(0, 60), ON)
def test_so_many_months_are_exactly_the_start_days_with_that_many_completed(unit: str, number: int, on: date) -> None:
    """ "3 months" covers each start day from which 3 months and not yet 4 have passed, and no other."""
    said, one_more = duration(f"{number} {unit}s"), duration(f"{number + 1} {unit}s")
    elapsed = elapsed_of(said, on)
    assert elapsed.earliest <= elapsed.latest <= on
    for day in (elapsed.earliest, elapsed.latest):
        assert said.after(day) <= on < one_more.after(day)
    assert one_more.after(elapsed.earliest - DAY) <= on
    assert elapsed.latest == on or said.after(elapsed.latest + DAY) > on
    assert elapsed.surely(said)
    assert not elapsed.possibly(one_more)


@pytest.mark.parametrize("on", [date(2017, 3, 1), date(2016, 2, 29), date(2017, 2, 28), date(2017, 12, 31)])
def test_three_months_day_by_day(on: date) -> None:
    """The same, counted day by day around the ends of months."""
    elapsed = elapsed_of(duration("3 months"), on)
    for back in range(70, 150):
        start = on - timedelta(days=back)
        completed = duration("3 months").after(start) <= on < duration("4 months").after(start)
        assert (elapsed.earliest <= start <= elapsed.latest) == completed


def test_so_long_ago_to_the_day_is_one_day() -> None:
    """With `exact` the start is the day that many units ago."""
    assert elapsed_of(duration("2 weeks"), date(2017, 3, 15), exact=True) == Elapsed(
        date(2017, 3, 1), date(2017, 3, 1), date(2017, 3, 15)
    )


@given(st.integers(0, 119), st.integers(0, 119), ON)
def test_between_two_ages_are_the_births_that_give_them(one: int, other: int, on: date) -> None:
    """`between` covers each birthday that makes somebody at least the lower and at most the higher age."""
    low, high = sorted((one, other))
    elapsed = between_years(low, high, on)
    assert elapsed.full_years() == (low, high)
    before, after = elapsed.earliest - DAY, elapsed.latest + DAY
    assert Elapsed(before, before, on).full_years() == (high + 1, high + 1)
    assert after > on or Elapsed(after, after, on).full_years() == (low - 1, low - 1)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 40_000))
def test_completed_years_agree_with_reached_birthdays(born: date, lived: int) -> None:
    """The age in completed years is the number of birthdays reached, 29 February or not."""
    on = born + timedelta(days=lived)
    birthdays = sum(years(number).after(born) <= on for number in range(1, 120))
    assert Elapsed(born, born, on).full_years() == (birthdays, birthdays)


@pytest.mark.parametrize("on", [date.min, date.min + DAY, date(100, 3, 1), date(9990, 2, 28), date.max - DAY, date.max])
@pytest.mark.parametrize("text", ["0 days", "1 day", "54750 days", "1 month", "150 years"])
def test_the_ends_of_the_calendar_do_no_harm(on: date, text: str) -> None:
    """Where Python's calendar ends, a length of time is cut short and nothing is raised."""
    length = duration(text)
    elapsed = elapsed_of(length, on)
    assert date.min <= elapsed.earliest <= elapsed.latest <= on
    assert between_years(0, 120, on).latest == on
    assert date.min <= length.after(on) <= date.max
    elapsed.full_years()
