"""Mutation testing of rules: which small changes of a ruleset its worked examples would not notice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from thresholds.assessment import Assessment
from thresholds.errors import ThresholdsError
from thresholds.language.model import Response, WorkedExample
from thresholds.policy.answering import Answer, answer_of
from thresholds.policy.boundaries import BoundaryPair, boundaries
from thresholds.policy.equivalence import Told, tell_apart
from thresholds.policy.examples import assessment_of, differences
from thresholds.policy.mutating import Mutant, days_of, mutants_of
from thresholds.policy.noticing import Expecting, Observers, Uses
from thresholds.policy.refusing import why_refused
from thresholds.policy.searching import Patience
from thresholds.ruleset import Ruleset

Verdict = Literal["refused", "noticed", "noticed_by_pairs", "equivalent", "unnoticed", "not_finished"]


@dataclass(frozen=True)
class Judged:
    """One mutant and what came of it.

    `refused`: such a ruleset does not load, `by` says why. `noticed`: the worked example `by` is no longer answered as
    it expects. `noticed_by_pairs`: no example notices, but a boundary pair generated from the ruleset as it is does.
    `equivalent`: proved that no child of whom everything is known is answered differently. `unnoticed`: `child` is, and
    neither example nor pair notices.
    """

    mutant: Mutant
    verdict: Verdict
    by: str = ""
    child: Assessment | None = None
    before: Answer | None = None
    after: Answer | None = None


@dataclass(frozen=True)
class Judgement:
    """All mutants of a ruleset's own entries, judged; `complete` unless it was stopped."""

    judged: tuple[Judged, ...]
    examples: int
    """How many worked examples they were tried on: those that are answered as they expect."""
    pairs: int
    """How many boundary pairs were generated for those that no example noticed and some child would."""
    complete: bool
    seconds: float

    def of(self, verdict: Verdict) -> tuple[Judged, ...]:
        """Those with one verdict."""
        return tuple(one for one in self.judged if one.verdict == verdict)

    @property
    def unnoticed_by_examples(self) -> bool:
        """Would something go unnoticed? Pairs made from the ruleset are beside worked examples, not in their place."""
        return bool(self.of("unnoticed") or (self.of("noticed_by_pairs") and not self.examples))


def judge_mutants(
    ruleset: Ruleset,
    patience: Patience | None = None,
    *,
    step: Callable[[str], None] = lambda _: None,
    chosen: Callable[[Mutant], bool] = lambda _: True,
    pairs: bool = True,
) -> Judgement:
    """Every small change of a ruleset (see `mutating`), and whether its worked examples notice it.

    What an example notices is looked for on the day of the example; a proof, and a child who shows the difference, are
    for the last day on which something changes and on which the changed entry is in force. `step` is told what is being
    done; `chosen`: which mutants are made; without `pairs` none are generated. EngineUnavailable where python-sat is
    not installed.
    """
    start = time.perf_counter()
    judging = _Judging(ruleset, patience or Patience(), step)
    mutants = [one for one in mutants_of(ruleset.definition) if chosen(one)]
    judged = judging.run(mutants, pairs=pairs)
    return Judgement(
        judged=tuple(judged[id(mutant)] for mutant in mutants if id(mutant) in judged),
        examples=judging.examples,
        pairs=judging.pairs,
        complete=all(one.verdict != "not_finished" for one in judged.values()),
        seconds=time.perf_counter() - start,
    )


