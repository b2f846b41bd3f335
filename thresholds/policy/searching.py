"""The solver asked again and again about some worlds: is there such a child, and how plain can it be?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from thresholds.assessment import Assessment
from thresholds.engines.solver import World
from thresholds.errors import EngineUnavailable
from thresholds.policy.children import Model, Usual, child_of, usual_of

try:
    from pysat.examples.rc2 import RC2
    from pysat.formula import WCNF
    from pysat.solvers import Solver
except ImportError:
    raise EngineUnavailable(
        "proofs need python-sat, which is not installed", "pip install 'thresholds[prove]'"
    ) from None

_AWAY = 1_000
"""One indicator more away from `absent` weighs more than any number of steps of severity."""
_AT_A_TIME = 5_000
"""Conflicts after which the clock and the wish to stop are looked at."""
_OFTEN = 0.05
"""Seconds after which they are, where conflicts cannot be counted."""


class NotFinished(Exception):
    """The search was stopped before it knew."""


class ReplayDiffers(AssertionError):
    """The reference engine does not confirm what the solver found: a fault of this library, never shown as a result."""


@dataclass(frozen=True)
class Patience:
    """How many seconds a question may take; `stop` ends everything as soon as it is set."""

    seconds: float = 60.0
    stop: threading.Event = field(default_factory=threading.Event)


class Search:
    """Questions about worlds that share a formula. Clauses may be added to it between questions."""

    def __init__(self, worlds: Sequence[World], on: date, patience: Patience | None = None) -> None:
        self.worlds, self.on, self.patience = tuple(worlds), on, patience or Patience()
        self.formula = worlds[0].formula
        for world in reversed(self.worlds):
            world.finish()
        self._solver, self._taken = Solver("glucose4"), 0
        self.core: tuple[int, ...] = ()
        """After a question without a child: what of it cannot go together."""

    @cached_property
    def usual(self) -> Usual:
        """What is usual of every indicator that some program speaks of."""
        usual = usual_of(self.worlds)
        self._solver.set_phases(literals=[literal for literals in usual.each.values() for literal in literals])
        return usual

    def model(self, wanted: Iterable[int]) -> Model | None:
        """A solution in which all of this holds; None where there is none: that is a proof. Raises NotFinished."""
        new = self.formula.clauses[self._taken :]
        self._taken += len(new)
        for clause in new:
            self._solver.add_clause(clause)
        assumptions, end = list(wanted), time.monotonic() + self.patience.seconds
        if self.patience.stop.is_set():
            raise NotFinished
        while True:
            self._solver.conf_budget(_AT_A_TIME)
            found = self._solver.solve_limited(assumptions=assumptions)
            if found is not None:
                break
            if self.patience.stop.is_set() or time.monotonic() > end:
                raise NotFinished
        self.core = () if found else tuple(self._solver.get_core() or ())
        return Model(self._solver.get_model()) if found else None

    def plain(self, wanted: Sequence[int]) -> Model | None:
        """A solution from which nothing can be made usual: no indicator, no step. None where there is none."""
        usual = self.usual
        model = self.model(wanted)
        if model is None:
            return None
        kept = list(wanted)
        for literals in (*usual.each.values(), *([one] for one in usual.in_turn)):
            if not all(literal in model for literal in literals):
                milder = self.model([*kept, *literals])
                if milder is None:
                    continue
                model = milder
            kept.extend(literals)
        return model

    def children(self, model: Model, *, begun: bool = False) -> tuple[Assessment, ...]:
        """The children of a solution, one of each world; `begun`: see `child_of`."""
        return tuple(child_of(world, model, self.on, begun=begun) for world in self.worlds)

    def simplest(self, wanted: Sequence[int]) -> tuple[Assessment, ...] | None:
        """The children, one of each world, for whom all of this holds; None where there are none: that is a proof.

        Simplest: with the fewest indicators away from absent, then the least severe. Raises NotFinished.
        """
        if self.model(wanted) is None:
            return None
        together = [self.formula.all_of(literals) for literals in self.usual.each.values()]
        formula = WCNF()
        for clause in self.formula.clauses:
            formula.append(clause)
        for literal in wanted:
            formula.append([literal])
        for literal in self.usual.in_turn:
            formula.append([literal], weight=1)
        for literal in together:
            formula.append([literal], weight=_AWAY)
        with RC2(formula, adapt=True, minz=True) as search:
            ended = threading.Event()
            watch = threading.Thread(target=self._watch, args=(search, ended), daemon=True)
            watch.start()
            try:
                solution = search.compute(expect_interrupt=True)
            finally:
                ended.set()
                watch.join()
        if solution is None:
            raise NotFinished
        return self.children(Model(solution), begun=True)

    def _watch(self, search: RC2, ended: threading.Event) -> None:
        """Interrupt a search that takes too long, or that somebody has asked to stop."""
        end = time.monotonic() + self.patience.seconds
        while not ended.wait(_OFTEN):
            if self.patience.stop.is_set() or time.monotonic() > end:
                search.interrupt()
                return
