"""The statements of the bundled rulesets: complete, proved on every day, about children there can be, and not idle.

What each row of the domain facts became stands in the ruleset's README; a row in neither of its tables fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, partial
from itertools import product
from pathlib import Path

import pytest

import thresholds
from tests.rulesets.mutating import altered, excused_by, mutated, situations, without
from thresholds.assessment import Assessment
from thresholds.engines.reference import Reading, evaluate, scope_of
from thresholds.knowledge import know
from thresholds.language.conditions import AllOf, Condition, NoneOf, Test, every_test
from thresholds.language.definition import BUILT_IN_INDICATORS
from thresholds.language.model import GROUPS, TIERS, WEIGHTS, Indicator, Invariant, Rule
from thresholds.ruleset import Ruleset, bundled

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.engines.solver import Clauses, Copy, World, compile_for_proofs
from thresholds.policy.prove import prove
from thresholds.policy.searching import Search

ROWS = {
    *(f"OVR-{number}" for number in range(1, 6)),
    *(f"PF-{number}" for number in range(1, 5)),
    "CNT-9",
    "ACC-7",
    *(f"trap {number}" for number in range(1, 51)),
    *(f"property {number}" for number in range(1, 13)),
}
"""The rows of the domain facts that may say what must always or never be."""
PROVED, HELD_OTHERWISE = "Rows that are statements", "Rows that are no statement"
ON = date(2023, 12, 15)
FOR_CHILDREN_ONLY = {
    "section_47_enquiry",
    "child_in_need_assessment",
    "section_20_accommodation",
    "private_fostering_assessment",
    "missing_child_response",
    "police_fgm_report",
    "urgent_paediatric_assessment",
    "specialist_health",
}


@cache
def bundled_llr() -> Ruleset:
    return thresholds.load("llr")


@pytest.fixture(scope="module", autouse=True)
def llr() -> Iterator[Ruleset]:
    yield bundled_llr()
    bundled_llr.cache_clear()
    situations_met.cache_clear()


def statements(kind: str) -> list[Invariant]:
    return [one for one in bundled_llr().in_force(ON).invariants if one.kind == kind]


def table(heading: str) -> list[list[str]]:
    """The rows, without their header, of a table of the README."""
    text = (bundled() / "llr" / "README.md").read_text(encoding="utf-8")
    _, _, below = text.partition(f"### {heading}\n")
    lines = [line for line in below.split("\n#")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def named(heading: str) -> set[str]:
    """What the last cells of a table name."""
    return {name for row in table(heading) for name in re.findall(r"`([a-z0-9_]+)`", row[-1])}


@cache
def situations_met() -> dict[tuple[str, int], tuple[Condition, Assessment]]:
    """For each single situation of each `leads_to`: its condition, and a plain child who is in it."""
    asked = {(one.id, n): when for one in statements("leads_to") for n, when in enumerate(situations(_when(one)))}
    in_force = bundled_llr().in_force(ON)
    copy = Copy(compile_for_proofs(in_force, list(asked.values())), World(Clauses(), in_force, on=ON))
    wanted = [copy.condition(number) for number in range(len(asked))]
    search, met = Search([copy.world], ON), {}
    for (place, when), literal in zip(asked.items(), wanted, strict=True):
        model = search.plain([copy.inside, -copy.impossible, literal])
        assert model is not None, f"no child can be in {place}"
        met[place] = (when, search.children(model)[0])
    return met


def _when(statement: Invariant) -> Condition:
    assert statement.when is not None
    return statement.when


def reached(statement: Invariant, decision: thresholds.Decision) -> bool:
    """Does the answer hold what the statement says?"""
    if statement.tier is not None:
        return decision.tier is not None and TIERS.index(decision.tier) >= TIERS.index(statement.tier)
    given = decision.responses.get(statement.response or "")
    return given is not None and WEIGHTS.index(given) >= WEIGHTS.index(statement.weight)


def test_every_row_is_proved_or_held_otherwise() -> None:
    """Each row of the facts stands in one of the two tables of the README, or in both with its two halves."""
    proved, held = ([row[0] for row in table(heading)] for heading in (PROVED, HELD_OTHERWISE))
    assert len(proved) == len(set(proved))
    assert len(held) == len(set(held))
    assert {*proved, *held} == ROWS
    assert all(row[1] for heading in (PROVED, HELD_OTHERWISE) for row in table(heading))


def test_rows_name_every_statement_and_no_other(llr: Ruleset) -> None:
    """The table names statements that are there, each row at least one, and no statement stands for no row."""
    assert named(PROVED) == set(llr.definition.invariants)
    assert [row for row in table(PROVED) if "`" not in row[-1]] == []


def test_what_holds_a_row_otherwise_is_there(llr: Ruleset) -> None:
    """Each row that is no statement names a test or a worked example that exists."""
    files = Path(__file__).parents[1].rglob("test_*.py")
    tests = {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)}
    assert named(HELD_OTHERWISE) - tests - set(llr.definition.worked_examples) == set()
    assert [row for row in table(HELD_OTHERWISE) if "`" not in row[-1]] == []


@pytest.mark.parametrize("name", ["england", "llr"])
def test_everything_is_proved_on_every_day(name: str) -> None:
    """On each day on which something changes, every statement in force is proved."""
    ruleset = thresholds.load(name)
    for day in ruleset.definition.changes:
        assert [proof.id for proof in prove(ruleset, day) if proof.verdict != "proved"] == [], day


def test_each_situation_is_that_of_a_real_child(llr: Ruleset) -> None:
    """Nothing is said of nobody: each alternative of each statement is met by a child, as the reference reads it."""
    assert len(situations_met()) > 140
    for (name, number), (when, child) in situations_met().items():
        knowledge = know(child, llr.in_force(ON))
        assert evaluate(when, Reading(knowledge, scope_of(knowledge))) is True, (name, number)
        assert reached(llr.definition.invariants[name], llr.assess(child, engine="reference")), (name, number)


def test_without_the_rules_responsible_a_statement_is_refuted(llr: Ruleset) -> None:
    """The rules that the simplest children are given are what a statement rests on: let them fall silent, it falls."""
    aims: dict[str, list[Invariant]] = {}
    for statement in statements("leads_to"):
        aims.setdefault(statement.response or statement.tier or "", []).append(statement)
    decisions = {place: llr.assess(child) for place, (_, child) in situations_met().items()}
    for aim, ones in aims.items():
        wanted = {one.id for one in ones}
        given = [decision for (name, _), decision in decisions.items() if name in wanted]
        responsible = {reason.rule for decision in given for reason in decision.reasons}
        proofs = prove(mutated(llr, partial(silenced, aim=aim, responsible=responsible), ones), ON)
        assert [proof.id for proof in proofs if proof.verdict != "refuted"] == [], aim


def silenced(rule: Rule, aim: str, responsible: set[str]) -> Rule:
    """The rule, if it is one of those, without the response; without any where a level is what matters."""
    return without(rule, rule.responses if aim in TIERS else [aim]) if rule.id in responsible else rule


def test_a_danger_counts_while_nothing_else_is_known(llr: Ruleset) -> None:
    """OVR-2: the signs of one situation alone, with nothing else looked at, bring the same response and its level.

    Left out are exceptions, which an unknown does not make, and what is worked out of other observations.
    """
    rows = {row[0]: row[-1] for row in table(PROVED)}
    dangers = {name for row in ("OVR-1", "OVR-3", "OVR-5") for name in re.findall(r"`(\w+)`", rows[row])}
    indicators, tried = llr.in_force(ON).indicators, 0
    for (name, number), (when, child) in situations_met().items():
        signs = {test.name for test, positive in every_test(when) if positive}
        if name not in dangers or not signs <= set(indicators):
            continue
        signs |= {above for sign in signs for above in _above(sign, indicators)}
        alone = {sign: given for sign, given in child.observations.items() if sign in signs}
        decision = llr.assess(child.model_copy(update={"looked_at": (), "observations": alone}))
        assert reached(llr.definition.invariants[name], decision), (name, number)
        assert decision.tier == "specialist", (name, number)
        tried += 1
    assert tried > 70


def _above(sign: str, indicators: Mapping[str, Indicator]) -> Iterator[str]:
    """What a sign is a detail of, and what that is a detail of."""
    parent = None if sign in BUILT_IN_INDICATORS else indicators[sign].detail_of
    while parent is not None:
        yield parent
        parent = indicators[parent].detail_of


def test_a_danger_not_ruled_out_beside_a_related_sign_is_never_calm(llr: Ruleset) -> None:
    """OVR-4: one slight related sign and nothing looked at: at least targeted, for each overriding rule there is."""
    in_force, people, tried = llr.in_force(ON), {"under_18": {"age": 14}, "unborn": {"unborn": True}}, 0
    for rule in in_force.rules:
        for sign, group in product(rule.related if rule.overriding else (), {*people} & {*rule.applies_to}):
            signs = (sign, *_above(sign, in_force.indicators))
            slight = {name: _slightest(in_force.indicators[name]) for name in signs}
            decision = llr.assess(Assessment(child=people[group], on=ON, observations=slight))
            assert decision.tier in ("targeted", "specialist"), (rule.id, sign, group)
            tried += 1
    assert tried > 120


def _slightest(indicator: Indicator) -> object:
    if indicator.kind == "events":
        return [ON.isoformat()]
    return list(indicator.values)[1] if indicator.values else True


def some_value(indicator: Indicator) -> str:
    """A test that some values of the indicator pass, and not the one when it is absent."""
    if indicator.values:
        return list(indicator.values)[-1]
    return "true" if indicator.kind == "flag" else ">= 1"


def test_a_rule_that_reads_what_may_change_nothing_refutes(llr: Ruleset) -> None:
    """`never_changes`: one exception that reads a strength, or another thing that may not count, and it is refuted."""
    for statement in statements("never_changes"):
        assert statement.by is not None
        if statement.by.consent:
            continue
        read = "trusted_adult" if statement.by.protective else statement.by.ids[-1]
        value = some_value(llr.definition.indicators[read])
        broken = mutated(llr, partial(excused_by, name=read, value=value), [statement])
        assert [proof.verdict for proof in prove(broken, ON)] == ["refuted"], statement.id


@pytest.mark.parametrize(
    ("statement", "name", "value"),
    [("context_is_read_by_no_rule", "home_educated", "true"), ("worse_never_lowers", "neglect", "acute")],
)
def test_one_rule_that_is_spared_wrongly_refutes(llr: Ruleset, statement: str, name: str, value: str) -> None:
    """Home education as an excuse is read, and neglect as an excuse lowers: one rule is enough to refute."""
    one = next(rule.id for rule in llr.in_force(ON).rules)
    broken = mutated(
        llr,
        lambda rule: excused_by(rule, name, value) if rule.id == one else rule,
        [llr.definition.invariants[statement]],
    )
    assert [proof.verdict for proof in prove(broken, ON)] == ["refuted"]


def test_rules_for_everybody_refute_what_ends_at_eighteen(llr: Ruleset) -> None:
    """`never_together`: were every rule for every age, a young adult would be sent to children's services too."""
    ending = [one for one in statements("never_together") if one.id != "low_needs_never_add_up_to_serious_harm"]
    assert len(ending) == 4

    def ageless(rule: Rule) -> Rule:
        parts = rule.when.parts if isinstance(rule.when, AllOf) else (rule.when,)
        others = [part for part in parts if not (isinstance(part, Test) and part.name == "child_age")]
        return altered(rule, when=AllOf(tuple(others)), applies_to=GROUPS)

    assert [proof.id for proof in prove(mutated(llr, ageless, ending), ON) if proof.verdict != "refuted"] == []


