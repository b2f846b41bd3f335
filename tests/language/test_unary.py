"""Unary tests mean what the DMN standard says they mean.

Sources: OMG Decision Model and Notation 1.5, clause 9 (S-FEEL) and 10.3.1.2 (grammar rules 7 to 15 and 32 to 37),
Table 55 (what `in` means), Figure 10-11 (a decision table); the DMN Technology Compatibility Kit, cases
0004-simpletable-U (level 2) and 0072-feel-in (level 3).
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresholds.language.durations import Duration, parse_duration
from thresholds.language.resolving import resolve
from thresholds.language.unary import ELAPSED, FLAG, Domain, Endpoint, TestFault, ValueSet, parse_test

NUMBERS = Domain("number")
PERCENT = Domain("number", low=Fraction(0), high=Fraction(100), unit="percent")
COUNTS = Domain("number", low=Fraction(0), whole=True)
SCALE = Domain("scale", ("none", "low", "moderate", "high", "acute"))
CHOICE = Domain("choice", ("parents", "relatives", "others"))
RISK = Domain("choice", ("High", "Low", "Medium"))


def holds(text: str, value: str | int | Fraction, domain: Domain = NUMBERS, **parameters: Endpoint) -> bool:
    """Does the test accept the value?"""
    accepted = resolve(parse_test(text), domain, parameters)
    if accepted.words is not None:
        return value in accepted.words
    if domain.kind == "scale":
        value = domain.values.index(str(value))
    return accepted.holds(Fraction(value))


def fault(text: str, domain: Domain = NUMBERS, **parameters: Endpoint) -> TestFault:
    """What is wrong with the test."""
    with pytest.raises(TestFault) as caught:
        resolve(parse_test(text), domain, parameters)
    return caught.value


def attempt(text: str, domain: Domain) -> ValueSet | TestFault:
    """What a test accepts, or what is wrong with it."""
    try:
        return resolve(parse_test(text), domain, {})
    except TestFault as wrong:
        return wrong


# --- the standard ---------------------------------------------------------------------------------

FEEL_IN = {  # TCK 0072-feel-in, number_001 to number_014: each test with values that are in it and values that are not
    "2,3,1": ([1, 2, 3], [0, 4]),
    "2, 3, 4": ([2], [1]),
    "[2..4], [1..3]": ([1, 4], [5]),
    "<= 10": ([1, 10], [11]),
    "< 10": ([1], [10]),
    ">= 10": ([10, 11], [9]),
    "> 10": ([11], [10]),
    "(2..4)": ([3], [1, 2, 4, 5]),
    "(2..4]": ([3, 4], [1, 2, 5]),
    "[2..4)": ([2, 3], [1, 4, 5]),
    "[2..4]": ([2, 3, 4], [1, 5]),
    "1": ([1], [2]),
    "1, < 5, >=10": ([1, 4, 10], [5, 9]),
    "1, 5, 9": ([1, 5, 9], [10]),
}


@pytest.mark.parametrize("text", FEEL_IN)
def test_a_number_is_in_what_the_compatibility_kit_says_it_is_in(text: str) -> None:
    """TCK 0072-feel-in and DMN 1.5 Table 55: `in` over comparisons, the four kinds of interval and lists."""
    inside, outside = FEEL_IN[text]
    assert [value for value in inside + outside if holds(text, value)] == inside


@pytest.mark.parametrize(
    ("text", "same"),
    [("(1..10)", "]1..10["), ("[1..10)", "[1..10["), ("(1..10]", "]1..10]"), ("[1..10]", "[ 1 .. 10 ]")],
)
def test_an_interval_may_be_opened_with_either_bracket(text: str, same: str) -> None:
    """DMN 1.5, 10.3.1.2, rules 9 and 11: `]1..10[` is `(1..10)`, and blanks between tokens mean nothing (rule 61)."""
    assert resolve(parse_test(text), NUMBERS, {}) == resolve(parse_test(same), NUMBERS, {})


def test_not_holds_for_exactly_the_values_that_its_list_does_not() -> None:
    """DMN 1.5, 10.3.1.2, rule 15b: `not(...)` negates the whole list inside it."""
    assert [value for value in range(7) if holds("not(2, [4..5])", value)] == [0, 1, 3, 6]
    assert [value for value in SCALE.values if holds("not(low, high)", value, SCALE)] == ["none", "moderate", "acute"]


def test_a_dash_holds_for_everything() -> None:
    """DMN 1.5, 10.3.1.2, rule 15c: `-` asks nothing."""
    assert all(holds("-", value) for value in (-1, 0, 10**6))
    assert all(holds("-", value, SCALE) for value in SCALE.values)
    assert all(holds(" - ", value, CHOICE) for value in CHOICE.values)


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("-3", -3), ("0", 0), ("0.5", "1/2"), (".5", "1/2"), ("-.5", "-1/2"), ("2.50", "5/2")]
)
def test_numbers_are_written_as_the_standard_writes_them_and_stay_exact(text: str, value: str | int) -> None:
    """DMN 1.5, 10.3.1.2, rule 35: an optional minus, digits, a point and digits; nothing is rounded."""
    assert holds(text, Fraction(value))
    assert not holds(text, Fraction(value) + Fraction(1, 10**12))


def test_true_and_false_are_the_values_of_a_flag() -> None:
    """DMN 1.5, 10.3.1.2, rule 34."""
    assert holds("true", "true", FLAG)
    assert not holds("true", "false", FLAG)
    assert holds("false, true", "false", FLAG)
    assert holds("not(true)", "false", FLAG)


@pytest.mark.parametrize(
    ("age", "risk", "affordable", "row"),
    [
        (18, "Low", "true", 1),
        (40, "Medium", "true", 1),
        (17, "Low", "true", 2),
        (30, "High", "true", 3),
        (12, "High", "true", 3),
        (30, "High", "false", 4),
        (30, "Low", "false", 4),
    ],
)
def test_a_table_of_the_compatibility_kit_finds_its_row(age: int, risk: str, affordable: str, row: int) -> None:
    """TCK 0004-simpletable-U: comparisons without blanks, string literals in quotes, booleans and dashes."""
    table = (
        (">=18", '"Medium","Low"', "true"),
        ("<18", '"Medium","Low"', "true"),
        ("-", '"High"', "true"),
        ("-", "-", "false"),
    )
    found = [
        number
        for number, (on_age, on_risk, on_affordable) in enumerate(table, start=1)
        if holds(on_age, age) and holds(on_risk, risk, RISK) and holds(on_affordable, affordable, FLAG)
    ]
    assert found == [row]


def test_the_decision_table_of_the_standard_bands_every_credit_score_once() -> None:
    """DMN 1.5, Figure 10-11: `<590`, `[590..610]` and `>610` cover every score, and none twice."""
    for score in (0, 589, 590, 600, 610, 611, 900):
        assert sum(holds(text, score) for text in ("<590", "[590..610]", ">610")) == 1


# --- the two extensions, and parameters -----------------------------------------------------------


def test_values_of_a_scale_stand_bare_and_in_their_order() -> None:
    """The first extension: `>= moderate` speaks of the order in which a scale's values are declared."""
    assert [value for value in SCALE.values if holds(">= moderate", value, SCALE)] == ["moderate", "high", "acute"]
    assert [value for value in SCALE.values if holds("[low..high)", value, SCALE)] == ["low", "moderate"]
    assert [value for value in SCALE.values if holds("none, acute", value, SCALE)] == ["none", "acute"]
    assert holds('"moderate"', "moderate", SCALE)


