"""What a check finds: each defect that is planted is found and told with its place, and nothing without one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.policy.signed import EXAMPLE
from tests.small_rulesets import OURS, Files, add_indicator, add_rule, entry, load, overlay, small
from thresholds.errors import RulesetNotInForce

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.policy import Finding, Findings, check
from thresholds.policy.findings import BY_PROOF, STEPS

ON = date(2017, 3, 1)
GRAVE = ("never_holds", "never_decides", "disagree", "response_unreached", "example_differs", "not_finished")
UNDER_9, FROM_9 = {"child_age": "< 9 years"}, {"child_age": ">= 9 years"}


def found(files: Files, folder: Path, **how: Any) -> Findings:
    return check(load(files, folder), ON, **how)


def the(kind: Any, findings: Findings) -> Finding:
    """The one finding of a kind."""
    [one] = findings.of(kind)
    return one


def test_a_clean_ruleset_has_none_of_them(tmp_path: Path) -> None:
    """No rule without effect, no disagreement, nothing unfinished; notes alone."""
    findings = found(small(), tmp_path)
    assert not [one for one in findings.findings if one.kind in GRAVE or one.severity != "note"]
    assert findings.complete


# --- rules that can never hold --------------------------------------------------------------------------------------


def test_a_rule_whose_parts_clash_can_never_hold(tmp_path: Path) -> None:
    """A problem, at the rule; named is what clashes, and nothing beside it."""
    files = small()
    young_and_old = {"all": [{"child_age": "< 5 years"}, {"child_age": ">= 10 years"}, {"hunger": ">= low"}]}
    add_rule(files, when=young_and_old)
    one = the("never_holds", found(files, tmp_path))
    assert (one.severity, one.subject, one.places[0].file) == ("problem", "new_rule", "small/rules/rules.yaml")
    assert "under 5 years" in one.message
    assert "at least 10 years" in one.message
    assert "hunger" not in one.message


def test_a_rule_can_clash_with_whom_it_is_for(tmp_path: Path) -> None:
    """A rule for children under 18 that asks for 20 years holds for nobody."""
    files = small()
    add_rule(files, when={"child_age": ">= 20 years", "hunger": ">= low"})
    assert "it is about a child under 18" in the("never_holds", found(files, tmp_path)).message


def test_what_is_impossible_is_named(tmp_path: Path) -> None:
    """A rule that holds only where the ruleset says it cannot be."""
    files = small()
    files["impossible.yaml"].append({"id": "no_hunger", "when": {"hunger": ">= moderate"}, "because": "all are fed"})
    add_rule(files, when={"hunger": ">= high"})
    assert "all are fed" in the("never_holds", found(files, tmp_path)).message


def test_an_exception_that_always_holds_is_named(tmp_path: Path) -> None:
    """Its exception takes away whatever the rule could hold for."""
    files = small()
    files["impossible.yaml"].append(
        {"id": "x", "when": {"hunger": ">= low", "helpful_neighbour": False}, "because": "y"}
    )
    excuse = {"when": {"helpful_neighbour": True}, "because": "a neighbour helps"}
    add_rule(files, when={"hunger": ">= high"}, unless=[excuse])
    message = the("never_holds", found(files, tmp_path)).message
    assert "no exception is made: \u201chelpful neighbour\u201d" in message


def test_what_only_dead_rules_conclude_is_said(tmp_path: Path) -> None:
    """Two findings: the rule that cannot hold, and the one that waits for what it concludes."""
    files = small()
    entry(files, "pattern_rule")["when"] = {"needs": ">= 2", "child_age": ">= 30 years"}
    dead = {one.subject: one.message for one in found(files, tmp_path).of("never_holds")}
    assert set(dead) == {"pattern_rule", "neglect_rule"}
    assert "no rule that can hold concludes `pattern`" in dead["neglect_rule"]


# --- rules that never decide ----------------------------------------------------------------------------------------


def test_a_rule_that_another_always_covers_is_told(tmp_path: Path) -> None:
    """A higher limit for the same: named is the rule that covers it, shown is a child for whom both hold."""
    files = small()
    add_rule(files, when={"caring": ">= 30"}, then={"early_help": "consider"})
    entry(files, "carer_rule").pop("unless")
    one = the("never_decides", found(files, tmp_path))
    assert (one.severity, one.subject, one.others) == ("warning", "new_rule", ("carer_rule",))
    assert "other way round" not in one.message
    [decision] = one.decisions
    assert {"new_rule", "carer_rule"} <= {reason.rule for reason in decision.reasons}


def test_an_exception_of_the_other_rule_keeps_it_deciding(tmp_path: Path) -> None:
    """Where the wider rule makes an exception, the stricter one still answers."""
    files = small()
    add_rule(files, when={"caring": ">= 30"}, then={"early_help": "consider"})
    assert not list(found(files, tmp_path).of("never_decides"))


def test_of_two_alike_the_later_is_told(tmp_path: Path) -> None:
    """Duplicates cover one another; one finding says so, for one of them can go."""
    files = small()
    add_rule(files, when={"lives_with": "others"}, then={"review": "points_to"})
    one = the("never_decides", found(files, tmp_path))
    assert (one.subject, one.others) == ("new_rule", ("others_rule",))
    assert "other way round" in one.message


def test_rules_that_cover_it_together_are_all_named(tmp_path: Path) -> None:
    """One for the younger and one for the older: but of a child whose age is not known, neither holds for sure."""
    files = small()
    add_rule(files, "whole", when={"hunger": ">= low"}, then={"review": "points_to"})
    for name, ages in (("younger", UNDER_9), ("older", FROM_9)):
        then = {"review": "points_to", "early_help": "offer"}
        add_rule(files, name, when={"hunger": ">= low", **ages}, then=then)
    one = the("never_decides", found(files, tmp_path))
    assert (one.severity, one.subject, set(one.others)) == ("note", "whole", {"younger", "older"})
    assert "once everything is known" in one.message


def test_a_rule_that_no_other_needs_is_not_named(tmp_path: Path) -> None:
    """Of three that could help to cover it, the one that is not needed stays unnamed."""
    files = small()
    add_rule(files, "whole", when={"hunger": ">= low"}, then={"review": "points_to"})
    cases = (("younger", UNDER_9, "early_help"), ("older", FROM_9, "early_help"), ("c", {"caring": ">= 3"}, "enquiry"))
    for name, when, offered in cases:
        add_rule(files, name, when={"hunger": ">= low", **when}, then={"review": "points_to", offered: "offer"})
    assert set(the("never_decides", found(files, tmp_path)).others) == {"younger", "older"}


@pytest.mark.parametrize("weaker", [{"review": "consider"}, {"review": "offer"}])
def test_weaker_does_not_cover_stronger(weaker: dict[str, str], tmp_path: Path) -> None:
    """Two rules for the same children: the weaker is covered by the stronger, never the other way round."""
    files = small()
    add_rule(files, when={"lives_with": "others"}, then=weaker)
    one = the("never_decides", found(files, tmp_path))
    assert (one.subject, one.others) == ("new_rule", ("others_rule",))
    assert "other way round" not in one.message


def test_a_plain_rule_does_not_cover_an_overriding_one(tmp_path: Path) -> None:
    """What an overriding rule does, ending the questions, no plain rule does for it."""
    files = small()
    add_rule(files, when={"hitting": ">= low"}, then={"enquiry": "points_to"})
    assert not list(found(files, tmp_path).of("never_decides"))


def test_what_an_overlay_makes_idle_of_its_base_is_not_its_matter(tmp_path: Path) -> None:
    """Only rules of the ruleset itself are told; those of what it extends are told where that is checked."""
    files, over = small(), overlay()
    over["rules/ours.yaml"] = [
        {**entry(files, "others_rule"), "id": "ours", "then": {"review": "points_to", "early_help": "offer"}}
    ]
    assert not list(check(load(files, tmp_path, over=over), ON).of("never_decides"))


# --- rules that disagree --------------------------------------------------------------------------------------------


def disagreeing(first: dict[str, Any], second: dict[str, Any]) -> Files:
    """The small ruleset with two rules, the first leading to early help and the second to an enquiry."""
    files = small()
    add_rule(files, "first", then={"early_help": "points_to"}, **first)
    add_rule(files, "second", then={"enquiry": "points_to"}, **second)
    return files


@pytest.mark.parametrize(
    ("first", "second", "how"),
    [
        ({"hunger": ">= low", "caring": ">= 2"}, {"hunger": ">= low", "caring": ">= 2"}, "the very same children"),
        (
            {"hunger": ">= low", "child_age": "< 9 years"},
            {"hunger": ">= low", "child_age": ">= 7 years"},
            "ages overlap",
        ),
        (
            {"hunger": ">= high", "caring": ">= 2"},
            {"hunger": ">= low", "caring": ">= 30"},
            "for whom the other does not",
        ),
    ],
)
def test_rules_that_overlap_without_one_being_stricter_disagree(
    first: dict[str, str], second: dict[str, str], how: str, tmp_path: Path
) -> None:
    """How they overlap, what each says, and a child for whom both hold."""
    one = the("disagree", found(disagreeing({"when": first}, {"when": second}), tmp_path))
    assert (one.severity, one.subject, one.others) == ("warning", "first", ("second",))
    assert how in one.message
    assert "targeted by the first and specialist by the second" in one.message
    [decision] = one.decisions
    assert {"first", "second"} <= {reason.rule for reason in decision.reasons}
    assert decision.tier == "specialist"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"hunger": ">= low"}, {"hunger": ">= high"}),
        ({"hunger": ">= low"}, {"hunger": ">= low", "child_age": "< 1 year"}),
        ({"hunger": ">= low", "child_age": "< 9 years"}, {"hunger": ">= low", "child_age": ">= 9 years"}),
        ({"hunger": ">= low"}, {"caring": ">= 2"}),
    ],
    ids=["more of the same", "more for babies", "never together", "other things"],
)
def test_escalation_is_no_disagreement(first: dict[str, str], second: dict[str, str], tmp_path: Path) -> None:
    """More of a sign, or a narrower age, leads to more; rules that never meet or read other things do not clash."""
    assert not list(found(disagreeing({"when": first}, {"when": second}), tmp_path).of("disagree"))


def test_the_same_response_at_two_weights_is_a_disagreement(tmp_path: Path) -> None:
    """One says that a person must consider it, the other points to it."""
    files = small()
    when = {"hunger": ">= low", "child_age": "< 9 years"}
    add_rule(files, "first", when=when, then={"early_help": "consider", "review": "offer"})
    add_rule(files, "second", when=when | {"child_age": ">= 7 years"}, then={"early_help": "points_to"})
    one = the("disagree", found(files, tmp_path))
    assert "the first says `consider` and the second `points to` of the same response, early help" in one.message


# --- what is read, reached and cited --------------------------------------------------------------------------------


def test_an_indicator_that_no_rule_reads_is_noted(tmp_path: Path) -> None:
    """With what is left of it: read on other days, by dead rules, for the scope, or not at all."""
    files = small()
    add_indicator(files, "tired", "flag", worse="present", absent="false")
    add_indicator(files, "cold", "flag", worse="present", absent="false")
    add_indicator(files, "wet", "flag", worse="present", absent="false")
    add_rule(files, "once", when={"cold": True}, until="2012-01-01")
    add_rule(files, "dead", when={"wet": True, "child_age": ">= 30 years"})
    noted = {one.subject: one.message for one in found(files, tmp_path).of("indicator_unread")}
    assert "no rule reads it" in noted["tired"]
    assert "on other days only, as on 2010-01-01" in noted["cold"]
    assert "can never hold" in noted["wet"]
    assert "whom the ruleset covers" in noted["plan"]
    assert not {"poverty", "hitting", "bruise", "neglect", "missing_episodes"} & set(noted)


def test_a_related_sign_and_what_has_details_are_not_noted(tmp_path: Path) -> None:
    """The one makes a danger urgent, the other must be there for its details to be."""
    files = small()
    add_indicator(files, "limping", "flag", worse="present", absent="false")
    entry(files, "bruise_rule")["related"].append("limping")
    add_indicator(files, "wet", "flag", worse="present", absent="false")
    add_indicator(files, "soaked", "flag", worse="present", absent="false", detail_of="wet")
    add_rule(files, when={"soaked": True})
    noted = {one.subject for one in found(files, tmp_path).of("indicator_unread")}
    assert not {"limping", "wet"} & noted


def test_an_indicator_of_exceptions_alone_is_noted(tmp_path: Path) -> None:
    """It can only take away."""
    assert {one.subject for one in found(small(), tmp_path).of("read_in_exceptions_only")} == {
        "bruise_explained",
        "helpful_neighbour",
    }


def test_a_response_that_no_rule_reaches_is_told(tmp_path: Path) -> None:
    """Never, only by rules that can never hold, or on other days only: the last is a note."""
    files = small()
    new = entry(files, "review")
    files["responses.yaml"] += [{**new, "id": name} for name in ("nowhere", "by_the_dead", "once")]
    add_rule(files, "dead", when={"hunger": ">= low", "child_age": ">= 30 years"}, then={"by_the_dead": "points_to"})
    add_rule(files, "ended", when={"hunger": ">= low"}, then={"once": "points_to"}, until="2012-01-01")
    told = {one.subject: one for one in found(files, tmp_path).of("response_unreached")}
    assert {name: one.severity for name, one in told.items()} == {
        "nowhere": "warning",
        "by_the_dead": "warning",
        "once": "note",
    }
    assert "no rule leads to it" in told["nowhere"].message
    assert "can never hold" in told["by_the_dead"].message
    assert "other days" in told["once"].message


def test_a_source_that_is_never_cited_is_noted(tmp_path: Path) -> None:
    """Cited by anything, it is not."""
    files = small()
    assert the("source_uncited", found(files, tmp_path / "one")).subject == "S1"
    entry(files, "low_attendance")["history"][0]["basis"] = {"sources": ["S1"], "confidence": "seed"}
    assert not list(found(files, tmp_path / "two").of("source_uncited"))


def test_a_number_rests_on_what_bore_it_out_on_the_day(tmp_path: Path) -> None:
    """A source for the value of an earlier time bears nothing out today."""
    files = small()
    cited = {"sources": ["S1"], "confidence": "seed"}
    entry(files, "low_attendance")["history"][0]["basis"] = cited
    ruleset = load(files, tmp_path)
    for day, rests in ((date(2012, 1, 1), False), (ON, True)):
        assert ("absence_rule" in {one.subject for one in check(ruleset, day).of("inferred_alone")}) == rests


@pytest.mark.parametrize("where", ["absence_rule", "low_attendance"])
def test_a_rule_rests_on_inference_alone_unless_something_bears_it_out(where: str, tmp_path: Path) -> None:
    """Its own basis, or that of a number that it names."""
    files = small()
    cited = {"sources": ["S1"], "confidence": "seed"}
    entry(files, where)["basis"] = {"test": cited, "response": OURS} if where == "absence_rule" else cited
    alone = {one.subject for one in found(files, tmp_path).of("inferred_alone")}
    assert "hitting_rule" in alone
    assert "absence_rule" not in alone


# --- examples, sign-off and contacts ----------------------------------------------------------------------------------


def test_an_example_that_is_answered_otherwise_is_a_problem(tmp_path: Path) -> None:
    """At its place, with what differs."""
    files = small()
    files["worked_examples/ours.yaml"] = [{**EXAMPLE, "expect": {"tier": "universal"}}]
    findings = found(files, tmp_path)
    one = the("example_differs", findings)
    assert (one.severity, one.subject, findings.examples) == ("problem", "a_child", 1)
    assert "tier: expected universal, got none" in one.message


def test_a_draft_without_contacts_is_noted_and_one_said_to_be_in_force_is_not_excused(tmp_path: Path) -> None:
    """Both kinds of contact; and a claim that nobody signed is a problem of its own."""
    files = small()
    missing = list(found(files, tmp_path / "one").of("contact_missing"))
    assert ["duty" in one.message for one in missing] == [True, False]
    assert {one.severity for one in missing} == {"note"}
    files["ruleset.yaml"]["status"] = "in_force"
    findings = found(files, tmp_path / "two")
    assert {one.severity for one in findings.of("contact_missing")} == {"problem"}
    assert the("sign_off", findings).severity == "problem"


# --- the check itself -------------------------------------------------------------------------------------------------


def test_each_step_is_told_in_turn(tmp_path: Path) -> None:
    """Progress names what is being looked at; a half-edited ruleset has only the steps that make sense of it."""
    steps: list[str] = []
    found(small(), tmp_path, step=steps.append)
    assert steps == list(STEPS)
    steps.clear()
    findings = found(small(), tmp_path, step=steps.append, half_edited=True)
    assert steps == list(BY_PROOF)
    assert not list(findings.of("indicator_unread", "source_uncited", "contact_missing"))


@pytest.mark.parametrize("after", range(len(STEPS)))
def test_what_is_stopped_says_what_it_left_out(after: int, tmp_path: Path) -> None:
    """What was found before is kept; what was not finished is named, and it is not complete."""
    stop = threading.Event()
    seen: list[str] = []

    def step(name: str) -> None:
        seen.append(name)
        if name == STEPS[after]:
            stop.set()

    files = small()
    add_rule(files, when={"child_age": ">= 20 years", "hunger": ">= low"})
    findings = found(files, tmp_path, stop=stop, step=step)
    assert seen == list(STEPS[: after + 1])
    assert bool(list(findings.of("never_holds"))) == (after > 0)
    if after < len(STEPS) - 1:
        one = the("not_finished", findings)
        assert STEPS[-1] in one.message
        assert one.severity == "problem"
        assert not findings.complete


def test_a_day_before_the_ruleset_is_refused(tmp_path: Path) -> None:
    """There is nothing in force to check."""
    with pytest.raises(RulesetNotInForce):
        check(load(small(), tmp_path), date(1999, 1, 1))


def test_the_day_decides_what_is_checked(tmp_path: Path) -> None:
    """A rule that had ended by then is no matter; without a day it is what is in force after the last change."""
    files = small()
    never: Callable[[date | None], list[Finding]]
    add_rule(files, when={"child_age": ">= 20 years", "hunger": ">= low"}, until="2012-01-01")
    ruleset = load(files, tmp_path)
    never = lambda on: list(check(ruleset, on).of("never_holds"))  # noqa: E731
    assert not never(None)
    assert not never(ON)
    assert never(date(2011, 1, 1))
