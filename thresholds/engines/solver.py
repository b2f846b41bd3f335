"""A compiled ruleset as propositional logic, for proofs: what is true of every assessment in which all is known.

Each ordered thing is order-encoded: one variable for "at or above this step". A *World* is one child; programs laid
over one world speak of the same child, whatever their cut points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property, cmp_to_key
from itertools import pairwise

from thresholds.compiled import Conjunction, Derived, Literal, Program, Source, Variable, bits_of
from thresholds.compiling import compile_rules
from thresholds.language.conditions import Condition
from thresholds.language.cuts import Step
from thresholds.language.definition import CHILD_AGE, CHILD_UNBORN, GESTATION, InForce
from thresholds.language.durations import Duration, elapsed_of
from thresholds.language.model import GROUPS, UNKNOWN, Group, Indicator

Key = tuple[str, str, int, int]
"""What is ordered: an aspect, the indicator, and for events the window in days and months."""
Boundary = Step | Duration


@dataclass
class Clauses:
    """A formula in the making; numbers are variables, negative numbers their negations."""

    last: int = 0
    clauses: list[list[int]] = field(default_factory=list)
    _wholes: dict[tuple[int, ...], int] = field(default_factory=dict)
    """Conjunctions by their parts: what two programs say alike is one literal."""

    def new(self) -> int:
        """A fresh variable."""
        self.last += 1
        return self.last

    def add(self, *literals: int) -> None:
        """At least one of these."""
        self.clauses.append(list(literals))

    @cached_property
    def true(self) -> int:
        """A variable that is true."""
        variable = self.new()
        self.add(variable)
        return variable

    def all_of(self, literals: Sequence[int]) -> int:
        """A literal that is true exactly where all of these are."""
        parts = set(literals) - {self.true}
        if -self.true in parts or any(-literal in parts for literal in parts):
            return -self.true
        if not parts:
            return self.true
        wanted = tuple(sorted(parts))
        if len(wanted) == 1:
            return wanted[0]
        if wanted in self._wholes:
            return self._wholes[wanted]
        whole = self._wholes[wanted] = self.new()
        for literal in wanted:
            self.add(-whole, literal)
        self.add(whole, *(-literal for literal in wanted))
        return whole

    def any_of(self, literals: Sequence[int]) -> int:
        """A literal that is true exactly where some of these is."""
        return -self.all_of([-literal for literal in literals])

    def counter(self, literals: Sequence[int], most: int) -> list[int]:
        """Literals for "at least 0, 1, ... `most` of these", each true exactly where that is so."""
        reached = [self.true] + [-self.true] * most
        for literal in literals:
            reached = [self.true] + [
                self.any_of([reached[number], self.all_of([reached[number - 1], literal])])
                for number in range(1, most + 1)
            ]
        return reached


class World:
    """One child of whom everything is known: the facts that programs may speak of.

    With `like` it is a child who is as that one in everything but the indicators `apart` and their details. `on`: the
    day by which limits are put in order that have no order of their own (30 days and 1 month).
    """

    def __init__(
        self,
        formula: Clauses,
        ruleset: InForce,
        like: World | None = None,
        apart: frozenset[str] = frozenset(),
        on: date | None = None,
    ) -> None:
        self.formula, self.ruleset, self.like, self.on = formula, ruleset, like, on
        self.apart = frozenset(name for name in ruleset.indicators if self._within_apart(name, apart))
        self._steps: dict[Key, dict[Boundary, int]] = {}
        self._choices: dict[str, dict[str, int]] = {}
        self._free: dict[tuple[str, str], int] = {}

    def _within_apart(self, name: str | None, apart: frozenset[str]) -> bool:
        while name is not None:
            if name in apart:
                return True
            name = self.ruleset.indicators[name].detail_of
        return False

    def _home(self, name: str) -> World:
        """Where the facts of an indicator are kept."""
        return self if self.like is None or name in self.apart else self.like

    @property
    def steps(self) -> dict[Key, dict[Boundary, int]]:
        """The steps of every ordered thing that some program speaks of."""
        shared = {} if self.like is None else self.like.steps
        return {key: steps for key, steps in shared.items() if key[1] not in self.apart} | self._steps

    @property
    def choices(self) -> dict[str, dict[str, int]]:
        """The values of every choice that some program speaks of."""
        shared = {} if self.like is None else self.like.choices
        return {name: values for name, values in shared.items() if name not in self.apart} | self._choices

    def at_or_above(self, key: Key, boundary: Boundary) -> int:
        """The literal for "at or above this step" (or: so much time has passed)."""
        known = self._home(key[1])._steps.setdefault(key, {})
        if boundary not in known:
            known[boundary] = self.formula.new()
        return known[boundary]

    def choice(self, name: str, words: Iterable[str]) -> int:
        """The literal for "one of these values"."""
        known = self._home(name)._choices
        if name not in known:
            known[name] = {value: self.formula.new() for value in self.ruleset.indicators[name].values}
        return self.formula.any_of([known[name][word] for word in sorted(words)])

    def _fact(self, what: str, name: str) -> int:
        known = self._home(name)._free
        if (what, name) not in known:
            known[what, name] = self.formula.new()
        return known[what, name]

    def unborn(self) -> int:
        """The child is not yet born."""
        return self.at_or_above(("value", CHILD_UNBORN, 0, 0), (Fraction(1), 0))

    def applies(self, name: str) -> int:
        """The indicator can be there at all: what it is a detail of is there."""
        if name == CHILD_AGE:
            return -self.unborn()
        if name == GESTATION:
            return self.unborn()
        indicator = self.ruleset.indicators[name]
        there = self.formula.true if indicator.detail_of is None else self.present(indicator.detail_of)
        return self.formula.all_of([there, self._fact("applies", name)]) if indicator.may_not_apply else there

    def present(self, name: str) -> int:
        """The indicator is there: at another value than its `absent` one."""
        home = self._home(name)
        if home is not self:
            return home.present(name)
        if ("present", name) in self._free:
            return self._free["present", name]
        indicator = self.ruleset.indicators[name]
        there = self._fact("present", name)
        self._equal(there, self.formula.all_of([self.applies(name), self._not_absent(indicator)]))
        return there

    def _not_absent(self, indicator: Indicator) -> int:
        if indicator.kind == "events":
            return self._fact("some", indicator.id)
        if indicator.absent == UNKNOWN:
            return self.formula.true
        if indicator.kind == "choice":
            return -self.choice(indicator.id, [indicator.absent])
        position = indicator.absent_position
        assert position is not None
        key = ("value", indicator.id, 0, 0)
        after = (position + 1, 0) if indicator.domain.whole or indicator.domain.kind == "scale" else (position, 1)
        at_least = self._within(indicator, key, (position, 0))
        above = self._within(indicator, key, after)
        return -self.formula.all_of([at_least, -above])

    def _within(self, indicator: Indicator, key: Key, step: Step) -> int:
        """The literal for a step, which is fixed where it lies outside the indicator's range."""
        low, high = indicator.domain.low, indicator.domain.high
        if indicator.domain.kind == "scale":
            low, high = Fraction(0), Fraction(len(indicator.domain.values) - 1)
        if low is not None and step <= (low, 0):
            return self.formula.true
        if high is not None and step > (high, 0):
            return -self.formula.true
        return self.at_or_above(key, step)

    def recorded_as_applying(self, name: str) -> int | None:
        """The literal for "nobody says that it does not apply"; None where no program asks, or it always applies."""
        return self._home(name)._free.get(("applies", name))

    def asks_whether_there(self, name: str) -> bool:
        """Does some program ask whether the indicator is there?"""
        return ("present", name) in self._home(name)._free

    def unmet(self, name: str) -> int:
        """It is there, and no agency meets it."""
        home = self._home(name)
        if ("unmet", name) not in home._free:
            self.formula.add(-home._fact("unmet", name), home.present(name))
        return home._free["unmet", name]

    def unmet_facts(self) -> Iterator[tuple[str, int]]:
        """The indicators of which some program asks whether the need is unmet, with the literal for it."""
        homes = {id(self): self} if self.like is None else {id(self): self, id(self.like): self.like}
        for home in homes.values():
            for (what, name), literal in list(home._free.items()):
                if what == "unmet" and self._home(name) is home:
                    yield name, literal

    def some_event(self, name: str) -> int | None:
        """The literal for "there was some event", in a window or before; None where no program asks."""
        return self._home(name)._free.get(("some", name))

    def _equal(self, one: int, other: int) -> None:
        self.formula.add(-one, other)
        self.formula.add(one, -other)

    def finish(self) -> None:
        """Say what holds between facts, once every program has been laid over this world."""
        self._windows()
        for steps in self._steps.values():
            for lower, higher in pairwise(in_order(steps, self.on)):
                self.formula.add(-steps[higher], steps[lower])
                if _compare(lower, higher, self.on) == 0:
                    self.formula.add(-steps[lower], steps[higher])
        for values in self._choices.values():
            some = list(values.values())
            self.formula.add(*some)
            for number, one in enumerate(some):
                for other in some[number + 1 :]:
                    self.formula.add(-one, -other)

    def _windows(self) -> None:
        """A longer window holds at least the events of a shorter one, and some event means that it is there."""
        windows: dict[str, list[Key]] = {}
        for key in self._steps:
            if key[0] == "events":
                windows.setdefault(key[1], []).append(key)
        for name, keys in windows.items():
            for key in keys:
                for boundary, literal in self._steps[key].items():
                    if isinstance(boundary, tuple) and boundary > (Fraction(0), 0):
                        self.formula.add(-literal, self.present(name))
                    for other in keys:
                        if other != key and self._holds(window(other), window(key)):
                            self._implied(literal, boundary, other)

    def _holds(self, one: Duration, other: Duration) -> bool:
        """Does one window hold all of another: on the day, or where there is none whatever the day?"""
        if self.on is None:
            return one.order(other) == 1
        return begins(one, self.on) <= begins(other, self.on)

    def _implied(self, literal: int, boundary: Boundary, longer: Key) -> None:
        for step, also in self._steps[longer].items():
            if _compare(step, boundary) <= 0:
                self.formula.add(-literal, also)