def test_values_of_a_choice_stand_bare_and_have_no_order() -> None:
    """A choice accepts lists and `not(...)`, and refuses comparisons."""
    assert holds("relatives, others", "others", CHOICE)
    assert not holds("not(relatives, others)", "others", CHOICE)
    wrong = fault(">= relatives", CHOICE)
    assert "choice without order" in wrong.message
    assert "parents, relatives, others" in wrong.help


@pytest.mark.parametrize("text", ["< 18 years", ">= 28 days", "[5 years..16 years)", "not([2 weeks..3 months))", "-"])
def test_ages_take_units(text: str) -> None:
    """The second extension: lengths of time with a unit, tested by `<`, `>=` and `[a..b)`."""
    accepted = resolve(parse_test(text), ELAPSED, {})
    for interval in accepted.intervals:
        for end in (interval.low, interval.high):
            assert end is None or isinstance(end, Duration)


def test_a_name_on_the_right_is_a_parameter() -> None:
    """A word that is no value of the indicator stands for a parameter's value."""
    assert holds("<= persistent_absence", 90, PERCENT, persistent_absence=Fraction(90))
    assert not holds("[few..many)", 7, COUNTS, few=Fraction(3), many=Fraction(7))
    grown_up = parse_duration("18 years")
    assert grown_up is not None
    assert resolve(parse_test("< grown_up"), ELAPSED, {"grown_up": grown_up}).intervals[0].high == grown_up


