"""Whom the rules cover: somebody who may be a child, and somebody who may be entitled as an adult."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import thresholds
from thresholds.errors import AssessmentInvalid, EngineUnavailable, RulesetNotFound, RulesetNotInForce

LLR = thresholds.load("llr")
ON = date(2017, 3, 1)


def about(child: dict[str, Any], **given: Any) -> thresholds.Decision:
    return LLR.assess(thresholds.Assessment(child=child, on=ON, **given))


def test_an_age_range_across_eighteen_keeps_the_adult_answer_possible() -> None:
    """Somebody of 17 to 19 who was in care is assessed as a child; what an adult is owed stays in the ceiling."""
    observations = {"entitled_care_leaver": True, "education_attendance": 99}
    open_age = about({"between": [17, 19]}, looked_at="everything", observations=observations)
    adult = about({"age": 18}, looked_at="everything", observations=observations)
    assert (open_age.ceiling, adult.tier) == ("specialist", "specialist")
    assert {question.topic for question in open_age.questions} == {"about_the_child"}


def test_an_open_question_of_scope_delays_no_danger() -> None:
    """A known danger to somebody of 19 is referred now, before it is known whether these thresholds cover them."""
    decision = about({"age": 19}, observations={"suicidal_intent": True, "suicide_danger_now": True})
    assert decision.refer_now
    assert decision.tier == "specialist"


def test_what_is_recorded_as_past_is_shown_and_asked_about() -> None:
    """A danger recorded as past is neither counted as now nor taken for absent: it is asked about now."""
    past = {"value": True, "status": "past"}
    decision = about(
        {"age": 8}, looked_at="everything", observations={"abuse_disclosed": past, "education_attendance": 99}
    )
    assert (decision.tier, decision.refer_now) == ("targeted", False)
    assert decision.recorded_as_past == ("the child has told of abuse",)
    assert [(question.indicators, question.ask_now) for question in decision.questions] == [
        (("abuse_disclosed",), True)
    ]


def test_events_are_past_by_nature() -> None:
    """Dates of events count in their window whether or not somebody calls them past."""
    dates = ["2017-02-20", "2017-02-25", "2017-02-27"]
    observations = {"missing_episodes": {"value": dates, "status": "past"}}
    assert about({"age": 12}, looked_at="everything", observations=observations).tier == "specialist"


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: thresholds.load("llr", require="in force"), RulesetNotInForce),  # type: ignore[arg-type]
        (lambda: thresholds.load("llr", as_at="2017-01-01"), RulesetNotInForce),  # type: ignore[arg-type]
        (lambda: thresholds.load(""), RulesetNotFound),
        (lambda: thresholds.load(None), RulesetNotFound),  # type: ignore[arg-type]
        (lambda: LLR.assess({}), AssessmentInvalid),  # type: ignore[arg-type]
        (lambda: LLR.assess(thresholds.Assessment(on=ON), engine="fast"), EngineUnavailable),  # type: ignore[arg-type]
        (lambda: LLR.assess(thresholds.Assessment(on=ON), engine=""), EngineUnavailable),  # type: ignore[arg-type]
    ],
)
def test_misuse_is_an_error_of_the_tree(call: Any, error: type[Exception]) -> None:
    """A wrong word never opens a gate or ends in another kind of error."""
    with pytest.raises(error):
        call()
