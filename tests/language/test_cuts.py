"""An ordered domain is cut where any test changes its answer, and nowhere else matters."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresholds.language.cuts import Cuts, cut, runs
from thresholds.language.durations import Duration, Elapsed, parse_duration
from thresholds.language.resolving import resolve
from thresholds.language.unary import ELAPSED, FLAG, Domain, TestFault, ValueSet, parse_test

PERCENT = Domain("number", low=Fraction(0), high=Fraction(100))
HOURS = Domain("number", low=Fraction(0), high=Fraction(20))
COUNTS = Domain("number", low=Fraction(0), whole=True)
FEW = Domain("number", low=Fraction(0), high=Fraction(5), whole=True)
SCALE = Domain("scale", ("none", "low", "moderate", "high", "acute"))
ORDERED = (PERCENT, HOURS, COUNTS, FEW, SCALE, FLAG)


def accepted(text: str, domain: Domain) -> ValueSet:
    return resolve(parse_test(text), domain, {})


def duration(text: str) -> Duration:
    found = parse_duration(text)
    assert found is not None
    return found


@st.composite
def fitting(draw: st.DrawFn, domain: Domain) -> str:
    """A test that fits a domain and whose intervals are not empty."""
    if domain.values:
        ends: st.SearchStrategy[str] = st.integers(0, len(domain.values) - 1).map(str)
    else:
        step = 1 if domain.whole else 4
        highest = int(domain.high or 12)
        ends = st.integers(0, highest * step).map(lambda number: str(Fraction(number, step)))
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        low, high = sorted((Fraction(draw(ends)), Fraction(draw(ends))))
        written = [domain.values[int(end)] if domain.values else str(float(end)) for end in (low, high)]
        sign = draw(st.sampled_from(["", "<", "<=", ">", ">=", "[]", "()", "[)", "(]"]))
        if len(sign) == 2 and sign[0] in "[(" and (low < high or sign == "[]"):
            parts.append(f"{sign[0]}{written[0]}..{written[1]}{sign[1]}")
        else:
            parts.append((sign if sign[:1] in "<>" else "") + written[0])
    text = ", ".join(parts)
    return f"not({text})" if draw(st.booleans()) else text


def fits(text: str, domain: Domain) -> bool:
    """Does every part of a test hold for something in the domain?"""
    try:
        accepted(text, domain)
    except TestFault:
        return False
    return True


@st.composite
def cut_domains(draw: st.DrawFn) -> tuple[Domain, list[ValueSet], Cuts]:
    domain = draw(st.sampled_from(ORDERED))
    texts = fitting(domain).filter(lambda text: fits(text, domain))
    sets = [accepted(text, domain) for text in draw(st.lists(texts, min_size=1, max_size=4))]
    return domain, sets, cut(domain, sets)


def some_values(domain: Domain) -> list[Fraction]:
    """Values of a domain: all of them, or enough to meet every cut and every gap between two."""
    if domain.values:
        return [Fraction(position) for position in range(len(domain.values))]
    step = 1 if domain.whole else 8
    return [Fraction(number, step) for number in range(int(domain.high or 15) * step + 1)]


@given(cut_domains())
def test_a_mask_holds_exactly_the_segments_of_the_values_its_test_holds_for(
    given_: tuple[Domain, list[ValueSet], Cuts],
) -> None:
    """For every value, numbers exact and whole, scales and flags, negated or not."""
    domain, sets, cuts = given_
    for one in sets:
        mask = cuts.mask(one)
        assert 0 <= mask < 1 << cuts.count
        for value in some_values(domain):
            assert bool(mask >> cuts.segment(value) & 1) == one.holds(value)


@given(cut_domains())
def test_segments_are_a_partition_in_the_order_of_the_values(given_: tuple[Domain, list[ValueSet], Cuts]) -> None:
    """Every value lies in one segment, higher values in no lower one, and no segment is empty."""
    domain, _, cuts = given_
    found = [cuts.segment(value) for value in some_values(domain)]
    assert found == sorted(found)
    assert set(found) == set(range(cuts.count))


@given(cut_domains())
def test_no_two_neighbouring_segments_are_the_same_to_every_test(given_: tuple[Domain, list[ValueSet], Cuts]) -> None:
    """Of numbers nothing is cut for nothing, unless two tests meet there; a scale is cut at every value."""
    domain, sets, cuts = given_
    ends = {
        end for one in sets for interval in one.intervals for end in (interval.low, interval.high) if end is not None
    }
    assert domain.values or cuts.count <= 2 * len(ends) + 1


def test_a_limit_is_exact() -> None:
    """90 and the largest share below it lie on different sides of `< 90`, however close."""
    cuts = cut(PERCENT, [accepted("< 90", PERCENT)])
    just_below = Fraction(100 * 899_999_999_999, 10**12)
    assert just_below != 90
    assert float(just_below) == pytest.approx(90)
    assert cuts.segment(just_below) < cuts.segment(Fraction(90))
    assert cuts.segment(Fraction(90)) == cuts.segment(Fraction(100))


def test_the_ends_of_the_domain_are_no_cuts() -> None:
    """`>= 0` of a number from 0 holds for all of it: there is one segment."""
    assert cut(PERCENT, [accepted(">= 0", PERCENT)]).count == 1
    assert cut(PERCENT, [accepted("<= 100", PERCENT)]).count == 1
    assert cut(PERCENT, [accepted("> 0", PERCENT)]).count == 2
    assert cut(PERCENT, [accepted("< 100", PERCENT)]).count == 2


def test_whole_numbers_are_cut_once_between_two() -> None:
    """`> 2` and `>= 3` of whole numbers are one cut."""
    assert cut(COUNTS, [accepted("> 2", COUNTS), accepted(">= 3", COUNTS), accepted("<= 2", COUNTS)]).count == 2


def test_a_choice_is_not_cut() -> None:
    """A choice has no order, so nothing to cut."""
    choice = Domain("choice", ("one", "other"))
    assert cut(choice, [accepted("one", choice)]).count == 1


# --- ages and durations ---------------------------------------------------------------------------

LIMITS = st.lists(
    st.sampled_from(["28 days", "6 weeks", "1 day", "90 days"])
    | st.sampled_from(["3 months", "1 year", "5 years", "12 months", "18 years"]),
    min_size=1,
    max_size=4,
).filter(lambda texts: not {"90 days", "3 months"} <= set(texts))


@given(LIMITS, st.dates(date(2015, 1, 1), date(2021, 1, 1)), st.integers(0, 7000), st.integers(0, 500))
def test_a_span_of_time_agrees_with_every_day_in_it(texts: list[str], on: date, ago: int, width: int) -> None:
    """The lowest and highest segment of a span are those of its days, tried one by one."""
    cuts = cut(ELAPSED, [accepted(f">= {text}", ELAPSED) for text in texts])
    latest = on - timedelta(days=ago)
    earliest = latest - timedelta(days=width)
    each = [sum(limit.after(earliest + timedelta(days=day)) <= on for limit in cuts.limits) for day in range(width + 1)]
    assert cuts.span(Elapsed(earliest, latest, on)) == (min(each), max(each))


@given(LIMITS, st.dates(date(2015, 1, 1), date(2021, 1, 1)), st.integers(0, 7000))
def test_a_mask_of_times_holds_for_the_days_its_test_holds_for(texts: list[str], on: date, ago: int) -> None:
    """`<`, `>=`, `[a..b)` and their negation, tried on single days."""
    start = on - timedelta(days=ago)
    limits = cut(ELAPSED, [accepted(f">= {text}", ELAPSED) for text in texts]).limits
    written = [f">= {limit}" for limit in limits] + [f"< {limit}" for limit in limits]
    written += [f"[{one}..{other})" for one, other in pairwise(limits)]
    written += [f"not({text})" for text in written]
    cuts = cut(ELAPSED, [accepted(text, ELAPSED) for text in written])
    segment, highest = cuts.span(Elapsed(start, start, on))
    assert segment == highest
    for text in written:
        reached = [duration(limit.text).after(start) <= on for limit in limits if limit.text in text]
        holds = (
            reached[0] and not reached[-1] if ".." in text else reached[0] != text.removeprefix("not(").startswith("<")
        )
        mask = cuts.mask(accepted(text, ELAPSED))
        assert bool(mask >> segment & 1) == (holds != text.startswith("not"))


def test_one_limit_may_be_written_in_two_units() -> None:
    """A limit of 12 months and one of a year are one cut."""
    sets = [accepted(text, ELAPSED) for text in (">= 12 months", "< 1 year", "[2 weeks..14 weeks)", ">= 14 days")]
    cuts = cut(ELAPSED, sets)
    assert [str(limit) for limit in cuts.limits] == ["14 days", "14 weeks", "1 year"]
    assert [cuts.mask(one) for one in sets] == [0b1000, 0b0111, 0b0010, 0b1110]


def test_limits_without_a_fixed_order_are_refused() -> None:
    """30 days and a month cannot both cut one duration."""
    with pytest.raises(TestFault) as caught:
        cut(ELAPSED, [accepted(">= 30 days", ELAPSED), accepted(">= 1 month", ELAPSED), accepted(">= 1 year", ELAPSED)])
    assert "1 month and 30 days" in caught.value.message
    assert "days and weeks" in caught.value.help


# --- runs -----------------------------------------------------------------------------------------


@given(st.integers(0, 1 << 40))
def test_runs_are_the_unbroken_stretches_of_a_mask(mask: int) -> None:
    """Put together again the stretches are the mask, and none touches the next."""
    found = list(runs(mask))
    assert sum((1 << last + 1) - (1 << first) for first, last in found) == mask
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(found))


@given(st.lists(st.fractions(0, 100), min_size=1), st.fractions(0, 100))
def test_a_segment_is_counted_from_the_steps_below(points: list[Fraction], value: Fraction) -> None:
    """A number lies in as many segments above the lowest as there are steps at or below it."""
    steps = tuple((point, 0) for point in sorted(set(points)))
    assert Cuts(steps).segment(value) == bisect_right([point for point, _ in steps], value)
