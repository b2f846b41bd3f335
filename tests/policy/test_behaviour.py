"""Who is answered differently: what is proved of nobody is true of nobody, and each difference is a real child's."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import thresholds
from tests.answers import effort, fits, shown
from tests.policy.slips import ON, moves, pair, told, whole_children
from tests.small_rulesets import Change, add, add_indicator, add_rule, entry, load, small
from thresholds import testing
from thresholds.assessment import Assessment
from thresholds.errors import NothingToCompare
from thresholds.ruleset import Ruleset
from thresholds.testing.dice import Dice

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.policy.behaviour import Behaviour, behaviour
from thresholds.policy.moves import COVERED, LEVEL, LEVELS, NOT_CALLED, OUTSIDE, STANDINGS, Move
from thresholds.policy.pairing import unlike
from thresholds.policy.searching import Patience

DICE = st.randoms(use_true_random=False).map(Dice)
DAY = date(2017, 3, 1)


def two(folder: Path, *changes: Change, old: Change = lambda _: None) -> tuple[Ruleset, Ruleset]:
    """The small ruleset, and the same changed; `old` is done to both first."""
    rulesets = []
    for name, wanted in (("old", (old,)), ("new", (old, *changes))):
        files = small()
        for change in wanted:
            change(files)
        rulesets.append(load(files, folder / name))
    return rulesets[0], rulesets[1]


def found(folder: Path, *changes: Change, old: Change = lambda _: None, on: date = DAY) -> Behaviour:
    return behaviour(*two(folder, *changes, old=old), on)


# --- of any two rulesets --------------------------------------------------------------------------


@effort(25)
@given(testing.rulesets(signs=5, rules=6))
def test_a_ruleset_answers_as_it_does_itself(ruleset: Ruleset) -> None:
    """That every child is answered alike is proved of any ruleset and itself."""
    on = ruleset.definition.changes[-1]
    alike = behaviour(ruleset, ruleset, on)
    assert alike.same
    assert (alike.possible, alike.differences, alike.extent) == ((), (), "all")


@effort(120)
@given(DICE)
def test_no_child_moves_as_was_proved_impossible(dice: Dice) -> None:
    """Of any two rulesets: each way in which a whole child's answer differs is possible; none where all is the same.

    Every way there is stands once among what is possible, impossible and undecided.
    """
    old, new = pair(dice)
    on = dice.one(ON)
    try:
        differing = behaviour(old, new, on, signs=1, most=3)
    except NothingToCompare:
        return
    ways = [*differing.possible, *differing.impossible, *differing.undecided]
    responses = {*old.in_force(on).responses, *new.in_force(on).responses}
    assert len(ways) == len(set(ways)) == len(LEVELS) * (len(LEVELS) - 1) + 2 + len(responses) * 20
    for child in whole_children(dice, old, new, on, 12):
        if not set(differing.unlike) & set(child.observations):
            shown(child)
            made = moves(old, new, child)
            assert made <= set(differing.possible)
            assert not (differing.same and made)


@effort(40)
@given(DICE)
def test_every_difference_is_that_of_its_child(dice: Dice) -> None:
    """Each difference has a valid child, answered so by the reference engine, and each possible move a difference."""
    old, new = pair(dice)
    try:
        differing = behaviour(old, new, dice.one(ON))
    except NothingToCompare:
        return
    for one in differing.differences:
        children = one.situation.children
        assert fits(old, told(old, children[-1]))
        assert fits(new, told(new, children[0]))
        if len(children) == 1:
            assert set(one.moves) <= moves(old, new, children[0])
    assert {move for one in differing.differences for move in one.moves} == set(differing.possible)
    assert all(differing.simplest(move) is not None for move in differing.possible)


# --- what changes answers, and what does not ------------------------------------------------------


def _say(identifier: str, **fields: Any) -> Change:
    return lambda files: entry(files, identifier).update(fields)


UNCHANGED: dict[str, Change] = {
    "words": _say("absence_rule", title="Said otherwise", because="so"),
    "layout": _say("absence_rule", when={"attendance": "<low_attendance", "child_age": "[5 years..16 years)"}),
    "number": _say("low_attendance", history=[{"from": "2010-01-01", "value": "90.0"}]),
    "unit": _say("absence_rule", when={"attendance": "< low_attendance", "child_age": "[60 months..16 years)"}),
}


@pytest.mark.parametrize("change", UNCHANGED.values(), ids=UNCHANGED)
def test_nobody_is_answered_differently(change: Change, tmp_path: Path) -> None:
    """Other words, another layout, the same number or age written otherwise: proved to change no answer."""
    assert found(tmp_path, change).same


def test_a_rule_split_in_two_is_the_same(tmp_path: Path) -> None:
    """Two rules that together say what one said change no answer, and that is proved."""

    def split(files: Any) -> None:
        entry(files, "absence_rule")["when"]["child_age"] = "[5 years..10 years)"
        add_rule(files, when={"child_age": "[10 years..16 years)", "attendance": "< low_attendance"})

    assert found(tmp_path, split).same


def test_a_rule_split_with_a_gap_is_not(tmp_path: Path) -> None:
    """The month between the two is found, with children of that age."""

    def split(files: Any) -> None:
        entry(files, "absence_rule")["when"]["child_age"] = "[5 years..10 years)"
        add_rule(files, when={"child_age": "[121 months..16 years)", "attendance": "< low_attendance"})

    differing = found(tmp_path, split)
    assert Move(LEVEL, "targeted", "universal") in differing.possible
    assert Move(LEVEL, "universal", "targeted") in differing.impossible
    for one in differing.differences:
        born = one.situation.children[0].child.born
        assert born is not None
        assert date(2007, 2, 1) < born <= date(2007, 3, 1)


def test_another_weight_is_a_move_of_the_response(tmp_path: Path) -> None:
    """From called for to be considered, of the response and of nothing else."""
    differing = found(tmp_path, _say("others_rule", then={"review": "consider"}))
    assert differing.possible == (Move("review", "points_to", "consider"),)
    assert differing.extent == "all"


def test_another_tier_moves_the_level_alone(tmp_path: Path) -> None:
    """A response of another tier is called for as before, at another level."""
    differing = found(tmp_path, _say("review", tier="targeted"))
    assert differing.possible == (Move(LEVEL, "universal", "targeted"),)


def test_a_cover_taken_away_shows_what_it_covered(tmp_path: Path) -> None:
    """What another response covered is called for itself, once that no longer covers it."""
    differing = found(tmp_path, _say("early_help", absorbs=[]))
    assert set(differing.possible) == {Move("school_support", COVERED, weight) for weight in ("points_to",)}


def test_who_is_covered(tmp_path: Path) -> None:
    """A scope that ends earlier leaves children outside, who had an answer."""

    def scope(files: Any) -> None:
        files["ruleset.yaml"]["scope"]["under_18"] = {"child_age": "< 17 years"}

    differing = found(tmp_path, scope)
    outside = {move for move in differing.possible if move.of == LEVEL}
    assert outside == {Move(LEVEL, tier, OUTSIDE) for tier in ("universal", "targeted", "specialist")}


def test_a_response_that_only_one_knows(tmp_path: Path) -> None:
    """It is called for by the one, and by the other never."""

    def without(files: Any) -> None:
        files["rules/rules.yaml"].remove(entry(files, "others_rule"))
        files["responses.yaml"].remove(entry(files, "review"))

    assert found(tmp_path, without).possible == (Move("review", "points_to", NOT_CALLED),)


def test_a_response_may_be_called_level(tmp_path: Path) -> None:
    """A response's id is no other name of the level of need."""

    def named(files: Any) -> None:
        entry(files, "review")["id"] = "level"
        entry(files, "others_rule")["then"] = {"level": "points_to"}

    differing = found(tmp_path, _say("others_rule", then={"level": "offer"}), old=named)
    assert differing.possible == (Move("level", "points_to", "offer"),)


