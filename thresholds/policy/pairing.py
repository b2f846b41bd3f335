"""Two rulesets laid over one child: which ways of differing are possible, and of which none is, proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations, permutations
from typing import Literal

from thresholds.assessment import Assessment
from thresholds.decision import Decision
from thresholds.engines.solver import Clauses, Copy, World, compile_for_proofs, in_order, window
from thresholds.errors import NothingToCompare
from thresholds.language.definition import CHILD_AGE, GESTATION, InForce
from thresholds.language.durations import Duration
from thresholds.policy.children import Model, usual_of
from thresholds.policy.moves import LEVEL, LEVELS, NOT_CALLED, REFER_NOW, STANDINGS, Move, moves_between, standings
from thresholds.policy.searching import NotFinished, Patience, ReplayDiffers, Search
from thresholds.policy.situations import Situations
from thresholds.ruleset import Ruleset

RuledOut = Literal["alike", "differently", "not finished"]


def unlike(old: InForce, new: InForce) -> tuple[str, ...]:
    """The indicators that both have and define so differently that no child can be described to both alike.

    What is a detail of such a one is one too.
    """
    shared = sorted(set(old.indicators) & set(new.indicators))
    found = {name for name in shared if _nature(name, old) != _nature(name, new)}
    while more := {name for name in shared if name not in found and old.indicators[name].detail_of in found}:
        found |= more
    return tuple(sorted(found))


def _nature(name: str, ruleset: InForce) -> tuple[object, ...]:
    """All on which it depends how an observation is read: which of several counts, how many sessions say something."""
    one = ruleset.indicators[name]
    least = ruleset.parameters.get(one.sessions_at_least or "")
    reading = one.worse_is_higher, one.protective, one.exception_fact, least
    return one.kind, one.domain, one.absent, one.detail_of, one.may_not_apply, reading


@dataclass
class Proofs:
    """What was found of each move: the possible ones with the literal that is true of them, and a solution."""

    possible: dict[Move, tuple[int, Model]] = field(default_factory=dict)
    impossible: list[Move] = field(default_factory=list)
    undecided: list[Move] = field(default_factory=list)
    ruled_out: RuledOut | None = None


class Pair:
    """Two rulesets laid over one child.

    Where the two define something differently, it is one child in two worlds, who differs in that alone: there it is
    as usual, in the sense of either.
    """

    def __init__(self, old: Ruleset, new: Ruleset, on: date, signs: int, patience: Patience) -> None:
        self.rulesets = old, new
        sides = old.in_force(on), new.in_force(on)
        self.unlike = unlike(*sides)
        both = sides[0].indicators, sides[1].indicators
        world = World(Clauses(), replace(sides[1], indicators={**both[0], **both[1]}), on=on)
        worlds = [world]
        if self.unlike:
            catalogue = replace(sides[0], indicators={**both[1], **both[0]})
            worlds.append(World(world.formula, catalogue, like=world, apart=frozenset(self.unlike), on=on))
        self.formula = world.formula
        copies = [Copy(compile_for_proofs(sides[0]), worlds[-1]), Copy(compile_for_proofs(sides[1]), world)]
        self.before, self.after = (
            standings(ruleset, copy, on) for ruleset, copy in zip(self.rulesets, copies, strict=True)
        )
        self.search = Search(worlds, on, patience)
        for one in worlds:
            _settle_what_does_not_apply(one)
        self.ruled_out = [copy.impossible for copy in copies]
        self.pinned = [one for world in worlds for name in self.unlike for one in _as_usual(name, world)]
        self.real = [*self.pinned, *(-one for one in self.ruled_out)]
        self.covered = self.formula.any_of([copy.inside for copy in copies])
        self.situations = Situations(self.search, self.real, signs)

    def prove(self, step: Callable[[str], None]) -> Proofs:
        """Every way in which an answer could differ, proved impossible or with a solution.

        Nothing can be proved of no children at all: that there are some is seen to first.
        """
        proofs = Proofs()
        try:
            if self.search.model([*self.real, self.covered]) is None:
                raise NothingToCompare(
                    "there is no child whom both could be asked about",
                    "look at what the two call impossible, at whom they cover, and at what they define differently",
                )
        except NotFinished:
            proofs.undecided = [move for of in self._answers for move, _ in self._moves(of)]
            return proofs
        differing: list[int] = []
        for of in self._answers:
            step(of)
            differing += self._prove(of, proofs)
        proofs.ruled_out = self._ruled_out(differing)
        return proofs

    def _prove(self, of: str, proofs: Proofs) -> Iterator[int]:
        """Every move of the level or of a response; gives the literals of those that are no contradiction at sight."""
        for move, differs in self._moves(of):
            if differs == -self.formula.true:
                proofs.impossible.append(move)
                continue
            yield differs
            try:
                model = self.search.model([*self.real, differs])
            except NotFinished:
                proofs.undecided.append(move)
                continue
            if model is None:
                proofs.impossible.append(move)
            else:
                proofs.possible[move] = differs, model

    def _ruled_out(self, differing: Sequence[int]) -> RuledOut | None:
        """How are those answered whom only one of the two calls impossible?"""
        one, other = self.ruled_out
        if one == other:
            return None
        unreal = [self.formula.any_of([one, other]), -self.formula.all_of([one, other])]
        try:
            some = self.search.model([*self.pinned, *unreal, self.formula.any_of(differing)])
        except NotFinished:
            return "not finished"
        return "alike" if some is None else "differently"

    @property
    def _answers(self) -> tuple[str, ...]:
        """What an answer is made of: the level, and each response of either."""
        return LEVEL, *sorted({*self.before, *self.after} - {LEVEL})

    def _moves(self, of: str) -> Iterator[tuple[Move, int]]:
        """Every way in which it could differ, with the literal that is true where it does."""
        ways = {LEVEL: LEVELS, REFER_NOW: (NOT_CALLED, "points_to")}.get(of, STANDINGS)
        for first, second in permutations(ways, 2):
            yield Move(of, first, second), self._differs(of, first, second)

    def _differs(self, of: str, first: str, second: str) -> int:
        nothing = dict.fromkeys(STANDINGS, -self.formula.true) | {NOT_CALLED: self.formula.true}
        before, after = self.before.get(of, nothing), self.after.get(of, nothing)
        return -self.formula.true if before == after else self.formula.all_of([before[first], after[second]])

    def confirm(self, moves: Iterable[Move], children: Sequence[Assessment]) -> tuple[Decision, Decision]:
        """The reference engine's answers about a child. Raises ReplayDiffers where they do not differ in these ways.

        Of the worlds, the first is that of the new ruleset, the last that of the old one.
        """
        old, new = self.rulesets
        before, after = _told(old, children[-1]), _told(new, children[0])
        if not set(moves) <= set(moves_between(before, after)):
            raise ReplayDiffers("a child whom two rulesets are said to answer differently is not, on the reference")
        return before, after


def _settle_what_does_not_apply(world: World) -> None:
    """Where an indicator cannot apply, let it be as usual: no rule reads it there, and no child is told in two ways."""
    for key, steps in world.steps.items():
        if key[1] in (CHILD_AGE, GESTATION):
            for reached in steps.values():
                world.formula.add(world.applies(key[1]), -reached)
    for name, usual in usual_of([world]).each.items():
        applies = world.applies(name)
        for literal in usual:
            if applies != world.formula.true and literal != world.recorded_as_applying(name):
                world.formula.add(applies, literal)


def by_calendar(world: World) -> Iterator[tuple[str, Duration, Duration]]:
    """Limits of one thing, and windows of the same events, that have no order of their own; by indicator."""
    windows: dict[str, list[Duration]] = {}
    for key, steps in sorted(world.steps.items()):
        limits = in_order(steps, world.on)
        if key[0] == "events":
            windows.setdefault(key[1], []).append(window(key))
        for one, other in combinations(limits, 2):
            if isinstance(one, Duration) and isinstance(other, Duration) and one.order(other) is None:
                yield key[1], one, other
    for name, lengths in windows.items():
        yield from ((name, *pair) for pair in combinations(lengths, 2) if pair[0].order(pair[1]) is None)


def _as_usual(name: str, world: World) -> Iterable[int]:
    """What pins an indicator to what is usual; a choice none of whose values is, to its first."""
    values = world.choices.get(name, {})
    if values and world.ruleset.indicators[name].absent not in values:
        yield next(iter(values.values()))
    yield from usual_of([world]).each.get(name, ())


def _told(ruleset: Ruleset, child: Assessment) -> Decision:
    known = ruleset.in_force(child.on).indicators
    observations = {name: given for name, given in child.observations.items() if name in known}
    return ruleset.assess(child.model_copy(update={"observations": observations}), engine="reference")
