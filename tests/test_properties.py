"""What must be true of any ruleset and any child: order, silence, safety, worsening, round trips."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.answers import (
    BUNDLED,
    changed,
    details_of,
    effort,
    fits,
    held,
    knowledge_of,
    load_bundled,
    rank,
    rule_names,
    shown,
    without_engine,
)
from tests.worsening import worsened
from thresholds import testing
from thresholds.assessment import Assessment
from thresholds.decision import Decision
from thresholds.ruleset import Ruleset
from thresholds.testing.building import Files, ruleset_from
from thresholds.testing.cases import limits_of, observed
from thresholds.testing.dice import Dice

_bundled = cache(load_bundled)
RULESETS = st.one_of(testing.rulesets(), testing.rulesets(), st.sampled_from(BUNDLED).map(_bundled))
DICE = st.randoms(use_true_random=False).map(Dice)
_OPENED = "danger"
"""Every invented ruleset has this flag, in a narrow topic."""


def _decided(ruleset: Ruleset, assessment: Assessment) -> Decision:
    return ruleset.assess(assessment, engine="bitmap")


def test_without_hypothesis_the_extra_is_named() -> None:
    """Where Hypothesis is not installed, the error says which extra brings it."""
    code = "import sys; sys.modules['hypothesis'] = None; import thresholds.testing"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "pip install 'thresholds[testing]'" in found.stderr


# --- order ------------------------------------------------------------------------------------------


@effort(60)
@given(testing.ruleset_files(), DICE, st.data())
def test_order_of_rules_entries_and_files(layers: tuple[Files, ...], dice: Dice, data: st.DataObject) -> None:
    """However entries are ordered and shared out over files, the hash is the same and so is the answer."""
    ruleset = ruleset_from(*layers)
    other = ruleset_from(*(_rearranged(files, dice) for files in layers))
    assert other.hash == ruleset.hash
    for _ in range(2):
        assessment = data.draw(testing.assessments(ruleset))
        shown(assessment)
        assert _without_places(_decided(other, assessment)) == _without_places(_decided(ruleset, assessment))


def _rearranged(files: Files, dice: Dice) -> dict[str, Any]:
    """Every list in another order, and shared out over other files."""
    by_kind: dict[str, list[Any]] = {}
    for name, entries in files.items():
        if name != "ruleset.yaml":
            by_kind.setdefault(re.split(r"[/.]", name)[0], []).extend(entries)
    new: dict[str, Any] = {"ruleset.yaml": files["ruleset.yaml"]}
    for kind, entries in by_kind.items():
        entries = dice.shuffled(entries)
        cut = dice.number(0, len(entries))
        parts = {f"{kind}/b.yaml": entries[:cut], f"{kind}/a.yaml": entries[cut:]}
        new.update({name: part for name, part in parts.items() if part})
    return new


def _without_places(decision: Decision) -> dict[str, Any]:
    plain = without_engine(decision)
    return plain | {"reasons": [{key: one[key] for key in one if key != "place"} for one in plain["reasons"]]}


@effort(100)
@given(RULESETS, DICE, st.data())
def test_order_of_observations_and_of_topics(ruleset: Ruleset, dice: Dice, data: st.DataObject) -> None:
    """The order in which things were observed, or topics looked at, changes nothing."""
    assessment = data.draw(testing.assessments(ruleset))
    shown(assessment)
    names = dice.shuffled(list(assessment.observations))
    looked_at = assessment.looked_at
    other = changed(
        assessment,
        observations={name: dice.shuffled(assessment.observations[name]) for name in names},
        looked_at=looked_at if isinstance(looked_at, str) else dice.shuffled(looked_at),
    )
    assert _decided(ruleset, other) == _decided(ruleset, assessment)


# --- what nothing outweighs ----------------------------------------------------------------------------


@effort(200)
@given(testing.rulesets(rules=4, overriding=3), DICE, st.data())
def test_nothing_outweighs_a_certain_overriding_rule(ruleset: Ruleset, dice: Dice, data: st.DataObject) -> None:
    """Whatever else is observed, a certain overriding rule stays certain and the tier specialist.

    Only the facts that may excuse it are left out, with what they are details of and their own: they alone may.
    """
    assessment = data.draw(testing.assessments(ruleset))
    first = dice.one((True, {"value": True, "need": "unmet", "since": "2 years"}))
    assessment = changed(assessment, observations={**assessment.observations, _OPENED: first})
    assume(fits(ruleset, assessment))
    before = held(ruleset, assessment)
    more = data.draw(testing.assessments(ruleset, on=assessment.on, most=30))
    after = _with(ruleset, assessment, more, _excuses(ruleset, assessment))
    shown(after)
    overriding = sum(1 << n for n, rule in enumerate(ruleset.in_force(assessment.on).rules) if rule.overriding)
    lost = before.certain & overriding & ~held(ruleset, after).certain
    assert not rule_names(ruleset, assessment.on, lost)
    if before.certain & overriding:
        assert _decided(ruleset, after).tier == "specialist"


def _excuses(ruleset: Ruleset, assessment: Assessment) -> set[str]:
    """Facts that may excuse, where they are not known; what they are details of, and their own details."""
    on, knowledge = assessment.on, knowledge_of(ruleset, assessment)
    facts = {name for name, one in ruleset.in_force(on).indicators.items() if one.exception_fact}
    known = {name for name in facts if any(value is not None for _, value in knowledge.current.get(name, ()))}
    families = [pair for pair in details_of(ruleset, on) if not facts.isdisjoint(pair)]
    return facts - known | {name for pair in families for name in pair} - facts


def _with(ruleset: Ruleset, assessment: Assessment, more: Assessment, left_out: set[str]) -> Assessment:
    """With every observation of the other that does not contradict what is there."""
    for name, observations in more.observations.items():
        there = assessment.observations.get(name, ())
        grown = changed(assessment, observations={**assessment.observations, name: (*there, *observations)})
        if name not in left_out and fits(ruleset, grown):
            assessment = grown
    return assessment


@effort(80)
@given(st.one_of(testing.rulesets(overriding=2), RULESETS), DICE, st.data())
def test_protective_factors_change_no_overriding_rule(ruleset: Ruleset, dice: Dice, data: st.DataObject) -> None:
    """What is observed of protective factors changes nothing about overriding rules."""
    assessment = data.draw(testing.assessments(ruleset))
    in_force, limits = ruleset.in_force(assessment.on), limits_of(ruleset.assessor(assessment.on))
    details = {parent for _, parent in details_of(ruleset, assessment.on)}
    protective = [one for one in in_force.indicators.values() if one.protective and one.detail_of is None]
    new = {one.id: observed(dice, one, limits, assessment.on) for one in protective if one.id not in details}
    other = changed(assessment, observations={**assessment.observations, **new})
    assume(fits(ruleset, other))
    shown(other)
    overriding = sum(1 << n for n, rule in enumerate(in_force.rules) if rule.overriding)
    before, after = (
        ruleset.assessor(assessment.on).infer(knowledge_of(ruleset, one), "bitmap") for one in (assessment, other)
    )
    for degree in ("certain", "established", "possible"):
        assert not (getattr(before.inference, degree) ^ getattr(after.inference, degree)) & overriding


# --- silence ------------------------------------------------------------------------------------------


@effort(100)
@given(RULESETS, st.data())
def test_nothing_known_is_never_universal(ruleset: Ruleset, data: st.DataObject) -> None:
    """Of a child about whom nothing is known no tier is named: not enough is known."""
    assessment = changed(data.draw(testing.assessments(ruleset)), observations={}, looked_at=())
    decision = _decided(ruleset, assessment)
    assert decision.tier is None
    assert decision.status == ("not_enough_known" if decision.scope or decision.floor else "outside_scope")


@pytest.mark.parametrize("name", BUNDLED)
@pytest.mark.parametrize("child", [{}, {"age": 8}, {"unborn": True}, {"between": [15, 20]}])
def test_nothing_known_in_the_bundled_rulesets(name: str, child: dict[str, Any]) -> None:
    """The bundled rulesets name no tier for a child about whom nothing is known, and they ask."""
    ruleset = _bundled(name)
    decision = ruleset.assess(Assessment(child=child, on=testing.absent(ruleset).on))
    assert (decision.tier, decision.status) == (None, "not_enough_known")
    assert decision.ceiling == "specialist"
    assert decision.questions


@effort(100)
@given(RULESETS, st.data())
def test_the_tier_lies_between_floor_and_ceiling(ruleset: Ruleset, data: st.DataObject) -> None:
    """Floor, tier and ceiling stand in this order, and the status says what they say."""
    assessment = data.draw(testing.assessments(ruleset))
    shown(assessment)
    decision = _decided(ruleset, assessment)
    if decision.status == "outside_scope":
        assert decision.floor is decision.tier is decision.ceiling is None
        assert decision.scope_note
        return
    assert rank(decision.floor) <= rank(decision.ceiling)
    if decision.tier is None:
        assert decision.status == "not_enough_known"
    else:
        assert rank(decision.floor) <= rank(decision.tier) <= rank(decision.ceiling)
        assert decision.provisional == (not decision.floor == decision.tier == decision.ceiling)
    if decision.floor != decision.ceiling and not decision.refer_now:
        assert decision.questions, "what can still change says what to ask"


@effort(60)
@given(RULESETS, st.sampled_from(("given", "refused", "not_sought", "unsafe_to_seek")), st.data())
def test_consent_and_views_change_no_need(ruleset: Ruleset, consent: str, data: st.DataObject) -> None:
    """Consent, and what child and parents say, change neither tier nor responses nor questions."""
    assessment = data.draw(testing.assessments(ruleset))
    other = changed(assessment, consent=consent, views={"child": "please help", "parents": "leave us alone"})
    before, after = (_decided(ruleset, one).model_dump() for one in (assessment, other))
    same = set(before) - {"consent", "consent_note"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


# --- worsening ----------------------------------------------------------------------------------------


@effort(250)
@given(RULESETS, DICE, st.data())
def test_what_gets_worse_never_looks_calmer(ruleset: Ruleset, dice: Dice, data: st.DataObject) -> None:
    """One value worse, in the direction its indicator declares, lowers neither floor nor tier nor ceiling."""
    assessment = data.draw(testing.assessments(ruleset))
    worse = worsened(ruleset, assessment, dice)
    assume(worse is not None and fits(ruleset, worse))
    assert worse is not None
    shown(assessment)
    shown(worse)
    before, after = _decided(ruleset, assessment), _decided(ruleset, worse)
    assert rank(after.floor) >= rank(before.floor)
    assert rank(after.ceiling) >= rank(before.ceiling)
    if before.tier is None:
        assert after.tier != "universal"
    elif after.tier is None:
        assert before.tier == "universal", "a danger has come to be possible"
    else:
        assert rank(after.tier) >= rank(before.tier)


# --- round trips --------------------------------------------------------------------------------------


@effort(100)
@given(RULESETS, st.data())
def test_json_round_trips(ruleset: Ruleset, data: st.DataObject) -> None:
    """Assessments and decisions come back from JSON equal, and what comes back is decided alike."""
    assessment = data.draw(testing.assessments(ruleset))
    shown(assessment)
    back = Assessment.model_validate_json(assessment.model_dump_json())
    assert back == assessment
    assert Assessment.read(json.loads(assessment.model_dump_json())) == assessment
    decision = _decided(ruleset, assessment)
    assert Decision.model_validate_json(decision.model_dump_json()) == decision
    again = _decided(ruleset, back)
    assert again == decision
    assert again.model_dump_json() == decision.model_dump_json()


@effort(60)
@given(RULESETS, st.data())
def test_nothing_of_a_case_shows(ruleset: Ruleset, data: st.DataObject) -> None:
    """The printed forms of assessments, decisions and knowledge hold nothing of the case."""
    assessment = data.draw(testing.assessments(ruleset))
    knowledge, decision = knowledge_of(ruleset, assessment), _decided(ruleset, assessment)
    observations = [one for many in assessment.observations.values() for one in many]
    silent = (assessment, assessment.child, assessment.views, *observations, decision, *decision.reasons, knowledge)
    for one in silent:
        for text in (repr(one), str(one), f"{one}"):
            assert re.fullmatch(r"\w+\(\.\.\.\)|<thresholds\.knowledge\.Knowledge object at 0x[0-9a-f]+>", text)
    assert "object" in repr(knowledge)


@effort(15)
@given(testing.ruleset_files(overlay=True), st.data())
def test_a_ruleset_loaded_twice_is_one(layers: tuple[Files, ...], data: st.DataObject) -> None:
    """A ruleset loaded twice has one hash, and its decisions are the same to the letter."""
    one, other = ruleset_from(*layers), ruleset_from(*layers)
    assert one.hash == other.hash
    assessment = data.draw(testing.assessments(one))
    assert one.assess(assessment).model_dump_json() == other.assess(assessment).model_dump_json()
