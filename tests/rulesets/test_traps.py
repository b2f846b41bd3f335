"""Where naive encodings go wrong: one test for each of the 50 traps, on the bundled LLR ruleset.

Most of them answer an assessment on both sides of what a naive encoding confuses. Where what is needed is a later
capability (clocks, stepping down, recorded judgement), the test holds what is true without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any, get_args

import pytest

import thresholds
from thresholds.decision import Decision
from thresholds.language.conditions import every_test
from thresholds.language.definition import Definition
from thresholds.language.model import Weight
from thresholds.policy import run_examples
from thresholds.ruleset import Ruleset, bundled

ON = date(2017, 3, 1)
WELL_AT_SCHOOL = {"education_attendance": 97}
LADDER = ("universal", "targeted", "specialist")
LAST_DAY_OF_SEVENTEEN, EIGHTEENTH_BIRTHDAY = {"born": "1999-03-02"}, {"born": "1999-03-01"}
NUMBERED_LEVEL = re.compile(r"\b(?:level|tier|stage)[ _][1-5]\b", re.IGNORECASE)


@cache
def bundled_llr() -> Ruleset:
    """Loaded once for all tests; a ruleset does not change."""
    return thresholds.load("llr")


@pytest.fixture(scope="module", autouse=True)
def llr() -> Iterator[Ruleset]:
    yield bundled_llr()
    bundled_llr.cache_clear()


@pytest.fixture(scope="module")
def definition(llr: Ruleset) -> Definition:
    return llr.definition


def answer(
    child: Mapping[str, Any],
    observations: Mapping[str, Any] | None = None,
    *,
    on: date = ON,
    looked_at: str | list[str] = "everything",
    consent: str = "not_recorded",
    ruleset: Ruleset | None = None,
) -> Decision:
    """The decision on a child of whom everything was looked at, unless it says otherwise."""
    assessment = thresholds.Assessment(
        child=dict(child), on=on, looked_at=looked_at, observations=dict(observations or {}), consent=consent
    )
    return (ruleset or bundled_llr()).assess(assessment)


def rules_of(decision: Decision) -> set[str]:
    return {reason.rule for reason in decision.reasons}


def strengths(definition: Definition) -> dict[str, Any]:
    """Every strength there is, seen today."""
    found = {name: {"value": True, "basis": "seen"} for name, one in definition.indicators.items() if one.protective}
    assert len(found) == 12
    return found


def dangers(definition: Definition) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each sign by itself that makes an overriding rule without an exception certain for a child of eight."""
    for rule in definition.rules:
        tests = [test for test, _ in every_test(rule.when)]
        if rule.overriding and not rule.unless and "under_18" in rule.applies_to and len(tests) == 1:
            name, value = tests[0].name, tests[0].test.text.removeprefix(">= ")
            yield rule.id, {name: True if value == "true" else value}


def words(entry: Any) -> str:
    """What people read of an entry of the ruleset, without its place and its sources."""
    told = (
        *("title", "label", "definition", "because", "practice", "question", "meaning", "first_step", "consent_note"),
        "text",
    )
    texts = [str(getattr(entry, name, None) or "") for name in told]
    return " ".join([*texts, *getattr(entry, "values", {}).values()])


def entries(definition: Definition) -> Iterator[Any]:
    """Everything in the ruleset that speaks to people in sentences of its own."""
    yield from definition.rules
    groups = (definition.indicators, definition.responses, definition.topics, definition.findings)
    for group in (*groups, definition.parameters, definition.quantities, definition.services):
        yield from group.values()