def test_an_enquiry_for_what_accumulates_refutes_that_low_needs_stay_low(llr: Ruleset) -> None:
    """ACC-7: were accumulation to point to an enquiry, where a person has to decide, the statement would fall."""
    low = llr.definition.invariants["low_needs_never_add_up_to_serious_harm"]

    def pointing(rule: Rule) -> Rule:
        firmer = {name: "points_to" if weight == "consider" else weight for name, weight in rule.then.items()}
        return altered(rule, then=firmer) if "accumulation" in rule.tags else rule

    assert [proof.verdict for proof in prove(mutated(llr, pointing, [low]), ON)] == ["refuted"]


def test_every_serious_sign_that_is_left_out_has_to_be(llr: Ruleset) -> None:
    """ACC-7 leaves out no sign needlessly: without any one of those it names, it would not hold."""
    low = llr.definition.invariants["low_needs_never_add_up_to_serious_harm"]
    parts = getattr(low.when, "parts", ())
    (none_of,) = [part for part in parts if isinstance(part, NoneOf)]
    fewer = []
    for number, left_out in enumerate(none_of.parts):
        others = NoneOf(tuple(part for part in none_of.parts if part is not left_out))
        when = AllOf(tuple(others if part is none_of else part for part in parts))
        fewer.append(low.model_copy(update={"id": f"without_{number}", "when": when}))
    proofs = list(prove(mutated(llr, lambda rule: rule, fewer), ON))
    assert len(proofs) >= 14
    assert [proof.id for proof in proofs if proof.verdict != "refuted"] == []


def test_a_response_for_children_is_for_children_only(llr: Ruleset) -> None:
    """Trap 13: no rule that gives a response of children's services applies to a young adult, plan or no plan."""
    assert set(llr.definition.responses) >= FOR_CHILDREN_ONLY
    for rule in llr.definition.rules:
        if not FOR_CHILDREN_ONLY.isdisjoint(rule.responses):
            assert {"adult_with_plan", "care_leaver"}.isdisjoint(rule.applies_to), rule.id


def test_every_strength_is_reported_though_it_changes_nothing(llr: Ruleset) -> None:
    """PF-4: beside a danger each strength is named in the answer, and the answer is the same."""
    danger = {"abuse_disclosed": True}
    strengths = {name: one.label for name, one in llr.in_force(ON).indicators.items() if one.protective}
    plain = llr.assess(Assessment(child={"age": 8}, on=ON, observations=danger))
    beside = llr.assess(Assessment(child={"age": 8}, on=ON, observations={**danger, **dict.fromkeys(strengths, True)}))
    assert set(beside.strengths) == set(strengths.values())
    assert (beside.tier, beside.responses) == (plain.tier, plain.responses)
