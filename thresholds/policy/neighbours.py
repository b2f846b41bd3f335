"""Two children of whom everything is known and who are alike but for one step, as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from thresholds.engines.solver import Boundary, Clauses, Copy, Key, World, compile_for_proofs, in_order
from thresholds.language.conditions import Condition
from thresholds.language.definition import BUILT_IN_INDICATORS
from thresholds.language.durations import Duration
from thresholds.language.model import UNKNOWN
from thresholds.policy.answering import answer_in, different
from thresholds.policy.children import Model, read_of
from thresholds.policy.searching import Patience, Search
from thresholds.ruleset import Ruleset

_DOUBTFUL = 6
"""After so many tries to be plain it is asked whether there is any solution: a question that takes longer."""


@dataclass(frozen=True)
class Step:
    """One thing in which the second child may differ from the first; `flips`: its literals, one for each limit."""

    indicator: str
    aspect: str
    """value, lasting, events (the aspects of a Key), word, need or applies."""
    flips: tuple[tuple[Key, Boundary, int], ...] = ()


class Neighbours:
    """Two children, the first `below` the second, who differ in one step of one indicator at most.

    A step is the next value of a scale, number or time as far as some rule tells them apart; another word of a
    choice; an event more, or one that lies a day differently; a need met or unmet. Where something is no longer
    there, neither are its details.
    """

    def __init__(self, ruleset: Ruleset, on: date, conditions: Sequence[Condition], patience: Patience) -> None:
        self.ruleset, self.on = ruleset, on
        self.in_force = ruleset.in_force(on)
        program = compile_for_proofs(self.in_force, conditions)
        self.formula = Clauses()
        self.worlds = World(self.formula, self.in_force, on=on), World(self.formula, self.in_force, on=on)
        self.copies = Copy(program, self.worlds[0]), Copy(program, self.worlds[1])
        self.conditions = [[copy.condition(number) for number in range(len(conditions))] for copy in self.copies]
        for world in self.worlds:
            self._lay_all(world)
        self.steps: list[tuple[Step, int]] = []
        """Each with the literal that is true where the children differ in it."""
        self.differs: dict[str, int] = {}
        """By indicator: they differ in it."""
        self._one_step()
        reaching = ruleset.assessor(on).decider.reaching
        answers = zip(*(answer_in(copy, reaching) for copy in self.copies), strict=True)
        self.answered_differently = self.formula.any_of([self.different(*both) for both in answers])
        self.search = Search(self.worlds, on, patience)
        self.real = [-copy.impossible for copy in self.copies]

    def _lay_all(self, world: World) -> None:
        """Every fact that is asked for later must be there before it is said in what the children may differ."""
        for name in sorted({key[1] for key in world.steps}):
            world.applies(name)
        timed = {key[1] for key in world.steps if key[0] in ("lasting", "events")}
        for name in sorted(timed | {name for name, _ in world.unmet_facts()}):
            world.present(name)

    def reached(self, key: Key, at: Boundary) -> tuple[int, int]:
        """Of each child the literal for "at or above this limit", which some program must ask for."""
        first, second = self.worlds
        if isinstance(at, Duration):  # it may be written in other words: a year, twelve months
            at = next(one for one in first.steps[key] if isinstance(one, Duration) and one.order(at) == 0)
        return first.steps[key][at], second.steps[key][at]

    def different(self, one: int, other: int) -> int:
        """The literal for "one of these and not the other"."""
        return different(self.formula, one, other)

    def _at_most_one(self, literals: Sequence[int]) -> None:
        self.formula.add(-self.formula.counter(literals, 2)[2])

    def _one_step(self) -> None:
        for step in self._possible_steps():
            self.steps.append((step, self._differ(step)))
        for name in dict.fromkeys(step.indicator for step, _ in self.steps):
            self.differs[name] = self.formula.any_of([one for step, one in self.steps if step.indicator == name])
        self._at_most_one([one for _, one in self.steps])

    def _possible_steps(self) -> Iterator[Step]:
        world = self.worlds[0]
        ordered: dict[tuple[str, str], list[Key]] = {}
        for key in world.steps:
            ordered.setdefault((key[1], key[0]), []).append(key)
        for (name, aspect), keys in sorted(ordered.items()):
            flips = [
                (key, at, self.different(*(one.steps[key][at] for one in self.worlds)))
                for key in keys
                for at in in_order(world.steps[key], self.on)
            ]
            yield Step(name, aspect, tuple(flips))
        for name in sorted(world.choices):
            yield Step(name, "word")
        for name, _ in sorted(world.unmet_facts()):
            yield Step(name, "need")
        for name in sorted(self.in_force.indicators):
            if world.recorded_as_applying(name) is not None:
                yield Step(name, "applies")
            if world.some_event(name) is not None and (name, "events") not in ordered:
                yield Step(name, "events")

    def _differ(self, step: Step) -> int:
        """The literal for "they differ in this", by no more than one limit of each thing that is ordered."""
        first, second = self.worlds
        name, formula = step.indicator, self.formula
        if step.aspect == "need":
            both = formula.all_of([first.present(name), second.present(name)])
            return formula.all_of([both, self.different(first.unmet(name), second.unmet(name))])
        if step.aspect == "applies":
            applying = [world.recorded_as_applying(name) or formula.true for world in self.worlds]
            return self.different(*applying)
        if step.aspect == "word":
            words = self.in_force.indicators[name].values
            return formula.any_of([self.different(first.choice(name, [w]), second.choice(name, [w])) for w in words])
        differs = [literal for _, _, literal in step.flips]
        for key in {key for key, _, _ in step.flips}:
            self._at_most_one([literal for one, _, literal in step.flips if one == key])
        if step.aspect == "events":
            differs += self._more_events(step)
        return formula.any_of(differs)

    def _more_events(self, step: Step) -> Iterator[int]:
        """One of the two children has all the events of the other, in every window."""
        formula, more = self.formula, self.formula.new()
        pairs = [(self.worlds[0].steps[key][at], self.worlds[1].steps[key][at]) for key, at, _ in step.flips]
        some = [world.some_event(step.indicator) for world in self.worlds]
        if some[0] is not None and some[1] is not None:
            pairs.append((some[0], some[1]))
            yield self.different(some[0], some[1])
            for _, at, flip in step.flips:
                if isinstance(at, tuple) and at[0] > 1:  # one event fewer is still some
                    formula.add(-flip, some[0])
                    formula.add(-flip, some[1])
        for first, second in pairs:
            formula.add(-more, -first, second)
            formula.add(more, -second, first)

    @cached_property
    def turns(self) -> list[int]:
        """By rule: it holds for one of the two children and not for the other."""
        rules = [[copy.rules[number] for copy in self.copies] for number in range(len(self.in_force.rules))]
        return [self.different(first, second) for first, second in rules]

    @cached_property
    def _usual(self) -> dict[str, int]:
        """By indicator the literal for "at its usual value in both children"."""
        each: dict[str, list[int]] = {}
        for name, literals in self.search.usual.each.items():
            each.setdefault(name.split()[0], []).extend(literals)
        return {name: self.formula.all_of(literals) for name, literals in each.items()}

    @cached_property
    def _chains(self) -> list[tuple[str, int, list[int]]]:
        """By indicator (the child's age last) and child what to try in turn: each wish is stronger than the last."""
        order = {literal: number for number, literal in enumerate(self.search.usual.in_turn)}
        chains = []
        for child, world in enumerate(self.worlds):
            for key, steps in world.steps.items():
                for sign in (-1, 1):
                    wishes = [sign * literal for literal in steps.values() if sign * literal in order]
                    chains.append((key[1], child, sorted(wishes, key=order.__getitem__)))
        return sorted((one for one in chains if one[2]), key=lambda one: order[one[2][0]])

    def plain(self, wanted: Sequence[int], about: Iterable[str] = ()) -> Model | None:
        """A solution from which nothing can be made usual; None where there is none: that is a proof.

        What it is `about` is tried last. Raises NotFinished.
        """
        away = dict.fromkeys(name for name in about if name in self._usual)
        kept = {literal: name for name, literal in self._usual.items() if name not in away}
        tries = 0
        while (model := self.search.model([*wanted, *kept])) is None:
            clash = [literal for literal in self.search.core if literal in kept]
            tries += 1
            if not clash or (tries == _DOUBTFUL and self.search.model(wanted) is None):
                return None
            away[kept.pop(min(clash))] = None
        for name in away:
            if self._usual[name] in model:
                kept[self._usual[name]] = name
            elif name == self._differing(model):
                continue
            elif (milder := self.search.model([*wanted, *kept, self._usual[name]])) is not None:
                kept[self._usual[name]], model = name, milder
        return self._milder(model, [*wanted, *kept], {*away, *BUILT_IN_INDICATORS} - set(kept.values()))

    def _milder(self, model: Model, kept: list[int], away: set[str]) -> Model:
        for name, child, chain in self._chains:
            if name not in away or (child and name != self._differing(model)):
                continue  # in what they do not differ the second child goes with the first
            for wish in chain:
                if wish not in model:
                    milder = self.search.model([*kept, wish])
                    if milder is None:
                        break
                    model = milder
                kept.append(wish)
        return model

    def _differing(self, model: Model) -> str:
        return next((step.indicator for step, literal in self.steps if literal in model), "")

    def worth_saying(self, model: Model) -> list[str]:
        """The indicators of which there is something to say: not at their usual value, or unknown where not said."""
        return [
            name
            for name in self._read
            if self.in_force.indicators[name].absent == UNKNOWN or self._usual.get(name, 0) not in model
        ]

    @cached_property
    def _read(self) -> list[str]:
        return sorted(read_of(self.worlds[0]))

    def family(self, name: str) -> tuple[str, ...]:
        """An indicator with its details, and theirs."""
        indicators = self.in_force.indicators
        own = [one.id for one in indicators.values() if one.detail_of == name]
        return (name, *(detail for one in own for detail in self.family(one)))

    def step_of(self, model: Model) -> Step:
        """In what the children of a solution differ."""
        return next(step for step, literal in self.steps if literal in model)
