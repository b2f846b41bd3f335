"""Questions: what is asked, of whom it is not, and what is never asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import thresholds
from tests.small_rulesets import Files, entry, load, small
from thresholds.testing import assessments

ON = date(2017, 3, 1)
LLR = thresholds.load("llr")


def asked(decision: thresholds.Decision) -> set[str]:
    return {question.topic for question in decision.questions}


def about(child: dict[str, object], **given: object) -> thresholds.Decision:
    return LLR.assess(thresholds.Assessment(child=child, on=ON, **given))


def test_a_topic_is_not_asked_outside_its_ages() -> None:
    """Nobody asks whether a baby thinks of suicide; of a child of 5, and where the age is open, it is asked."""
    assert "suicide_and_self_harm" not in asked(about({"days": 90}))
    assert "suicide_and_self_harm" not in asked(about({"born": date(2012, 3, 2)}))
    assert "suicide_and_self_harm" in asked(about({"born": date(2012, 3, 1)}))
    assert "suicide_and_self_harm" in asked(about({"between": [4, 6]}))
    assert "suicide_and_self_harm" in asked(about({}))


def test_what_is_recorded_counts_at_any_age() -> None:
    """A sign in a topic that would not be asked about still leads where it leads."""
    decision = about({"age": 3}, observations={"suicidal_intent": True})
    assert decision.tier == "specialist"
    assert "specialist_health" in decision.responses


def test_an_adult_is_not_asked_how_old_they_are() -> None:
    """Where the age is known the questions about scope are about the plan and leaving care alone."""
    decision = about({"age": 20})
    assert decision.status == "not_enough_known"
    assert "about_the_child" not in asked(decision)


@pytest.mark.parametrize("engine", ["reference", "bitmap", "durable"])
def test_what_does_not_apply_passes_no_test_and_raises_no_question(engine: str) -> None:
    """A child on no school's roll has no attendance: nothing follows from it and nobody asks for it."""
    observations = {"home_educated": True, "education_attendance": "does_not_apply"}
    case = thresholds.Assessment(child={"age": 8}, on=ON, looked_at="everything", observations=observations)
    decision = LLR.assess(case, engine=engine)  # type: ignore[arg-type]
    assert (decision.status, decision.tier) == ("settled", "universal")
    unsaid = LLR.assess(case.model_copy(update={"observations": {}}), engine=engine)  # type: ignore[arg-type]
    assert (unsaid.status, unsaid.ceiling) == ("provisional", "targeted")


def test_a_value_beside_does_not_apply_counts() -> None:
    """Where one source says that it does not apply and another gives a value, the value counts."""
    values = [{"value": "does_not_apply"}, {"value": 85}]
    decision = about({"age": 8}, looked_at="everything", observations={"education_attendance": values})
    assert decision.tier == "targeted"


def test_only_what_may_not_apply_is_so_recorded() -> None:
    """An indicator that always applies refuses `does_not_apply`."""
    with pytest.raises(thresholds.AssessmentInvalid, match="always applies"):
        about({"age": 8}, observations={"hygiene": "does_not_apply"})


def test_an_overriding_danger_cannot_be_recorded_away(tmp_path: Path) -> None:
    """An overriding rule that reads something that may not apply is a load error."""
    files: Files = small()
    entry(files, "hitting")["may_not_apply"] = True
    with pytest.raises(thresholds.RulesetInvalid, match="may be recorded as not applying"):
        load(files, tmp_path)


@settings(max_examples=60)
@given(case=assessments(LLR, on=ON))
def test_whatever_is_open_is_asked_about(case: thresholds.Assessment) -> None:
    """A provisional answer has a question, unless it is refer now; a question is about what belongs to its topic."""
    decision = LLR.assess(case, engine="bitmap")
    if decision.provisional and not decision.refer_now:
        assert decision.questions, case.model_dump_json(exclude_defaults=True)
    indicators = LLR.in_force(ON).indicators
    for question in decision.questions:
        assert question.question.endswith("?")
        assert all(indicators[name].topic == question.topic for name in question.indicators)


def test_a_sign_that_is_known_is_asked_about_further() -> None:
    """Of a sign that is recorded, the question is whether the need is met and since when, not whether it is there."""
    decision = about({"age": 8}, looked_at="everything", observations={"hygiene": "low"})
    (question,) = (one for one in decision.questions if one.indicators == ("hygiene",))
    assert question.question.startswith("Is somebody meeting this need already")


@settings(max_examples=60)
@given(case=assessments(LLR, on=ON), data=st.data())
def test_an_established_danger_ends_the_questions(case: thresholds.Assessment, data: st.DataObject) -> None:
    """Once an overriding rule is established only the age and what is immediate are still asked about."""
    overriding = data.draw(st.sampled_from(["abuse_disclosed", "carer_admits_harm", "sexual_abuse_suspected"]))
    with_danger = case.model_copy(
        update={
            "child": thresholds.Child(age=data.draw(st.integers(0, 17))),
            "observations": {**case.observations, overriding: (thresholds.Observation(value=True),)},
        }
    )
    decision = LLR.assess(with_danger, engine="bitmap")
    assert decision.refer_now
    topics = LLR.in_force(ON).topics
    assert all(
        question.topic == "about_the_child" or topics[question.topic].immediate for question in decision.questions
    )
