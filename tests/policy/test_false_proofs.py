"""What looks proved and is not: statements and comparisons that a naive proof would wave through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import thresholds
from tests.small_rulesets import Change, Files, add, add_indicator, add_rule, entry, load, small
from thresholds.ruleset import Ruleset

pytest.importorskip("pysat", reason="proofs need python-sat")

from tests.policy.test_prove import stating
from thresholds.policy.compare import compare
from thresholds.policy.moves import REFER_NOW, Move
from thresholds.policy.prove import Proof, prove, prove_every_day

ON = date(2017, 3, 1)
WORSE = {"kind": "worse_never_lowers"}
CHILD = {"child_age": "< age_of_majority"}


def only(folder: Path, invariant: dict[str, Any], *changes: Change) -> Proof:
    """What comes of one statement about the small ruleset as changed."""
    (proof,) = prove(changed(folder, *changes, _stating(invariant)), ON)
    return proof


def _stating(invariant: dict[str, Any]) -> Change:
    return lambda files: stating(invariant, files=files)


def changed(folder: Path, *changes: Change) -> Ruleset:
    files = small()
    for change in changes:
        change(files)
    return load(files, folder)


# --- a sign that appears, and its details ---------------------------------------------------------


def sign_with_detail(files: Files) -> None:
    """A flag with a scale as its detail, and another flag."""
    add_indicator(files, "parent_sign", "flag", worse="present", absent="false")
    severity = {"none": "None.", "low": "Low.", "high": "High."}
    add_indicator(
        files, "detail_sign", "scale", worse="higher", absent="none", values=severity, detail_of="parent_sign"
    )
    add_indicator(files, "other_sign", "flag", worse="present", absent="false")


def until_the_sign_is_there(files: Files) -> None:
    """A rule that holds while the detail is not low: it ends once the sign appears with a low detail."""
    sign_with_detail(files)
    add_rule(files, when={"other_sign": True, "none": [{"detail_sign": "<= low"}]})


def excused_by_another_sign(files: Files) -> None:
    """An exception that is a detail of a sign which the rule does not ask for."""
    sign_with_detail(files)
    add_indicator(files, "explained", "flag", worse="absent", absent="false", detail_of="parent_sign")
    add_rule(files, when={"other_sign": True}, unless=[{"when": {"explained": True}, "because": "explained"}])


def absent_in_the_middle(files: Files) -> None:
    """A number that is absent at 50: from 30 it gets worse until it is no longer there, and its detail with it."""
    add_indicator(files, "middling", "number", worse="higher", absent="50", unit="points", range="[0..100]", whole=True)
    add_indicator(files, "middling_detail", "flag", worse="present", absent="false", detail_of="middling")
    add_rule(files, when={"middling_detail": True})


@pytest.mark.parametrize("lowering", [until_the_sign_is_there, excused_by_another_sign, absent_in_the_middle])
def test_an_answer_that_falls_as_a_sign_appears_is_no_proof(lowering: Change, tmp_path: Path) -> None:
    """Two children, the second worse off, are shown with what is lost; both are real on the reference engine."""
    proof = only(tmp_path, WORSE, lowering)
    assert proof.verdict == "refuted"
    before, after = proof.decisions
    assert "school_support" in before.responses
    assert "school_support" not in after.responses


def test_an_exception_that_belongs_to_the_sign_itself_lowers_nothing(tmp_path: Path) -> None:
    """A bruise that appears explained calls for less than one that is not, and for no less than none."""
    assert only(tmp_path, WORSE).verdict == "proved"


# --- statements about nobody, everybody, and some days --------------------------------------------


def never_both(*names: str) -> Change:
    def change(files: Files) -> None:
        for name in names:
            files["impossible.yaml"].append({"id": f"no_{name}", "when": {name: True}, "because": "never"})

    return change


@pytest.mark.parametrize(
    ("when", "change"),
    [
        ({"bruise": True}, never_both("bruise")),
        ({"bruise": True, "all": [{"bruise": False}]}, never_both()),
        ({"child_age": ">= 40 years"}, never_both()),
    ],
    ids=["impossible", "contradiction", "outside"],
)
def test_a_statement_about_nobody_is_not_proved(when: dict[str, Any], change: Change, tmp_path: Path) -> None:
    """Of no child nothing is proved, whatever would follow."""
    proof = only(tmp_path, {"kind": "leads_to", "when": when, "response": "review"}, change)
    assert (proof.verdict, proof.children) == ("about_nobody", ())


def test_everybody_has_universal_services_at_least(tmp_path: Path) -> None:
    """The lowest level is reached by whoever is covered, though no rule gives it."""
    assert only(tmp_path, {"kind": "leads_to", "when": CHILD, "tier": "universal"}).verdict == "proved"


def test_a_time_too_short_for_any_limit_is_said(tmp_path: Path) -> None:
    """A child without a home for a day refutes what is said of every shorter time, and is told so."""
    when = {**CHILD, "homeless": "< 3 months"}
    proof = only(tmp_path, {"kind": "leads_to", "when": when, "response": "enquiry"})
    assert proof.verdict == "refuted"
    assert "homeless" in proof.children[0].observations


def test_the_child_shown_is_told_what_the_statement_needs_and_no_more(tmp_path: Path) -> None:
    """Where silence says nothing of attendance or a home, the child need not be told of them."""
    proof = only(tmp_path, {"kind": "leads_to", "when": {**CHILD, "lives_with": "others"}, "response": "enquiry"})
    assert proof.verdict == "refuted"
    assert set(proof.children[0].observations) == {"lives_with"}


def month_and_days(files: Files) -> None:
    """Missing within a month calls for support; the statement is about 30 days."""
    add(files, "parameters.yaml", "a_month", title="A month", unit="months", value="1 month")
    add(files, "parameters.yaml", "thirty_days", title="30 days", unit="days", value="30 days")
    for name, window in (("in_a_month", "a_month"), ("in_thirty_days", "thirty_days")):
        add(
            files,
            "quantities.yaml",
            name,
            label=name.replace("_", " "),
            unit="episodes",
            count={"events": "missing_episodes", "within": window},
        )
    add_rule(files, "month_rule", when={"in_a_month": ">= 1"})
    add_rule(files, "days_rule", when={"in_thirty_days": ">= 100"})


def test_what_depends_on_the_length_of_a_month_is_not_proved_from_one_day(tmp_path: Path) -> None:
    """On 1 January a month holds 30 days, on 15 March it does not: no proof, whatever the day."""
    statement = {"kind": "leads_to", "when": {**CHILD, "in_thirty_days": ">= 1"}, "response": "school_support"}
    ruleset = changed(tmp_path, month_and_days, _stating(statement))
    verdicts = {next(iter(prove(ruleset, day))).verdict for day in (date(2017, 1, 1), date(2017, 3, 15))}
    assert verdicts == {"not_finished", "refuted"}


def brief(files: Files) -> None:
    """For some weeks living with others calls for an enquiry."""
    add_rule(
        files,
        "brief_rule",
        when={"lives_with": "others"},
        then={"enquiry": "points_to"},
        from_="2016-02-01",
        until="2016-06-30",
    )


def test_a_statement_is_tried_on_every_day_on_which_something_changes(tmp_path: Path) -> None:
    """One that a rule of some weeks breaks is refuted for those weeks, though it holds before and after."""
    statement = {"kind": "never_together", "responses": ["enquiry", "review"]}
    files = stating(statement)
    entry(files, "bruise_rule")["unless"].append({"when": {"lives_with": "others"}, "because": "x"})
    entry(files, "bruise_rule").pop("overriding")
    entry(files, "bruise_rule").pop("related")
    entry(files, "hitting_rule").update(unless=[{"when": {"lives_with": "others"}, "because": "x"}])
    entry(files, "hitting_rule").pop("overriding")
    brief(files)
    ruleset = load(files, tmp_path)
    assert next(iter(prove(ruleset, ON))).verdict == "proved"
    ((_, day, proof),) = prove_every_day(ruleset)
    assert (day, proof.verdict) == (date(2016, 2, 1), "refuted")


# --- rulesets that are not alike ------------------------------------------------------------------


def test_a_rule_of_some_weeks_is_a_change_whatever_the_day(tmp_path: Path) -> None:
    """It is told in the text, and the days on which it counts are told to differ."""
    found = compare(changed(tmp_path / "a"), changed(tmp_path / "b", brief), ON)
    assert found.behaviour.same
    assert not found.same
    assert ("added", "brief_rule") in {(one.how, one.id) for one in found.text}
    assert [day.on for day in found.other_days if not day.same] == [date(2016, 2, 1)]


def fewer_sessions(files: Files) -> None:
    entry(files, "fewest_sessions")["value"] = "120"


def no_order(files: Files) -> None:
    entry(files, "lives_with")["protective"] = False
    entry(files, "caring")["worse"] = "neither"


@pytest.mark.parametrize("change", [fewer_sessions, no_order])
def test_what_an_observation_is_read_as_is_part_of_the_answer(change: Callable[[Files], None], tmp_path: Path) -> None:
    """How many sessions say something, and which of several reports counts: two who differ in it are not alike."""
    found = compare(changed(tmp_path / "a"), changed(tmp_path / "b", change), ON)
    assert not found.same
    assert found.behaviour.unlike


def no_longer_overriding(files: Files) -> None:
    entry(files, "hitting_rule").pop("overriding")


def test_to_refer_now_is_part_of_the_answer(tmp_path: Path) -> None:
    """A rule that calls for the same and is no longer overriding answers differently."""
    found = compare(changed(tmp_path / "a"), changed(tmp_path / "b", no_longer_overriding), ON)
    assert Move(REFER_NOW, "points_to", "not called for") in found.behaviour.possible
    assert not found.same


def test_the_bundled_statements_are_proved_on_every_day() -> None:
    """Of England: each, whenever it is in force, and about somebody."""
    assert {proof.verdict for _, _, proof in prove_every_day(thresholds.load("england"))} == {"proved"}


def longest_under_none(files: Files) -> None:
    """A longest time that is said not to have lasted so long, in what cannot be."""
    add(
        files,
        "quantities.yaml",
        "longest_need",
        label="longest need",
        unit="days",
        longest={"indicators": {"tags": ["need"]}},
    )
    add_rule(files, when={"longest_need": ">= 28 days"})
    when = {"bruise": True, "none": [{"longest_need": ">= 28 days"}]}
    files["impossible.yaml"].append({"id": "never", "when": when, "because": "never"})


def test_a_longest_time_is_not_read_negatively_anywhere(tmp_path: Path) -> None:
    """Not in what is impossible either: a proof could not be asked about it."""
    with pytest.raises(thresholds.RulesetInvalid, match="is a longest time, and is read as not so long"):
        changed(tmp_path, longest_under_none)
