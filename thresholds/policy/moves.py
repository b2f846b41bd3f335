"""The ways in which an answer can differ: of the level of need, and of each response."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from thresholds.compiled import as_bits
from thresholds.decision import Decision
from thresholds.engines.solver import Copy
from thresholds.language.model import TIERS, WEIGHTS
from thresholds.policy.answering import gives
from thresholds.ruleset import Ruleset

LEVEL = "level of need"
REFER_NOW = "refer_now"
"""An overriding rule is established: called for, or not."""
OUTSIDE, NOT_CALLED, COVERED = "outside", "not called for", "covered by another"
LEVELS = (OUTSIDE, *TIERS)
STANDINGS = (NOT_CALLED, COVERED, *WEIGHTS)


@dataclass(frozen=True, order=True)
class Move:
    """A way in which an answer can differ, from one standing to another: the level, a response by its id, refer now."""

    of: str
    before: str
    after: str

    @property
    def slight(self) -> bool:
        """Nothing else is to be done: the response is covered by another, or it is not called for at all."""
        return {self.before, self.after} == {NOT_CALLED, COVERED}


def moves_between(before: Decision, after: Decision) -> Iterator[Move]:
    """How two decisions about one child differ."""
    levels = [decision.tier or OUTSIDE for decision in (before, after)]
    if levels[0] != levels[1]:
        yield Move(LEVEL, levels[0], levels[1])
    if before.refer_now != after.refer_now:
        yield Move(REFER_NOW, *("points_to" if one.refer_now else NOT_CALLED for one in (before, after)))
    for name in sorted({*before.responses, *after.responses}):
        first, second = (
            COVERED if name in decision.absorbed else decision.responses.get(name, NOT_CALLED)
            for decision in (before, after)
        )
        if first != second:
            yield Move(name, first, second)


def standings(ruleset: Ruleset, copy: Copy, on: date) -> dict[str, dict[str, int]]:
    """By the level, refer now and response: for each way in which it can stand, the literal that is true there."""
    formula, in_force = copy.formula, copy.program.ruleset
    decider = ruleset.assessor(on).decider
    reached = [copy.inside, *(copy.some_rule(decider.reaching[tier]) for tier in range(1, len(TIERS)))]
    levels = {OUTSIDE: -copy.inside}
    for number, tier in enumerate(TIERS):
        above = reached[number + 1] if number + 1 < len(TIERS) else -formula.true
        levels[tier] = formula.all_of([reached[number], -above])
    given = {
        name: [copy.some_rule(as_bits(gives(rule, name, weight) for rule in in_force.rules)) for weight in WEIGHTS]
        for name in in_force.responses
    }
    refer_now = copy.some_rule(decider.overriding)
    never = dict.fromkeys(STANDINGS, -formula.true)
    standings = {LEVEL: levels, REFER_NOW: never | {NOT_CALLED: -refer_now, "points_to": refer_now}}
    for name, weights in given.items():
        covers = [given[one][-1] for one in decider.covered_by.get(name, ())]
        covered = formula.any_of(covers)
        standing = {NOT_CALLED: -weights[0], COVERED: formula.all_of([weights[0], covered])}
        for number, weight in enumerate(WEIGHTS):
            above = weights[number + 1] if number + 1 < len(WEIGHTS) else -formula.true
            standing[weight] = formula.all_of([weights[number], -above, -covered])
        standings[name] = standing
    return standings
