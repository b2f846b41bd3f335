"""Statements about every child: proved, or refuted with the simplest child for whom they fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Literal

from thresholds.assessment import Assessment
from thresholds.compiled import Literal as LiteralOf
from thresholds.compiled import Program, as_bits, bits_of
from thresholds.compiling import compile_rules
from thresholds.decision import Decision
from thresholds.engines.reference import Reading, evaluate, scope_of
from thresholds.engines.solver import Clauses, Copy, World, compile_for_proofs
from thresholds.knowledge import know
from thresholds.language.conditions import every_test
from thresholds.language.definition import InForce
from thresholds.language.model import TIERS, WEIGHTS, Invariant, Tier, Weight
from thresholds.policy.answering import gives
from thresholds.policy.details import lowered
from thresholds.policy.pairing import by_calendar
from thresholds.policy.searching import NotFinished, Patience, ReplayDiffers, Search
from thresholds.ruleset import Ruleset

Verdict = Literal["proved", "refuted", "not_finished", "about_nobody"]
UNTRIED, BROKEN_OFF = "stopped before it was tried", "stopped before it was finished"
"""What is said of a statement that is `not_finished` because somebody wished to stop."""


@dataclass(frozen=True)
class Proof:
    """What was found out about one statement; `children` are given where it was refuted: one, or two that differ.

    `about_nobody`: there is no child of whom it says anything, so that nothing was proved.
    """

    id: str
    statement: str
    verdict: Verdict
    how: str
    place: str
    children: tuple[Assessment, ...] = ()
    decisions: tuple[Decision, ...] = ()
    seconds: float = 0.0


def prove(ruleset: Ruleset, on: date, seconds: float = 60.0, stop: threading.Event | None = None) -> Iterator[Proof]:
    """Each invariant in force on a day, proved or refuted, one by one.

    `seconds`: the longest a statement may take; one that takes longer, or comes after `stop` is set, is not finished.
    """
    patience = Patience(seconds, stop or threading.Event())
    prover = _Prover(ruleset, on, patience)
    for invariant in ruleset.in_force(on).invariants:
        start = time.perf_counter()
        if patience.stop.is_set():
            yield _result(invariant, "not_finished", UNTRIED)
            continue
        try:
            found = prover.prove(invariant)
        except NotFinished:
            how = BROKEN_OFF if patience.stop.is_set() else f"not finished in {seconds:g} seconds"
            found = _result(invariant, "not_finished", how)
        except ReplayDiffers as fault:
            found = _result(invariant, "not_finished", f"a fault of this library, please report it: {fault}")
        yield Proof(**{**vars(found), "seconds": time.perf_counter() - start})


def prove_every_day(
    ruleset: Ruleset,
    seconds: float = 60.0,
    stop: threading.Event | None = None,
    step: Callable[[Invariant], None] = lambda _: None,
    days: Sequence[date] | None = None,
) -> Iterator[tuple[Invariant, date, Proof]]:
    """Each statement, proved on every day; or with the last day on which it is not.

    `days`: by default every day on which something in the ruleset begins or ends, or the one to which it is pinned.
    `step` is told which statement comes next.
    """
    stop = stop or threading.Event()
    if days is None:
        days = ruleset.definition.changes if ruleset.as_at is None else (ruleset.as_at,)
    running = {day: prove(ruleset, day, seconds, stop) for day in sorted(days, reverse=True)}
    in_force = {day: {one.id for one in ruleset.in_force(day).invariants} for day in running}
    for invariant in ruleset.definition.invariants.values():
        found: list[tuple[date, Proof]] = []
        for day, proofs in running.items():
            if invariant.id in in_force[day]:
                step(invariant)
                found.append((day, next(proofs)))
        if found:
            yield invariant, *next((one for one in found if one[1].verdict != "proved"), found[0])


def in_force_with(ruleset: Ruleset, invariant: Invariant, on: date) -> InForce:
    """The ruleset on that day; where the statement is not in force then, on the last day of change on which it is."""
    days = (on, *reversed(ruleset.definition.changes))
    return ruleset.in_force(next((day for day in days if invariant.in_force(day)), on))


def _result(
    invariant: Invariant,
    verdict: Verdict,
    how: str,
    children: tuple[Assessment, ...] = (),
    decisions: tuple[Decision, ...] = (),
) -> Proof:
    return Proof(invariant.id, invariant.statement, verdict, how, str(invariant.place), children, decisions)


class _Prover:
    def __init__(self, ruleset: Ruleset, on: date, patience: Patience) -> None:
        self.ruleset, self.on, self.patience = ruleset, on, patience
        self.in_force: InForce = ruleset.in_force(on)
        self.conditions = [invariant.when for invariant in self.in_force.invariants if invariant.when is not None]

    @cached_property
    def program(self) -> Program:
        return compile_for_proofs(self.in_force, self.conditions)

    @cached_property
    def search(self) -> Search:
        """One child, of whom statements are asked one after another."""
        self.copy = Copy(self.program, World(Clauses(), self.in_force, on=self.on))
        for number in range(len(self.conditions)):
            self.copy.condition(number)
        return Search([self.copy.world], self.on, self.patience)

    def _condition(self, invariant: Invariant) -> int:
        if invariant.when is None:
            return self.copy.formula.true
        place = next(number for number, condition in enumerate(self.conditions) if condition is invariant.when)
        return self.copy.condition(place)

    def prove(self, invariant: Invariant) -> Proof:
        """One statement."""
        if invariant.kind == "worse_never_lowers":
            return self._worse_never_lowers(invariant)
        if invariant.kind == "reads_no_context":
            return self._reads_no_context(invariant)
        if invariant.kind == "never_changes":
            return self._never_changes(invariant)
        search, copy = self.search, self.copy
        held = [copy.inside, -copy.impossible, self._condition(invariant)]
        if search.model(held) is None:
            how = "no child whom the ruleset covers is so: see what it calls impossible"
            return _result(invariant, "about_nobody", how)
        aims = [self._giving(name, "points_to") for name in invariant.responses]
        if invariant.kind == "leads_to":
            aims = [self._aimed_at(invariant)]
            held.append(-self._answered(copy, invariant, aims[0]))
        else:
            held.extend(copy.some_rule(aim) for aim in aims)
        children = search.simplest(held)
        if children is None:
            how = "there is no child for whom it fails: every combination of answers was looked at"
            return self._proved(invariant, self._read_for(reduce(or_, aims)), how)
        children = (self._plainest(children[0], invariant),)
        decision = self.ruleset.assess(children[0], engine="reference")
        if not (self._fails(invariant, decision) and self._meets(children[0], invariant)):
            raise ReplayDiffers(f"the counterexample to {invariant.id} is none on the reference engine")
        return _result(invariant, "refuted", "the simplest child for whom it fails", children, (decision,))

    def _fails(self, invariant: Invariant, decision: Decision) -> bool:
        if invariant.kind == "leads_to":
            return not self._reached(invariant, decision)
        return all(decision.responses.get(name) == "points_to" for name in invariant.responses)

    def _plainest(self, child: Assessment, invariant: Invariant) -> Assessment:
        """The same child, told only what the statement needs: the rest may stay unknown where it fails all the same."""
        details = {self.in_force.indicators[name].detail_of for name in child.observations}
        for name in sorted(set(child.observations) - details):
            fewer = {other: said for other, said in child.observations.items() if other != name}
            without = child.model_copy(update={"observations": fewer})
            decision = self.ruleset.assess(without, engine="bitmap")
            if self._fails(invariant, decision) and self._meets(without, invariant):
                child = without
        return child

    def _answered(self, copy: Copy, invariant: Invariant, aim: int) -> int:
        """The literal for what a statement leads to: whoever is covered has universal services at least."""
        return copy.inside if invariant.tier == TIERS[0] else copy.some_rule(aim)

    def _proved(self, invariant: Invariant, read: set[str], how: str) -> Proof:
        """Proved, unless it reads lengths of time of which either may be the longer: on another day it may not hold."""
        bound = self._by_calendar & (read | self._named_in(invariant))
        if bound:
            labels = ", ".join(sorted(self.in_force.indicators[name].label for name in bound))
            how = f"it holds as days and months fall on {self.on}, and may not on another day: {labels}"
            return _result(invariant, "not_finished", how)
        return _result(invariant, "proved", how)

    def _named_in(self, invariant: Invariant) -> set[str]:
        """What the condition of a statement reads."""
        named: set[str] = set()
        for test, _ in every_test(invariant.when) if invariant.when is not None else ():
            quantity = self.in_force.quantities.get(test.name)
            events = quantity.count.events if quantity is not None and quantity.count is not None else None
            counted = self.in_force.members(quantity) if quantity is not None and not events else ()
            named.update(counted or [events or test.name])
        return named

    @cached_property
    def _by_calendar(self) -> set[str]:
        """Indicators of which two limits, or two windows, are in an order that depends on the day."""
        assert self.search is not None
        return {name for name, _, _ in by_calendar(self.copy.world)}

    def _meets(self, child: Assessment, invariant: Invariant) -> bool:
        """Is a statement about this child, by the reference engine?"""
        knowledge = know(child, self.in_force)
        return invariant.when is None or evaluate(invariant.when, Reading(knowledge, scope_of(knowledge))) is True

    def _giving(self, response: str, weight: Weight) -> int:
        return as_bits(gives(rule, response, weight) for rule in self.in_force.rules)

    def _aimed_at(self, invariant: Invariant) -> int:
        """The rules that give the tier or response a statement speaks of."""
        if invariant.response is not None:
            return self._giving(invariant.response, invariant.weight)
        assert invariant.tier is not None
        return self._reaching[TIERS.index(invariant.tier)]

    def _reached(self, invariant: Invariant, decision: Decision) -> bool:
        if invariant.response is not None:
            weight = decision.responses.get(invariant.response)
            return weight is not None and WEIGHTS.index(weight) >= WEIGHTS.index(invariant.weight)
        assert invariant.tier is not None
        return _position(decision.tier) >= TIERS.index(invariant.tier)

    def _never_changes(self, invariant: Invariant) -> Proof:
        assert invariant.by is not None
        if invariant.by.consent:
            return _result(
                invariant, "proved", "no rule can read consent: it is no indicator, and only words depend on it"
            )
        apart = frozenset(
            one.id
            for one in self.in_force.indicators.values()
            if one.id in invariant.by.ids
            or set(one.tags) & set(invariant.by.tags)
            or (invariant.by.protective and one.protective)
        )
        aim = self._aimed_at(invariant)
        if not apart & self._read_for(aim):
            return _result(invariant, "proved", "nothing that leads there reads any of it")
        one = World(Clauses(), self.in_force, on=self.on)
        other = World(one.formula, self.in_force, one, apart, on=self.on)
        copies = [Copy(self.program, one), Copy(self.program, other)]
        held = [literal for copy in copies for literal in (copy.inside, -copy.impossible)]
        held += [self._answered(copies[0], invariant, aim), -self._answered(copies[1], invariant, aim)]
        children = Search([one, other], self.on, self.patience).simplest(held)
        if children is None:
            how = "no two children who differ only in this are answered differently"
            return self._proved(invariant, self._read_for(aim), how)
        decisions = tuple(self.ruleset.assess(child, engine="reference") for child in children)
        if not (self._reached(invariant, decisions[0]) and not self._reached(invariant, decisions[1])):
            raise ReplayDiffers(f"the counterexample to {invariant.id} is none on the reference engine")
        return _result(invariant, "refuted", "two children who differ in nothing else", children, decisions)

    def _read_for(self, aim: int) -> set[str]:
        """The indicators that bear on whether some of these rules holds."""
        program = self.program
        made = {derived.variable: (derived, stage) for stage in program.stages for derived in stage.derived}
        seen: set[int] = set()
        below = [number for rule in bits_of(aim) for number in self._variables_of(rule)]
        names: set[str] = set()
        while below:
            variable = below.pop()
            if variable in seen:
                continue
            seen.add(variable)
            if variable < program.base:
                names.update(program.indicators_of(variable))
                continue
            derived, stage = made[variable]
            for rule in bits_of(derived.rules):
                below.extend(self._variables_of(rule))
            for clause in bits_of(derived.clauses):
                below.extend(literal.variable for literal in stage.clauses[clause])
            if derived.stated is not None:
                below.append(derived.stated)
        for condition in self.in_force.scope.scope.values():
            names.update(test.name for test, _ in every_test(condition))
        for name in list(names):
            parent = self.in_force.indicators[name].detail_of if name in self.in_force.indicators else None
            while parent is not None:
                names.add(parent)
                parent = self.in_force.indicators[parent].detail_of
        return names

    def _variables_of(self, rule: int) -> Iterator[int]:
        return (literal.variable for literal in (*self.program.when[rule], *self.program.spared[rule]))

    def _reads_no_context(self, invariant: Invariant) -> Proof:
        context = {one.id for one in self.in_force.indicators.values() if one.context}
        everything = (1 << len(self.in_force.rules)) - 1
        read = context & self._read_for(everything)
        if read:
            return _result(invariant, "refuted", f"read by some rule: {', '.join(sorted(read))}")
        return _result(invariant, "proved", f"no rule reads any of the {len(context)} context indicators")

    def _worse_never_lowers(self, invariant: Invariant) -> Proof:
        """By the shape of the rules: each literal that a worse value could make false is a counterexample."""
        program = compile_rules(self.in_force)  # the rules alone: a statement's own condition may say "none of these"
        for number, rule in enumerate(self.in_force.rules):
            for literal in (*program.when[number], *program.spared[number]):
                if not self._grows(program, literal):
                    return _result(invariant, "refuted", f"rule {rule.id} can stop holding as something gets worse")
        for stage in program.stages:
            for literal in (literal for clause in stage.clauses for literal in clause):
                if not self._grows(program, literal):
                    return _result(invariant, "refuted", "a part of a rule can stop holding as something gets worse")
        how = "no part of any rule stops holding when a value gets worse, and what rules conclude is never taken back"
        children = lowered(self.in_force, self.on, self.program, self._reaching, self.patience)
        if children is None:
            return _result(invariant, "proved", how)
        decisions = tuple(self.ruleset.assess(child, engine="reference") for child in children)
        if not _lower(*decisions):
            raise ReplayDiffers(f"the counterexample to {invariant.id} is none on the reference engine")
        how = "the second child is worse off in something, and is answered less"
        return _result(invariant, "refuted", how, children, decisions)

    @property
    def _reaching(self) -> Sequence[int]:
        return self.ruleset.assessor(self.on).decider.reaching

    def _grows(self, program: Program, literal: LiteralOf) -> bool:
        """Does a literal stay true as what it reads gets worse?"""
        variable = program.variables[literal.variable]
        top = variable.segments - 1 - variable.may_not_apply
        if variable.source is not None and variable.source.aspect == "words":
            return True  # a choice has no order
        if variable.may_not_apply and literal.low == variable.segments - 1:
            return True  # what cannot apply has no value that could get worse
        if variable.source is None or variable.source.aspect != "value":
            return literal.high >= top
        worse = self.in_force.indicators[variable.source.name].worse_is_higher
        if worse is None:
            return True
        return literal.high >= top if worse else literal.low == 0


def _lower(one: Decision, other: Decision) -> bool:
    """Is the other answered less in something?"""
    weights = [{name: WEIGHTS.index(weight) for name, weight in each.responses.items()} for each in (one, other)]
    less = any(weights[1].get(name, -1) < weight for name, weight in weights[0].items())
    return less or _position(other.tier) < _position(one.tier) or (one.refer_now and not other.refer_now)


def _position(tier: Tier | None) -> int:
    return -1 if tier is None else TIERS.index(tier)
