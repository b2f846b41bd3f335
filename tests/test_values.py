"""Values, names and topics of an assessment against a ruleset: what is read, and what is refused in which words."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.small_rulesets import faults_in, knowing, known_ruleset
from thresholds import Assessment, AssessmentInvalid
from thresholds.knowledge import Possible
from thresholds.language.durations import Elapsed, parse_duration
from thresholds.observing import Events, Span, ValueFault, Words, read_value

ON = date(2017, 3, 1)
NOTHING = Possible(None)
EVERYTHING = 4
"""Values of the scales of the small ruleset."""


def possible(name: str, value: Any) -> Possible:
    return knowing(**{name: value}).possible(name)


def span(low: float | str | Fraction, high: float | str | Fraction | None = None) -> Possible:
    return Possible(Span(Fraction(low), Fraction(low if high is None else high)))


# --- values of every kind -------------------------------------------------------------------------

VALUES: dict[str, tuple[str, Any, Possible]] = {
    "a flag": ("bruise", True, span(1)),
    "a flag that is not": ("bruise", False, span(0)),
    "a flag as text": ("bruise", "True", span(1)),
    "a scale": ("hitting", "moderate", span(2)),
    "a choice": ("lives_with", "others", Possible(Words(frozenset(["others"])))),
    "a number": ("caring", 12, span(12)),
    "a number with a point": ("caring", 12.5, span("12.5")),
    "a number as text": ("caring", " 12.50 ", span("12.5")),
    "a number with many decimals": ("caring", 0.1 + 0.2, span("0.30000000000000004")),
    "at least": ("caring", "at least 3", span(3, 168)),
    "at most": ("caring", "at most 3", span(0, 3)),
    "between": ("caring", {"between": [2, "5.5"]}, span(2, "5.5")),
    "a whole number": ("exclusions", 3, span(3)),
    "a whole number with a point": ("exclusions", "3.0", span(3)),
    "a percentage": ("attendance", 88.5, span("88.5")),
    "nearly a percentage": ("attendance", 89.99999999999999, span("89.99999999999999")),
    "no percentage at all": ("attendance", 0, span(0)),
    "sessions": ("attendance", {"attended": 181, "possible": 201}, span(Fraction(18100, 201))),
    "all sessions": ("attendance", {"attended": 20, "possible": 20}, span(100)),
    "a range of percentages": ("attendance", {"between": [80, 90]}, span(80, 90)),
    "at least a percentage": ("attendance", "at least 95", span(95, 100)),
    "dates": (
        "missing_episodes",
        ["2017-02-01", date(2017, 1, 1)],
        Possible(Events((date(2017, 1, 1), date(2017, 2, 1)))),
    ),
    "no dates": ("missing_episodes", [], Possible(Events(complete=False))),  # as if nothing were recorded
    "a date since": ("homeless", "2017-01-31", Possible(Elapsed(date(2017, 1, 31), date(2017, 1, 31), ON))),
    "a time since": ("homeless", "3 months", Possible(Elapsed(date(2016, 11, 2), date(2016, 12, 1), ON))),
    "since today": ("homeless", ON, Possible(Elapsed(ON, ON, ON))),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_value_is_read_as_its_indicator_wants_it(case: str) -> None:
    """Every kind of indicator, in every form in which its value may be given; numbers stay exact."""
    name, value, expected = VALUES[case]
    assert possible(name, value) == expected


def test_a_count_of_events_has_its_window() -> None:
    """ "3 in 90 days" is exactly 3 in that window, at least 3 in a longer one, and nothing in a shorter."""
    within = {days: parse_duration(f"{days} days") for days in (30, 90, 365)}
    for count, expected in ((3, {30: (0, None), 90: (3, 3), 365: (3, None)}), ("at least 2", {90: (2, None)})):
        value = possible("missing_episodes", {"count": count, "within": "90 days"}).value
        assert isinstance(value, Events)
        for days, counted in expected.items():
            window = within[days]
            assert window is not None
            low, high = value.count(window, ON)
            assert low == counted[0]
            assert counted[1] is None or high == counted[1]


def test_a_day_at_the_start_of_a_window_is_inside() -> None:
    """90 days ago counts, 91 days ago does not."""
    window = parse_duration("90 days")
    assert window is not None
    days = [ON - timedelta(days=ago) for ago in (0, 90, 91)]
    value = possible("missing_episodes", days).value
    assert isinstance(value, Events)
    assert value.count(window, ON) == (2, 2)


WRONG: dict[str, tuple[str, Any, str, str]] = {
    "a number for a flag": ("bruise", 1, "neither true nor false", "true, false or unknown"),
    "a word for a flag": ("bruise", "yes", "neither true nor false", "true, false or unknown"),
    "what always applies": ("bruise", "does_not_apply", "always applies", "a value, or unknown"),
    "a list for a flag": ("bruise", [True], "neither true nor false", "true, false or unknown"),
    "a value of no scale": (
        "hitting",
        "severe",
        "`severe` is none of its values",
        "none, low, moderate, high, unknown",
    ),
    "a value nearly of a scale": ("hitting", "modrate", "`modrate` is none of its values", "did you mean moderate?"),
    "a number for a scale": ("hitting", 2, "is none of its values", "none, low, moderate, high, unknown"),
    "two of a scale": ("hitting", ["low", "high"], "is none of its values", "none, low"),
    "a value of no choice": ("lives_with", "other", "`other` is none of its values", "did you mean others?"),
    "true for a number": ("caring", True, "is not a number", "hours a week in [0..168]"),
    "a word for a number": ("caring", "many", "is not a number", "hours a week"),
    "a number with its unit": ("caring", "3 hours", "is not a number", "hours a week"),
    "a number with a comma": ("caring", "1,5", "is not a number", "hours a week"),
    "a number with a zero before": (
        "caring",
        "012",
        "is not a number",
        "leading zeros; accepted: a number of hours a week",
    ),
    "a zero before one end": ("caring", {"between": ["2", "05"]}, "is not a number", "without leading zeros; accepted"),
    "a percentage with a zero before": ("attendance", "012", "is not a percentage", "without leading zeros; accepted"),
    "sessions with a zero before": (
        "attendance",
        {"attended": "0181", "possible": "201"},
        "not whole numbers of sessions",
        "without leading zeros; accepted",
    ),
    "a count with a zero before": (
        "missing_episodes",
        {"count": "03", "within": "90 days"},
        "no whole count or no window",
        "without leading zeros; accepted",
    ),
    "a window with a zero before": (
        "missing_episodes",
        {"count": 3, "within": "090 days"},
        "no whole count or no window",
        "without leading zeros; accepted",
    ),
    "a length with a zero before": (
        "homeless",
        "03 months",
        "neither a date nor a length of time",
        "without leading zeros; accepted",
    ),
    "a number in other digits": ("caring", "1٣", "is not a number", "hours a week"),
    "a number with an exponent": ("caring", "1e2", "is not a number", "hours a week"),
    "a range turned round": ("caring", {"between": [5, 2]}, "is not a number", "{between: [2, 5]}"),
    "half a range": ("caring", {"between": [5]}, "is not a number", "{between: [2, 5]}"),
    "a range of words": ("caring", {"between": ["few", "many"]}, "is not a number", "{between: [2, 5]}"),
    "below the range": ("caring", -1, "outside what is possible", "[0..168]"),
    "above the range": ("caring", 169, "outside what is possible", "[0..168]"),
    "a range beyond the range": ("caring", {"between": [100, 200]}, "outside what is possible", "[0..168]"),
    "half of one": ("exclusions", 1.5, "is not a whole number", "[0..50]"),
    "a range with a half": ("exclusions", {"between": [1, 2.5]}, "is not a whole number", "[0..50]"),
    "a share": ("attendance", 0.9, "looks like a share of 1", "write 90 for nine tenths"),
    "the whole as a share": ("attendance", 1, "looks like a share of 1", "attended and possible"),
    "a share in a range": ("attendance", {"between": [0.8, 0.9]}, "looks like a share of 1", "write 90"),
    "above 100": ("attendance", 100.5, "outside what is possible", "88.5"),
    "below 0": ("attendance", -1, "outside what is possible", "88.5"),
    "with its sign": ("attendance", "90%", "is not a percentage", "88.5"),
    "more attended than possible": ("attendance", {"attended": 202, "possible": 201}, "between 0 and possible", "181"),
    "none possible": ("attendance", {"attended": 0, "possible": 0}, "possible above 0", "181"),
    "fewer than none": ("attendance", {"attended": -1, "possible": 20}, "between 0 and possible", "181"),
    "half a session": ("attendance", {"attended": 1.5, "possible": 20}, "not whole numbers of sessions", "181"),
    "sessions true": ("attendance", {"attended": True, "possible": 20}, "not whole numbers", "181"),
    "one of the two": ("attendance", {"attended": 181}, "neither a percentage nor attended", "181"),
    "a number of events": (
        "missing_episodes",
        3,
        "a number of episodes without its window",
        '{count: 3, within: "90 days"}',
    ),
    "a count alone": ("missing_episodes", {"count": 3}, "nor a count with its window", "within"),
    "a window without unit": (
        "missing_episodes",
        {"count": 3, "within": "90"},
        "no whole count or no window",
        "90 days",
    ),
    "a window that is none": ("missing_episodes", {"count": 3, "within": 90}, "no whole count or no window", "90 days"),
    "fewer than no events": ("missing_episodes", {"count": -1, "within": "90 days"}, "no whole count", "at least 2"),
    "half an event": ("missing_episodes", {"count": 1.5, "within": "90 days"}, "no whole count", "at least 2"),
    "a date to come": ("missing_episodes", ["2017-03-02"], "a date after the day of the assessment", "correct it"),
    "no date": ("missing_episodes", ["2017-01-01", "soon"], "something that is not a date", "list of dates"),
    "no day": ("missing_episodes", ["2017-02-29"], "something that is not a date", "list of dates"),
    "a number since": ("homeless", 3, "neither a date nor a length of time", '"3 months"'),
    "a word since": ("homeless", "long", "neither a date nor a length of time", '"28 days"'),
    "since a day to come": ("homeless", "2017-03-02", "lies after the day of the assessment", "began"),
    "since another age": ("homeless", "1800-01-01", "more than 150 years ago", "correct the year"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_value_that_is_none_is_told_with_what_is_accepted(case: str) -> None:
    """The field, the value's fault, and what its indicator accepts."""
    name, value, message, help_ = WRONG[case]
    [fault] = faults_in(observations={name: value})
    assert fault.field == f"observations.{name}"
    assert message in fault.message
    assert help_ in fault.help


