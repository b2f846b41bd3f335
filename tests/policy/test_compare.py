"""Two rulesets held against one another: the worked example, who is to blame, and what is broken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import thresholds
from tests.answers import effort
from tests.policy.slips import ON, pair
from tests.small_rulesets import OURS, Change, add_rule, entry, load, small
from thresholds.errors import NothingToCompare, RulesetNotInForce
from thresholds.testing.dice import Dice

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.policy.causes import bears_on
from thresholds.policy.compare import Comparison, Explained, compare
from thresholds.policy.moves import COVERED, LEVEL, LEVELS, NOT_CALLED, Move
from thresholds.policy.searching import Patience
from thresholds.present.situations import in_words, who_in_words

DICE = st.randoms(use_true_random=False).map(Dice)
DAY = date(2017, 3, 1)


# --- LLR, February 2015 against September 2016 ------------------------------------------------------


@cache
def worked_example() -> Comparison:
    old, new = (thresholds.load("llr", as_at=day) for day in (date(2015, 2, 1), date(2016, 9, 1)))
    return compare(old, new, date(2016, 9, 1))


def test_one_level_changes_and_every_other_is_proved_not_to() -> None:
    """From universal to targeted, and of the other eleven ways none: that is proved, not sampled."""
    behaviour = worked_example().behaviour
    assert [move for move in behaviour.possible if move.of == LEVEL] == [Move(LEVEL, "universal", "targeted")]
    assert len([move for move in behaviour.impossible if move.of == LEVEL]) == len(LEVELS) * (len(LEVELS) - 1) - 1
    assert behaviour.undecided == ()
    assert behaviour.unlike == ()
    assert not behaviour.same


def test_the_responses_that_are_called_for_differently() -> None:
    """Exactly these ways of these responses; the last two where another response covers them anyway."""
    moves = [move for move in worked_example().behaviour.possible if move.of != LEVEL]
    assert moves == [
        Move("early_help_assessment", NOT_CALLED, COVERED),
        Move("early_help_assessment", NOT_CALLED, "points_to"),
        Move("early_help_assessment", "offer", "points_to"),
        Move("early_help_assessment", "consider", "points_to"),
        Move("early_help_conversation", "points_to", COVERED),
        Move("police_fgm_report", "consider", "points_to"),
        Move("prevent_referral", NOT_CALLED, "points_to"),
        Move("single_agency_support", NOT_CALLED, COVERED),
        Move("single_agency_support", NOT_CALLED, "points_to"),
        Move("single_agency_support", "points_to", COVERED),
        Move("universal_services", "points_to", COVERED),
    ]
    assert [move for move in moves if move.slight] == [moves[0], moves[7]]


def test_the_simplest_child_of_the_worked_example() -> None:
    """A child of 5 to 17 whose attendance is above 85 and at most 90, with no other need; why, and because of what."""
    found = worked_example()
    first = found.explained[0]
    situation = first.difference.situation
    (part,) = situation.parts
    assert who_in_words(situation.who) == "a child of 5 to 17"
    assert [in_words(box, found.catalogue) for box in part.among] == [
        "attendance at school or college: more than 85 and at most 90%"
    ]
    assert first.difference.moves[0] == Move(LEVEL, "universal", "targeted")
    assert found.behaviour.simplest(first.difference.moves[0]) is first.difference
    assert (first.difference.before.tier, first.difference.after.tier) == ("universal", "targeted")
    assert (first.lost, [reason.rule for reason in first.gained]) == (
        (),
        ["persistent_absence", "absence_is_persistent"],
    )
    assert all(reason.place.startswith(("llr/rules/", "england/rules/")) for reason in first.gained)
    assert [(cause.kind, cause.id) for cause in first.causes] == [("parameter", "persistent_absence_attendance")]


def test_what_changed_in_the_text_of_the_worked_example() -> None:
    """A number, the Prevent duty and the duty to report, each with what must be provable of it."""
    assert {(one.kind, one.id, one.how) for one in worked_example().text} == {
        ("parameter", "persistent_absence_attendance", "altered"),
        ("rule", "extremism_referral", "added"),
        ("rule", "genital_mutilation_duty_to_report", "added"),
        ("invariant", "genital_mutilation_is_reported", "added"),
        ("invariant", "strengths_never_change_the_report_of_genital_mutilation", "added"),
    }
    assert worked_example().broken == ()


def test_every_difference_of_the_worked_example_has_its_cause() -> None:
    """Each is laid to a change, and only to changes on which a rule that differs depends."""
    for one in worked_example().explained:
        assert one.causes
        responses = {move.of for move in one.difference.moves}
        assert ("police_fgm_report" in responses) == any("genital" in cause.id for cause in one.causes)
        assert ("prevent_referral" in responses) == any("extremism" in cause.id for cause in one.causes)


# --- who is to blame --------------------------------------------------------------------------------


def compared(folder: Path, change: Change, old: Change = lambda _: None, **options: Any) -> Comparison:
    files = small()
    old(files)
    before = load(files, folder / "old")
    change(files)
    return compare(before, load(files, folder / "new"), DAY, **options)


def say(identifier: str, **fields: Any) -> Change:
    return lambda files: entry(files, identifier).update(fields)


CAUSES: dict[str, tuple[Change, set[tuple[str, str]]]] = {
    "a rule": (say("others_rule", when={"lives_with": "not(parents)"}), {("rule", "others_rule")}),
    "a weight": (say("others_rule", then={"review": "offer"}), {("rule", "others_rule")}),
    "an exception": (say("carer_rule", unless=[]), {("rule", "carer_rule")}),
    "a number": (say("many_hours", value="20"), {("parameter", "many_hours")}),
    "a window": (say("missing_window", value="60 days"), {("parameter", "missing_window")}),
    "how many": (say("many_episodes", value="4"), {("parameter", "many_episodes")}),
    "what is counted": (
        lambda files: entry(files, "needs")["count"]["where"].update(value=">= moderate"),
        {("quantity", "needs")},
    ),
    "what concludes a finding": (say("pattern_rule", when={"needs": ">= 1"}), {("rule", "pattern_rule")}),
    "a tag that is counted": (say("hunger", tags=["other"]), {("indicator", "hunger")}),
    "a level of a table": (
        lambda files: entry(files, "exclusions")["levels"][0].update(at=">= 2"),
        {("rule", "exclusions_level_1")},
    ),
    "a tier": (say("review", tier="targeted"), {("response", "review")}),
    "a cover": (say("early_help", absorbs=[]), {("response", "early_help")}),
    "the scope": (
        lambda files: files["ruleset.yaml"]["scope"].update(under_18={"child_age": "< 17 years"}),
        {("scope", "scope")},
    ),
    "a number of the scope": (say("age_of_majority", value="17 years"), {("parameter", "age_of_majority")}),
    "whom a rule is for": (
        say("others_rule", applies_to=["under_18", "unborn"]),
        {("rule", "others_rule")},
    ),
}


@pytest.mark.parametrize(("change", "causes"), CAUSES.values(), ids=CAUSES)
def test_a_difference_is_laid_to_the_change_that_made_it(
    change: Change, causes: set[tuple[str, str]], tmp_path: Path
) -> None:
    """To that, whatever else was changed with it that bears on nothing."""

    def words_too(files: Any) -> None:
        change(files)
        entry(files, "review")["meaning"] = "Said otherwise."
        entry(files, "carer_rule")["title"] = "Said otherwise"
        entry(files, "bruise")["definition"] = "Said otherwise."
        add_rule(files, "elsewhere", when={"plan": True}, then={"school_support": "offer"})

    found = compared(tmp_path, words_too)
    named = [{(cause.kind, cause.id) for cause in one.causes} - {("rule", "elsewhere")} for one in found.explained]
    assert any(named)
    assert all(one in (causes, set()) for one in named)


def test_a_number_of_an_at_least_is_behind_its_rule(tmp_path: Path) -> None:
    """`at_least` may take its number from a parameter."""

    def counted(files: Any) -> None:
        any_two = {"at_least": {"n": "many_episodes", "of": [{"plan": True}, {"bruise": True}, {"hunger": "high"}]}}
        add_rule(files, when=any_two, then={"review": "points_to"})

    found = compared(tmp_path, say("many_episodes", value="2"), old=counted)
    ruleset = found.new.in_force(DAY)
    (rule,) = (one for one in ruleset.rules if one.id == "new_rule")
    assert {("parameter", "many_episodes"), ("indicator", "hunger"), ("rule", "new_rule")} <= bears_on(rule, ruleset)
    named: Iterator[Explained] = (one for one in found.explained if "review" in {m.of for m in one.difference.moves})
    assert all([cause.id for cause in one.causes] == ["many_episodes"] for one in named)


def test_behind_a_rule_is_all_that_it_reads(tmp_path: Path) -> None:
    """Findings with the rules that conclude them, quantities with what they count, details with what they are of."""
    ruleset = load(small(), tmp_path).in_force(DAY)
    rules = {rule.id: rule for rule in ruleset.rules}
    assert bears_on(rules["neglect_rule"], ruleset) == {
        ("rule", "neglect_rule"),
        ("finding", "pattern"),
        ("rule", "pattern_rule"),
        ("quantity", "needs"),
        ("indicator", "hunger"),
        ("indicator", "neglect"),
    }
    assert ("indicator", "bruise") in bears_on(rules["bruise_rule"], ruleset)
    assert ("parameter", "missing_window") in bears_on(rules["missing_rule"], ruleset)


@effort(40)
@given(DICE)
def test_where_answers_differ_something_changed(dice: Dice) -> None:
    """Nobody is answered differently where no text changed; and whatever differs has a cause among the changes."""
    old, new = pair(dice)
    try:
        found = compare(old, new, dice.one(ON), signs=1)
    except NothingToCompare:
        return
    assert found.text or found.behaviour.same
    for one in found.explained:
        assert one.causes or not one.difference.moves
        assert {cause.id for cause in one.causes} <= {change.id for change in found.text}


# --- statements, catalogues, days -----------------------------------------------------------------


STATEMENT = {
    "id": "low_attendance_is_met",
    "statement": "Attendance below 80% is always met.",
    "kind": "leads_to",
    "when": {"child_age": "[5 years..16 years)", "attendance": "< 80"},
    "tier": "targeted",
    "basis": OURS,
}


def test_a_statement_that_no_longer_holds_is_broken(tmp_path: Path) -> None:
    """What was provable of the old one and is not of the new one is named."""

    def stated(files: Any) -> None:
        files["invariants.yaml"] = [deepcopy(STATEMENT)]

    weaker = say("absence_rule", then={"school_support": "offer"})
    assert compared(tmp_path / "same", lambda _: None, old=stated).broken == ()
    (broken,) = compared(tmp_path / "weaker", weaker, old=stated).broken
    assert (broken.id, broken.verdict) == ("low_attendance_is_met", "refuted")


def test_what_only_one_of_them_knows_is_named(tmp_path: Path) -> None:
    """Both ways round, and by what it is called in the one that knows it."""

    def other(files: Any) -> None:
        files["rules/rules.yaml"].remove(entry(files, "others_rule"))
        files["indicators/family.yaml"].remove(entry(files, "lives_with"))

    found = compared(tmp_path, other)
    assert (found.only_old, found.only_new) == (("lives_with",), ())
    assert found.catalogue.indicators["lives_with"].label == "lives with"
    (one,) = [each for each in found.explained if Move("review", "points_to", NOT_CALLED) in each.difference.moves]
    assert [in_words(box, found.catalogue) for part in one.difference.situation.parts for box in part.among] == [
        "lives with: others"
    ]


def test_nothing_in_common_can_still_be_compared(tmp_path: Path) -> None:
    """Two rulesets that share neither indicators nor responses: each calls for its own."""
    files = small()
    old = load(files, tmp_path / "old")
    sad = {**entry(files, "bruise"), "id": "sad", "label": "sad", "topic": "home", "area": "child_development"}
    bare = {name: files[name] for name in ("ruleset.yaml", "sources.yaml", "roles.yaml", "services.yaml")}
    bare |= {
        "topics.yaml": [one for one in files["topics.yaml"] if one["id"] == "home"],
        "indicators/all.yaml": [entry(files, "plan"), entry(files, "once_in_care"), sad],
        "parameters.yaml": [entry(files, "age_of_majority")],
        "responses.yaml": [{**entry(files, "review"), "id": "other", "label": "other", "services": []}],
        "rules/all.yaml": [{**entry(files, "others_rule"), "when": {"sad": True}, "then": "other"}],
    }
    new = load(bare, tmp_path / "new")
    found = compare(old, new, DAY, signs=1)
    assert Move("other", NOT_CALLED, "points_to") in found.behaviour.possible
    assert Move(LEVEL, "specialist", "universal") in found.behaviour.possible
    assert "bruise" in found.only_old
    assert found.only_new == ("sad",)


def test_a_day_before_the_first_is_refused(tmp_path: Path) -> None:
    """Neither answers for it."""
    ruleset = load(small(), tmp_path)
    with pytest.raises(RulesetNotInForce):
        compare(ruleset, ruleset, date(2009, 1, 1))


def test_stopped_at_once_everything_is_unfinished(tmp_path: Path) -> None:
    """No statement is proved, no way is decided, and the text is compared all the same."""
    stop = threading.Event()
    stop.set()

    def stated(files: Any) -> None:
        files["invariants.yaml"] = [deepcopy(STATEMENT)]

    found = compared(tmp_path, say("others_rule", then={"review": "offer"}), old=stated, patience=Patience(60, stop))
    assert [proof.verdict for proof in found.proofs] == ["not_finished"]
    assert (found.behaviour.possible, found.behaviour.impossible, found.behaviour.extent) == ((), (), "stopped")
    assert [one.id for one in found.text] == ["others_rule"]


@pytest.mark.parametrize(("value", "moved"), [("88", True), ("90.0", False)])
def test_another_number_for_a_parameter(value: str, moved: bool) -> None:
    """Between 88 and 90 a child at school is met no longer; the same number written otherwise changes nothing."""
    llr = thresholds.load("llr")
    found = compare(llr, llr.with_parameters(persistent_absence_attendance=value), llr.definition.changes[-1], signs=1)
    levels = {move for move in found.behaviour.possible if move.of == LEVEL}
    assert levels == ({Move(LEVEL, "targeted", "universal")} if moved else set())
    assert found.behaviour.same is not moved
    assert {one.id for one in found.text} == {"persistent_absence_attendance"}
    if moved:
        (part,) = found.explained[0].difference.situation.parts
        assert [in_words(box, found.catalogue) for box in part.among] == [
            "attendance at school or college: more than 88 and at most 90%"
        ]
