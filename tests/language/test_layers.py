"""One ruleset on top of another: what an overlay adds, replaces and withdraws, and what it may not weaken."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import thresholds
from tests.small_rulesets import Files, add, add_indicator, entry, load, overlay, place_of, problems, small, write
from thresholds.language.yaml_text import Problem

RULES = "rules/rules.yaml"
WHY = "because we say so"


def replacing(kind: str, identifier: str, file: str, **fields: object) -> Files:
    """An overlay in which an entry of the small ruleset has other values for some fields; None takes one out."""
    one = copy.deepcopy(entry(small(), identifier))
    for name, value in fields.items():
        one.pop(name, None) if value is None else one.update({name.rstrip("_"): value})
    return overlay(replaces=[{kind: identifier, "reason": WHY}]) | {file: [one]}


def withdrawing(kind: str, identifier: str) -> Files:
    return overlay(withdraws=[{kind: identifier, "reason": WHY}])


def told(over: Files, folder: Path, base: Files | None = None) -> tuple[Problem, ...]:
    return problems(base or small(), folder, over=over)


# --- adding, replacing, withdrawing ---------------------------------------------------------------


def test_an_overlay_adds_to_what_it_extends(tmp_path: Path) -> None:
    """Everything of the base is there, and what is new."""
    over = overlay()
    add(
        over,
        RULES,
        "local_rule",
        title="Local",
        when={"hunger": ">= high"},
        then={"early_help": "points_to"},
        because="hunger is {hunger}",
    )
    ruleset = load(small(), tmp_path, over=over)
    assert ruleset.name == "local"
    assert ruleset.definition.layers == ("small", "local")
    assert {rule.layer for rule in ruleset.definition.rules} == {"small", "local"}
    assert ruleset.definition.scope.name == "small"


def test_an_overlay_that_says_nothing_means_the_same_and_is_another_ruleset(tmp_path: Path) -> None:
    """The rules are those of the base; the name and the hash are its own."""
    base, over = load(small(), tmp_path), load(small(), tmp_path, over=overlay())
    assert [rule.id for rule in over.definition.rules] == [rule.id for rule in base.definition.rules]
    assert over.hash != base.hash


def test_an_overlay_replaces_an_entry_with_a_reason(tmp_path: Path) -> None:
    """The new entry stands for the old one, whatever else refers to it."""
    over = replacing("parameter", "many_hours", "parameters.yaml", value="10")
    definition = load(small(), tmp_path, over=over).definition
    assert definition.parameters["many_hours"].value == "10"
    assert definition.parameters["many_hours"].layer == "local"
    assert [change.reason for change in definition.header.replaces] == [WHY]


def test_an_overlay_withdraws_an_entry_with_a_reason(tmp_path: Path) -> None:
    """The entry is gone."""
    definition = load(small(), tmp_path, over=withdrawing("rule", "others_rule")).definition
    assert "others_rule" not in {rule.id for rule in definition.rules}


def test_three_layers(tmp_path: Path) -> None:
    """An overlay may itself be extended; each layer may replace what lies below."""
    write(small(), tmp_path / "small")
    write(replacing("parameter", "many_hours", "parameters.yaml", value="10"), tmp_path / "local")
    top = replacing("parameter", "many_hours", "parameters.yaml", value="12")
    top["ruleset.yaml"] |= {"name": "top", "extends": "local"}
    definition = thresholds.load(write(top, tmp_path / "top")).definition
    assert definition.layers == ("small", "local", "top")
    assert definition.parameters["many_hours"].value == "12"


def test_what_is_withdrawn_below_may_not_be_needed(tmp_path: Path) -> None:
    """Withdrawing what something else reads is told where it is read."""
    found = told(withdrawing("finding", "pattern"), tmp_path)
    assert {problem.place.file for problem in found} == {"small/rules/rules.yaml"}
    assert {problem.message for problem in found} == {
        "there is no finding `pattern`",
        "there is no indicator, quantity or finding `pattern`",
    }
    place = place_of(withdrawing("finding", "pattern"), "ruleset.yaml", "- ¦finding", "local")
    assert {problem.help for problem in found} == {f"{place} withdraws it: replace it there, or what uses it"}


def test_a_parameter_withdrawn_below_may_not_be_needed(tmp_path: Path) -> None:
    """Whatever names it is told which line withdraws it, by a layer between too."""
    over = withdrawing("parameter", "low_attendance")
    write(small(), tmp_path / "small")
    write(over, tmp_path / "local")
    top = overlay(extends="local", name="top")
    place = place_of(over, "ruleset.yaml", "- ¦parameter", "local")
    for folder in (tmp_path / "local", write(top, tmp_path / "top")):
        with pytest.raises(thresholds.RulesetInvalid) as caught:
            thresholds.load(folder)
        assert [problem.message for problem in caught.value.problems] == [
            "there is no parameter `low_attendance`",
            "rule `absence_rule`: `{low_attendance}` in `because` names nothing",
        ]
        assert all(problem.place.file == "small/rules/rules.yaml" for problem in caught.value.problems)
        assert all(f"{place} withdraws it" in problem.help for problem in caught.value.problems)


def test_what_only_the_base_leaves_unused_is_no_fault_of_the_overlay(tmp_path: Path) -> None:
    """An overlay answers for its own unused entries, not for what its withdrawals leave over."""
    load(small(), tmp_path, over=withdrawing("rule", "missing_rule"))
    over = overlay()
    add(over, "parameters.yaml", "spare", title="x", unit="x", value="3")
    [problem] = told(over, tmp_path)
    assert str(problem.place) == "local/parameters.yaml:1:3"
    assert "unused" in problem.message


CHANGES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "replaces what is not there": (
        {"replaces": [{"rule": "others_rul", "reason": WHY}]},
        "rule: others_rul",
        "there is no rule `others_rul` in what this ruleset extends",
        "did you mean others_rule?",
    ),
    "withdraws what is not there": (
        {"withdraws": [{"parameter": "few_hours", "reason": WHY}]},
        "parameter: few_hours",
        "there is no parameter `few_hours` in what this ruleset extends",
        "did you mean many_hours?",
    ),
    "replaces a kind nobody knows": (
        {"replaces": [{"rul": "others_rule", "reason": WHY}]},
        "rul: others",
        "`rul` is not a kind of entry",
        "did you mean rule?",
    ),
    "replaces without the new entry": (
        {"replaces": [{"rule": "others_rule", "reason": WHY}]},
        "rule: others_rule",
        "rule `others_rule` is to be replaced, and nothing replaces it",
        "write the new entry",
    ),
    "names two at once": (
        {"withdraws": [{"rule": "others_rule", "parameter": "many_hours", "reason": WHY}]},
        "rule: others_rule",
        "this names no entry",
        "{rule: its_id, reason: why}",
    ),
    "gives no reason": (
        {"withdraws": [{"rule": "others_rule"}]},
        "rule: others_rule",
        "a reason is missing, and must be given",
        "say why beside it: {rule: its_id, reason: why}",
    ),
    "gives an empty reason": (
        {"replaces": [{"rule": "others_rule", "reason": ""}]},
        "reason: ¦''",
        "a reason is missing, and must be given",
        "say why beside it",
    ),
    "says whom it covers": (
        {"scope": {"under_18": {"child_age": "< 16 years"}}},
        "scope:",
        "`scope` belongs to the ruleset that this one extends",
        "take it out",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_that_is_none_is_told_at_its_place(case: str, tmp_path: Path) -> None:
    """What is named under `replaces` and `withdraws` exists below, once, with a reason; scope is the base's."""
    header, at, message, help_ = CHANGES[case]
    over = overlay(**header)
    found = [problem for problem in told(over, tmp_path) if message in problem.message]
    assert len(found) == 1
    assert found[0].place == place_of(over, "ruleset.yaml", at, "local")
    assert help_ in found[0].help