def test_a_fault_in_one_of_several_observations_names_which() -> None:
    """Counted from 0, with the field inside it."""
    found = faults_in(
        observations={
            "bruise": [{"value": True, "on": "2017-03-02"}, {"value": "x", "since": "long"}],
            "hitting": {"value": "low", "since": "2018-01-01", "on": "2019-01-01"},
        },
    )
    assert [fault.field for fault in found] == [
        "observations.bruise[0].on",
        "observations.bruise[1]",
        "observations.bruise[1].since",
        "observations.hitting.since",
        "observations.hitting.on",
    ]
    assert "lies after the day of the assessment" in found[0].message


def test_a_past_observation_is_checked_too() -> None:
    """What no longer counts must still be a value."""
    [fault] = faults_in(observations={"hitting": {"value": "severe", "status": "past"}})
    assert "none of its values" in fault.message


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message", "help_"),
    [
        ("bruse", "is no indicator of this ruleset", "did you mean bruise?"),
        ("xyz", "is no indicator of this ruleset", "thresholds indicators WORD"),
        ("needs", "is no indicator of this ruleset", "it is a quantity, which is counted from observations"),
        ("pattern", "is no indicator of this ruleset", "it is a finding"),
        ("enquiry", "is no indicator of this ruleset", "thresholds indicators WORD"),
        ("child_age", "is read from `child`", "child: {age: 8}"),
        ("gestation", "is read from `child`", "child:"),
    ],
)
def test_what_is_no_indicator_is_told_with_the_nearest(name: str, message: str, help_: str) -> None:
    """Misspelt names, and names of other things."""
    [fault] = faults_in(observations={name: True})
    assert (fault.field, message) == (f"observations.{name}", fault.message)
    assert help_ in fault.help