def test_what_stands_for_a_name_is_told_without_values() -> None:
    """The names in a test are its bare words, each once, and never true or false."""
    assert parse_test("[few..many), few, 3, < 5 years").names == ("few", "many")
    assert parse_test("not(true, false)").names == ()


# --- what is refused ------------------------------------------------------------------------------

REFUSED = [  # test, words of the message, words of the help
    ("", "empty", ">= 3"),
    ("   ", "empty", "true"),
    ("012", "012", "without leading zeros: 12"),
    ("[05..7]", "05", "without leading zeros: 5"),
    ("1_000", "1_000", "without underscores: 1000"),
    ("90%", "90%", "leave the sign out: 90"),
    (">= 99.5%", "99.5%", "99.5"),
    ("null", "null", "unknown"),
    ("not(null)", "null", "unknown"),
    ("~", "~", "unknown"),
    ("2017-01-31", "2017-01-31", "no dates"),
    ('date("2017-01-31")', "before `(`", "no functions"),
    ("= 3", "`=` is not part", "the value alone"),
    ("== 3", "`=` is not part", "the value alone"),
    ("!= 3", "`!=` is not part", "not(...)"),
    ("=> 3", "`=>` is not a comparison", '">="'),
    ("=< 3", "`=<` is not a comparison", '"<="'),
    ("<> 3", "`<>` is not a comparison", "not(...)"),
    ("≥ 3", "≥", '">="'),
    ("1..5", "needs brackets", '"[1..5]"'),
    ("1-5", "1-5", '"[1..5]"'),
    ("[1..5", "never closed", "]"),
    ("(1..5, 7", "never closed", "left out"),
    ("[1,5]", "two dots", "[1..5)"),
    ("[1 5]", "two dots", "[1..5)"),
    ("[..5]", "`..` stands where a value should", "interval"),
    ("not(3", "never closed", "not(low, moderate)"),
    ("not()", "nothing stands where a value should", "value"),
    ("not 3", "before `3`", "not("),
    ("not(not(3))", "comma is missing", "not("),
    ("3,", "nothing stands where a value should", "list"),
    ("3 to 5", "comma is missing before `to`", 'write an interval: "[3..5]"'),
    ("3 - 5", "comma is missing before `-`", 'write an interval: "[3..5]"'),
    ("low to high", "comma is missing before `to`", 'write an interval: "[low..high]"'),
    ("3 to 5 years", "comma is missing before `to`", '"[3 years..5 years)", which leaves 5 years out'),
    ("3 months to 5", "comma is missing before `to`", '"[3 months..5 months)"'),
    ("090 days", "`090 days` stands where a value should", "write the number without leading zeros: 90 days"),
    ("-05", "`-05` stands where a value should", "write the number without leading zeros: -5"),
    ("3 4", "comma is missing before `4`", "list"),
    ("3 or 4", "before `or`", "commas"),
    ("> 3 and < 5", "before `and`", "interval"),
    ("-, 3", "`-` stands where a value should", "value"),
    (">", "nothing stands where a value should", ">= 3"),
    ("< < 3", "`<` stands where a value should", ">= 3"),
    ("1e3", "1e3", "a test is"),
    ('"3"', "is text, not a number", "3"),
    ('"unclosed', "cannot read", "value"),
    ("Moderate", "Moderate", "small letters: moderate"),
    ("min(3, 4)", "before `(`", "no functions"),
    ("28days", "28days", "28 days"),
    (">= 3 Months", "before `Months`", "days, weeks, months and years"),
    ("< 200 years", "200 years", "150 years"),
    ("9" * 13, "9999999999999", "at most 12 digits"),
    ("٣", "٣", "a test is"),
    ("[5..1]", "holds nothing", "lower end first"),
    ("(3..3)", "holds nothing", "lower end first"),
    ("[3..3)", "holds nothing", "lower end first"),
    ("unheard_of", "no parameter `unheard_of`", "parameters.yaml"),
    (">= 5 years", "plain number is wanted", "leave the unit out"),
    ("x" * 2001, "too long", "2000"),
]


