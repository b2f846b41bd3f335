"""A child of whom only part is known, for the solver: which rules are certain, established and possible.

Of each variable a lowest and a highest segment are still possible. Everything that an assessment can leave open is
among what these can be, and more: so what cannot be here can be for no assessment, while the reverse does not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from thresholds.compiled import Conjunction, Derived, Literal, Program, Stage, bits_of
from thresholds.engines.solver import Clauses
from thresholds.language.model import GROUPS, Group


@dataclass(frozen=True)
class Rails:
    """Of one variable, by segment: the literals for "the lowest possible is this or above", and "the highest is"."""

    low: list[int]
    high: list[int]


@dataclass(frozen=True)
class Held:
    """How surely a rule holds: three literals."""

    certain: int
    established: int
    possible: int


class PartlyKnown:
    """A program of `compile_for_proofs` laid out for what is partly known, as the bitmap engine works it out."""

    def __init__(self, program: Program, formula: Clauses) -> None:
        self.program, self.formula = program, formula
        self._made = {derived.variable: (derived, stage) for stage in program.stages for derived in stage.derived}
        self._rails: dict[int, Rails] = {}
        self._settled: dict[int, Rails] = {}
        self._held: dict[int, Held] = {}

    def held(self, rule: int) -> Held:
        """The literals for one rule."""
        if rule not in self._held:
            self._held[rule] = self._hold(rule)
        return self._held[rule]

    def _hold(self, number: int) -> Held:
        rule = self.program.ruleset.rules[number]
        when, spared = self.program.when[number], self.program.spared[number]
        formula = self.formula
        surely = formula.any_of([self._scope[group][0] for group in rule.applies_to])
        maybe = formula.any_of([self._scope[group][1] for group in rule.applies_to])
        perhaps_spared = self._maybe(spared, self.rails)
        return Held(
            certain=formula.all_of([surely, self._surely(when, self.rails), self._surely(spared, self.rails)]),
            established=formula.all_of(
                [maybe if rule.overriding else surely, self._surely(when, self._as_established), perhaps_spared]
            ),
            possible=formula.all_of([maybe, self._maybe(when, self.rails), perhaps_spared]),
        )

    @cached_property
    def _scope(self) -> dict[Group, tuple[int, int]]:
        """Does the child surely, and may the child, belong to a group? Who may be under 18 is taken for a child."""
        found = {}
        for number, group in enumerate(GROUPS):
            covered = self.program.also[number]
            maybe = self._maybe(covered, self.rails)
            found[group] = (maybe if group == "under_18" else self._surely(covered, self.rails), maybe)
        return found

    def _surely(self, literals: Conjunction, rails: Callable[[int], Rails]) -> int:
        return self.formula.all_of([self._sure(literal, rails(literal.variable)) for literal in literals])

    def _maybe(self, literals: Conjunction, rails: Callable[[int], Rails]) -> int:
        return self.formula.all_of([self._may(literal, rails(literal.variable)) for literal in literals])

    def _sure(self, literal: Literal, rails: Rails) -> int:
        return self.formula.all_of([self._from(rails.low, literal.low), -self._from(rails.high, literal.high + 1)])

    def _may(self, literal: Literal, rails: Rails) -> int:
        return self.formula.all_of([self._from(rails.high, literal.low), -self._from(rails.low, literal.high + 1)])

    def _from(self, rail: list[int], segment: int) -> int:
        return rail[segment] if segment < len(rail) else -self.formula.true

    def rails(self, variable: int) -> Rails:
        """What a variable can still be."""
        if variable not in self._rails:
            if variable < self.program.base:
                self._rails[variable] = self._settled[variable] = self._base(variable)
            else:
                self._derive(*self._made[variable])
        return self._rails[variable]

    def _as_established(self, variable: int) -> Rails:
        """What it can still be where findings that are established count as true."""
        self.rails(variable)
        return self._settled[variable]

    def _base(self, variable: int) -> Rails:
        formula, segments = self.formula, self.program.variables[variable].segments
        low = [formula.true, *(formula.new() for _ in range(1, segments))]
        high = [formula.true, *(formula.new() for _ in range(1, segments))]
        for number in range(1, segments):
            formula.add(-low[number], high[number])
            formula.add(-low[number], low[number - 1])
            formula.add(-high[number], high[number - 1])
        return Rails(low, high)

    def _derive(self, derived: Derived, stage: Stage) -> None:
        formula = self.formula
        if derived.finding:
            held = [self.held(number) for number in bits_of(derived.rules)]
            low = [formula.true, formula.any_of([one.certain for one in held])]
            reached = [formula.true, formula.any_of([one.established for one in held])]
            high = [formula.true, formula.any_of([one.possible for one in held])]
        else:
            clauses = [stage.clauses[number] for number in bits_of(derived.clauses)]
            stated = None if derived.stated is None else self.rails(derived.stated)
            fewest, most = (stated.low, stated.high) if stated is not None else (None, None)
            sure = [self._surely(clause, self.rails) for clause in clauses]
            low = self._counted(derived, sure, fewest)
            held_so = [self._surely(clause, self._as_established) for clause in clauses]
            reached = low if held_so == sure else self._counted(derived, held_so, fewest)
            may = [self._maybe(clause, self.rails) for clause in clauses]
            high = self._counted(derived, may, most)
        self._rails[derived.variable] = Rails(low, high)
        # only conclusions can be established without being certain, and those are read upward alone
        self._settled[derived.variable] = Rails(reached, high)

    def _counted(self, derived: Derived, literals: list[int], stated: list[int] | None) -> list[int]:
        """Literals for "in segment 0, 1, ... or above"."""
        formula = self.formula
        if derived.needed is not None:
            return [formula.true, formula.counter(literals, derived.needed)[derived.needed]]
        cuts = self.program.variables[derived.variable].cuts
        assert cuts is not None
        most = [int(step) for step, _ in cuts.steps]
        reached = formula.counter(literals, max(most, default=0))
        steps = [formula.true, *(reached[number] for number in most)]
        if stated is None:
            return steps
        return [formula.any_of([one, self._from(stated, segment)]) for segment, one in enumerate(steps)]