def test_a_topic_that_is_none_is_told_with_the_nearest() -> None:
    """With all that there are."""
    [empty] = faults_in(looked_at=["school", ""])
    assert (empty.field, empty.message) == ("looked_at[1]", "is empty")
    assert empty.help == "write a topic there, or take the item out"
    found = faults_in(looked_at=["school", "hom", "about_the_child"])
    assert [fault.field for fault in found] == ["looked_at[1]", "looked_at[2]"]
    assert "there is no topic `hom`" in found[0].message
    assert "did you mean home?" in found[0].help
    assert "going_missing, home, injury, school, or everything" in found[1].help


def test_all_faults_of_an_assessment_come_at_once() -> None:
    """Values, names and topics together."""
    found = faults_in(
        looked_at=["hom"], observations={"bruse": True, "hitting": "severe", "attendance": 0.9, "child_age": 3}
    )
    assert len(found) == 5
    assert all(fault.message and fault.help for fault in found)


def test_thousands_of_faults_are_told_quickly_and_not_all() -> None:
    """After a hundred the rest is only counted on."""
    found = faults_in(observations={f"missing_episode{number}": True for number in range(5_000)})
    assert len(found) == 101
    assert "not listed" in found[-1].message


SECRETS = ["Tom Harris", "hit by his step-father with a belt", "4 Mill Lane"]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "name", ["bruise", "hitting", "lives_with", "caring", "exclusions", "attendance", "missing_episodes", "homeless"]
)
def test_free_text_is_not_repeated_in_a_fault(name: str, secret: str) -> None:
    """Whatever somebody writes where a value should stand stays out of the message."""
    forms: list[Any] = [secret, [secret], {"value": secret, "since": secret}, {"between": [secret, 3]}]
    forms += [{"count": secret, "within": secret}, {"attended": secret, "possible": secret}, {secret: secret}]
    for form in forms:
        for fault in faults_in(observations={name: form}):
            assert secret not in str(fault)
    assert secret not in str(faults_in(observations={secret: True}, looked_at=[secret]))


