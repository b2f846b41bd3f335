"""What is only said, was so once, or is loosely counted never makes an answer look calmer than what is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import thresholds
from tests.cases import decide
from thresholds.language.durations import Duration, parse_duration
from thresholds.observing import Events, Stated

LLR = thresholds.load("llr")
ON = date(2017, 3, 1)


def about(child: dict[str, Any], **given: Any) -> thresholds.Decision:
    return LLR.assess(thresholds.Assessment(**{"child": child, "on": ON} | given))


# --- hearsay --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("basis", "excuses"), [("seen", True), ("opinion", True), (None, True), ("reported", False)])
def test_what_is_only_reported_excuses_no_danger(basis: str | None, excuses: bool) -> None:
    """A bruise that somebody says is explained stays a bruise; one whose explanation was seen does not."""
    explained = {"value": True, "basis": basis}
    decision = decide(looked_at="everything", observations={"bruise": True, "bruise_explained": explained})
    assert decision.refer_now != excuses
    assert (decision.tier == "specialist") != excuses


def test_that_there_is_no_excuse_may_be_hearsay() -> None:
    """What is reported against an excuse counts as it always did."""
    unexplained = {"value": False, "basis": "reported"}
    decision = decide(looked_at="everything", observations={"bruise": True, "bruise_explained": unexplained})
    assert (decision.refer_now, decision.floor) == (True, "specialist")


def test_a_reported_excuse_still_says_that_what_it_excuses_is_there() -> None:
    """Who explains a bruise speaks of a bruise: the danger is not lost with the excuse."""
    explained = {"value": True, "basis": "reported"}
    assert decide(looked_at="everything", observations={"bruise_explained": explained}).refer_now


@pytest.mark.parametrize("basis", ["seen", "reported"])
def test_a_reported_strength_is_listed_and_lowers_nothing(basis: str) -> None:
    """It changes no answer until it was seen (PF-2: evidenced), and is told all the same (PF-4)."""
    neighbour = {"value": True, "basis": basis}
    decision = decide(looked_at="everything", observations={"caring": 20, "helpful_neighbour": neighbour})
    assert ("early_help" in decision.responses) == (basis == "reported")
    (strength,) = decision.strengths
    assert strength.startswith("helpful neighbour")
    assert ("somebody says so" in strength) == (basis == "reported")


def test_what_was_seen_counts_beside_what_is_said() -> None:
    """A report beside something seen takes nothing from it."""
    both = [{"value": True, "basis": "seen"}, {"value": True, "basis": "reported"}]
    decision = decide(looked_at="everything", observations={"caring": 20, "helpful_neighbour": both})
    assert "early_help" not in decision.responses
    assert decision.strengths == ("helpful neighbour",)


# --- what was so once -----------------------------------------------------------------------------


def test_a_danger_of_the_past_is_asked_about_now() -> None:
    """Whether it is so today is not known, and that it was is a sign of it: never calmer than targeted."""
    decision = decide(looked_at="everything", observations={"bruise": {"value": True, "status": "past"}})
    assert (decision.tier, decision.responses["enquiry"]) == ("targeted", "consider")
    assert [question.indicators for question in decision.questions if question.ask_now] == [("bruise",)]
    (awaiting,) = decision.awaiting
    assert awaiting.signs == ("bruise",)


def test_a_danger_that_is_known_to_be_over_is_over() -> None:
    """Somebody who looked today and found it gone says so beside the past."""
    gone = [{"value": True, "status": "past"}, {"value": False, "status": "current"}]
    decision = decide(looked_at="everything", observations={"bruise": gone, "attendance": 99, "homeless": "1 day"})
    assert (decision.tier, decision.refer_now, decision.awaiting) == ("universal", False, ())


def test_an_open_danger_is_asked_about_whatever_else_is_certain() -> None:
    """That specialist health is called for already does not end the question of suicide."""
    decision = about(
        {"age": 16},
        observations={"self_harm_episodes": ["2017-02-01", "2017-02-20"], "mental_health_difficulty": "high"},
    )
    assert decision.responses["specialist_health"] == "points_to"
    assert any(question.ask_now and question.topic == "suicide_and_self_harm" for question in decision.questions)


# --- counts that somebody states ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "window", "fewest"),
    [
        ("3 months", "90 days", 2),  # 1 December to 1 March: 90 days
        ("12 months", "365 days", 2),
        ("1 year", "365 days", 2),
        ("365 days", "12 months", 2),
        ("4 months", "90 days", 0),
        ("367 days", "12 months", 0),
    ],
)
def test_a_window_in_months_and_one_in_days_are_held_against_the_calendar(
    stated: str, window: str, fewest: int
) -> None:
    """A count for a window that lies inside another counts there, whatever unit it was said in."""
    within, asked = parse_duration(stated), parse_duration(window)
    assert within is not None
    assert asked is not None
    assert Events(stated=(Stated(2, 2, within),)).count(asked, ON)[0] == fewest


durations = st.builds(Duration, st.integers(1, 800), st.just(0), st.just("days")) | st.builds(
    Duration, st.just(0), st.integers(1, 26), st.just("months")
)


@given(durations, durations, st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.lists(st.integers(0, 900), max_size=5))
def test_what_is_counted_lies_between_what_follows_from_what_was_stated(
    stated: Duration, window: Duration, on: date, ago: list[int]
) -> None:
    """Whoever counts events since the day so long ago, and gives that number, is never contradicted by the dates."""
    days = tuple(sorted(on - timedelta(days=one) for one in ago))
    inside = sum(day >= stated.ago(on) for day in days)
    low, high = Events(stated=(Stated(inside, None, stated),)).count(window, on)
    dated, _ = Events(dates=days).count(window, on)
    assert low <= dated
    assert high is None


@pytest.mark.parametrize(
    ("looked_at", "ceiling"), [("everything", "universal"), (["injury", "school", "home"], "targeted")]
)
def test_an_empty_list_says_no_more_than_no_list(looked_at: Any, ceiling: str) -> None:
    """It records nothing: that there were none follows from having looked, as it does without it."""
    known = {"attendance": 99, "homeless": "1 day", "bruise": False}
    with_list = decide(looked_at=looked_at, observations={**known, "missing_episodes": []})
    without = decide(looked_at=looked_at, observations=known)
    assert with_list.model_dump() == without.model_dump()
    assert with_list.ceiling == ceiling


def test_how_long_it_had_lasted_is_counted_from_the_day_it_was_said() -> None:
    """Four weeks without a home, said five months ago, are more than four weeks today."""
    for said, called in (("2017-03-01", False), ("2016-10-01", True)):
        homeless = {"value": "3 weeks", "on": said}
        decision = decide(looked_at="everything", observations={"homeless": homeless})
        assert ("early_help" in decision.responses) == called


def test_a_count_of_long_ago_says_nothing_of_today() -> None:
    """Neither that there were so many in the last 90 days, nor that there were none."""
    for count in (0, 3):
        old = {"value": {"count": count, "within": "90 days"}, "on": "2015-03-01"}
        decision = decide(looked_at="everything", observations={"missing_episodes": old, "attendance": 99})
        assert (decision.responses, decision.ceiling) == ({}, "targeted")


def test_that_too_few_sessions_were_counted_is_said() -> None:
    """An attendance of which nothing follows is told to be recorded, and is not lost in silence."""
    (said,) = decide(observations={"attendance": {"attended": 6, "possible": 10}}).conflicts
    assert "Too few sessions" in said
    assert decide(observations={"attendance": {"attended": 18, "possible": 30}}).conflicts == ()


def test_a_count_of_some_days_ago_still_counts() -> None:
    """Three times in 90 days, said nine days ago, is no less than the same said today."""
    for said in ("2017-03-01", "2017-02-20", "2016-12-01"):
        told = {"value": {"count": 3, "within": "90 days"}, "on": said}
        decision = decide(looked_at="everything", observations={"missing_episodes": told})
        assert decision.responses["enquiry"] == "consider"


# --- several who say different things -------------------------------------------------------------


def test_where_neither_is_worse_what_is_there_counts() -> None:
    """A report that all is as usual takes nothing from one that says it is not; that they differ is told."""
    said = [{"value": "others", "basis": "seen"}, {"value": "parents", "basis": "reported"}]
    decision = decide(looked_at="everything", observations={"lives_with": said})
    assert decision.responses == {"review": "points_to"}
    assert [one for one in decision.conflicts if "that it is there counts: lives with" in one]


def test_one_who_speaks_of_a_detail_speaks_of_what_it_is_a_detail_of() -> None:
    """Two who differ about whether a bruise is explained agree that there is one."""
    said = [{"value": True, "basis": "seen"}, {"value": False, "basis": "seen"}]
    assert decide(looked_at="everything", observations={"bruise_explained": said}).refer_now


# --- whom the thresholds cover --------------------------------------------------------------------


def test_universal_is_no_finding_about_somebody_who_may_not_be_covered() -> None:
    """Of somebody of 20 nobody knows whether there is a plan: no level is named, and that is asked about."""
    decision = about(
        {"age": 20},
        looked_at="everything",
        observations={"special_educational_provision": "unknown", "not_learning_or_working": True},
    )
    assert (decision.status, decision.tier, decision.ceiling) == ("not_enough_known", None, "specialist")
    assert any("special_educational_provision" in question.indicators for question in decision.questions)


# --- whom to ask ----------------------------------------------------------------------------------


def test_nobody_asks_a_baby() -> None:
    """Of a child of a month neither the child nor a teacher is asked, and nothing about knives or partners."""
    decision = about({"days": 30})
    asked = {person for question in decision.questions for person in question.ask}
    assert not {"the child or young person", "class teacher or form tutor", "youth worker"} & asked
    assert "health visitor" in asked
    assert not {"weapons", "online_life", "own_relationship", "adult_life"} & {one.topic for one in decision.questions}


def test_before_birth_the_questions_are_about_the_mother() -> None:
    """Dangers are asked about in words that fit, suicide and a place to sleep among them."""
    decision = about({"unborn": True}, observations={"parental_mental_health": "high"})
    by_topic = {one.topic: one for one in decision.questions}
    assert "mother" in by_topic["suicide_and_self_harm"].question
    assert "mother" in by_topic["somewhere_safe_tonight"].question
    asked = {person for question in decision.questions for person in question.ask}
    assert {"midwife", "health visitor"} <= asked
    assert not {"the child or young person", "class teacher or form tutor"} & asked


def test_dangers_are_asked_about_before_what_leads_as_high_another_way() -> None:
    """A question that bears on an overriding rule stands before one that bears on specialist help alone."""
    decision = about({"age": 8})
    overriding = {rule.id: rule for rule in LLR.in_force(ON).rules if rule.overriding}
    assert overriding
    topics = [one.topic for one in decision.questions]
    assert max(map(topics.index, ("sexual_harm", "dangerous_adults", "exploitation"))) < topics.index(
        "weight_and_teeth"
    )


def test_the_evidence_of_a_count_is_what_was_counted() -> None:
    """A need that somebody meets is no evidence of unmet needs."""
    needs = {"home_condition": "met", "low_mood_or_anxiety": "met", "parental_mental_health": "unmet"}
    decision = about(
        {"age": 8},
        looked_at="everything",
        observations={name: {"value": "low", "need": need} for name, need in needs.items()},
    )
    (reason,) = (one for one in decision.reasons if one.rule == "one_or_two_unmet_needs")
    assert [one.indicator for one in reason.evidence] == ["parental_mental_health"]