def test_an_entry_of_the_base_is_not_replaced_by_accident(tmp_path: Path) -> None:
    """The same id in an overlay is told, unless the header names it."""
    over = replacing("parameter", "many_hours", "parameters.yaml", value="10")
    del over["ruleset.yaml"]["replaces"]
    [problem] = told(over, tmp_path)
    assert str(problem.place) == "local/parameters.yaml:1:3"
    assert problem.message == "parameter `many_hours` is already in small"
    assert "under `replaces:` with a reason" in problem.help


def test_only_an_overlay_replaces_and_withdraws(tmp_path: Path) -> None:
    """A ruleset that extends none has nothing to replace."""
    files = small()
    files["ruleset.yaml"]["withdraws"] = [{"rule": "others_rule", "reason": WHY}]
    [problem] = problems(files, tmp_path)
    assert "only a ruleset that `extends` another has `withdraws`" in problem.help


def test_what_is_extended_is_a_ruleset_by_itself(tmp_path: Path) -> None:
    """A fault in an entry of the base is told even where the overlay replaces that entry."""
    files = small()
    entry(files, "enquiry")["surprise"] = "x"
    [problem] = told(replacing("response", "enquiry", "responses.yaml"), tmp_path, files)
    assert problem.place == place_of(files, "responses.yaml", "surprise")


