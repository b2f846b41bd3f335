"""What two rulesets answer differently: for every child, by the solver, and each difference replayed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import permutations

from thresholds.assessment import Assessment
from thresholds.compiled import as_bits
from thresholds.decision import Decision
from thresholds.engines.solver import Clauses, Copy, World, compile_for_proofs
from thresholds.language.definition import InForce
from thresholds.language.model import TIERS, WEIGHTS, Indicator
from thresholds.policy.searching import NotFinished, Patience, ReplayDiffers, Search
from thresholds.policy.situations import Situation, Situations
from thresholds.ruleset import Ruleset

LEVEL = "level"
OUTSIDE, NOT_CALLED, COVERED = "outside", "not called for", "covered by another"
LEVELS = (OUTSIDE, *TIERS)
STANDINGS = (NOT_CALLED, COVERED, *WEIGHTS)


@dataclass(frozen=True, order=True)
class Move:
    """A way in which an answer can differ: the `level`, or a response by its id, from one standing to another."""

    of: str
    before: str
    after: str

    @property
    def slight(self) -> bool:
        """Nothing else is to be done: the response is covered by another, or it is not called for at all."""
        return {self.before, self.after} == {NOT_CALLED, COVERED}


@dataclass(frozen=True)
class Difference:
    """A minimal situation (or several alike) in which the answer differs, and how that of its child does."""

    situation: Situation
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Behaviour:
    """Everything that differs, of children of whom everything is known.

    `impossible` moves are proved: no child can move so. Of each of the `possible` ones there is a child.
    `differences` are all the minimal situations of the moves that are not slight, the simplest first, where `complete`;
    `undecided` moves were not finished.
    """

    possible: tuple[Move, ...]
    impossible: tuple[Move, ...]
    undecided: tuple[Move, ...]
    differences: tuple[Difference, ...]
    complete: bool
    proof_seconds: float
    seconds: float

    @property
    def same(self) -> bool:
        """Is it proved that every child is answered alike?"""
        return not self.possible and not self.undecided

    def simplest(self, move: Move) -> Difference | None:
        """The first of the simplest situations of a move; None for a slight one, or where the search was stopped."""
        return next((one for one in self.differences if move in one.moves), None)


def behaviour(
    old: Ruleset,
    new: Ruleset,
    on: date,
    *,
    signs: int = 2,
    most: int = 50,
    patience: Patience | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Behaviour:
    """How answers differ for children assessed on a day.

    `signs`: the most indicators of a situation; `most`: situations, those alike taken together, that are looked for of
    each move. `step` is told what is being looked at. Indicators that the two define differently are taken to be
    absent (see `unlike`).
    """
    start = time.perf_counter()
    pair = _Pair(old, new, on, signs, patience or Patience())
    possible: dict[Move, int] = {}
    impossible: list[Move] = []
    undecided: list[Move] = []
    for move, differs in pair.moves():
        step(move.of)
        try:
            if pair.search.model([*pair.real, differs]) is not None:
                possible[move] = differs
            else:
                impossible.append(move)
        except NotFinished:
            undecided.append(move)
    proof_seconds = time.perf_counter() - start
    found: dict[Situation, list[Move]] = {}
    complete = not undecided
    for move, differs in possible.items():
        step(move.of)
        if not move.slight:
            situations, all_of_them = pair.situations.of(differs, most)
            complete &= all_of_them
            for one in situations:
                found.setdefault(one, []).append(move)
    differences = [Difference(one, tuple(sorted(moves))) for one, moves in found.items()]
    differences.sort(key=lambda one: (one.situation.size, [move.of != LEVEL for move in one.moves]))
    return Behaviour(
        possible=tuple(possible),
        impossible=tuple(impossible),
        undecided=tuple(undecided),
        differences=tuple(differences),
        complete=complete,
        proof_seconds=proof_seconds,
        seconds=time.perf_counter() - start,
    )


def unlike(old: InForce, new: InForce) -> tuple[str, ...]:
    """The indicators that both have and define so differently that no child can be described to both alike."""
    return tuple(
        name
        for name, one in sorted(old.indicators.items())
        if name in new.indicators and _nature(one) != _nature(new.indicators[name])
    )


def _nature(indicator: Indicator) -> tuple[object, ...]:
    return indicator.kind, indicator.domain, indicator.absent, indicator.detail_of, indicator.may_not_apply


class _Pair:
    """Two rulesets laid over one child."""

    def __init__(self, old: Ruleset, new: Ruleset, on: date, signs: int, patience: Patience) -> None:
        self.rulesets, self.on = (old, new), on
        sides = old.in_force(on), new.in_force(on)
        self.catalogue = replace(sides[1], indicators={**sides[0].indicators, **sides[1].indicators})
        world = World(Clauses(), self.catalogue, on=on)
        self.formula = world.formula
        self.copies = [Copy(compile_for_proofs(side), world) for side in sides]
        self.standings = [
            _standings(ruleset, copy, on) for ruleset, copy in zip(self.rulesets, self.copies, strict=True)
        ]
        self.real = [-copy.impossible for copy in self.copies]
        self.search = Search([world], on, patience)
        apart = set(unlike(*sides))
        self.real += [one for name, literals in self.search.usual.each.items() if name in apart for one in literals]
        self.situations = Situations(self.search, self.real, signs)

    def moves(self) -> Iterator[tuple[Move, int]]:
        """Every way in which an answer could differ, with the literal that is true where it does."""
        before, after = self.standings
        for of in dict.fromkeys([LEVEL, *sorted({*before, *after})]):
            if before.get(of) == after.get(of):
                continue
            for first, second in permutations(LEVELS if of == LEVEL else STANDINGS, 2):
                yield Move(of, first, second), self._differs(of, first, second)

    def _differs(self, of: str, first: str, second: str) -> int:
        nothing = dict.fromkeys(STANDINGS, -self.formula.true) | {NOT_CALLED: self.formula.true}
        return self.formula.all_of(
            [self.standings[0].get(of, nothing)[first], self.standings[1].get(of, nothing)[second]]
        )


def replay(old: Ruleset, new: Ruleset, difference: Difference) -> tuple[Decision, Decision]:
    """The reference engine's answers about the child of a difference: each is so confirmed before it is shown.

    Each ruleset is told what it has names for. Raises ReplayDiffers where the answers do not differ as they should.
    """
    before, after = (_told(ruleset, difference.situation.child) for ruleset in (old, new))
    if not set(difference.moves) <= set(moves_between(before, after)):
        raise ReplayDiffers("a child whom two rulesets are said to answer differently is not, on the reference engine")
    return before, after


def _told(ruleset: Ruleset, child: Assessment) -> Decision:
    known = ruleset.in_force(child.on).indicators
    observations = {name: given for name, given in child.observations.items() if name in known}
    return ruleset.assess(child.model_copy(update={"observations": observations}), engine="reference")


def moves_between(before: Decision, after: Decision) -> Iterator[Move]:
    """How two decisions about one child differ."""
    levels = [decision.tier or OUTSIDE for decision in (before, after)]
    if levels[0] != levels[1]:
        yield Move(LEVEL, levels[0], levels[1])
    for name in sorted({*before.responses, *after.responses}):
        first, second = (
            COVERED if name in decision.absorbed else decision.responses.get(name, NOT_CALLED)
            for decision in (before, after)
        )
        if first != second:
            yield Move(name, first, second)


def _standings(ruleset: Ruleset, copy: Copy, on: date) -> dict[str, dict[str, int]]:
    """By the level and by response: the literal for each standing."""
    formula, in_force = copy.formula, copy.program.ruleset
    decider = ruleset.assessor(on).decider
    reached = [copy.inside, *(copy.some_rule(decider.reaching[tier]) for tier in range(1, len(TIERS)))]
    levels = {OUTSIDE: -copy.inside}
    for number, tier in enumerate(TIERS):
        above = reached[number + 1] if number + 1 < len(TIERS) else -formula.true
        levels[tier] = formula.all_of([reached[number], -above])
    given = {
        name: [
            copy.some_rule(as_bits(_gives(rule.responses.get(name), weight) for rule in in_force.rules))
            for weight in WEIGHTS
        ]
        for name in in_force.responses
    }
    standings = {LEVEL: levels}
    for name, weights in given.items():
        covers = [given[one][-1] for one in decider.covered_by.get(name, ())]
        covered = formula.any_of(covers)
        standing = {NOT_CALLED: -weights[0], COVERED: formula.all_of([weights[0], covered])}
        for number, weight in enumerate(WEIGHTS):
            above = weights[number + 1] if number + 1 < len(WEIGHTS) else -formula.true
            standing[weight] = formula.all_of([weights[number], -above, -covered])
        standings[name] = standing
    return standings


def _gives(given: str | None, weight: str) -> bool:
    return given is not None and WEIGHTS.index(given) >= WEIGHTS.index(weight)