def waits_for(capability: str, item: str) -> bool:
    """Whether a row of the README's tables sends this to that later capability."""
    text = (bundled() / "llr" / "README.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith(f"| {item} |")]
    return any(capability in row.split("|", 2)[2] for row in rows)


def test_the_worked_examples_of_the_traps_pass(llr: Ruleset) -> None:
    """The ruleset's own worked examples that are named after a trap are answered as they expect."""
    traps = [result for result in run_examples(llr) if result.id.startswith("trap_")]
    assert len(traps) >= 79
    assert [result.id for result in traps if not result.passed] == []


def test_trap_01_no_average_of_signs() -> None:
    """Many good answers do not average away the one that counts: the highest response stands."""
    unsafe = {**WELL_AT_SCHOOL, "unreliable_care": {"value": "acute", "need": "met"}}
    good = dict.fromkeys(("home_condition", "dirty_home", "low_warmth", "hygiene", "diet", "clothing"), "none")
    assert answer({"age": 8}, {**unsafe, **good}).responses == answer({"age": 8}, unsafe).responses
    assert answer({"age": 8}, {**unsafe, **good}).responses["section_47_enquiry"] == "points_to"


def test_trap_02_no_strength_lowers_a_danger(definition: Definition) -> None:
    """Beside each overriding sign every strength there is changes neither floor nor any response."""
    signs = dict(dangers(definition))
    assert len(signs) >= 30
    for rule, sign in signs.items():
        alone = answer({"age": 8}, sign)
        beside = answer({"age": 8}, {**sign, **strengths(definition)})
        assert rule in rules_of(beside)
        assert (beside.tier, beside.floor) == ("specialist", "specialist"), rule
        assert beside.responses == alone.responses, rule


def test_trap_03_unknown_is_not_no() -> None:
    """Where nobody looked nothing is ruled out: no level, or a provisional one with questions."""
    silent = answer({"age": 8}, looked_at=[])
    assert (silent.tier, silent.status, silent.ceiling) == (None, "not_enough_known", "specialist")
    one = answer({"age": 8}, {"bullied": "low"}, looked_at=[])
    assert (one.tier, one.ceiling, one.provisional) == ("targeted", "specialist", True)
    assert {"injury_or_abuse", "domestic_abuse"} <= {question.topic for question in one.questions}
    assert answer({"age": 8}, WELL_AT_SCHOOL).ceiling == "universal"


def test_trap_04_consent_is_no_gate_for_protection(definition: Definition) -> None:
    """Whoever refuses what: each overriding sign calls for the same, and an enquiry asks for no consent."""
    assert definition.responses["section_47_enquiry"].consent == "not_required"
    for rule, sign in dangers(definition):
        given = answer({"age": 8}, sign, consent="given")
        refused = answer({"age": 8}, sign, consent="refused")
        assert (refused.tier, refused.responses, refused.refer_now) == (given.tier, given.responses, True), rule


def test_trap_05_early_help_needs_consent_and_the_need_stays(definition: Definition) -> None:
    """A refusal stops what can be done as early help, not what is needed."""
    needs = {"unmet_needs": 3, "needs_complex": True, "coordinated_response_needed": True, **WELL_AT_SCHOOL}
    given, refused = (answer({"age": 8}, needs, consent=consent) for consent in ("given", "refused"))
    assert refused.responses == given.responses
    assert refused.responses["early_help_assessment"] == "points_to"
    assert "cannot start" in refused.consent_note
    assert "cannot start" not in given.consent_note
    assert {definition.responses[name].consent for name in ("single_agency_support", "early_help_assessment")} == {
        "required"
    }


@pytest.mark.parametrize("signs", [{}, {"bullied": "low"}, {"neglect": "moderate"}])
def test_trap_06_a_refusal_is_no_safeguarding_sign(signs: dict[str, str]) -> None:
    """Turning down early help raises nothing and calls for nothing."""
    given, refused = (
        answer({"age": 8}, {**WELL_AT_SCHOOL, **signs}, consent=consent) for consent in ("given", "refused")
    )
    assert (refused.tier, refused.ceiling, refused.responses) == (given.tier, given.ceiling, given.responses)
    assert "section_47_enquiry" not in refused.responses


def test_trap_07_no_numbered_levels(definition: Definition) -> None:
    """No area's "level 3" is carried over: no id and no sentence numbers a level; the tiers are the seeds' three."""
    for entry in entries(definition):
        assert not NUMBERED_LEVEL.search(f"{entry.id} {words(entry)}"), entry.id
    assert {response.tier for response in definition.responses.values()} == {*LADDER, "beside"}


def test_trap_08_three_signs_are_not_three_unmet_needs() -> None:
    """Signs that agencies meet are no unmet needs; three unmet needs need complexity and co-ordination as well."""
    signs = ("bullied", "friendship_difficulties", "low_self_esteem", "sibling_conflict", "family_conflict")
    met = {**WELL_AT_SCHOOL, **{name: {"value": "low", "need": "met"} for name in signs}}
    assert "early_help_assessment" not in answer({"age": 8}, met).responses
    three = {**WELL_AT_SCHOOL, "unmet_needs": 3}
    whole = {**three, "needs_complex": True, "coordinated_response_needed": True}
    assert answer({"age": 8}, three).responses["early_help_assessment"] == "consider"
    assert answer({"age": 8}, {**whole, "coordinated_response_needed": False}).responses["early_help_assessment"] == (
        "consider"
    )
    assert answer({"age": 8}, whole).responses["early_help_assessment"] == "points_to"
    assert "early_help_assessment" not in answer({"age": 8}, {**whole, "unmet_needs": 2}).responses


@pytest.mark.parametrize(
    ("attendance", "persistent"),
    [
        ("90.0", True),
        ("89.9", True),
        ("90.1", False),
        ({"attended": 180, "possible": 200}, True),
        ({"attended": 181, "possible": 201}, False),
        ({"attended": 63, "possible": 70}, True),
    ],
)
def test_trap_09_exactly_ninety_is_persistent_absence(attendance: Any, persistent: bool) -> None:
    """A tenth of sessions missed is persistent, in exact arithmetic: not below 90, and nothing is rounded."""
    decision = answer({"age": 8}, {"education_attendance": attendance})
    assert ("persistent_absence" in rules_of(decision)) is persistent


@pytest.mark.parametrize(
    ("attendance", "severe"),
    [
        ("50.0", True),
        ("50.1", False),
        ({"attended": 95, "possible": 190}, True),
        ({"attended": 96, "possible": 190}, False),
    ],
)
def test_trap_10_exactly_fifty_is_severe_absence(attendance: Any, severe: bool) -> None:
    """Half of the sessions missed is severe; one session more attended is not."""
    decision = answer({"age": 12}, {"education_attendance": attendance})
    assert ("severe_absence" in rules_of(decision)) is severe


def test_trap_11_few_sessions_say_too_little() -> None:
    """Below 20 possible sessions the share is unknown and asked for; from 20 on it is read."""
    early = answer({"age": 12}, {"education_attendance": {"attended": 5, "possible": 19}})
    assert (early.tier, early.provisional, early.responses) == ("universal", True, {})
    assert "education" in {question.topic for question in early.questions}
    assert "severe_absence" in rules_of(answer({"age": 12}, {"education_attendance": {"attended": 5, "possible": 20}}))


@pytest.mark.parametrize(
    "sign",
    [
        {"neglect": "high"},
        {"sexual_exploitation": True},
        {"genital_mutilation_known": True},
        {"forced_marriage_risk": True},
        {"abuse_disclosed": True},
    ],
)
def test_trap_12_a_child_is_anybody_under_eighteen(sign: dict[str, Any]) -> None:
    """The protection of a child lasts to the last day of being 17, and ends the next day."""
    assert answer(LAST_DAY_OF_SEVENTEEN, sign).tier == "specialist"
    assert answer(EIGHTEENTH_BIRTHDAY, sign).status == "outside_scope"


def test_trap_13_adults_with_a_plan_go_to_adult_services(definition: Definition) -> None:
    """From 18 the plan goes on and care is adult social care's; no sign leads to children's social care."""
    plan = {"special_educational_provision": "ehc_plan"}
    cared_for = answer(EIGHTEENTH_BIRTHDAY, {**plan, "likely_adult_care_needs": True})
    assert {"ehc_plan_review", "adult_social_care"} <= set(cared_for.responses)
    children = {"child_in_need_assessment", "section_47_enquiry", "section_20_accommodation", "early_help_assessment"}
    assert "child_in_need_assessment" in answer(LAST_DAY_OF_SEVENTEEN, {**plan, "neglect": "high"}).responses
    for rule, sign in dangers(definition):
        assert children.isdisjoint(answer(EIGHTEENTH_BIRTHDAY, {**plan, **sign}).responses), rule


def test_trap_14_no_diagnosis_and_no_cycles_are_asked_for() -> None:
    """Has or may have special needs, and a plan may be necessary: no diagnosis, no cycle, no other gate."""
    limbs = {**WELL_AT_SCHOOL, "special_educational_needs": True, "plan_may_be_necessary": True}
    for more in ({}, {"autism": "suspected"}, {"autism": "not_suspected"}, {"support_cycles_without_progress": 0}):
        assert answer({"age": 9}, {**limbs, **more}).responses["ehc_needs_assessment"] == "points_to"
    assert "ehc_needs_assessment" not in answer({"age": 9}, {**limbs, "plan_may_be_necessary": False}).responses


def test_trap_15_a_plan_is_no_reason_for_social_care() -> None:
    """An Education, Health and Care plan leads to its review, and by itself to nothing of social care."""
    decision = answer({"age": 9}, {**WELL_AT_SCHOOL, "special_educational_provision": "ehc_plan"})
    assert decision.responses == {"ehc_plan_review": "points_to", "early_help_conversation": "points_to"}


def test_trap_16_disability_gives_a_right_and_no_level() -> None:
    """A disabled child may have an assessment; being disabled does not by itself raise the level."""
    decision = answer({"age": 9}, {**WELL_AT_SCHOOL, "disabled_child": True})
    assert (decision.tier, decision.responses["child_in_need_assessment"]) == ("universal", "offer")


@pytest.mark.parametrize(
    ("child", "days", "disabled", "private"),
    [
        ({"age": 8}, 28, False, True),
        ({"age": 8}, 27, False, False),
        ({"born": "2001-03-02"}, 28, False, True),
        ({"born": "2001-03-01"}, 28, False, False),
        ({"born": "2001-03-01"}, 28, True, True),
        (LAST_DAY_OF_SEVENTEEN, 28, True, True),
    ],
)
def test_trap_17_private_fostering_from_twenty_eight_days(
    child: dict[str, Any], days: int, disabled: bool, private: bool
) -> None:
    """28 days are enough, 27 are not; under 16, or under 18 if disabled."""
    lives = {"lives_with_other_carer": True, "other_carer_is": "friend_or_neighbour", "disabled_child": disabled}
    decision = answer(child, {**WELL_AT_SCHOOL, **lives, "other_carer_so_far": f"{days} days"})
    assert ("private_fostering_assessment" in decision.responses) is private


def test_trap_18_an_adults_past_is_not_reported() -> None:
    """The duty to tell the police is for girls who are under 18 when they tell."""
    told = {"genital_mutilation_told_or_seen": True, "special_educational_provision": "ehc_plan"}
    assert answer(LAST_DAY_OF_SEVENTEEN, told).responses["police_fgm_report"] == "points_to"
    assert "police_fgm_report" not in answer(EIGHTEENTH_BIRTHDAY, told).responses


@pytest.mark.parametrize(
    ("child", "response"),
    [
        ({"born": "2004-03-02"}, "section_47_enquiry"),
        ({"born": "2004-03-01"}, "single_agency_support"),
        ({"born": "2001-03-02"}, "single_agency_support"),
        ({"born": "2001-03-01"}, "universal_services"),
    ],
)
def test_trap_19_sexual_activity_by_age(child: dict[str, Any], response: str) -> None:
    """Under 13 always an enquiry, which covers what is done to 15; from 13 to 15 assessed, at 16 and 17 advice."""
    decision = answer(child, {**WELL_AT_SCHOOL, "sexual_activity": True})
    assert set(decision.responses) - set(decision.absorbed) == {response}
    assert decision.responses[response] == "points_to"


def test_trap_20_no_explanation_clears_a_baby() -> None:
    """A bruise on a baby is referred with or without anybody's explanation."""
    for explained in ({}, {"carer_explains_bruise": True}, {"moves_alone_in_wheelchair": True}):
        decision = answer({"days": 90}, {"bruise_or_mark": True, **explained})
        assert decision.floor == "specialist"
        assert decision.responses == {"section_47_enquiry": "points_to", "urgent_paediatric_assessment": "points_to"}


def test_trap_21_not_mobile_is_not_an_age() -> None:
    """A child of any age who does not move about counts; one alone in a wheelchair who explains it does not."""
    bruised = {**WELL_AT_SCHOOL, "bruise_or_mark": True, "independent_mobility": "none"}
    exception = {"moves_alone_in_wheelchair": True, "child_explains_bruise": True}
    assert "section_47_enquiry" in answer({"age": 9}, bruised).responses
    assert "section_47_enquiry" not in answer({"age": 9}, {**bruised, **exception}).responses
    assert "section_47_enquiry" not in answer({"age": 9}, {**bruised, "independent_mobility": "walks"}).responses


@pytest.mark.parametrize(
    ("signs", "high"),
    [
        ({"domestic_abuse_checklist_ticks": 14}, True),
        ({"domestic_abuse_checklist_ticks": 13}, False),
        ({"domestic_abuse_incidents": ["2016-05-01", "2016-09-01", "2017-02-01"]}, True),
        ({"domestic_abuse_incidents": ["2016-09-01", "2017-02-01"]}, False),
        ({"domestic_abuse_judged_high_risk": True}, True),
        ({"new_incident_after_risk_conference": True}, True),
        ({"domestic_abuse_escalating": True}, True),
    ],
)
def test_trap_22_fourteen_ticks_are_not_the_only_way(signs: dict[str, Any], high: bool) -> None:
    """Ticks, repeat, escalation, a new incident after a conference or judgement: each alone reaches an enquiry."""
    few = {"domestic_abuse": "moderate", "domestic_abuse_checklist_ticks": 5}
    assert ("section_47_enquiry" in answer({"age": 8}, {**WELL_AT_SCHOOL, **few, **signs}).responses) is high


def test_trap_23_living_with_abuse_is_harm() -> None:
    """Whether the child was in the room changes nothing."""
    abuse = {**WELL_AT_SCHOOL, "domestic_abuse": "high"}
    there, away = (answer({"age": 8}, {**abuse, "child_was_in_the_room": value}) for value in (True, False))
    assert there.responses == away.responses
    assert away.responses["child_in_need_assessment"] == "points_to"


def test_trap_24_who_a_family_is_is_no_risk(definition: Definition) -> None:
    """Home education, free meals, identity and ways of life are read by no rule and change no answer."""
    status = (
        "home_educated",
        "free_school_meals",
        "gender_identity_support",
        "travelling_family",
        "armed_forces_family",
    )
    assert all(definition.indicators[name].context for name in status)
    context = {name for name, indicator in definition.indicators.items() if indicator.context}
    for rule in definition.rules:
        conditions = (rule.when, *(exception.when for exception in rule.unless))
        assert context.isdisjoint(test.name for part in conditions for test, _ in every_test(part)), rule.id
    for name in context:
        assert not definition.indicators[name].levels
    for signs in ({}, {"bullied": "low"}, {"neglect": "moderate"}):
        plain = answer({"age": 8}, {**WELL_AT_SCHOOL, **signs})
        known = answer({"age": 8}, {**WELL_AT_SCHOOL, **signs, **dict.fromkeys(status, True)})
        assert (known.tier, known.responses) == (plain.tier, plain.responses)


def test_trap_25_no_proxy_is_asked_for(definition: Definition) -> None:
    """No indicator or question asks for postcode, ethnicity, faith, income or benefits, and there is no such field."""
    proxy = re.compile(r"\b(postcode|ethnic\w*|nationality|race|racial|religion|faith|address|income|benefits)\b", re.I)
    for name, indicator in definition.indicators.items():
        assert not proxy.search(f"{name.replace('_', ' ')} {indicator.label} {indicator.question or ''}"), name
    for topic in definition.topics.values():
        assert not proxy.search(f"{topic.label} {topic.question}"), topic.id
    fields = {*thresholds.Assessment.model_fields, *thresholds.Child.model_fields}
    assert not [name for name in fields if proxy.search(name.replace("_", " "))]


def test_trap_26_frequent_is_a_number(llr: Ruleset, definition: Definition) -> None:
    """Missing regularly is a count in a window, both of them numbers that can be seen and changed."""
    inside, outside = (["2017-01-15", "2017-02-20", first] for first in ("2016-12-01", "2016-11-30"))
    assert definition.parameters["missing_episode_window"].value == "90 days"
    assert definition.parameters["missing_regularly"].value == "3"
    assert "goes_missing_regularly" in rules_of(answer({"age": 14}, {"missing_episodes": inside}))
    assert "goes_missing_regularly" not in rules_of(answer({"age": 14}, {"missing_episodes": outside}))
    stricter = llr.with_parameters(missing_regularly=2)
    assert "goes_missing_regularly" in rules_of(answer({"age": 14}, {"missing_episodes": outside}, ruleset=stricter))


def test_trap_27_working_days_are_no_calendar_days(definition: Definition) -> None:
    """Clocks come later; until then no sentence gives a limit of 10, 15 or 45 days without saying which days."""
    for entry in (*entries(definition), *definition.reference.values()):
        assert not re.search(r"\b(10|15|45) days", words(entry)), entry.id
    for name in ("illness_days_for_teaching", "suspension_days_limit", "exclusion_day_for_teaching"):
        assert definition.parameters[name].unit == "school days"
    assert waits_for("pathways with clocks", "103")


def test_trap_28_two_hours_lie_inside_the_day(definition: Definition) -> None:
    """The two hours of screening are taken to lie inside the 24 hours, and the data says that this is our reading."""
    screening, outcome = (definition.reference[name] for name in ("flowchart_screening", "flowchart_outcome"))
    assert (screening.value, screening.unit, outcome.value, outcome.unit) == ("2", "hours", "24", "hours")
    assert "does not say whether" in outcome.text
    assert "both counted from the contact" in outcome.text
    assert outcome.basis.response.confidence == "inferred"
    assert waits_for("front door", "123")


def test_trap_29_contacts_of_2017_are_not_live(definition: Definition) -> None:
    """Every contact that the seeds print is marked historic, and none of them is in force any more."""
    printed = [entry for entry in definition.reference.values() if entry.kind == "contact" and entry.historic]
    assert len(printed) >= 4
    assert any("gcsx" in (entry.value or "") for entry in printed)
    seeds = [entry for entry in printed if "SM" in entry.basis.sources]
    assert not [entry.id for entry in seeds if entry.in_force(date(2018, 4, 1))]
    seeds = [entry for entry in definition.reference.values() if {"SO", "SM"} & set(entry.basis.sources)]
    assert not [entry.id for entry in seeds if entry.kind == "contact" and not entry.historic]


def test_trap_30_statistics_are_no_thresholds(definition: Definition) -> None:
    """No number that a rule reads is a figure about a population, such as 46.7 or 14.6 per cent."""
    statistics = [entry for entry in definition.reference.values() if entry.kind == "statistic"]
    figures = {entry.value for entry in statistics if "." in (entry.value or "")}
    assert {"46.7", "14.6", "31.8"} <= figures
    values = [
        value
        for parameter in definition.parameters.values()
        for value in (parameter.value, *(past.value for past in parameter.history))
    ]
    numbers = {re.sub(r"[^\d.]", "", value or "") for value in values}
    assert figures.isdisjoint(numbers)
    rules = {test.name for rule in definition.rules for test, _ in every_test(rule.when)}
    assert rules.isdisjoint(definition.reference)


def test_trap_31_conflicting_figures_stay_apart(definition: Definition) -> None:
    """220 and 191 plans, 1.5 and 1.7 per cent: both are kept, each with its own source and date."""
    by_value = {entry.value: entry for entry in definition.reference.values() if entry.kind == "statistic"}
    for one, other in (("220", "191"), ("1.5", "1.7")):
        assert by_value[one].conflicts_with == (by_value[other].id,)
        assert by_value[one].basis.sources != by_value[other].basis.sources
        assert by_value[one].as_of
        assert by_value[other].as_of
    assert by_value["220"].as_of != by_value["191"].as_of


def test_trap_32_the_board_of_the_seeds_is_no_longer(definition: Definition) -> None:
    """The safeguarding board ends on 25 September 2019, and the partnership begins."""
    board, partnership = (
        definition.reference[name] for name in ("safeguarding_children_board", "safeguarding_children_partnership")
    )
    last = date(2019, 9, 24)
    for day, before in ((last, True), (last + timedelta(days=1), False)):
        assert board.in_force(day) is before
        assert partnership.in_force(day) is not before
    assert not re.search(r"\bL?SCB\b", definition.header.authority)
    boards = [one for one in definition.documents.values() if "Board" in (one.publisher or "")]
    assert boards
    assert all(one.standing in ("superseded", "historic") for one in boards)


def test_trap_33_the_answer_points_and_a_person_decides(definition: Definition) -> None:
    """No response is a court's or a finding; each names who decides, and the notice is on every decision."""
    assert set(get_args(Weight)) == {"points_to", "consider", "offer"}
    finding = re.compile(
        r"\b(approved?|eligible|is suffering significant harm|care order is|child must be removed)\b", re.I
    )
    for entry in (*definition.rules, *definition.responses.values()):
        assert not finding.search(words(entry)), entry.id
    assert not [
        name for name in definition.responses if re.search(r"care_order|removal|court|conference_decision", name)
    ]
    assert all(response.decided_by in definition.roles for response in definition.responses.values())
    decision = answer({"age": 8}, {"neglect": "high"})
    assert "decides nothing" in decision.record.notice
    assert decision.record.ruleset_status == "draft"


def test_trap_34_no_case_data_in_what_is_printed() -> None:
    """Neither an assessment nor a decision shows in `repr` what is known of the child."""
    assessment = thresholds.Assessment(
        child={"born": "2005-06-07"}, on=ON, observations={"sexual_exploitation": True}, reference="case-4711"
    )
    decision = bundled_llr().assess(assessment)
    for shown in (repr(assessment), str(assessment), repr(assessment.child), repr(decision), repr(decision.reasons[0])):
        assert not re.search(r"2005|sexual|4711|exploit|specialist", shown)
    with pytest.raises(thresholds.AssessmentInvalid) as caught:
        thresholds.Assessment(child={"age": 8}, on=ON, name="Anna Example")
    assert "Anna" not in str(caught.value)


def test_trap_35_closing_low_again_and_again_adds_up() -> None:
    """The third contact closed low in a year is looked at by somebody; two are not."""
    three, two = (
        answer({"age": 8}, {**WELL_AT_SCHOOL, "contacts_closed_without_service": contacts})
        for contacts in (["2016-06-02", "2016-10-12", "2017-02-27"], ["2016-10-12", "2017-02-27"])
    )
    assert "child_in_need_assessment" in {one.response for one in three.awaiting}
    assert "cumulative_concern" in three.findings
    assert (two.tier, two.awaiting) == ("universal", ())


def test_trap_36_time_that_goes_by_lowers_nothing() -> None:
    """Stepping down comes later; today a plan that has run long, or is overdue for review, never lowers the answer."""
    fresh, stale = (
        answer({"age": 8}, {**WELL_AT_SCHOOL, "early_help_plan_open": True, "time_since_early_help_review": time})
        for time in ("1 day", "18 months")
    )
    assert stale.responses == fresh.responses == {"early_help_assessment": "points_to"}
    assert "early_help_review_due" in stale.findings
    plans: dict[str, Any] = {"child_protection_plan": {"value": True, "since": "3 years"}}
    assert answer({"age": 8}, {**WELL_AT_SCHOOL, **plans}).responses["existing_plan_review"] == "points_to"
    assert waits_for("stepping up and down", "104")


def test_trap_37_nothing_steps_down_by_itself(definition: Definition) -> None:
    """No response closes or hands over a case, and progress by itself does not end a plan: that step comes later."""
    ends = re.compile(r"clos(e|ing)|step(ping)?_down|hand_?over|no_further_action")
    assert not [name for name in definition.responses if ends.search(name)]
    progress = {"plan_is_working": {"value": True, "basis": "seen"}}
    for plan in ("child_in_need_plan", "child_protection_plan", "early_help_plan_open"):
        there = answer({"age": 8}, {**WELL_AT_SCHOOL, plan: True})
        working = answer({"age": 8}, {**WELL_AT_SCHOOL, plan: True, **progress})
        assert (working.tier, working.responses) == (there.tier, there.responses)
    assert waits_for("stepping up and down", "3.10 step down, blocked")


def test_trap_38_siblings_have_their_own_answers() -> None:
    """What holds for one child of a family is no sign in another: only what is known of the home counts for both."""
    home = {**WELL_AT_SCHOOL, "home_condition": {"value": "low", "need": "met"}}
    sister, brother = answer({"age": 12}, {**home, "caring_hours": 20}), answer({"age": 15}, home)
    assert "early_help_assessment" in sister.responses
    assert brother.responses == {"single_agency_support": "points_to"}
    hurt = answer({"age": 15}, {**home, "sibling_with_high_needs": True})
    assert hurt.responses == brother.responses


def test_trap_39_the_unborn_are_not_of_age_nought(definition: Definition) -> None:
    """Rules that read an age never hold for an unborn baby, who has a route of its own."""
    signs = {"dirty_home": "high", "parental_substance_misuse": "high"}
    unborn, born = answer({"unborn": True, "gestation_weeks": 20}, signs), answer({"days": 0}, signs)
    assert "section_47_enquiry" in born.responses
    assert unborn.responses["child_in_need_assessment"] == "points_to"
    assert "section_47_enquiry" not in unborn.responses
    by_age = {
        rule.id
        for rule in definition.rules
        if any(test.name == "child_age" and positive for test, positive in every_test(rule.when))
    }
    assert "home_filthy_with_a_baby" in by_age & rules_of(born)
    assert not [name for name in by_age & rules_of(unborn) if name != "parents_substance_use_serious"]


def test_trap_40_not_safeguarding_is_not_the_end(definition: Definition) -> None:
    """With every danger ruled out the early-help question is still asked; and a small sign still names who helps."""
    narrow = [name for name, topic in definition.topics.items() if topic.narrow]
    decision = answer({"age": 7}, looked_at=narrow)
    assert (decision.tier, decision.provisional) == ("universal", True)
    assert "help_so_far" in {question.topic for question in decision.questions}
    lapse = answer({"age": 7}, {**WELL_AT_SCHOOL, "immunisations_missed": {"value": 1, "need": "met"}})
    assert lapse.responses == {"universal_services": "points_to"}


def test_trap_41_universal_is_not_no_action() -> None:
    """Universal services monitor and review: a lead, services, and a step that says who follows it up when."""
    decision = answer({"age": 7}, {"education_attendance": 95})
    assert (decision.tier, decision.responses) == ("universal", {"universal_services": "points_to"})
    (called,) = decision.called_for
    assert "who follows this up and when" in called.first_step
    assert called.lead
    assert called.services


@pytest.mark.parametrize(
    ("signs", "tier"), [({}, "universal"), ({"bullied": "low"}, "targeted"), ({"abuse_disclosed": True}, "specialist")]
)
def test_trap_42_sen_support_stands_beside_any_level(signs: dict[str, Any], tier: str) -> None:
    """SEN Support raises no level and is swallowed by none."""
    decision = answer({"age": 8}, {**WELL_AT_SCHOOL, "special_educational_provision": "sen_support", **signs})
    assert (decision.tier, decision.responses["sen_support"]) == (tier, "points_to")
    assert "sen_support" in {called.response for called in decision.called_for if called.absorbed_by is None}


def test_trap_43_all_that_is_called_for_is_shown(definition: Definition) -> None:
    """A child who needs a plan, social care and health is told of all three, none of which absorbs another."""
    decision = answer({"age": 7}, {**WELL_AT_SCHOOL, "complex_health_needs": {"value": True, "need": "met"}})
    every = {"ehc_needs_assessment", "child_in_need_assessment", "specialist_health"}
    assert every <= {called.response for called in decision.called_for if called.absorbed_by is None}
    absorbed = {one for response in definition.responses.values() for one in response.absorbs}
    assert absorbed.isdisjoint({"ehc_needs_assessment", "specialist_health", "sen_support"})


def test_trap_44_nothing_claims_to_be_the_text(definition: Definition) -> None:
    """No sentence stands in quotation marks, nothing cites the thresholds document, and the notice says why."""
    quoted = re.compile("[\u201c\u201d\u00ab\u00bb\u201e]|(?:^|\\s)[\"'\u2018]\\w[^\"']*[\"'\u2019](?=[\\s.,;]|$)")
    for entry in entries(definition):
        told = [getattr(entry, name, None) or "" for name in ("title", "label", "definition", "because", "meaning")]
        assert not quoted.search(" ".join(told)), entry.id
    assert "was not available" in definition.header.notice
    assert "reconstruction" in definition.header.notice
    titles = [source.title for source in definition.sources.values()]
    assert not [title for title in titles if re.search(r"thresholds document", title, re.I) and "LLR" in title]
    for parameter in definition.parameters.values():
        assert parameter.basis.sources or parameter.basis.confidence == "inferred", parameter.id


@pytest.mark.parametrize("sign", ["sexual_violence_by_peer", "harms_another_child"])
def test_trap_45_harm_between_children_counts(sign: str) -> None:
    """Both children are referred: the one who was hurt by another child, and the one who did it."""
    decision = answer({"age": 14}, {**WELL_AT_SCHOOL, sign: True, "parent_acts_on_advice": True})
    assert (decision.floor, decision.responses) == ("specialist", {"section_47_enquiry": "points_to"})


def test_trap_46_nobody_lowers_silently() -> None:
    """There is no field by which whoever assesses could set the level; recorded judgement comes later, on top."""
    danger = {"child": {"age": 8}, "on": ON, "observations": {"abuse_disclosed": True}}
    for field in ("tier", "level", "override", "judgement", "floor"):
        with pytest.raises(thresholds.AssessmentInvalid):
            thresholds.Assessment(**danger, **{field: "universal"})
    decision = bundled_llr().assess(thresholds.Assessment(**danger, reporter_role="social_worker"))
    assert decision.tier == "specialist"
    assert waits_for("recorded judgement", "3.9 professional judgement")


def test_trap_47_mild_distress_is_met_at_school_first() -> None:
    """Low mood goes to school and primary mental health; the specialist service is for moderate and severe effect."""
    mild = answer({"age": 12}, {**WELL_AT_SCHOOL, "low_mood_or_anxiety": {"value": "low", "need": "met"}})
    assert mild.responses == {"single_agency_support": "points_to"}
    assert answer({"age": 12}, {**WELL_AT_SCHOOL, "mental_health_difficulty": "moderate"}).responses == {
        "specialist_health": "points_to"
    }


def test_trap_48_the_adult_service_from_eighteen() -> None:
    """Children's mental-health services take a young person to the 18th birthday, adult services from then on."""
    signs = {"mental_health_difficulty": "moderate", "special_educational_provision": "ehc_plan"}
    child, adult = answer(LAST_DAY_OF_SEVENTEEN, signs).responses, answer(EIGHTEENTH_BIRTHDAY, signs).responses
    assert "specialist_health" in child
    assert "adult_mental_health_services" not in child
    assert "specialist_health" not in adult
    assert "adult_mental_health_services" in adult


@pytest.mark.parametrize(("born", "offered"), [("2012-03-02", False), ("2012-03-01", True)])
def test_trap_49_short_breaks_begin_at_five(born: str, offered: bool) -> None:
    """The short-break scheme takes children from their fifth birthday, not from birth."""
    decision = answer({"born": born}, {"short_break_rule_met": True})
    assert ("short_break" in decision.responses) is offered


@pytest.mark.parametrize(
    ("child", "sign", "first"),
    [
        ({"age": 16}, "homeless_without_family", {"child_in_need_assessment"}),
        ({"age": 16}, "nowhere_safe_tonight", {"child_in_need_assessment", "section_20_accommodation"}),
        ({"age": 16}, "unaccompanied_asylum_seeker", {"child_in_need_assessment", "section_20_accommodation"}),
        ({"age": 15}, "suicidal_intent", {"specialist_health"}),
    ],
)
def test_trap_50_an_overriding_sign_has_its_own_first_route(child: dict[str, Any], sign: str, first: set[str]) -> None:
    """Homelessness, a child alone in the country and suicide go to a home or to health first, not to an enquiry."""
    decision = answer(child, {**WELL_AT_SCHOOL, sign: True})
    assert (decision.tier, decision.floor) == ("specialist", "specialist")
    assert {name for name, weight in decision.responses.items() if weight == "points_to"} == first
    assert "section_47_enquiry" not in decision.responses


def test_exact_arithmetic_leaves_no_gap() -> None:
    """Whatever the number of sessions, persistent absence begins at a tenth missed and nowhere else."""
    for possible in (20, 21, 190, 199, 201, 333):
        for attended in range(int(possible * 0.9) - 1, int(possible * 0.9) + 3):
            share = {"attended": attended, "possible": possible}
            persistent = "persistent_absence" in rules_of(answer({"age": 8}, {"education_attendance": share}))
            assert persistent is (Fraction(attended, possible) <= Fraction(9, 10)), share
