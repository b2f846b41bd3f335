"""What a ruleset may not mean: told at its place, with what is wrong and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.small_rulesets import (
    Case,
    Change,
    add,
    add_indicator,
    add_rule,
    both,
    check,
    count,
    entry,
    level,
    load,
    patterns,
    place_of,
    problems,
    put,
    scope,
    small,
    the_problem,
    unless,
    when,
)

RULES = "rules/rules.yaml"
SCHOOL = "indicators/school.yaml"
SAFEGUARDING = "indicators/safeguarding.yaml"
CONCLUSIONS: dict[str, Case] = {
    "a finding false in when": (
        when("neglect_rule", pattern=False, neglect=">= moderate"),
        RULES,
        "pattern: false",
        "finding `pattern` is read negatively",
        "in `when` write `pattern: true`",
    ),
    "a finding under none": (
        when("neglect_rule", none=[{"pattern": True}], neglect=">= moderate"),
        RULES,
        "pattern: true",
        "finding `pattern` is read negatively",
        "a conclusion may only add",
    ),
    "a finding true in unless": (
        unless("others_rule", pattern=True, plan=True),
        RULES,
        "pattern: true\n      plan",
        "read positively in an exception",
        "inside `unless` write `pattern: false`",
    ),
    "a finding under none in unless": (
        unless("others_rule", plan=True, none=[{"pattern": False}]),
        RULES,
        "pattern: false",
        "read positively in an exception",
        "inside `unless`",
    ),
    "a count of findings read downward": (
        patterns(patterns="< 1"),
        RULES,
        "patterns: < 1",
        "`patterns: < 1` skips a worse value",
        '">= ..."',
    ),
    "a count of needs read downward": (
        when("neglect_rule", pattern=True, neglect=">= moderate", needs="< 3"),
        RULES,
        "needs: < 3",
        "skips a worse value",
        "things got worse",
    ),
    "a finding tested as a number": (
        when("neglect_rule", pattern=">= 1", neglect=">= moderate"),
        RULES,
        "pattern: '>= 1'",
        "`1` is not one of its values",
        "false, true",
    ),
}

SKIPPED: dict[str, Case] = {
    "a scale": (when("hitting_rule", hitting="moderate"), RULES, "hitting: moderate", "skips a worse", '">= ..."'),
    "a scale with a gap": (
        when("hitting_rule", hitting="low, high"),
        RULES,
        "hitting: low, high",
        "skips a worse value",
        "things got worse",
    ),
    "a flag": (
        when("bruise_rule", bruise=False, hitting=">= low"),
        RULES,
        "bruise: false",
        "`bruise: false` skips a worse value",
        "write `bruise: true`",
    ),
    "a number": (when("carer_rule", caring="[3..15)"), RULES, "caring: '[3..15)'", "skips a worse value", '">='),
    "a number whose lower values are worse": (
        when("absence_rule", attendance=">= low_attendance"),
        RULES,
        "attendance: '>=",
        "skips a worse value",
        '"<= ..."',
    ),
    "a time": (
        when("carer_rule", caring=">= many_hours", homeless="[28 days..90 days)"),
        RULES,
        "homeless:",
        "skips a worse value",
        '">= ..."',
    ),
    "a worse value under none": (
        when("others_rule", lives_with="others", none=[{"hunger": ">= low"}]),
        RULES,
        "hunger: '>= low'",
        "skips a worse value",
        "things got worse",
    ),
    "a row": (level(at="5"), SCHOOL, "at: '5'", "`exclusions: 5` skips a worse value", '">= ..."'),
    "a scale in unless": (unless("others_rule", hunger="low", plan=True), RULES, "hunger: low", "a better", '"<= ..."'),
    "a flag in unless": (
        unless("others_rule", bruise=True),
        RULES,
        "bruise: true\n    because",
        "`bruise: true` skips a better value",
        "write `bruise: false`",
    ),
    "a number in unless": (
        unless("others_rule", caring=">= many_hours"),
        RULES,
        "caring: '>= many_hours'\n    because",
        "skips a better value",
        "an exception must not end because things got better",
    ),
    "a number in unless whose lower values are worse": (
        unless("others_rule", attendance="< 50", plan=True),
        RULES,
        "attendance: < 50",
        "skips a better value",
        '">= ..."',
    ),
}

EMPTY: dict[str, Case] = {
    "a test that always holds": (
        when("carer_rule", caring=">= many_hours", exclusions=">= 0"),
        RULES,
        "exclusions: '>= 0'",
        "`exclusions: >= 0` always holds",
        "write - where anything will do",
    ),
    "a test that holds for every value of a scale": (
        when("carer_rule", caring=">= many_hours", hunger="none, low, moderate, high"),
        RULES,
        "hunger: none",
        "always holds",
        "correct the test",
    ),
    "a test that never holds": (
        when("carer_rule", caring="not([0..168])"),
        RULES,
        "caring: not",
        "never holds",
        "correct the test",
    ),
    "a rule for a child with nothing found": (
        when("others_rule", lives_with="parents"),
        RULES,
        "id: others_rule",
        "holds where everything was looked at and nothing found",
        "let it need a sign",
    ),
    "a rule for every child of an age": (
        when("others_rule", child_age="< 5 years"),
        RULES,
        "id: others_rule",
        "holds where everything was looked at and nothing found",
        "let it need a sign",
    ),
    "a rule that asks nothing": (
        when("others_rule", lives_with="-"),
        RULES,
        "id: others_rule",
        "holds where everything was looked at and nothing found",
        "`absent`",
    ),
    "a rule for whoever has nothing of a list": (
        when("others_rule", none=[{"lives_with": "others"}, {"plan": True}]),
        RULES,
        "id: others_rule",
        "holds where everything was looked at and nothing found",
        "let it need a sign",
    ),
    "enough of a list is absent": (
        when("others_rule", at_least={"n": 1, "of": [{"lives_with": "others"}, {"any": [{"lives_with": "parents"}]}]}),
        RULES,
        "id: others_rule",
        "nothing found",
        "let it need a sign",
    ),
    "an exception for a child with nothing found": (
        unless("others_rule", lives_with="parents"),
        RULES,
        "id: others_rule",
        "an exception of rule `others_rule` holds where everything was looked at",
        "something known",
    ),
    "an exception for whoever has no finding": (
        unless("others_rule", pattern=False),
        RULES,
        "id: others_rule",
        "an exception of rule `others_rule` holds where everything was looked at",
        "no `absent` value",
    ),
    "more than a list has": (
        when("others_rule", at_least={"n": 3, "of": [{"plan": True}, {"lives_with": "others"}]}),
        RULES,
        "n: 3",
        "at_least 3 of 2 can never hold",
        "lower the number",
    ),
    "none of a list": (
        when("others_rule", at_least={"n": 0, "of": [{"plan": True}]}),
        RULES,
        "n: 0",
        "`0` is not a whole number from 1",
        "write a number",
    ),
    "fewer than none of a list": (
        when("others_rule", at_least={"n": -1, "of": [{"plan": True}]}),
        RULES,
        "n: -1",
        "`-1` is not a whole number from 1",
        "write a number",
    ),
    "one and a half of a list": (
        when("others_rule", at_least={"n": 1.5, "of": [{"plan": True}]}),
        RULES,
        "n: 1.5",
        "`1.5` is not a whole number from 1",
        "write a number",
    ),
    "a zero before the number of a list": (
        when("others_rule", at_least={"n": "02", "of": [{"plan": True}, {"lives_with": "others"}]}),
        RULES,
        "n: '02'",
        "`02` is not a whole number from 1",
        "write the number without leading zeros: 2",
    ),
    "a number of a list beyond counting": (
        when("others_rule", at_least={"n": "9" * 5000, "of": [{"plan": True}]}),
        RULES,
        "n: '999",
        "is not a whole number from 1",
        "write a number",
    ),
    "half of a list": (
        both(
            put("many_episodes", value="1.5"),
            when("missing_rule", at_least={"n": "many_episodes", "of": [{"plan": True}, {"lives_with": "others"}]}),
        ),
        RULES,
        "n: many_episodes",
        "`many_episodes` is not a whole number from 1",
        "parameter's id",
    ),
    "a quantity that looks at nothing": (
        count(indicators={"areas": ["send"]}),
        "quantities.yaml",
        "id: needs",
        "quantity `needs` looks at nothing",
        "widen",
    ),
    "a quantity whose value nothing has": (
        count(where={"value": ">= terrible"}),
        "quantities.yaml",
        "id: needs",
        "`>= terrible` fits nothing that it looks at",
        "their scales",
    ),
    "a quantity whose value one scale lacks": (
        lambda files: entry(files, "hunger")["values"].pop("low"),
        "quantities.yaml",
        "id: needs",
        "`>= low` cannot be read on the scale `hunger`",
        "none, moderate, high",
    ),
}

LIMITS: dict[str, Case] = {
    "days and months on one time": (
        both(when("others_rule", homeless=">= 1 month"), when("carer_rule", homeless=">= 30 days")),
        RULES,
        "homeless: '>= 30 days'",
        "1 month and 30 days are both limits of one duration",
        "both in days and weeks",
    ),
    "days and months of a need": (
        both(
            count(where={"lasting": ">= 30 days"}),
            lambda files: add(files, "quantities.yaml", "longest", label="x", longest={"indicators": ["hunger"]}),
            when("others_rule", longest=">= 1 month"),
        ),
        "quantities.yaml",
        "id: needs",
        "`hunger`: how long it has lasted: 30 days and 1 month",
        "both in days and weeks",
    ),
    "days and months where a time is counted": (
        both(
            lambda files: add(
                files,
                "quantities.yaml",
                "times",
                label="x",
                unit="x",
                count={"indicators": ["homeless"], "where": {"value": ">= 1 month"}},
            ),
            when("others_rule", times=">= 1"),
            when("carer_rule", homeless=">= 30 days"),
        ),
        "quantities.yaml",
        "id: times",
        "`homeless`: ",
        "both in months and years",
    ),
    "a unit of another sort": (
        when("carer_rule", caring=">= fewest_sessions"),
        RULES,
        "caring:",
        "`fewest_sessions` is in sessions, `caring` in hours a week",
        "like with like",
    ),
    "a number for a time": (when("carer_rule", homeless=">= 28"), RULES, "homeless:", "28 has no unit", "28 days"),
    "a parameter for a time": (
        when("carer_rule", homeless=">= many_hours"),
        RULES,
        "homeless:",
        "many_hours has no unit",
        "28 days",
    ),
    "a time for a number": (
        when("carer_rule", caring=">= 28 days"),
        RULES,
        "caring:",
        "28 days is a length of time, a plain number is wanted",
        "leave the unit out",
    ),
    "more than there can be": (when("carer_rule", caring=">= 169"), RULES, "caring:", "169 lies outside", "range"),
    "a value nobody knows": (
        when("hitting_rule", hitting=">= modrate"),
        RULES,
        "hitting: '>= modrate'",
        "`modrate` is not one of its values",
        "did you mean moderate?",
    ),
    "a value nobody knows in scope": (
        scope(unborn={"child_unborn": "maybe"}),
        "ruleset.yaml",
        "child_unborn: maybe",
        "`maybe` is not one of its values",
        "false, true",
    ),
    "a value nobody knows in what cannot be": (
        when("fed_and_hungry", hunger="hih"),
        "impossible.yaml",
        "hunger: hih",
        "`hih` is not one of its values",
        "did you mean high?",
    ),
}


@pytest.mark.parametrize("case", CONCLUSIONS)
def test_a_conclusion_is_never_read_so_that_it_takes_from_an_answer(case: str, tmp_path: Path) -> None:
    """Findings and counts of findings are read upward: true in `when`, false in `unless`."""
    check(*CONCLUSIONS[case], tmp_path)


@pytest.mark.parametrize("case", SKIPPED)
def test_a_test_may_not_skip_a_worse_value(case: str, tmp_path: Path) -> None:
    """A rule that holds goes on holding when things get worse; an exception when they get better."""
    check(*SKIPPED[case], tmp_path, beside="unused")


@pytest.mark.parametrize("case", EMPTY)
def test_a_rule_needs_a_sign_and_a_test_something_to_tell_apart(case: str, tmp_path: Path) -> None:
    """Nothing holds for a child about whom nothing was found; no test holds always or never."""
    check(*EMPTY[case], tmp_path, beside="unused")


@pytest.mark.parametrize("case", LIMITS)
def test_limits_fit_what_they_limit(case: str, tmp_path: Path) -> None:
    """Units agree, times have a fixed order, values are among those there are."""
    check(*LIMITS[case], tmp_path, beside="unused")


def test_findings_may_be_read_so_that_they_add_to_an_answer(tmp_path: Path) -> None:
    """True in `when`, false inside `unless` beside something known, and counted upward."""
    files = small()
    patterns(patterns=">= 1")(files)
    unless("others_rule", pattern=False, plan=True)(files)
    load(files, tmp_path)


def test_a_sign_without_a_worse_direction_may_be_read_either_way(tmp_path: Path) -> None:
    """`worse: neither` means that no value is skipped."""
    files = small()
    add_indicator(files, "noise", "number", worse="neither", absent="0", unit="decibels", range="[0..200]")
    add_rule(files, when={"noise": "[40..60)"}, unless=[{"when": {"plan": True}, "because": "x"}])
    load(files, tmp_path)


# --- what is counted ------------------------------------------------------------------------------


def stated(**fields: object) -> Change:
    """The count of needs may also be stated, as an indicator with these fields."""
    usual: dict[str, Any] = {"unit": "needs", "worse": "higher", "absent": "0", "range": "[0..9]", "whole": True}
    return both(
        lambda files: add_indicator(files, "needs_said", "number", **usual | fields),
        put("needs", stated="needs_said"),
    )


COUNTED: dict[str, Case] = {
    "a need that is not there": (
        count(where={"value": ">= none"}),
        "quantities.yaml",
        "id: needs",
        "counts `hunger` at its `absent` value, none",
        "count what was found",
    ),
    "a need until it gets worse": (
        count(where={"value": "low"}),
        "quantities.yaml",
        "id: needs",
        "counts `hunger` at `low`, which skips a worse value",
        "must not fall because something got worse",
    ),
    "a need until it has lasted": (
        count(where={"lasting": "< 90 days"}),
        "quantities.yaml",
        "id: needs",
        "counts what has lasted `< 90 days`, and no longer what has lasted more",
        'write ">= ..."',
    ),
    "a time without a unit": (
        count(where={"lasting": ">= 90"}),
        "quantities.yaml",
        "id: needs",
        "90 has no unit",
        "28 days",
    ),
    "who a family is": (
        count(indicators=["hunger", "poverty"]),
        "quantities.yaml",
        "id: needs",
        "counts `poverty`, a context indicator",
        "count the need itself",
    ),
    "events of which fewer are worse": (
        put("missing_episodes", worse="lower"),
        "quantities.yaml",
        "id: recent_episodes",
        "counts `missing_episodes`, of which fewer are worse",
        "got worse",
    ),
    "a count that is never said to be 0": (
        stated(range="[1..9]", absent="unknown"),
        "quantities.yaml",
        "id: needs",
        "may be stated as `needs_said`, which is never 0",
        "begin at 0",
    ),
    "a count of which fewer are worse": (
        stated(worse="lower"),
        "quantities.yaml",
        "id: needs",
        "may be stated as `needs_said`, of which fewer are worse",
        "got worse",
    ),
}


@pytest.mark.parametrize("case", COUNTED)
def test_a_count_grows_as_things_get_worse_and_counts_nothing_for_nothing(case: str, tmp_path: Path) -> None:
    """What quantities count is found, and goes on counting when it gets worse."""
    change, file, at, message, help_ = COUNTED[case]
    files = small()
    change(files)
    found = [problem for problem in problems(files, tmp_path) if message in problem.message]
    assert found
    assert found[0].place == place_of(files, file, at)
    assert help_ in found[0].help


def test_a_longest_time_is_read_upward_only(tmp_path: Path) -> None:
    """Under `none` a longest time would say that nothing has lasted so long."""
    files = small()
    add(files, "quantities.yaml", "longest", label="x", longest={"indicators": ["hunger", "neglect"]})
    when("others_rule", lives_with="others", none=[{"longest": ">= 90 days"}])(files)
    problem = the_problem(files, tmp_path)
    assert "`longest` is a longest time, and is read as not so long" in problem.message
    assert '">= ..."' in problem.help


@pytest.mark.parametrize(
    ("ages", "message"), [("[5..18)", "5 has no unit"), ("< 18", "18 has no unit"), ("5 years", "<, >= or [a..b) only")]
)
def test_a_topic_is_asked_about_at_ages(ages: str, message: str, tmp_path: Path) -> None:
    """The ages of a topic are a test of an age."""
    files = small()
    entry(files, "school")["ages"] = "[5 years..age_of_majority)"
    load(files, tmp_path)
    entry(files, "school")["ages"] = ages
    assert message in the_problem(files, tmp_path).message
