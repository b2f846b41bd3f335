"""The solver's child of whom only part is known: how surely each rule holds is what the engine says of that child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import ON, effort, held, knowledge_of
from tests.small_rulesets import Files, add, add_rule, entry, load, small
from thresholds import testing
from thresholds.assessment import Assessment
from thresholds.compiled import as_bits
from thresholds.encoding import Encoder
from thresholds.engines.inference import Inference
from thresholds.engines.solver import Clauses, World, compile_for_proofs
from thresholds.ruleset import Ruleset

pytest.importorskip("pysat", reason="proofs need python-sat")

from thresholds.policy.findings.partly_known import PartlyKnown
from thresholds.policy.searching import Search


def laid_out(ruleset: Ruleset, assessment: Assessment) -> Inference:
    """How surely each rule holds by the solver, for what is known of one child."""
    in_force = ruleset.in_force(assessment.on)
    program = compile_for_proofs(in_force)
    world = World(Clauses(), in_force, on=assessment.on)
    laid = PartlyKnown(program, world.formula)
    rules = [laid.held(number) for number in range(len(in_force.rules))]
    known = []
    for variable, (low, high) in enumerate(Encoder(program).encode(knowledge_of(ruleset, assessment))):
        rails = laid.rails(variable)
        for segment in range(1, program.variables[variable].segments):
            known.append(rails.low[segment] if low >= segment else -rails.low[segment])
            known.append(rails.high[segment] if high >= segment else -rails.high[segment])
    model = Search([world], assessment.on).model(known)
    assert model is not None
    return Inference(
        certain=as_bits(one.certain in model for one in rules),
        established=as_bits(one.established in model for one in rules),
        possible=as_bits(one.possible in model for one in rules),
    )


@effort(80)
@given(ruleset=testing.rulesets(rules=8, depth=4), data=st.data())
def test_each_rule_holds_as_surely_as_the_engine_says(ruleset: Ruleset, data: st.DataObject) -> None:
    """Certain, established and possible, for any child of any ruleset, however little of it is known."""
    assessment = data.draw(testing.assessments(ruleset))
    assert laid_out(ruleset, assessment) == held(ruleset, assessment)


def findings_that_may_be_excused(files: Files) -> None:
    """A finding that is established and not certain, read by itself, counted, and in an exception."""
    excuse = {"when": {"helpful_neighbour": True}, "because": "a neighbour helps"}
    entry(files, "pattern_rule")["unless"] = [excuse]
    counted = {"label": "patterns", "unit": "patterns", "count": {"findings": {"tags": ["pattern"]}}}
    add(files, "quantities.yaml", "patterns", **counted)
    add_rule(files, "by_number", when={"patterns": ">= 1", "hunger": ">= low"})
    add_rule(files, "by_either", when={"any": [{"pattern": True}, {"patterns": ">= 1"}], "hunger": ">= low"})
    add_rule(
        files, "not_so", when={"hunger": ">= low"}, unless=[{"when": {"pattern": False, "plan": True}, "because": "so"}]
    )


def dangers_of_some(files: Files) -> None:
    """An overriding rule for somebody of whom it is not known whether the ruleset covers them."""
    entry(files, "hitting_rule")["applies_to"] = ["adult_with_plan"]


@pytest.mark.parametrize("change", [findings_that_may_be_excused, dangers_of_some])
@pytest.mark.parametrize("child", [{"age": 8}, {"age": 20}, {"between": [15, 20]}, {"unborn": True}, {}])
def test_what_is_established_without_being_certain(
    change: Callable[[Files], None], child: dict[str, Any], tmp_path: Path
) -> None:
    """Findings count as established while no exception is known; so do dangers of whoever may be covered."""
    files = small()
    change(files)
    ruleset = load(files, tmp_path)
    observations = {"neglect": "high", "hunger": "high", "hitting": "high"}
    assessment = Assessment(child=child, on=ON, looked_at=["injury"], observations=observations)
    inference = held(ruleset, assessment)
    assert laid_out(ruleset, assessment) == inference
    if child == {"age": 8 if change is findings_that_may_be_excused else 20}:
        assert inference.established & ~inference.certain


@effort(20)
@given(ruleset=testing.rulesets())
def test_what_is_certain_is_established_and_what_is_established_is_possible(ruleset: Ruleset) -> None:
    """For whatever is known: proved, not tried."""
    on = ruleset.definition.changes[-1]
    in_force = ruleset.in_force(on)
    world = World(Clauses(), in_force, on=on)
    laid = PartlyKnown(compile_for_proofs(in_force), world.formula)
    rules = [laid.held(number) for number in range(len(in_force.rules))]
    search = Search([world], on)
    for rule in rules:
        assert search.model([rule.certain, -rule.established]) is None
        assert search.model([rule.established, -rule.possible]) is None
