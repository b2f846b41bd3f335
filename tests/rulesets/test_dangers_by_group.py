"""Each sign that overrides for a child, of an unborn baby and of a young adult: answered or a conflict, never calm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

import thresholds
from thresholds.assessment import Assessment
from thresholds.decision import Decision
from thresholds.language.conditions import every_test
from thresholds.language.definition import BUILT_IN_INDICATORS
from thresholds.language.model import Indicator
from thresholds.ruleset import Ruleset

ON = date(2017, 3, 1)
UNBORN = {"unborn": True, "gestation_weeks": 20}
YOUNG_ADULTS: Mapping[str, dict[str, Any]] = {
    "plan": {"special_educational_provision": "ehc_plan"},
    "care": {"entitled_care_leaver": True},
}
CALLING_NOW = (
    *("immediate_danger", "medical_emergency", "serious_harm_from_abuse", "suicide_danger_now"),
    *("girl_about_to_travel", "abduction_risk", "radicalisation_immediate"),
)
NO_DANGER_FROM_EIGHTEEN = {
    *("child_pregnant", "marriage_planned", "sexual_activity", "sexually_transmitted_infection"),
    *("unaccompanied_asylum_seeker", "independent_mobility", "bruise_or_mark", "exploitation_signs"),
}
"""What overrides only below an age, or together with another sign."""
NO_SIGN_BY_ITSELF = {"independent_mobility", "exploitation_signs"}
PROTECTING = {"adult_safeguarding_enquiry", "adult_mental_health_services", "emergency_services"}


@cache
def ruleset(name: str) -> Ruleset:
    return thresholds.load(name)


def worst(indicator: Indicator) -> object:
    """The worst value an observation of it can have."""
    if indicator.values:
        return list(indicator.values)[-1]
    return True if indicator.kind == "flag" else 20


def overriding_signs(name: str) -> list[str]:
    """The indicators that some overriding rule for children reads."""
    in_force = ruleset(name).in_force(ON)
    rules = [rule for rule in in_force.rules if rule.overriding and "under_18" in rule.applies_to]
    read = {test.name for rule in rules for test, positive in every_test(rule.when) if positive}
    return sorted(read & set(in_force.indicators) - set(BUILT_IN_INDICATORS))


def answer(name: str, child: Mapping[str, Any], sign: str, others: Mapping[str, Any] | None = None) -> Decision:
    """What is answered where everything was looked at and this sign, with what it is a detail of, was found."""
    indicators, found = ruleset(name).in_force(ON).indicators, dict(others or {})
    above: str | None = sign
    while above is not None:
        found[above] = worst(indicators[above])
        above = indicators[above].detail_of
    return ruleset(name).assess(Assessment(child=dict(child), on=ON, looked_at="everything", observations=found))


@pytest.mark.parametrize("name", ["england", "llr"])
def test_no_overriding_sign_is_passed_over_before_birth(name: str) -> None:
    """OVR-1: before birth each is specialist and assessed or referred, or shown as what cannot be."""
    signs = [sign for sign in overriding_signs(name) if sign not in NO_SIGN_BY_ITSELF]
    assert len(signs) > 45
    cannot_be = set()
    for sign in signs:
        decision = answer(name, UNBORN, sign)
        if any(conflict.startswith("This cannot all be so") for conflict in decision.conflicts):
            cannot_be.add(sign)
            continue
        assert decision.tier == "specialist", sign
        assert {"child_in_need_assessment", "section_47_enquiry"} & set(decision.responses), sign
    wanted = {"growth_faltering", "harms_another_child", "missing_now", "marriage_planned", "child_pregnant"}
    assert wanted <= cannot_be <= set(signs) - {"medical_emergency", "physical_abuse_suspected", "no_carer"}


@pytest.mark.parametrize("name", ["england", "llr"])
@pytest.mark.parametrize("group", YOUNG_ADULTS)
def test_no_overriding_sign_is_passed_over_from_eighteen(name: str, group: str) -> None:
    """OVR-1, 3.5: from 18 each brings adult safeguarding or the adult service, or puts it to a person to decide."""
    status = YOUNG_ADULTS[group]
    for sign in overriding_signs(name):
        decision = answer(name, {"age": 20}, sign, status)
        if sign not in NO_DANGER_FROM_EIGHTEEN and not (sign == "homeless_without_family" and group == "care"):
            assert PROTECTING & set(decision.responses), sign
        assert "section_47_enquiry" not in decision.responses, sign


@pytest.mark.parametrize("name", ["england", "llr"])
@pytest.mark.parametrize("sign", CALLING_NOW)
def test_danger_of_this_minute_brings_999_at_any_age(name: str, sign: str) -> None:
    """OVR-3: before birth, for a child of any age and for a young adult, police or ambulance come first."""
    people: list[tuple[dict[str, Any], dict[str, Any]]] = [(UNBORN, {}), ({"days": 0}, {}), ({"age": 14}, {})]
    people += [({"age": age}, status) for age in (18, 24) for status in YOUNG_ADULTS.values()]
    for child, status in people:
        assert answer(name, child, sign, status).responses["emergency_services"] == "points_to", child


def test_what_cannot_be_says_where_to_write_it_down() -> None:
    """A sign that no unborn baby can have is named as recorded wrongly, in words that say why."""
    for sign, words in {"marriage_planned": "forced marriage", "missing_now": "danger right now"}.items():
        (conflict,) = answer("england", UNBORN, sign).conflicts
        assert words in conflict


@pytest.mark.parametrize("age", [18, 24])
@pytest.mark.parametrize("group", YOUNG_ADULTS)
def test_the_short_break_scheme_asks_for_no_plan(age: int, group: str) -> None:
    """L22, trap 49: whoever meets the scheme's own rule may have a short break, with a plan or after care."""
    decision = answer("llr", {"age": age}, "short_break_rule_met", YOUNG_ADULTS[group])
    assert decision.responses["short_break"] == "points_to"


@pytest.mark.parametrize("group", YOUNG_ADULTS)
def test_a_young_adult_without_a_home_is_helped_with_one(group: str) -> None:
    """From 18 housing helps; with nowhere safe tonight adult safeguarding is told as well."""
    homeless = answer("england", {"age": 20}, "homeless_without_family", YOUNG_ADULTS[group])
    tonight = answer("england", {"age": 20}, "nowhere_safe_tonight", YOUNG_ADULTS[group])
    assert homeless.responses["homelessness_help"] == tonight.responses["homelessness_help"] == "points_to"
    assert homeless.responses.get("adult_safeguarding_enquiry") == ("consider" if group == "plan" else None)
    assert tonight.responses["adult_safeguarding_enquiry"] == "points_to"