def window(key: Key) -> Duration:
    """The window of an events key."""
    return Duration(key[2], key[3], "")


def begins(length: Duration, on: date) -> date:
    """The first day that lies inside a window of this length which ends on a day."""
    day = elapsed_of(length, on, exact=True).latest
    while length.after(day) < on:  # 12 months after 28 February 2015 it is not yet 29 February 2016
        day += timedelta(days=1)
    while length.after(day - timedelta(days=1)) >= on:
        day -= timedelta(days=1)
    return day


def in_order(boundaries: Iterable[Boundary], on: date | None = None) -> list[Boundary]:
    """Steps or limits, the lowest first; limits without an order of their own as they fall on a day."""

    def order(one: Boundary, other: Boundary) -> int:
        return _compare(one, other, on)

    return sorted(boundaries, key=cmp_to_key(order))


def _compare(one: Boundary, other: Boundary, on: date | None = None) -> int:
    if isinstance(one, Duration) and isinstance(other, Duration):
        order = one.order(other)
        if order is not None:
            return order
        if on is None:
            raise ValueError("limits of one duration have no fixed order")
        starts = [elapsed_of(limit, on, exact=True).latest for limit in (one, other)]
        return (starts[0] < starts[1]) - (starts[0] > starts[1])
    assert not isinstance(one, Duration)
    assert not isinstance(other, Duration)
    return (one > other) - (one < other)


