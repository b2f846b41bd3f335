"""Mutants that change nothing: proved, or shown with the plainest child who is answered differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from thresholds.assessment import Assessment
from thresholds.engines.reference import infer, scope_of
from thresholds.engines.solver import Clauses, Copy, World, compile_for_proofs
from thresholds.knowledge import know
from thresholds.language.definition import InForce
from thresholds.policy.answering import Answer, answer_in, answer_of, different
from thresholds.policy.children import Model, child_of
from thresholds.policy.mutating import Mutant
from thresholds.policy.noticing import decider_of
from thresholds.policy.searching import NotFinished, Patience, ReplayDiffers, Search
from thresholds.policy.stepping import at_usual_age
from thresholds.ruleset import Ruleset


@dataclass(frozen=True)
class Told:
    """A child who is answered differently; None where it is proved that there is none. `finished` or neither."""

    mutant: Mutant
    child: Assessment | None = None
    before: Answer | None = None
    after: Answer | None = None
    finished: bool = True


def tell_apart(ruleset: Ruleset, on: date, mutants: Sequence[Mutant], patience: Patience) -> Iterator[Told]:
    """For each mutant a child, assessed on a day, of whom everything is known and who is answered differently.

    Each child is replayed through the reference engine, before and after.
    """
    yield from _Telling(ruleset, on, patience).run(mutants)


class _Telling:
    def __init__(self, ruleset: Ruleset, on: date, patience: Patience) -> None:
        self.ruleset, self.on, self.patience = ruleset, on, patience
        self.in_force, self.assessor = ruleset.in_force(on), ruleset.assessor(on)
        self.world = World(Clauses(), self.in_force, on=on)
        self.copy = Copy(compile_for_proofs(self.in_force), self.world)
        self.answer = list(answer_in(self.copy, self.assessor.decider.reaching))

    def run(self, mutants: Sequence[Mutant]) -> Iterator[Told]:
        """Lay out all of them over one child, then ask about each."""
        going_on = takewhile(lambda _: not self.patience.stop.is_set(), mutants)
        differs = [(mutant, self._differs(mutant)) for mutant in going_on]
        search = Search([self.world], self.on, self.patience)
        for mutant, literal in differs:
            try:
                if self.patience.stop.is_set():
                    raise NotFinished
                model = search.plain([-self.copy.impossible, literal])
                yield Told(mutant) if model is None else self._replayed(mutant, model)
            except NotFinished:
                yield Told(mutant, finished=False)
        yield from (Told(mutant, finished=False) for mutant in mutants[len(differs) :])

    def _after(self, mutant: Mutant) -> InForce:
        after = mutant.applied(self.in_force, self.on)
        assert after is not None
        return after

    def _differs(self, mutant: Mutant) -> int:
        """The literal for "the answer is another with this change"."""
        after, formula = self._after(mutant), self.copy.formula
        reaching = decider_of(self.ruleset, self.assessor.bitmaps, after).reaching
        answer = answer_in(Copy(compile_for_proofs(after), self.world), reaching)
        return formula.any_of([different(formula, one, other) for one, other in zip(self.answer, answer, strict=True)])

    def _replayed(self, mutant: Mutant, model: Model) -> Told:
        for begun in (False, True):
            child = at_usual_age(self.world, child_of(self.world, model, self.on, begun=begun), model)
            before = answer_of(self.ruleset.assess(child, engine="reference"))
            after = self._answered_after(mutant, child)
            if before != after:
                return Told(mutant, child, before, after)
        raise ReplayDiffers(f"a child said to notice a change of {mutant.entry} does not on the reference engine")

    def _answered_after(self, mutant: Mutant, child: Assessment) -> Answer:
        ruleset = self._after(mutant)
        knowledge = know(child, ruleset)
        worked = self.assessor.infer(know(child, self.in_force), "bitmap")
        worked = replace(worked, inference=infer(knowledge), scope=scope_of(knowledge))
        decider = decider_of(self.ruleset, self.assessor.bitmaps, ruleset)
        record = self.ruleset.assess(child, engine="bitmap").record
        return answer_of(decider.decide(child, knowledge, worked, record))