def test_an_overriding_rule_may_not_be_withdrawn(tmp_path: Path) -> None:
    """It is told at the line that withdraws it, which need not be the first."""
    both = [{"rule": name, "reason": WHY} for name in ("others_rule", "hitting_rule")]
    over = overlay(withdraws=both)
    [problem] = told(over, tmp_path)
    assert problem.place == place_of(over, "ruleset.yaml", "- ¦rule: hitting_rule", "local")
    assert problem.message == "overriding rule `hitting_rule` of what this extends is withdrawn"
    assert "may only widen an overriding rule" in problem.help


# --- overriding rules may not be weakened ---------------------------------------------------------


def strong() -> Files:
    """The small ruleset with an overriding rule of many parts, so that each can be weakened."""
    files = small()
    add(files, "parameters.yaml", "several", title="Several", unit="parts", value="2")
    add(files, "parameters.yaml", "young", title="Young", unit="years", value="2 years")
    entry(files, "going_missing")["immediate"] = True
    entry(files, "missing_rule").update(
        overriding=True,
        when={"recent_episodes": ">= many_episodes", "child_age": "< age_of_majority"},
        then={"enquiry": "points_to", "early_help": "consider"},
        related=["bruise", "hitting"],
        applies_to=["under_18", "unborn"],
        unless=[{"when": {"bruise_explained": True, "child_age": ">= young"}, "because": "x"}],
    )
    add(
        files,
        RULES,
        "parts_rule",
        title="Parts",
        when={
            "at_least": {"n": "several", "of": [{"bruise": True}, {"hitting": ">= low"}, {"recent_episodes": ">= 1"}]}
        },
        then={"enquiry": "points_to"},
        because="x",
        overriding=True,
    )
    entry(files, "hitting")["tags"] = ["sign"]
    biting = {"area": "safeguarding", "worse": "higher", "absent": "none", "tags": ["sign"]}
    add_indicator(files, "biting", "scale", "injury", values=entry(files, "hitting")["values"], **biting)
    add(files, "parameters.yaml", "lasting", title="Lasting", unit="days", value="28 days")
    counted = {"indicators": {"tags": ["sign"]}, "where": {"value": ">= low", "lasting": ">= lasting"}}
    as_said: dict[str, Any] = {"unit": "signs", "worse": "higher", "absent": "0", "range": "[0..9]", "whole": True}
    add_indicator(files, "signs_said", "number", "injury", **as_said | {"area": "safeguarding"})
    add(files, "quantities.yaml", "signs", label="x", unit="signs", count=counted, stated="signs_said")
    overriding: dict[str, Any] = {"then": {"enquiry": "points_to"}, "because": "x", "overriding": True}
    add(files, RULES, "signs_rule", title="Signs", when={"signs": ">= 1"}, **overriding)
    seen = {"area": "safeguarding", "worse": "lower", "absent": "unknown", "sessions_at_least": "fewest_sessions"}
    add_indicator(files, "seen", "percent", "going_missing", **seen)
    add(files, RULES, "gone_rule", title="Gone", when={"seen": "< 5"}, **overriding)
    before = {"area": "safeguarding", "worse": "present", "absent": "unknown"}
    add_indicator(files, "missing_before", "flag", "going_missing", **before)
    none = {"hitting": ">= low", "none": [{"missing_before": False}]}
    add(files, RULES, "none_rule", title="None", when=none, **overriding)
    add(
        files,
        RULES,
        "any_rule",
        title="Any",
        when={"any": [{"hitting": ">= high"}, {"bruise": True, "hitting": ">= low"}]},
        then={"enquiry": "points_to"},
        because="x",
        overriding=True,
    )
    return files