def test_what_is_known_does_not_show_when_it_is_printed() -> None:
    """Knowledge carries a case; printing it gives away nothing of it."""
    knowledge = knowing(lives_with="others", homeless="2016-12-24")
    knowledge.possible("lives_with")
    assert "2016" not in repr(knowledge)
    assert "others" not in repr(knowledge)


# --- one value, typed -----------------------------------------------------------------------------

WHATEVER = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False).map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["between", "count", "within", "attended", "possible", "x"]), inner, max_size=2
        )
    ),
    max_leaves=5,
)


@given(WHATEVER)
def test_any_value_is_read_or_refused_in_good_order(value: Any) -> None:
    """Nothing but a fault with a message and a help comes of an odd value; what is read lies in the domain."""
    said: list[ValueFault] = []
    for indicator in known_ruleset().indicators.values():
        try:
            assessment = Assessment(on=ON, observations={indicator.id: {"value": value}})
        except AssessmentInvalid:
            return
        try:
            found = read_value(indicator, assessment.observations[indicator.id][0].value, ON, Fraction(20))
        except ValueFault as fault:
            said.append(fault)
            continue
        if isinstance(found, Span) and not indicator.domain.values:
            assert (indicator.domain.low or 0) <= found.low <= found.high <= (indicator.domain.high or 0)
    assert all(fault.message and fault.help for fault in said)


@given(st.integers(0, 400), st.integers(1, 400))
def test_sessions_are_an_exact_share(attended: int, possible_sessions: int) -> None:
    """Attended over possible is neither rounded up nor down, so a limit decides as it should."""
    if attended > possible_sessions or possible_sessions < 20:
        return
    found = possible("attendance", {"attended": attended, "possible": possible_sessions}).value
    assert isinstance(found, Span)
    assert found.low == found.high == Fraction(100 * attended, possible_sessions)
    assert (found.low < 90) == (10 * attended < 9 * possible_sessions)
