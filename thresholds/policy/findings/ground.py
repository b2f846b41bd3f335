"""The ground on which a check asks its questions: one child laid out for the solver, and what each rule rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from thresholds.assessment import Assessment
from thresholds.compiled import Derived, Program, Stage, bits_of
from thresholds.decision import Decision
from thresholds.engines.solver import Clauses, Copy, World, compile_for_proofs
from thresholds.language.conditions import Condition
from thresholds.language.definition import InForce
from thresholds.language.model import GROUPS, Rule
from thresholds.policy.children import Model, child_of
from thresholds.policy.searching import NotFinished, Patience, ReplayDiffers, Search
from thresholds.ruleset import Ruleset


class Ground:
    """One child of whom everything is known, with a literal for each rule of a ruleset in force on a day."""

    def __init__(self, ruleset: Ruleset, on: date, patience: Patience, conditions: Sequence[Condition] = ()) -> None:
        self.ruleset, self.on, self.patience = ruleset, on, patience
        self.in_force: InForce = ruleset.in_force(on)
        self.own = ruleset.definition.layers[-1]
        self.program: Program = compile_for_proofs(self.in_force, conditions)
        self.copy = Copy(self.program, World(Clauses(), self.in_force, on=on))
        self.conditions = [self.copy.condition(number) for number in range(len(conditions))]
        for _, name, _, _ in list(self.copy.world.steps):
            self.copy.world.applies(name)
        self.search = Search([self.copy.world], on, patience)
        self.real = (self.copy.inside, -self.copy.impossible)
        """What is so of every child: the ruleset covers them, and nothing of them cannot be."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force; number `i` is literal `holds(i)`."""
        return self.in_force.rules

    def holds(self, number: int) -> int:
        """The literal for a rule."""
        return self.copy.rules[number]

    def model(self, wanted: Iterable[int]) -> Model | None:
        """A child for whom all of this holds; None where there is none: that is a proof. Raises NotFinished."""
        self.go_on()
        return self.search.model([*self.real, *wanted])

    def go_on(self) -> None:
        """Raises NotFinished once somebody wants it stopped."""
        if self.patience.stop.is_set():
            raise NotFinished

    def clash(self, wanted: Sequence[int]) -> tuple[int, ...]:
        """The fewest of these that cannot go together, found by leaving out one after another; all must not go."""
        return smallest_clash(self.search, wanted, self.real)

    def replayed(self, wanted: Sequence[int], holding: Iterable[int]) -> tuple[Assessment, Decision]:
        """The plainest child for whom all of this holds; these rules must be reasons of the reference engine's answer.

        NotFinished; ReplayDiffers where the engines disagree, which is a fault of this library.
        """
        self.go_on()
        model = self.search.plain([*self.real, *wanted])
        assert model is not None
        needed = {self.rules[number].id for number in holding}
        for begun in (False, True):  # what has only begun is left unsaid where the answer does not turn on it
            child = child_of(self.copy.world, model, self.on, begun=begun)
            decision = self.ruleset.assess(child, engine="reference")
            if needed <= {reason.rule for reason in decision.reasons}:
                return child, decision
        raise ReplayDiffers(f"{', '.join(sorted(needed))}: not confirmed by the reference engine")

    def group(self, number: int) -> int:
        """The literal for "this rule is for such people"."""
        groups = [self.copy.all_of(self.program.also[GROUPS.index(one)]) for one in self.rules[number].applies_to]
        return self.copy.formula.any_of(groups)

    @cached_property
    def impossible(self) -> tuple[int, ...]:
        """A literal for each combination that cannot be, in the order in which they are in force."""
        cannot_be = self.program.also[len(GROUPS) : len(GROUPS) + len(self.in_force.impossible)]
        return tuple(self.copy.all_of(literals) for literals in cannot_be)

    @cached_property
    def reads(self) -> tuple[frozenset[int], ...]:
        """By rule: the base variables on which it depends, directly or through counts and findings."""
        made = {derived.variable: (derived, stage) for stage in self.program.stages for derived in stage.derived}
        known: dict[int, frozenset[int]] = {}
        return tuple(self._reads_of(number, made, known) for number in range(len(self.rules)))

    def _reads_of(
        self, rule: int, made: dict[int, tuple[Derived, Stage]], known: dict[int, frozenset[int]]
    ) -> frozenset[int]:
        literals = (*self.program.when[rule], *self.program.spared[rule])
        return frozenset().union(*(self._below(literal.variable, made, known) for literal in literals))

    def _below(
        self, variable: int, made: dict[int, tuple[Derived, Stage]], known: dict[int, frozenset[int]]
    ) -> frozenset[int]:
        if variable < self.program.base:
            return frozenset([variable])
        if variable not in known:
            derived, stage = made[variable]
            found = {one for number in bits_of(derived.rules) for one in self._reads_of(number, made, known)}
            for clause in bits_of(derived.clauses):
                for literal in stage.clauses[clause]:
                    found |= self._below(literal.variable, made, known)
            if derived.stated is not None:
                found.add(derived.stated)
            known[variable] = frozenset(found)
        return known[variable]


def smallest_clash(search: Search, wanted: Sequence[int], beside: Sequence[int] = ()) -> tuple[int, ...]:
    """Of the literals wanted, which cannot all go together `beside` these, so few that none can be left out."""
    search.model([*beside, *wanted])
    left = [one for one in wanted if one in search.core]
    number = 0
    while number < len(left):
        without = left[:number] + left[number + 1 :]
        if search.model([*beside, *without]) is None:
            left = [one for one in without if one in search.core]
        else:
            number += 1  # it is needed, and so stays in whatever is left
    return tuple(left)
