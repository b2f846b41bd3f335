"""What is answered about a child, in short and as literals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from thresholds.compiled import as_bits
from thresholds.decision import Decision
from thresholds.engines.solver import Clauses, Copy
from thresholds.language.model import TIERS, WEIGHTS, Rule, Tier, Weight


@dataclass(frozen=True)
class Answer:
    """What a child is answered: the level, each response with its strongest weight, and whether to refer now."""

    tier: Tier | None
    responses: tuple[tuple[str, Weight], ...]
    refer_now: bool


def answer_of(decision: Decision) -> Answer:
    """A decision in short."""
    return Answer(decision.tier, tuple(sorted(decision.responses.items())), decision.refer_now)


def answer_in(copy: Copy, reaching: Sequence[int]) -> Iterator[int]:
    """A literal for all that an answer can say: inside the scope, refer now, each level, each response at each weight.

    `reaching`: by level the rules that reach it, as bits.
    """
    ruleset = copy.program.ruleset
    yield copy.inside
    yield copy.some_rule(as_bits(rule.overriding for rule in ruleset.rules))
    for tier in range(1, len(TIERS)):
        yield copy.some_rule(reaching[tier])
    for name in ruleset.responses:
        for weight in WEIGHTS:
            yield copy.some_rule(as_bits(gives(rule, name, weight) for rule in ruleset.rules))


def gives(rule: Rule, response: str, weight: Weight) -> bool:
    """Does a rule give a response at least as strongly as this?"""
    given = rule.responses.get(response)
    return given is not None and WEIGHTS.index(given) >= WEIGHTS.index(weight)


def different(formula: Clauses, one: int, other: int) -> int:
    """The literal for "one of these and not the other"."""
    return formula.any_of([formula.all_of([one, -other]), formula.all_of([-one, other])])