def compile_for_proofs(ruleset: InForce, conditions: Sequence[Condition] = ()) -> Program:
    """A program that a Copy can be made of; `conditions` are further ones to ask about."""
    scope = [ruleset.scope.scope[group] for group in GROUPS]
    return compile_rules(ruleset, [*scope, *(one.when for one in ruleset.impossible), *conditions])


class Copy:
    """A program laid over a world: literals for its rules.

    The program must come from `compile_for_proofs`. `inside` is true of the children whom the ruleset covers,
    `impossible` of combinations that cannot be.
    """

    def __init__(self, program: Program, world: World) -> None:
        self.program, self.world, self.formula = program, world, world.formula
        self.rules: dict[int, int] = {}
        self._derived: dict[int, list[int]] = {}
        applies = self._scope()
        for stage in program.stages:
            for number in bits_of(stage.rules):
                rule = program.ruleset.rules[number]
                groups = self.formula.any_of([applies[group] for group in rule.applies_to])
                held = [self.all_of(program.when[number]), self.all_of(program.spared[number]), groups]
                self.rules[number] = self.formula.all_of(held)
            for derived in stage.derived:
                self._derived[derived.variable] = self._derive(derived, stage.clauses)
        self.inside = self.formula.any_of(list(applies.values()))
        cannot_be = program.also[len(GROUPS) : len(GROUPS) + len(program.ruleset.impossible)]
        self.impossible = self.formula.any_of([self.all_of(literals) for literals in cannot_be])

    def condition(self, number: int) -> int:
        """The literal for one of the further conditions of the program, in the order in which they were given."""
        return self.all_of(self.program.also[len(GROUPS) + len(self.program.ruleset.impossible) + number])

    def _scope(self) -> dict[Group, int]:
        """Whom the ruleset covers: the conditions that were compiled beside its rules, in the order of the groups."""
        return {group: self.all_of(self.program.also[number]) for number, group in enumerate(GROUPS)}

    def all_of(self, literals: Conjunction) -> int:
        """The literal for a conjunction."""
        return self.formula.all_of([self.literal(literal) for literal in literals])

    def literal(self, literal: Literal) -> int:
        """The literal for a variable that lies in a stretch of its segments."""
        program, formula = self.program, self.formula
        variable = program.variables[literal.variable]
        if variable.source is not None and variable.source.aspect == "constant":
            return formula.true if literal.low == 0 else -formula.true
        last = variable.segments - 1
        low, high = literal.low, literal.high
        if literal.variable >= program.base:
            steps = self._derived[literal.variable]
            return formula.all_of([steps[low], -steps[high + 1] if high < last else formula.true])
        applies = self._applies(variable)
        beyond = variable.may_not_apply and high == last
        top = last - 1 if variable.may_not_apply else last
        if beyond and low == last:
            return -applies
        inside = formula.all_of(
            [self._step(variable, low), formula.true if min(high, top) == top else -self._step(variable, high + 1)]
        )
        return formula.any_of([-applies, inside]) if beyond else formula.all_of([applies, inside])

    def _applies(self, variable: Variable) -> int:
        source = variable.source
        assert source is not None
        if source.aspect == "lasting":
            return self.world.present(source.name)
        return self.world.applies(source.name) if source.aspect == "value" else self.formula.true

    def _step(self, variable: Variable, segment: int) -> int:
        """The literal for "in this segment or above"; segment 0 is always."""
        if segment == 0:
            return self.formula.true
        source, cuts = variable.source, variable.cuts
        assert source is not None
        assert cuts is not None
        if source.aspect == "words":
            return self.formula.all_of([self.world.applies(source.name), self.world.choice(source.name, source.words)])
        if source.aspect == "present":
            return self.world.present(source.name)
        if source.aspect == "unmet":
            return self.world.unmet(source.name)
        boundary: Boundary = cuts.limits[segment - 1] if cuts.limits else cuts.steps[segment - 1]
        return self.world.at_or_above(self.key_of(source), boundary)

    def key_of(self, source: Source) -> Key:
        """What a base variable is ordered by: value, lasting, events or stated."""
        ruleset = self.program.ruleset
        if source.aspect == "events":
            counted = ruleset.quantities[source.name].count
            assert counted is not None
            assert counted.events is not None
            assert counted.within is not None
            length = ruleset.window(counted.within)
            return "events", counted.events, length.days, length.months
        if source.aspect == "stated":
            return "value", ruleset.quantities[source.name].stated or "", 0, 0
        return source.aspect, source.name, 0, 0

    def _derive(self, derived: Derived, clauses: Sequence[Conjunction]) -> list[int]:
        """Literals for "in segment 0, 1, ... or above"."""
        formula = self.formula
        if derived.finding:
            return [formula.true, formula.any_of([self.rules[number] for number in bits_of(derived.rules)])]
        counted = [self.all_of(clauses[number]) for number in bits_of(derived.clauses)]
        if derived.needed is not None:
            if derived.needed == 1:
                return [formula.true, formula.any_of(counted)]
            return [formula.true, formula.counter(counted, derived.needed)[derived.needed]]
        cuts = self.program.variables[derived.variable].cuts
        assert cuts is not None
        most = [int(step) for step, _ in cuts.steps]
        reached = formula.counter(counted, max(most, default=0))
        steps = [formula.true]
        for segment, number in enumerate(most, start=1):
            held = reached[number]
            if derived.stated is not None:
                held = formula.any_of([held, self._stated(self.program.variables[derived.stated], segment)])
            steps.append(held)
        return steps

    def _stated(self, variable: Variable, segment: int) -> int:
        """Somebody stated a count in this segment or above: nobody can where there is nothing to state."""
        assert variable.source is not None
        stated = self.program.ruleset.quantities[variable.source.name].stated
        assert stated is not None
        return self.formula.all_of([self.world.applies(stated), self._step(variable, segment)])

    def some_rule(self, rules: int) -> int:
        """Some of these rules (as bits) holds."""
        return self.formula.any_of([self.rules[number] for number in bits_of(rules)])