@pytest.mark.parametrize(("text", "message", "help_"), REFUSED, ids=[text[:20] for text, *_ in REFUSED])
def test_what_is_no_test_of_a_number_is_refused_in_plain_words(text: str, message: str, help_: str) -> None:
    """Every refusal says what is wrong and what would be right."""
    wrong = fault(text)
    assert message in wrong.message
    assert help_ in wrong.help


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("<= 15 years", "<, >= or [a..b) only", "< 16 years"),
        ("> 3 months", "<, >= or [a..b) only", "past 15 years"),
        ("5 years", "<, >= or [a..b) only", "< 16 years"),
        ("[5 years..16 years]", "<, >= or [a..b) only", "< 16 years"),
        ("(5 years..16 years)", "<, >= or [a..b) only", "< 16 years"),
        ("< 5", "5 has no unit", "< 18 years"),
        ("[5..16)", "has no unit", ">= 28 days"),
        ("[16 years..5 years)", "holds nothing", "shorter time first"),
        ("[1 year..12 months)", "holds nothing", "shorter time first"),
        ("[30 days..1 month)", "either of 30 days and 1 month", "days and weeks"),
        ("< adult", "no parameter `adult`", "parameters.yaml"),
    ],
)
def test_what_is_no_test_of_a_time_is_refused_in_plain_words(text: str, message: str, help_: str) -> None:
    """A time has a unit, and no test can tell somebody of 15 years and a day from somebody of 15."""
    wrong = fault(text, ELAPSED)
    assert message in wrong.message
    assert help_ in wrong.help


@pytest.mark.parametrize(
    ("text", "domain", "message", "help_"),
    [
        ("101", PERCENT, "101 lies outside the range [0..100]", "correct the number"),
        ("[-1..5]", PERCENT, "-1 lies outside the range", "range"),
        (">= 5, 100.5", PERCENT, "100.5 lies outside", "range"),
        ("<= 0.9", PERCENT, "0.9 looks like a share of 1", "90 for nine tenths"),
        ("< 0", PERCENT, "holds for no value", "a number in [0..100]"),
        ("50, > 100", PERCENT, "holds for no value", "a number in [0..100]"),
        ("(1..2)", COUNTS, "holds for no value", "a whole number in [0..]"),
        ("1.5", COUNTS, "holds for no value", "a whole number"),
        ("> acute", SCALE, "holds for no value", "none, low, moderate, high, acute"),
        ("< none, high", SCALE, "holds for no value", "none, low"),
        ("> true", FLAG, "holds for no value", "false, true"),
        ("-1", COUNTS, "-1 lies outside the range [0..]", "range"),
        (">= modrate", SCALE, "`modrate` is not one of its values", "did you mean moderate?"),
        ("3", SCALE, "`3` is not one of its values", "none, low, moderate, high, acute"),
        ("true", SCALE, "`true` is not one of its values", "none, low"),
        ("[high..low]", SCALE, "holds nothing", "lower end first"),
        ("maybe", FLAG, "`maybe` is not one of its values", "false, true"),
        ("relative", CHOICE, "`relative` is not one of its values", "did you mean relatives?"),
        ("[parents..others]", CHOICE, "choice without order", "parents, relatives, others"),
    ],
)
def test_what_does_not_fit_the_indicator_is_refused(text: str, domain: Domain, message: str, help_: str) -> None:
    """Values outside the range or the list of values are refused, with the nearest or all that are accepted."""
    wrong = fault(text, domain)
    assert message in wrong.message
    assert help_ in wrong.help


@given(st.text(alphabet="<>=[]()., -not\"'low3年5years\t\n%_\u0000", max_size=30) | st.text(max_size=40))
def test_no_text_makes_the_reader_fall_over(text: str) -> None:
    """Any text is a test or a TestFault with a message and a help, in every kind of indicator."""
    for domain in (NUMBERS, PERCENT, COUNTS, SCALE, CHOICE, FLAG, ELAPSED):
        wrong = attempt(text, domain)
        assert not isinstance(wrong, TestFault) or (wrong.message and wrong.help)


