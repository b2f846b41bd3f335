"""What two rulesets answer differently: for every child, by the solver, and each difference replayed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from thresholds.decision import Decision
from thresholds.language.durations import Duration
from thresholds.policy.moves import LEVEL, Move
from thresholds.policy.pairing import Pair, RuledOut, by_calendar
from thresholds.policy.searching import Patience
from thresholds.policy.situations import Extent, Situation
from thresholds.ruleset import Ruleset


@dataclass(frozen=True)
class Difference:
    """A minimal situation (or several alike) in which the answer differs, how that of its child does, and both.

    `before` and `after` are those of the reference engine, each ruleset told what it has names for.
    """

    situation: Situation
    moves: tuple[Move, ...]
    before: Decision
    after: Decision


@dataclass(frozen=True)
class Behaviour:
    """Everything that differs, of children of whom everything is known.

    `impossible` moves are proved: no child can move so. Of each of the `possible` ones there is a child, whom the
    reference engine has confirmed; `undecided` ones were not finished. Where `extent` is "all", `differences` are all
    the minimal situations of the moves that are not slight; "some": there are more; "stopped": the search was ended
    before it knew. Of a slight move there is one. The simplest stand first.

    `unlike`: indicators left out, for no child can be described to both. `ruled_out`: how the children are answered
    whom only one of the two calls impossible; None where they call the same impossible.
    `by_calendar`: lengths of time of which either may be the longer, put in order as they fall on the day.
    """

    possible: tuple[Move, ...]
    impossible: tuple[Move, ...]
    undecided: tuple[Move, ...]
    differences: tuple[Difference, ...]
    extent: Extent
    unlike: tuple[str, ...]
    ruled_out: RuledOut | None
    by_calendar: tuple[tuple[Duration, Duration], ...]
    proof_seconds: float
    seconds: float

    @property
    def same(self) -> bool:
        """Is it proved that every child assessed on the day is answered alike?"""
        return not (self.possible or self.undecided or self.unlike) and self.ruled_out in (None, "alike")

    def simplest(self, move: Move) -> Difference | None:
        """The first of the simplest situations of a move; None where the search was stopped before one was found."""
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
    each move. `step` is told what is being looked at: the level, or a response by its id. Indicators that the two
    define differently are taken to be as usual (see `unlike`). Raises NothingToCompare where that, and what the two
    call impossible, leaves no child.
    """
    start = time.perf_counter()
    pair = Pair(old, new, on, signs, patience or Patience())
    proofs = pair.prove(step)
    proof_seconds = time.perf_counter() - start
    found: dict[Situation, list[Move]] = {}
    extents: set[Extent] = {"stopped"} if proofs.undecided else set()
    for move, (differs, model) in sorted(proofs.possible.items(), key=lambda one: one[0].slight):
        step(move.of)
        situations, extent = pair.situations.of(differs, 1 if move.slight else most)
        if extent == "stopped" or not move.slight:
            extents.add(extent)
        for one in situations:
            found.setdefault(one, []).append(move)
        if not situations:
            pair.confirm([move], pair.search.children(model, begun=True))
    differences = [
        Difference(one, tuple(sorted(moves, key=_level_first)), *pair.confirm(moves, one.children))
        for one, moves in found.items()
    ]
    return Behaviour(
        possible=tuple(proofs.possible),
        impossible=tuple(proofs.impossible),
        undecided=tuple(proofs.undecided),
        differences=tuple(sorted(differences, key=_simplest_first)),
        extent="stopped" if "stopped" in extents else "some" if "some" in extents else "all",
        unlike=pair.unlike,
        ruled_out=proofs.ruled_out,
        by_calendar=tuple(dict.fromkeys((one, other) for _, one, other in by_calendar(pair.search.worlds[0]))),
        proof_seconds=proof_seconds,
        seconds=time.perf_counter() - start,
    )


def _simplest_first(one: Difference) -> tuple[bool, int, bool]:
    return all(move.slight for move in one.moves), one.situation.size, one.moves[0].of != LEVEL


def _level_first(move: Move) -> tuple[bool, Move]:
    return move.of != LEVEL, move