# --- what could make a proof vacuous ----------------------------------------------------------------


def test_no_child_at_all_is_refused(tmp_path: Path) -> None:
    """Where nothing is possible, nothing is proved: that is an error, not a proof."""

    def nobody(files: Any) -> None:
        add(files, "impossible.yaml", "a_plan", when={"plan": True}, because="no")
        add(files, "impossible.yaml", "no_plan", when={"plan": False}, because="no")
        for one in files["impossible.yaml"]:
            one.pop("basis", None)

    with pytest.raises(NothingToCompare) as error:
        found(tmp_path, nobody)
    assert "no child" in error.value.message
    assert "impossible" in error.value.help


def test_nobody_covered_by_either_is_refused(tmp_path: Path) -> None:
    """Two rulesets that cover nobody answer nobody alike."""

    def nobody(files: Any) -> None:
        add(files, "impossible.yaml", "unborn", when={"child_unborn": True}, because="no")
        add(files, "impossible.yaml", "young", when={"child_age": "< 25 years"}, because="no")
        for one in files["impossible.yaml"]:
            one.pop("basis", None)

    with pytest.raises(NothingToCompare):
        found(tmp_path, old=nobody)


def test_who_is_ruled_out_by_one_only_is_seen_to(tmp_path: Path) -> None:
    """A difference cannot be hidden by calling its children impossible."""

    def hidden(files: Any) -> None:
        entry(files, "others_rule")["then"] = {"review": "offer"}
        files["impossible.yaml"].append({"id": "hidden", "when": {"lives_with": "others"}, "because": "it cannot be"})

    differing = found(tmp_path, hidden)
    assert differing.possible == ()
    assert differing.ruled_out == "differently"
    assert not differing.same