# --- the meaning, worked out another way ----------------------------------------------------------

OPERATORS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
Alternative = tuple[str, Fraction, Fraction]
"""An operator with its limit twice; the brackets of an interval with its ends; or nothing, for a single value."""


def _accepts(alternative: Alternative, value: Fraction) -> bool:
    sign, low, high = alternative
    if not sign:
        return value == low
    if sign in OPERATORS:
        return bool(OPERATORS[sign](value, low))
    above = value >= low if sign[0] == "[" else value > low
    return above and (value <= high if sign[1] == "]" else value < high)


def _written(alternative: Alternative, names: tuple[str, ...] | None) -> str:
    sign, *ends = alternative
    low, high = (names[int(end)] if names else str(float(end)).removesuffix(".0") for end in ends)
    if sign in OPERATORS or not sign:
        return f"{sign} {low}".strip()
    return f"{sign[0]}{low}..{high}{sign[1]}"


@st.composite
def alternatives(draw: st.DrawFn, ends: st.SearchStrategy[Fraction]) -> Alternative:
    """One alternative of a test; no interval is empty."""
    sign = draw(st.sampled_from(["", *OPERATORS, "[]", "()", "(]", "[)", "][", "]]", "[["]))
    low, high = sorted((draw(ends), draw(ends)))
    if len(sign) == 2 and sign not in OPERATORS:
        closed = sign == "[]"
        if low == high and not closed:
            high += 1
    return sign, low, high


HALVES = st.integers(0, 20).map(lambda half: Fraction(half, 2))


@given(
    st.lists(alternatives(HALVES), min_size=1, max_size=4),
    st.booleans(),
    st.integers(-4, 100).map(lambda eighth: Fraction(eighth, 8)),
)
def test_a_test_of_a_number_holds_as_its_parts_do(parts: list[Alternative], negated: bool, value: Fraction) -> None:
    """Any list of comparisons, intervals and values, negated or not, holds where one of its parts does."""
    text = ", ".join(_written(part, None) for part in parts)
    text = f"not({text})" if negated else text
    assert holds(text, value) == (any(_accepts(part, value) for part in parts) != negated)


def check_parts(
    text: str, parts: list[Alternative], negated: bool, value: int, domain: Domain, every: Iterable[int]
) -> None:
    """A test holds as its parts do; it is refused only where a part holds for no value there is."""
    text = f"not({text})" if negated else text
    accepted = attempt(text, domain)
    if isinstance(accepted, TestFault):
        assert "holds for no value" in accepted.message
        assert any(not any(_accepts(part, Fraction(one)) for one in every) for part in parts)
        return
    assert accepted.holds(Fraction(value)) == (any(_accepts(part, Fraction(value)) for part in parts) != negated)


@given(st.lists(alternatives(HALVES), min_size=1, max_size=4), st.booleans(), st.integers(0, 12))
def test_a_test_of_whole_numbers_holds_as_its_parts_do(parts: list[Alternative], negated: bool, value: int) -> None:
    """Where only whole numbers occur, limits between them cut in the same places."""
    every = range(30)
    check_parts(", ".join(_written(part, None) for part in parts), parts, negated, value, COUNTS, every)


@given(
    st.lists(alternatives(st.integers(0, 3).map(Fraction)), min_size=1, max_size=4),
    st.booleans(),
    st.integers(0, len(SCALE.values) - 1),
)
def test_a_test_of_a_scale_holds_as_its_parts_do(parts: list[Alternative], negated: bool, value: int) -> None:
    """A scale is its values' positions: everything said of numbers holds for it."""
    every = range(len(SCALE.values))
    check_parts(", ".join(_written(part, SCALE.values) for part in parts), parts, negated, value, SCALE, every)


@given(st.sets(st.sampled_from(CHOICE.values), min_size=1), st.booleans(), st.sampled_from(CHOICE.values))
def test_a_test_of_a_choice_holds_for_what_it_lists(listed: set[str], negated: bool, value: str) -> None:
    """A choice is accepted where it is listed, or with `not(...)` where it is not."""
    text = ", ".join(sorted(listed))
    assert holds(f"not({text})" if negated else text, value, CHOICE) == ((value in listed) != negated)
