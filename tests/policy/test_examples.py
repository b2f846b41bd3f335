"""Worked examples: every kind of expectation, met and not met, and mistakes in them said as differences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import thresholds
from tests.cases import with_examples
from tests.command_line import ENGINES
from tests.small_rulesets import load
from thresholds.policy import ExampleResult, run_examples, unexercised

CHILD = {"child": {"age": "8"}, "on": "2017-03-01"}
ALL_LOOKED_AT = {**CHILD, "looked_at": "everything"}
BRUISED = {**CHILD, "observations": {"bruise": "true"}}
HIT = {**CHILD, "observations": {"hitting": {"value": "high", "basis": ""}}}
MISSING = {**ALL_LOOKED_AT, "observations": {"missing_episodes": ["2017-02-01", "2017-02-03", "2017-02-09"]}}
NEGLECTED = {**ALL_LOOKED_AT, "observations": {"neglect": "moderate", "hunger": "low", "exclusions": "1"}}


def run(folder: Path, assessment: dict[str, Any], **expect: object) -> ExampleResult:
    """One example, run on the small ruleset."""
    ruleset = load(with_examples({"assessment": assessment, "expect": expect}), folder)
    (result,) = run_examples(ruleset)
    return result


@pytest.mark.parametrize(
    ("assessment", "expect"),
    [
        (HIT, {"tier": "specialist", "floor": "specialist", "ceiling": "specialist", "provisional": "false"}),
        (HIT, {"exactly": {"enquiry": "points_to"}, "reasons": ["hitting_rule"], "never": ["early_help"]}),
        (HIT, {"status": "settled", "awaiting": []}),
        (CHILD, {"tier": "none", "status": "not_enough_known", "provisional": "true", "questions": ["injury", "home"]}),
        (BRUISED, {"tier": "specialist", "floor": "universal", "at_least": {"enquiry": "points_to"}}),
        (MISSING, {"tier": "targeted", "awaiting": ["enquiry"], "at_least": {"enquiry": "consider"}}),
        (NEGLECTED, {"tier": "targeted", "exactly": {"early_help": "points_to"}}),
        ({"child": {}, "on": "2017-03-01"}, {"questions": ["about_the_child"]}),
    ],
)
def test_examples_that_answer_as_expected_pass(
    tmp_path: Path, assessment: dict[str, Any], expect: dict[str, Any]
) -> None:
    """Every kind of expectation can be met, and blank fields count as not given."""
    result = run(tmp_path, assessment, **expect)
    assert result.differences == ()
    assert result.passed
    assert isinstance(result.decision, thresholds.Decision)
    assert str(result.place).startswith("small/worked_examples/ours.yaml:1:")


@pytest.mark.parametrize(
    ("assessment", "expect", "sentence"),
    [
        (HIT, {"tier": "targeted"}, "tier: expected targeted, got specialist"),
        (CHILD, {"tier": "universal"}, "tier: expected universal, got none"),
        (HIT, {"floor": "universal"}, "floor: expected universal, got specialist"),
        (HIT, {"ceiling": "targeted"}, "ceiling: expected targeted, got specialist"),
        (HIT, {"provisional": "true"}, "provisional: expected true, got false"),
        (HIT, {"status": "provisional"}, "status: expected provisional, got settled"),
        (HIT, {"exactly": {}}, "exactly: did not expect enquiry (points_to), called for by hitting_rule"),
        (HIT, {"exactly": {"enquiry": "consider"}}, "exactly: expected enquiry to be consider, got points_to"),
        (HIT, {"at_least": {"review": "points_to"}}, "at_least: expected review (points_to), and it is not called for"),
        (
            NEGLECTED,
            {"at_least": {"school_support": "points_to"}},
            "at_least: expected school_support (points_to), got it covered by early_help",
        ),
        (HIT, {"awaiting": ["enquiry"]}, "awaiting: expected enquiry, and it does not await a decision"),
        (MISSING, {"awaiting": []}, "awaiting: did not expect enquiry"),
        (HIT, {"reasons": ["bruise_rule"]}, "reasons: expected rule bruise_rule, and it does not hold"),
        (HIT, {"never": ["enquiry"]}, "never: expected no enquiry, got points_to, called for by hitting_rule"),
        (HIT, {"questions": ["school"]}, "questions: expected one about school, and none is asked"),
    ],
)
def test_what_differs_is_said_in_a_sentence(
    tmp_path: Path, assessment: dict[str, Any], expect: dict[str, Any], sentence: str
) -> None:
    """What was expected, what came, and which rule called for it."""
    result = run(tmp_path, assessment, **expect)
    assert result.differences == (sentence,)
    assert not result.passed


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        ({"teir": "universal"}, "expect: `teir` is not known; did you mean tier?"),
        ({"tier": "special"}, "tier: `special` is no tier; did you mean specialist?"),
        ({"provisional": "yes"}, "provisional: `yes` is no value; known: true, false"),
        (
            {"exactly": {"enquiri": "points_to"}},
            "exactly: `enquiri` is no response of this ruleset; did you mean enquiry?",
        ),
        ({"exactly": {"enquiry": "pointsto"}}, "exactly: `pointsto` is no weight (enquiry); did you mean points_to?"),
        ({"at_least": ["enquiry"]}, "at_least: is not a mapping; write `at_least: {its_response: points_to}`"),
        ({"reasons": ["hiting_rule"]}, "reasons: `hiting_rule` is no rule of this ruleset; did you mean hitting_rule?"),
        ({"questions": ["injuries"]}, "questions: `injuries` is no topic of this ruleset; did you mean injury?"),
        ({"never": "enquiry"}, "never: is not a list; write `never: [one, another]`"),
        ({}, "expect: says nothing, so nothing is tested"),
    ],
)
def test_mistakes_in_what_is_expected_are_said(tmp_path: Path, expect: dict[str, Any], sentence: str) -> None:
    """A name that nothing can match is a difference and no crash, with the nearest name."""
    assert run(tmp_path, HIT, **expect).differences == (sentence,)


def test_an_assessment_that_cannot_be_read_is_a_difference(tmp_path: Path) -> None:
    """All its faults, and the mistakes of `expect`, are said; there is no decision."""
    wrong = {**CHILD, "observations": {"hittin": "high", "attendance": "0.9"}}
    result = run(tmp_path, wrong, tier="targetted")
    assert result.decision is None
    assert not result.passed
    told = "\n".join(result.differences)
    assert "observations.hittin: is no indicator of this ruleset" in told
    assert "observations.attendance: looks like a share of 1" in told
    assert "tier: `targetted` is no tier" in told
    assert all("\n" not in difference for difference in result.differences)


def test_a_day_before_the_ruleset_begins_is_a_difference(tmp_path: Path) -> None:
    """An example on such a day cannot be run, and says why."""
    (difference,) = run(tmp_path, {**CHILD, "on": "2009-12-31"}, tier="none").differences
    assert "begins on 2010-01-01" in difference


def test_rules_that_no_example_makes_hold_are_named(tmp_path: Path) -> None:
    """Rules from levels tables too; those an example makes hold are left out."""
    examples = [{"assessment": one, "expect": {"tier": "specialist"}} for one in (HIT, NEGLECTED)]
    ruleset = load(with_examples(*examples), tmp_path)
    idle = unexercised(ruleset, run_examples(ruleset))
    assert {"bruise_rule", "missing_rule", "exclusions_level_2"} <= set(idle)
    assert not {"hitting_rule", "neglect_rule", "pattern_rule", "exclusions_level_1"} & set(idle)
    assert unexercised(ruleset, ()) == tuple(rule.id for rule in ruleset.definition.rules)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same_results(tmp_path: Path, engine: Any) -> None:
    """Which engine infers changes nothing but its name in the record."""
    examples = [
        {"assessment": one, "expect": {"tier": "specialist"}} for one in (HIT, BRUISED, MISSING, NEGLECTED, CHILD)
    ]
    ruleset = load(with_examples(*examples), tmp_path)
    found = [(one.id, one.passed, one.differences) for one in run_examples(ruleset, engine=engine)]
    assert found == [(one.id, one.passed, one.differences) for one in run_examples(ruleset, engine="reference")]


def test_no_examples_give_no_results(tmp_path: Path) -> None:
    """A ruleset may have none."""
    ruleset = load(with_examples(), tmp_path)
    assert run_examples(ruleset) == ()
    assert thresholds.policy.run_examples is run_examples