def test_who_is_ruled_out_by_one_and_answered_alike(tmp_path: Path) -> None:
    """One more impossible combination alone changes no answer."""

    def more(files: Any) -> None:
        files["impossible.yaml"].append({"id": "more", "when": {"lives_with": "others"}, "because": "it cannot be"})

    differing = found(tmp_path, more)
    assert differing.ruled_out == "alike"
    assert differing.same


UNLIKE: dict[str, Change] = {
    "absent": _say("referred", absent="false"),
    "range": _say("caring", range="[0..100]"),
    "whole": _say("caring", whole=True),
    "values": _say("lives_with", values={"parents": "With parents.", "others": "With others."}),
    "may not apply": _say("attendance", may_not_apply=True),
}


@pytest.mark.parametrize("change", UNLIKE.values(), ids=UNLIKE)
def test_what_the_two_define_differently_is_left_out_and_said(change: Change, tmp_path: Path) -> None:
    """No child can be told to both: nothing is shown of it, and that all is the same is not claimed."""
    differing = found(tmp_path, change)
    assert len(differing.unlike) == 1
    assert not differing.same
    assert differing.possible == ()


def test_another_kind_with_its_details(tmp_path: Path) -> None:
    """What is a detail of something defined differently is left out with it; both are told their own absence."""

    def change(files: Any) -> None:
        entry(files, "bruise").update(
            kind="scale", values={"none": "No.", "some": "Some."}, worse="higher", absent="none"
        )
        entry(files, "bruise_rule")["when"] = {"bruise": "some"}

    old, new = two(tmp_path, change)
    assert unlike(old.in_force(DAY), new.in_force(DAY)) == ("bruise", "bruise_explained")
    differing = behaviour(old, new, DAY)
    assert (differing.possible, differing.same) == ((), False)


def test_a_difference_beside_what_is_left_out(tmp_path: Path) -> None:
    """What differs otherwise is found, and its child can be told to both."""

    def change(files: Any) -> None:
        entry(files, "attendance")["absent"] = "100"
        entry(files, "lives_with").update(absent="unknown")
        entry(files, "missing_rule")["then"] = {"enquiry": "points_to"}

    old, new = two(tmp_path, change)
    differing = behaviour(old, new, DAY)
    assert differing.unlike == ("attendance", "lives_with")
    assert Move(LEVEL, "targeted", "specialist") in differing.possible
    for one in differing.differences:
        assert [fits(ruleset, child) for ruleset, child in zip((new, old), one.situation.children, strict=True)]


# --- time -------------------------------------------------------------------------------------------


def _reading(window: str) -> Change:
    return _say("missing_window", unit=window.split()[1] if "month" in window else "days", value=window)


@pytest.mark.parametrize(("day", "same"), [(DAY, False), (date(2017, 12, 15), True)])
def test_days_and_months_are_compared_as_they_fall_on_the_day(day: date, same: bool, tmp_path: Path) -> None:
    """30 days and 1 month hold the same days before 15 December, and not before 1 March; it is said to rest on that."""
    differing = found(tmp_path, _reading("1 month"), old=_reading("30 days"), on=day)
    assert differing.same == same
    assert {(one.days, one.months) for lengths in differing.by_calendar for one in lengths} == {(30, 0), (0, 1)}


