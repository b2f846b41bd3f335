"""Every limit of a ruleset crossed by one step: two children a step apart who are answered differently, or a proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from thresholds.assessment import Assessment
from thresholds.decision import Record
from thresholds.engines.reference import Reading, degrees, scope_of
from thresholds.engines.solver import Key
from thresholds.knowledge import Knowledge, know
from thresholds.language.conditions import every_test
from thresholds.language.definition import CHILD_UNBORN
from thresholds.language.model import Rule
from thresholds.policy.answering import Answer, answer_of
from thresholds.policy.children import Model
from thresholds.policy.limits import Limit, conditions_of, limits, tests_on_quantities
from thresholds.policy.neighbours import Neighbours
from thresholds.policy.searching import NotFinished, Patience, ReplayDiffers
from thresholds.policy.stepping import neighbouring
from thresholds.ruleset import Ruleset

Verdict = Literal["crossed", "redundant", "not_finished"]


@dataclass(frozen=True)
class BoundaryPair:
    """Two whole assessments, one step apart, on either side of a limit: the rule holds inside and not outside.

    Both are valid and nothing in them is impossible. They are answered differently. `indicator` is what they differ in
    (with its details, where it is there in one of the two only).
    """

    rule: str
    limit: Limit
    indicator: str
    outside: Assessment
    inside: Assessment
    outside_answer: Answer
    inside_answer: Answer


@dataclass(frozen=True)
class Boundary:
    """A limit with the pair that crosses it; or proved `redundant`: no step across it changes what is answered.

    `why` says which: the rule never turns on it, or wherever it does other rules give the same.
    """

    limit: Limit
    verdict: Verdict
    pair: BoundaryPair | None = None
    why: str = ""


NEVER_TURNS = "nothing turns on it: on one side of it something else decides already"
NEVER_TELLS = "whatever turns on it, other rules give the same on both sides"


def boundaries(
    ruleset: Ruleset, on: date, patience: Patience | None = None, *, wanted: Callable[[Limit], bool] = lambda _: True
) -> Iterator[Boundary]:
    """Each limit in force on a day, one by one: those of the rules, then those inside what they count.

    `wanted`: whether a limit is looked at; the rest is left out. After `patience.stop` is set the rest is not finished.
    EngineUnavailable where python-sat is not installed.
    """
    yield from _Crossing(ruleset, on, patience or Patience(), wanted).run()


class _Crossing:
    def __init__(self, ruleset: Ruleset, on: date, patience: Patience, wanted: Callable[[Limit], bool]) -> None:
        self.ruleset, self.on, self.patience = ruleset, on, patience
        self.in_force = ruleset.in_force(on)
        self.limits = [limit for limit in limits(self.in_force) if wanted(limit)]
        self.number = {rule.id: number for number, rule in enumerate(self.in_force.rules)}
        self.readers = {
            name: sorted({self.number[rule] for rule, _ in tests})
            for name, tests in tests_on_quantities(self.in_force).items()
        }

    def run(self) -> Iterator[Boundary]:
        compiled = [limit for limit in self.limits if limit.aspect in ("quantity", "finding")]
        self.place = {limit: number for number, limit in enumerate(compiled)}
        self.neighbours = Neighbours(self.ruleset, self.on, conditions_of(self.limits, self.in_force), self.patience)
        for limit in self.limits:
            if self.patience.stop.is_set():
                yield Boundary(limit, "not_finished")
                continue
            try:
                yield self._cross(limit)
            except NotFinished:
                yield Boundary(limit, "not_finished")

    def _cross(self, limit: Limit) -> Boundary:
        neighbours, formula = self.neighbours, self.neighbours.formula
        rules = self.readers[limit.owner] if limit.counted else [self.number[limit.owner]]
        turns = formula.any_of([neighbours.turns[number] for number in rules])
        crossed = [*neighbours.real, *self._crossed(limit), turns]
        covered = [copy.inside for copy in neighbours.copies]
        told = [*crossed, neighbours.answered_differently]
        about = [limit.name, *self._read(rules[0])]
        same_start = [] if limit.name == CHILD_UNBORN else [-neighbours.differs.get(CHILD_UNBORN, -formula.true)]
        for beside in ([*covered, *same_start], covered, [formula.any_of(covered)]):
            model = neighbours.plain([*told, *beside], about)
            if model is not None:
                return Boundary(limit, "crossed", self._pair(limit, rules, model))
        only = neighbours.search.model([*crossed, formula.any_of(covered)])
        return Boundary(limit, "redundant", why=NEVER_TURNS if only is None else NEVER_TELLS)

    def _read(self, rule: int) -> Iterator[str]:
        return (test.name for one in self.in_force.rules[rule].conditions() for test, _ in every_test(one))

    def _crossed(self, limit: Limit) -> list[int]:
        """The first child is below the limit, the second above, and they differ in what it is a limit of."""
        neighbours = self.neighbours
        first, second = neighbours.worlds
        name, at = limit.name, limit.at
        if limit.aspect in ("quantity", "finding"):
            below, above = (held[self.place[limit]] for held in neighbours.conditions)
            quantity = self.in_force.quantities.get(name)
            stated = quantity.stated if quantity is not None else None
            return [-below, above, *([-neighbours.differs[stated]] if stated in neighbours.differs else [])]
        if limit.aspect == "event_day":
            return self._event_day(limit)
        differ = neighbours.differs.get(name, -neighbours.formula.true)
        if limit.aspect == "there":
            return [differ, -first.present(name), second.present(name)]
        if limit.aspect == "need":
            both = [world.present(name) for world in neighbours.worlds]
            return [differ, *both, -first.unmet(name), second.unmet(name)]
        applying = [world.applies(name) for world in neighbours.worlds]
        if limit.aspect == "word":
            assert isinstance(at, str)
            accepted = [world.choice(name, limit.words) for world in neighbours.worlds]
            itself = (second if at in limit.words else first).choice(name, [at])
            return [differ, *applying, -accepted[0], accepted[1], itself]
        assert at is not None
        assert not isinstance(at, str)
        aspect = "lasting" if limit.aspect == "lasting" else "value"
        key: Key = (aspect, name, 0, 0)
        there = [world.present(name) for world in neighbours.worlds] if aspect == "lasting" else applying
        reached = neighbours.reached(key, at)
        return [differ, *there, -reached[0], reached[1]]

    def _event_day(self, limit: Limit) -> list[int]:
        """One event lies a day before the window in the first child, and on its first day in the second."""
        neighbours, formula = self.neighbours, self.neighbours.formula
        counted = self.in_force.quantities[limit.owner].count
        assert counted is not None
        assert counted.within is not None
        length = self.in_force.window(counted.within)
        step = next(one for one, _ in neighbours.steps if (one.indicator, one.aspect) == (limit.name, "events"))
        mine = [one for one in step.flips if one[0][2:] == (length.days, length.months)]
        others = [one for one in step.flips if one[0][2:] != (length.days, length.months)]
        below, above = neighbours.worlds
        crossed = [formula.all_of([-below.steps[key][at], above.steps[key][at]]) for key, at, _ in mine]
        there = [world.present(limit.name) for world in neighbours.worlds]
        return [formula.any_of(crossed), *there, *(-literal for _, _, literal in others)]

    def _pair(self, limit: Limit, rules: list[int], model: Model) -> BoundaryPair:
        """The two assessments, answered by the bitmap engine; of the rule that turns, the reference says the same."""
        neighbours = self.neighbours
        rule = self.in_force.rules[next(number for number in rules if neighbours.turns[number] in model)]
        holding = [copy.rules[self.number[rule.id]] in model for copy in neighbours.copies]
        for begun in (False, True):  # as little as can be is said
            pair = neighbouring(neighbours, model, by_a_day=limit.aspect == "event_day", begun=begun)
            known = [know(child, self.in_force) for child in pair]
            answers = [self._answer(*one) for one in zip(pair, known, strict=True)]
            if None not in answers and answers[0] != answers[1] and self._held(rule, known) == holding:
                break
        else:
            raise ReplayDiffers(f"the children on either side of a limit of {rule.id} are not told apart: {limit}")
        first, second = answers
        assert first is not None
        assert second is not None
        told = first, second
        inside, outside = (1, 0) if holding[1] else (0, 1)
        return BoundaryPair(
            rule=rule.id,
            limit=limit,
            indicator=neighbours.step_of(model).indicator,
            outside=pair[outside],
            inside=pair[inside],
            outside_answer=told[outside],
            inside_answer=told[inside],
        )

    def _answer(self, child: Assessment, knowledge: Knowledge) -> Answer | None:
        """By the bitmap engine; None where something that rules ask is not said of the child."""
        assessor = self.ruleset.assessor(self.on)
        worked = assessor.infer(knowledge, "bitmap")
        if worked.inference.certain != worked.inference.possible:
            return None
        return answer_of(assessor.decider.decide(child, knowledge, worked, self._record))

    @cached_property
    def _record(self) -> Record:
        return self.ruleset.assess(Assessment(on=self.on), engine="bitmap").record

    def _held(self, rule: Rule, known: list[Knowledge]) -> list[bool]:
        """For whom of them a rule holds, by the reference engine."""
        return [degrees(rule, Reading(one, scope_of(one))).certain for one in known]
