"""Which rules to look at where a statement is refuted: those that lead to the answer, or that fail to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thresholds.assessment import Assessment
from thresholds.compiled import bits_of
from thresholds.engines.reference import Reading, evaluate, scope_of
from thresholds.knowledge import know
from thresholds.language.conditions import AllOf, Condition, every_test
from thresholds.language.definition import BUILT_IN_INDICATORS, InForce
from thresholds.language.model import TIERS, WEIGHTS, Invariant, Rule
from thresholds.policy.prove import Proof
from thresholds.ruleset import Ruleset

_MOST = 5


@dataclass(frozen=True)
class Responsible:
    """A rule, and how it stands for the child shown: it holds, or these parts do not, or these exceptions do."""

    rule: Rule
    holds: bool
    failing: tuple[Condition, ...] = ()
    set_aside_by: tuple[Condition, ...] = ()
    other_group: bool = False
    """It is not for somebody of this age or status."""


def responsible(ruleset: Ruleset, invariant: Invariant, proof: Proof) -> tuple[Responsible, ...]:
    """The rules to look at, the most telling first; none where no child was found."""
    if not proof.children:
        return ()
    in_force = ruleset.in_force(proof.children[0].on)
    if invariant.kind == "never_together":
        return tuple(
            Responsible(rule, holds=True)
            for rule in _holding(proof, 0, in_force)
            if any(rule.responses.get(name) == "points_to" for name in invariant.responses)
        )
    last = _Child(proof.children[-1], in_force)
    if invariant.kind == "worse_never_lowers":
        return tuple(last.standing(rule) for rule in _holding(proof, 0, in_force) if not last.standing(rule).holds)
    aimed = _aimed_at(ruleset, invariant, in_force, proof.children[0])
    if invariant.kind == "never_changes":
        lost = [rule for rule in _holding(proof, 0, in_force) if rule in aimed]
        return tuple(last.standing(rule) for rule in lost if not last.standing(rule).holds)
    return _nearest(invariant, [last.standing(rule) for rule in _with_findings(aimed, in_force)])


def _holding(proof: Proof, child: int, in_force: InForce) -> list[Rule]:
    held = {reason.rule for reason in proof.decisions[child].reasons}
    return [rule for rule in in_force.rules if rule.id in held]


def _aimed_at(ruleset: Ruleset, invariant: Invariant, in_force: InForce, child: Assessment) -> list[Rule]:
    """The rules that give what a statement speaks of."""
    if invariant.tier is not None:
        reaching = ruleset.assessor(child.on).decider.reaching[TIERS.index(invariant.tier)]
        return [in_force.rules[number] for number in bits_of(reaching)]
    assert invariant.response is not None
    enough = WEIGHTS[WEIGHTS.index(invariant.weight) :]
    return [rule for rule in in_force.rules if rule.responses.get(invariant.response) in enough]


def _with_findings(rules: list[Rule], in_force: InForce) -> list[Rule]:
    """These rules, and those that conclude what they read, and so on."""
    found = {rule.id: rule for rule in rules}
    below = list(rules)
    while below:
        read = set(_names(below.pop().when)) & set(in_force.findings)
        for rule in in_force.rules:
            if rule.id not in found and not read.isdisjoint(rule.findings):
                found[rule.id] = rule
                below.append(rule)
    return list(found.values())


def _names(condition: Condition | None) -> Iterator[str]:
    if condition is not None:
        yield from (test.name for test, _ in every_test(condition) if test.name not in BUILT_IN_INDICATORS)


def _nearest(invariant: Invariant, standing: list[Responsible]) -> tuple[Responsible, ...]:
    """Those that read most of what the statement is about, and of them those with the fewest parts that fail."""
    about = set(_names(invariant.when))

    def shared(one: Responsible) -> int:
        return len(about.intersection(_names(one.rule.when)))

    def far(one: Responsible) -> tuple[int, int]:
        return -shared(one), len(one.failing) + len(one.set_aside_by) + one.other_group

    failing = [one for one in standing if not one.holds]
    some = [one for one in failing if shared(one)] or failing
    return tuple(sorted(some, key=far)[:_MOST])


class _Child:
    """One child, as the reference engine reads it."""

    def __init__(self, child: Assessment, in_force: InForce) -> None:
        knowledge = know(child, in_force)
        self.reading = Reading(knowledge, scope_of(knowledge))

    def standing(self, rule: Rule) -> Responsible:
        """How a rule stands for this child."""
        parts = rule.when.parts if isinstance(rule.when, AllOf) else (rule.when,)
        failing = tuple(part for part in parts if evaluate(part, self.reading) is not True)
        exceptions = tuple(one.when for one in rule.unless if evaluate(one.when, self.reading) is not False)
        other = not any(self.reading.scope[group] for group in rule.applies_to)
        return Responsible(rule, not (failing or exceptions or other), failing, exceptions, other)