def changed(kind: str, identifier: str, file: str, **fields: object) -> Files:
    """As `replacing`, of the strong ruleset."""
    one = copy.deepcopy(entry(strong(), identifier))
    for name, value in fields.items():
        one.pop(name, None) if value is None else one.update({name: value})
    return overlay(replaces=[{kind: identifier, "reason": WHY}]) | {file: [one]}


def rule(identifier: str, **fields: object) -> Files:
    return changed("rule", identifier, RULES, **fields)


def parameter(identifier: str, value: str) -> Files:
    return changed("parameter", identifier, "parameters.yaml", value=value)


def indicator(identifier: str, **fields: object) -> Files:
    return changed("indicator", identifier, "indicators/safeguarding.yaml", **fields)


WHEN = {"recent_episodes": ">= many_episodes", "child_age": "< age_of_majority"}
UNLESS = {"when": {"bruise_explained": True, "child_age": ">= young"}, "because": "x"}
PARTS = [{"bruise": True}, {"hitting": ">= low"}, {"recent_episodes": ">= 1"}]

SHORTER = "reads `recent_episodes`, whose window is shortened"
WEAKER: dict[str, tuple[Files, str, str]] = {
    "withdrawn": (withdrawing("rule", "missing_rule"), "missing_rule", "is withdrawn"),
    "ended": (rule("missing_rule", until="2016-01-01"), "missing_rule", "is withdrawn"),
    "begun later": (rule("missing_rule", **{"from": "2016-01-01"}), "missing_rule", "is withdrawn"),
    "no longer overriding": (
        rule("missing_rule", overriding=None, related=None),
        "missing_rule",
        "is no longer overriding",
    ),
    "a response taken out": (
        rule("missing_rule", then={"enquiry": "points_to"}),
        "missing_rule",
        "no longer has `early_help: consider`",
    ),
    "a weight lowered": (
        rule("missing_rule", then={"enquiry": "points_to", "early_help": "offer"}),
        "missing_rule",
        "no longer has `early_help: consider`",
    ),
    "a tier lowered": (
        changed("response", "early_help", "responses.yaml", tier="universal", absorbs=[]),
        "missing_rule",
        "leads to `early_help`, whose tier is lowered",
    ),
    "fewer groups": (rule("missing_rule", applies_to=["under_18"]), "missing_rule", "applies to fewer"),
    "a limit raised": (
        rule("missing_rule", when=WHEN | {"recent_episodes": ">= 4"}),
        "missing_rule",
        "holds for fewer children",
    ),
    "a parameter raised": (parameter("many_episodes", "4"), "missing_rule", "holds for fewer children"),
    "an age lowered": (
        rule("missing_rule", when=WHEN | {"child_age": "< 16 years"}),
        "missing_rule",
        "holds for fewer children",
    ),
    "one more condition": (rule("missing_rule", when=WHEN | {"bruise": True}), "missing_rule", "holds for fewer"),
    "an exception added": (
        rule("missing_rule", unless=[UNLESS, {"when": {"bruise_explained": True}, "because": "x"}]),
        "missing_rule",
        "has a wider exception",
    ),
    "an exception widened": (
        rule("missing_rule", unless=[{"when": {"bruise_explained": True, "child_age": ">= 1 year"}, "because": "x"}]),
        "missing_rule",
        "has a wider exception",
    ),
    "an exception's parameter lowered": (parameter("young", "1 year"), "missing_rule", "has a wider exception"),
    "fewer related signs": (rule("missing_rule", related=["bruise"]), "missing_rule", "has fewer related signs"),
    "more parts needed": (parameter("several", "3"), "parts_rule", "holds for fewer children"),
    "a part taken out": (
        rule("parts_rule", when={"at_least": {"n": "several", "of": PARTS[:2]}}),
        "parts_rule",
        "holds for fewer children",
    ),
    "a part narrowed": (
        rule(
            "parts_rule",
            when={"at_least": {"n": "several", "of": [{"bruise": True}, {"hitting": ">= high"}, PARTS[2]]}},
        ),
        "parts_rule",
        "holds for fewer children",
    ),
    "an alternative taken out": (
        rule("any_rule", when={"any": [{"hitting": ">= high"}]}),
        "any_rule",
        "holds for fewer children",
    ),
    "a window shortened": (parameter("missing_window", "60 days"), "missing_rule", SHORTER),
    "a window in another unit": (parameter("missing_window", "3 months"), "missing_rule", SHORTER),
    "a count changed": (
        changed(
            "quantity", "recent_episodes", "quantities.yaml", count={"events": "missing_episodes", "within": "1 day"}
        ),
        "missing_rule",
        "reads `recent_episodes`, which is changed",
    ),
    "silence means something else": (
        indicator("missing_episodes", absent="unknown"),
        "missing_rule",
        "reads `missing_",
    ),
    "another topic": (indicator("bruise", topic="going_missing"), "bruise_rule", "reads `bruise`, which is changed"),
    "a value taken out": (
        indicator("hitting", values={"none": "x", "low": "x", "moderate": "x", "severe": "x", "high": "x"}),
        "hitting_rule",
        "reads `hitting`, which is changed",
    ),
    "a detail of something": (indicator("hitting", detail_of="bruise"), "hitting_rule", "reads `hitting`"),
    "fewer are children": (
        parameter("age_of_majority", "16 years"),
        "hitting_rule",
        "applies to fewer, for fewer are under_18",
    ),
    "a sign no longer counted": (
        indicator("hitting", tags=None),
        "signs_rule",
        "reads `signs`, which looks at less",
    ),
    "a sign counted later": (parameter("lasting", "40 days"), "signs_rule", "reads `signs`, which counts fewer"),
    "signs that count as one": (indicator("hitting", need_group="bruise"), "signs_rule", "reads `hitting`, which"),
    "more sessions needed": (
        parameter("fewest_sessions", "40"),
        "gone_rule",
        "reads `seen`, of which more sessions are needed",
    ),
    "asked at fewer ages": (
        changed("topic", "going_missing", "topics.yaml", ages="< 12 years"),
        "missing_rule",
        "reads `missing_episodes`, whose topic is asked about at fewer ages",
    ),
    "a count no longer as stated": (
        changed("quantity", "signs", "quantities.yaml", stated=None),
        "signs_rule",
        "reads `signs`, which is changed",
    ),
    "a sign that excludes": (
        rule("none_rule", when={"hitting": ">= low", "none": [{"missing_before": False}, {"biting": "none"}]}),
        "none_rule",
        "holds for fewer children",
    ),
    "no longer asked at once": (
        changed("topic", "going_missing", "topics.yaml", immediate=None),
        "missing_rule",
        "reads `missing_episodes`, whose topic is no longer immediate",
    ),
}