class _Judging:
    def __init__(self, ruleset: Ruleset, patience: Patience, step: Callable[[str], None]) -> None:
        self.ruleset, self.patience, self.step = ruleset, patience, step
        self.definition = ruleset.definition
        self.examples = self.pairs = 0

    def run(self, mutants: Sequence[Mutant], *, pairs: bool) -> dict[int, Judged]:
        """By mutant what came of it; those that are in force on no day are left out."""
        days = {id(mutant): day for mutant in mutants if (day := self._day(mutant)) is not None}
        left = [mutant for mutant in mutants if id(mutant) in days]
        judged: dict[int, Judged] = {}

        def settle(found: Iterable[Judged]) -> None:
            judged.update((id(one.mutant), one) for one in found)
            left[:] = [mutant for mutant in left if id(mutant) not in judged]

        self.step("changes that no ruleset could have")
        settle(self._refused(left, days))
        self.step("worked examples")
        settle(self._noticed(left, self._by_example(), "noticed"))
        by_day: dict[date, list[Mutant]] = {}
        for one in left:
            by_day.setdefault(days[id(one)], []).append(one)
        for day, those in by_day.items():
            self.step(f"a proof, or a child who shows the difference: {len(those)} changes")
            told = {id(one.mutant): one for one in tell_apart(self.ruleset, day, those, self.patience)}
            settle(_without_child(told.values()))
            shown = [one for one in those if id(one) not in judged]
            if pairs and shown:
                self.step(f"boundary pairs: {len(shown)} changes that no example notices")
                settle(self._noticed(shown, self._by_pair(day, shown), "noticed_by_pairs"))
            settle(self._unnoticed(told[id(one)] for one in shown if id(one) not in judged))
        return judged

    def _day(self, mutant: Mutant) -> date | None:
        """The last day of change on which it makes a difference to what the ruleset says."""
        if self.ruleset.as_at is not None:
            pinned = self.ruleset.as_at
            return pinned if mutant.applied(self.ruleset.in_force(pinned), pinned) is not None else None
        return next(iter(days_of(mutant, self.definition)), None)

    def _refused(self, mutants: Sequence[Mutant], days: Mapping[int, date]) -> Iterator[Judged]:
        uses: dict[int, Uses] = {}
        for mutant in mutants:
            day = days[id(mutant)]
            before = self.ruleset.in_force(day)
            after = mutant.applied(before, day)
            assert after is not None
            if id(before) not in uses:
                uses[id(before)] = Uses(before)
            if why := why_refused(mutant, after, uses[id(before)], self.definition):
                yield Judged(mutant, "refused", why)

    def _noticed(self, mutants: Sequence[Mutant], observers: Sequence[Observers], verdict: Verdict) -> Iterator[Judged]:
        for mutant in mutants:
            if self.patience.stop.is_set():
                return
            noticing = (child for one in observers for child in one.noticing(mutant))
            if (child := next(noticing, None)) is not None:
                yield Judged(mutant, verdict, child.name)

    def _by_example(self) -> list[Observers]:
        """The children of the ruleset's own worked examples that are answered as they expect."""
        own = self.definition.layers[-1]
        found = []
        for example in self.definition.worked_examples.values():
            if example.layer != own:
                continue
            try:
                assessment = assessment_of(example)
                decision = self.ruleset.assess(assessment, engine="bitmap")
            except ThresholdsError:
                continue
            if not differences(self.ruleset, decision, example.expect):
                found.append(self._expecting(example, assessment))
        self.examples = len(found)
        return self._observers(found)

    def _expecting(self, example: WorkedExample, assessment: Assessment) -> Expecting:
        return Expecting(
            example.id, assessment, lambda decision: not differences(self.ruleset, decision, example.expect)
        )

    def _by_pair(self, day: date, mutants: Sequence[Mutant]) -> list[Observers]:
        """Both children of the boundary pairs of every rule and quantity that the mutants bear on."""
        uses, in_force = Uses(self.ruleset.in_force(day)), self.ruleset.in_force(day)
        owners: set[str] = set()
        for mutant in mutants:
            touched = uses.touched(mutant)
            owners |= {in_force.rules[number].id for number in touched.rules} | set(touched.names)
            if isinstance(mutant.changed, Response):
                owners |= {rule.id for rule in in_force.rules if mutant.entry in rule.responses}
        found: dict[str, Expecting] = {}
        for boundary in boundaries(self.ruleset, day, self.patience, wanted=lambda limit: limit.owner in owners):
            if boundary.pair is not None:
                self.pairs += 1
                for child in _both_sides(boundary.pair):
                    found.setdefault(child.assessment.model_dump_json(), child)
        return self._observers(found.values())

    def _observers(self, children: Iterable[Expecting]) -> list[Observers]:
        """The children by the period in which nothing in the ruleset changes."""
        periods: dict[int, list[Expecting]] = {}
        for child in children:
            periods.setdefault(id(self.ruleset.in_force(child.assessment.on)), []).append(child)
        return [Observers(self.ruleset, those) for those in periods.values()]

    def _unnoticed(self, told: Iterable[Told]) -> Iterator[Judged]:
        """What is left, unless it was stopped before everything was tried."""
        for one in told:
            if self.patience.stop.is_set():
                yield Judged(one.mutant, "not_finished")
            else:
                yield Judged(one.mutant, "unnoticed", "", one.child, one.before, one.after)


def _without_child(told: Iterable[Told]) -> Iterator[Judged]:
    """Those proved to change nothing, and those not finished."""
    for one in told:
        if not one.finished:
            yield Judged(one.mutant, "not_finished")
        elif one.child is None:
            yield Judged(one.mutant, "equivalent")


def _both_sides(pair: BoundaryPair) -> Iterator[Expecting]:
    limit = pair.limit
    for side, assessment, answer in (
        ("outside", pair.outside, pair.outside_answer),
        ("inside", pair.inside, pair.inside_answer),
    ):
        yield Expecting(
            f"{limit.owner}, {side} its limit on {limit.name}",
            assessment,
            lambda decision, answer=answer: answer_of(decision) == answer,  # type: ignore[misc]
        )
