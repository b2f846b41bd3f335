"""What may not go in a circle, what an overriding rule may read, and what must be in force together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_rulesets import (
    Case,
    Change,
    add,
    add_indicator,
    add_rule,
    both,
    check,
    entry,
    level,
    patterns,
    place_of,
    problems,
    put,
    small,
    the_problem,
    unless,
    when,
)

RULES = "rules/rules.yaml"
SCHOOL = "indicators/school.yaml"


# --- circles --------------------------------------------------------------------------------------


def test_findings_may_not_go_in_a_circle(tmp_path: Path) -> None:
    """A finding that rests on another that rests on it is told with the way round."""
    files = small()
    add(files, "findings.yaml", "other", label="x", definition="x")
    entry(files, "pattern_rule")["when"] = {"any": [{"needs": ">= 2"}, {"other": True}]}
    add_rule(files, "other_rule", when={"pattern": True, "hunger": ">= low"}, then={"other": "finding"})
    problem = the_problem(files, tmp_path)
    assert problem.message == "findings go in a circle: other <- pattern <- other"
    assert problem.place.file == "small/rules/rules.yaml"
    assert "the signs themselves" in problem.help


def test_findings_may_not_go_in_a_circle_through_a_count_or_an_exception(tmp_path: Path) -> None:
    """A rule that concludes a finding may not read a count in which it stands, nor an exception on it."""
    files = small()
    patterns(patterns=">= 1")(files)
    add_rule(files, "other_rule", when={"patterns": ">= 1", "hunger": ">= low"}, then={"pattern": "finding"})
    assert the_problem(files, tmp_path).message == "findings go in a circle: pattern <- pattern"
    files = small()
    unless("pattern_rule", pattern=False, plan=True)(files)
    assert the_problem(files, tmp_path).message == "findings go in a circle: pattern <- pattern"


# --- overriding rules -----------------------------------------------------------------------------


def _with(identifier: str, kind: str, **fields: object) -> Change:
    """The overriding rule reads one more indicator, of a narrow topic."""
    usual: dict[str, object] = {"area": "safeguarding", "absent": "unknown"}
    test = "here" if kind == "choice" else True
    return both(
        lambda files: add_indicator(files, identifier, kind, "injury", **usual | fields),
        when("hitting_rule", hitting=">= moderate", **{identifier: test}),
    )


OVERRIDING: dict[str, Case] = {
    "a protective factor": (
        _with("told_somebody", "flag", worse="present", protective=True),
        RULES,
        "told_somebody: true",
        "reads `told_somebody`, which is a protective factor",
        "may clear an overriding danger",
    ),
    "a broad topic": (
        when("hitting_rule", hunger=">= moderate"),
        RULES,
        "hunger:",
        "reads `hunger`, which stands in the topic `home`, which is not narrow",
        "nothing broad",
    ),
    "a process indicator": (
        _with("told_police", "flag", worse="present", area="process"),
        RULES,
        "told_police: true",
        "is about the process, not the child",
        "may clear",
    ),
    "a choice": (
        _with("where_hit", "choice", values={"here": "x", "there": "x"}),
        RULES,
        "where_hit: here",
        "is a choice without order",
        "undecided",
    ),
    "no worse direction": (
        _with("marks", "flag", worse="neither"),
        RULES,
        "marks: true",
        "says `worse: neither`",
        "undecided",
    ),
    "a finding": (
        when("hitting_rule", hitting=">= moderate", pattern=True),
        RULES,
        "pattern: true",
        "reads the finding `pattern`",
        "the signs themselves",
    ),
    "an exception of another sort": (
        put("bruise_rule", unless=[{"when": {"plan": True}, "because": "x"}]),
        RULES,
        "plan: true",
        "an exception of overriding rule `bruise_rule` reads `plan`",
        "exception_fact: true",
    ),
    "an exception that no report settles": (
        both(
            lambda files: add_indicator(
                files, "seen_by_nurse", "flag", "injury", worse="neither", absent="false", exception_fact=True
            ),
            put("bruise_rule", unless=[{"when": {"seen_by_nurse": True}, "because": "x"}]),
        ),
        RULES,
        "seen_by_nurse: true",
        "reads `seen_by_nurse`, which has no worse direction",
        "the worse must count",
    ),
    "no specialist response": (
        put("hitting_rule", then={"early_help": "points_to"}),
        RULES,
        "id: hitting_rule",
        "points to no specialist response",
        "do not call it overriding",
    ),
    "a specialist response only considered": (
        put("hitting_rule", then={"enquiry": "consider"}),
        RULES,
        "id: hitting_rule",
        "points to no specialist response",
        "point to one",
    ),
    "an overriding row": (
        level(overriding=True, then={"enquiry": "points_to"}),
        SCHOOL,
        "at: '>= 5'",
        "overriding rule `exclusions_level_2` reads `exclusions`, which stands in the topic `school`",
        "nothing broad",
    ),
}


@pytest.mark.parametrize("case", OVERRIDING)
def test_an_overriding_rule_reads_only_what_cannot_clear_it_wrongly(case: str, tmp_path: Path) -> None:
    """Narrow topics, no protective factor, choice, process or undecided sign, no conclusion, only excusing facts."""
    check(*OVERRIDING[case], tmp_path, beside="unused")


def test_an_overriding_rule_is_looked_through_to_what_its_quantities_and_details_rest_on(tmp_path: Path) -> None:
    """What a quantity counts and what a detail is a detail of are read as well."""
    files = small()
    when("hitting_rule", needs=">= 2")(files)
    assert [problem.message for problem in problems(files, tmp_path)] == [
        f"overriding rule `hitting_rule` reads `{name}`, which stands in the topic `home`, which is not narrow"
        for name in ("hunger", "neglect")
    ]
    files = small()
    entry(files, "hitting")["detail_of"] = "hunger"
    assert [problem.message for problem in problems(files, tmp_path)] == [
        "overriding rule `hitting_rule` reads `hunger`, which stands in the topic `home`, which is not narrow"
    ]


def test_an_overriding_rule_does_not_end_because_more_is_there(tmp_path: Path) -> None:
    """A detail under `none` would be false as long as what it is a detail of is absent."""
    files = small()
    when("bruise_rule", hitting=">= low", none=[{"bruise_explained": True}])(files)
    said = [problem for problem in problems(files, tmp_path) if "is a detail of `bruise`" in problem.message]
    assert len(said) == 1
    assert said[0].place == place_of(files, RULES, "bruise_explained: true")
    assert "test it outside of `none`" in said[0].help


# --- in force together ----------------------------------------------------------------------------

ENDED: dict[str, tuple[str, list[str]]] = {
    "hitting": ("hitting", ["`hitting` is not in force on every day on which it is read here"]),
    "needs": ("needs", ["`needs` is not in force on every day on which it is read here"]),
    "missing_episodes": (
        "missing_episodes",
        ["`missing_episodes` is not in force on every day on which quantity `recent_episodes` is"],
    ),
    "many_hours": ("many_hours", ["parameter `many_hours` is not in force on every day on which it is read here"]),
    "bruise": (
        "bruise",
        [
            "`bruise` is not in force on every day on which indicator `bruise_explained` is",
            "`bruise` is not in force on every day on which it is read here",
        ],
    ),
    "review": ("review", ["`review` is not in force on every day on which rule `others_rule` is"]),
    "pattern": (
        "pattern",
        [
            "`pattern` is not in force on every day on which rule `pattern_rule` is",
            "`pattern` is not in force on every day on which it is read here",
        ],
    ),
    "going_missing": (
        "going_missing",
        ["`going_missing` is not in force on every day on which indicator `missing_episodes` is"],
    ),
    "plan": ("plan", ["`plan` is not in force on every day on which it is read here"] * 2),
}


@pytest.mark.parametrize("case", ENDED)
@pytest.mark.parametrize("field", ["from", "until"])
def test_what_belongs_together_is_in_force_together(case: str, field: str, tmp_path: Path) -> None:
    """An entry that ends, or begins, while another still needs it is told."""
    identifier, messages = ENDED[case]
    files = small()
    entry(files, identifier)[field] = "2015-01-01"
    found = problems(files, tmp_path)
    assert sorted(problem.message for problem in found) == sorted(messages)
    assert all("`from` and `until`" in problem.help for problem in found)


def test_a_history_must_reach_back_to_the_first_day(tmp_path: Path) -> None:
    """A parameter without a value on the ruleset's first day is told, once."""
    files = small()
    entry(files, "low_attendance")["history"].pop(0)
    problem = the_problem(files, tmp_path)
    assert "no value before 2015-09-01, and the ruleset begins on 2010-01-01" in problem.message
    assert "reach back" in problem.help


def test_a_fault_of_one_time_is_found_whenever_that_is(tmp_path: Path) -> None:
    """What is sound today and was not in 2012, or will not be in 2030, is told."""
    for day in ("2012-01-01", "2030-01-01"):
        files = small()
        entry(files, "many_hours")["history"] = [{"from": "2010-01-01", "value": "15"}, {"from": day, "value": "200"}]
        del entry(files, "many_hours")["value"]
        assert "200 lies outside the range [0..168]" in the_problem(files, tmp_path).message