@pytest.mark.parametrize("case", WEAKER)
def test_an_overlay_may_not_weaken_an_overriding_rule(case: str, tmp_path: Path) -> None:
    """In whatever way a child would be missed who was not before, the rule is named with what is weaker."""
    over, weakened, how = WEAKER[case]
    found = told(over, tmp_path, strong())
    said = [
        problem for problem in found if f"overriding rule `{weakened}` of what this extends {how}" in problem.message
    ]
    assert said, [str(problem) for problem in found]
    assert said[0].place.file.startswith(("local/", "small/"))
    assert "an overlay may only widen an overriding rule" in said[0].help


WIDER: dict[str, Files] = {
    "nothing changed": rule("missing_rule", title="Another title"),
    "a limit lowered": rule("missing_rule", when=WHEN | {"recent_episodes": ">= 2"}),
    "a parameter lowered": parameter("many_episodes", "2"),
    "a condition taken out": rule("missing_rule", when={"recent_episodes": ">= many_episodes"}),
    "a response more": rule(
        "missing_rule", then={"enquiry": "points_to", "early_help": "points_to", "school_support": "offer"}
    ),
    "an exception taken out": rule("missing_rule", unless=None),
    "an exception narrowed": rule(
        "missing_rule", unless=[{"when": {"bruise_explained": True, "child_age": ">= 3 years"}, "because": "x"}]
    ),
    "more related signs": rule("missing_rule", related=["hitting", "bruise", "missing_episodes"]),
    "more groups": rule("missing_rule", applies_to=["unborn", "under_18", "care_leaver"]),
    "fewer parts needed": parameter("several", "1"),
    "a part more": rule("parts_rule", when={"at_least": {"n": 2, "of": [*PARTS, {"recent_episodes": ">= 5"}]}}),
    "a part widened": rule("parts_rule", when={"at_least": {"n": 2, "of": [PARTS[0], PARTS[1], PARTS[2]][::-1]}}),
    "an alternative more": rule(
        "any_rule",
        when={"any": [{"bruise": True, "hitting": ">= low"}, {"hitting": ">= high"}, {"recent_episodes": ">= 9"}]},
    ),
    "an alternative widened": rule("any_rule", when={"any": [{"hitting": ">= moderate"}, {"bruise": True}]}),
    "a window lengthened": parameter("missing_window", "120 days"),
    "nothing excludes any more": rule("none_rule", when={"hitting": ">= low"}),
    "another label": indicator("bruise", label="A bruise"),
    "a plain rule withdrawn": withdrawing("rule", "others_rule"),
    "a plain rule's parameter raised": parameter("many_hours", "30"),
}


