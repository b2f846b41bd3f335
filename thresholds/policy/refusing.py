"""Changes that no ruleset could have: it would not load."""

from __future__ import annotations

from collections.abc import Iterator

from thresholds.language.counting import faults_of_quantity
from thresholds.language.definition import Definition, InForce
from thresholds.language.model import Quantity, Response, Rule
from thresholds.language.soundness import faults_beside_rules, faults_of
from thresholds.policy.mutating import Mutant
from thresholds.policy.noticing import Uses


def why_refused(mutant: Mutant, after: InForce, uses: Uses, definition: Definition) -> str:
    """What the loader would say of a ruleset with this change, as it stands on a day; empty where it would load."""
    return next(_faults(mutant, after, uses, definition), "")


def _faults(mutant: Mutant, after: InForce, uses: Uses, definition: Definition) -> Iterator[str]:
    changed = mutant.changed
    if mutant.kind == "rule":
        return
    if isinstance(changed, Rule):
        rules = [changed]
    elif isinstance(changed, Response):
        rules = [rule for rule in after.rules if changed.id in rule.responses and rule.overriding]
    else:
        touched = uses.touched(mutant)
        rules = [after.rules[number] for number in sorted(touched.rules)]
        counting = [after.quantities[name] for name in sorted(touched.names) if name in after.quantities]
        for quantity in [changed] if isinstance(changed, Quantity) else counting:
            yield from (message for message, _ in faults_of_quantity(quantity, after))
    for rule in rules:
        yield from (problem.message for problem in faults_of(rule, after, definition))
    if mutant.kind in ("parameter", "counting") or _times(mutant):
        yield from (problem.message for problem in faults_beside_rules(after, definition))


def _times(mutant: Mutant) -> bool:
    """Does the change stand in a test of an age or a time?"""
    return any(unit in mutant.becomes for unit in ("day", "week", "month", "year"))
