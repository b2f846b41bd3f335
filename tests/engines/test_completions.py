"""What floor and ceiling promise: whatever the unknown turns out to be, the answer lies between them."""

from __future__ import annotations

from random import Random

from hypothesis import given, note
from hypothesis import strategies as st

from tests.answers import effort, held, knowledge_of, rank, rule_names, shown
from tests.completing import completions
from thresholds import testing
from thresholds.assessment import Assessment
from thresholds.engines.reference import scope_of
from thresholds.ruleset import Ruleset


@effort(120)
@given(testing.rulesets(signs=3, rules=6, depth=2), st.data())
def test_every_completion_lies_between_floor_and_ceiling(ruleset: Ruleset, data: st.DataObject) -> None:
    """However the unknown turns out: the tier lies between floor and ceiling, and no certain rule is ever lost."""
    partial = data.draw(testing.assessments(ruleset))
    shown(partial)
    decision, before = ruleset.assess(partial), held(ruleset, partial)
    scope = scope_of(knowledge_of(ruleset, partial))
    for completed in completions(ruleset, partial, Random(1), most=60):
        then = scope_of(knowledge_of(ruleset, completed))
        if any(truth and not then[group] for group, truth in scope.items()) or not any(then.values()):
            continue  # somebody who may be an adult is assessed as a child until that is known
        _lies_between(ruleset, completed, decision.floor, decision.ceiling)
        after = held(ruleset, completed)
        on = completed.on
        assert not rule_names(ruleset, on, before.certain & ~after.certain), completed.model_dump_json()
        assert not rule_names(ruleset, on, after.possible & ~before.possible), completed.model_dump_json()
        assert after.certain == after.established == after.possible, "nothing is left open"


def _lies_between(ruleset: Ruleset, completed: Assessment, floor: str | None, ceiling: str | None) -> None:
    decision = ruleset.assess(completed)
    note(completed.model_dump_json(exclude_defaults=True))
    if not completed.observations and not completed.looked_at:
        assert decision.tier is None
        return
    assert rank(floor) <= rank(decision.tier) <= rank(ceiling)
    assert decision.status == "settled"
    assert not decision.provisional