@pytest.mark.parametrize("case", WIDER)
def test_an_overlay_may_widen_an_overriding_rule_and_change_any_other(case: str, tmp_path: Path) -> None:
    """Lower limits, fewer conditions and exceptions, more responses: no child is missed by them."""
    found = told(WIDER[case], tmp_path, strong())
    assert not found, [str(problem) for problem in found]


def test_a_weakening_at_one_time_only_is_found(tmp_path: Path) -> None:
    """A parameter's history may not dip below the base's on any day."""
    over = parameter("many_episodes", "3")
    [one] = over["parameters.yaml"]
    del one["value"]
    one["history"] = [{"from": "2010-01-01", "value": "3"}, {"from": "2016-01-01", "value": "4"}]
    assert [problem.message for problem in told(over, tmp_path, strong())] == [
        "overriding rule `missing_rule` of what this extends holds for fewer children"
    ]


def test_a_layer_between_may_not_be_weakened_either(tmp_path: Path) -> None:
    """What the middle layer widened, the top may not take back."""
    write(strong(), tmp_path / "small")
    write(parameter("many_episodes", "2"), tmp_path / "local")
    top = parameter("many_episodes", "3")
    top["ruleset.yaml"] |= {"name": "top", "extends": "local"}
    with pytest.raises(thresholds.RulesetInvalid, match="holds for fewer children"):
        thresholds.load(write(top, tmp_path / "top"))


def test_place_of_what_is_weaker(tmp_path: Path) -> None:
    """A rule written anew is told where it stands now; one that is gone at the header that withdraws it."""
    over = rule("missing_rule", applies_to=["under_18"])
    [problem] = told(over, tmp_path, strong())
    assert problem.place == place_of(over, RULES, "id: missing_rule", "local")
    [problem] = told(withdrawing("rule", "missing_rule"), tmp_path / "other", strong())
    assert problem.place.file == "local/ruleset.yaml"