@pytest.mark.parametrize("day", [DAY, date(2016, 2, 29), date(2017, 5, 31)])
def test_a_window_of_days_against_one_of_months(day: date, tmp_path: Path) -> None:
    """Each child found has events in the one window that the other does not hold."""
    old, new = two(tmp_path, _reading("1 month"), old=_reading("28 days"))
    differing = behaviour(old, new, day)
    for one in differing.differences:
        assert set(one.moves) <= moves(old, new, one.situation.children[0])
    assert differing.same == (not differing.differences)


def _homeless(length: str) -> Change:
    return _say("carer_rule", when={"any": [{"caring": ">= many_hours"}, {"homeless": f">= {length}"}]})


@pytest.mark.parametrize("day", [DAY, date(2016, 2, 29), date(2019, 12, 31)])
@pytest.mark.parametrize("length", ["1 month", "30 days"])
def test_a_limit_in_days_against_one_in_months(day: date, length: str, tmp_path: Path) -> None:
    """28 days without a home against another length: whoever is found lies between the two."""
    differing = found(tmp_path, _homeless(length), old=_homeless("28 days"), on=day)
    for one in differing.differences:
        (child,) = one.situation.children
        since = date.fromisoformat(str(child.observations["homeless"][0].value))
        assert 28 <= (day - since).days <= 31
    assert differing.same == (not differing.differences)


# --- stopped ----------------------------------------------------------------------------------------


def test_stopped_before_it_began_nothing_is_proved(tmp_path: Path) -> None:
    """Not one way is called impossible, nor the two the same, even where they are."""
    stop = threading.Event()
    stop.set()
    ruleset = load(small(), tmp_path)
    stopped = behaviour(ruleset, ruleset, DAY, patience=Patience(60, stop))
    assert (stopped.possible, stopped.impossible, stopped.extent) == ((), (), "stopped")
    ways_of_responses = 4 * len(STANDINGS) * (len(STANDINGS) - 1)
    assert len(stopped.undecided) == len(LEVELS) * (len(LEVELS) - 1) + 2 + ways_of_responses
    assert not stopped.same


@pytest.mark.parametrize("steps", range(1, 7))
def test_stopped_on_the_way_it_is_marked(steps: int, tmp_path: Path) -> None:
    """Wherever it is stopped, what is undecided is said, and what is said to be possible has been confirmed."""
    stop = threading.Event()
    seen: list[str] = []

    def step(what: str) -> None:
        seen.append(what)
        if len(seen) == steps:
            stop.set()

    old, new = two(tmp_path, _say("early_help", tier="specialist", absorbs=[]))
    whole = behaviour(old, new, DAY)
    stopped = behaviour(old, new, DAY, patience=Patience(60, stop), step=step)
    assert stopped.extent == "stopped"
    assert not stopped.same
    assert set(stopped.possible) <= set(whole.possible)
    assert set(stopped.impossible) <= set(whole.impossible)
    assert {*stopped.possible, *stopped.impossible, *stopped.undecided} == {*whole.possible, *whole.impossible}


def test_both_bundled_rulesets_against_one_another() -> None:
    """Each knows things that the other does not: they are compared all the same, either way round."""
    england, llr = thresholds.load("england"), thresholds.load("llr")
    on = llr.definition.changes[-1]
    there, back = behaviour(england, llr, on, signs=1, most=1), behaviour(llr, england, on, signs=1, most=1)
    assert {Move(move.of, move.after, move.before) for move in there.possible} == set(back.possible)
    assert not there.same
    assert there.unlike == ()


def test_a_child_is_told_only_what_a_ruleset_knows(tmp_path: Path) -> None:
    """An indicator that only the new one has makes its difference, and the old one is not told of it."""

    def more(files: Any) -> None:
        add_indicator(files, "lost_shoe", "flag", worse="present", absent="false")
        add_rule(files, when={"lost_shoe": True})

    old, new = two(tmp_path, more)
    differing = behaviour(old, new, DAY)
    (first, *_) = differing.differences
    child: Assessment = first.situation.children[0]
    assert "lost_shoe" in child.observations
    assert moves(old, new, child) == set(first.moves)
