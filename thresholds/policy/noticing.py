"""Which children notice a small change of a ruleset: whose answer is then not the one that is expected."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from thresholds.assessment import Assessment
from thresholds.compiled import bits_of
from thresholds.deciding import Decider
from thresholds.decision import Decision
from thresholds.engines.bitmap import Bitmaps, Worked
from thresholds.engines.inference import Inference
from thresholds.engines.reference import infer, scope_of
from thresholds.knowledge import Knowledge, know
from thresholds.language.conditions import counts_in, every_test
from thresholds.language.definition import InForce
from thresholds.language.model import GROUPS, Parameter, Quantity, Response, Rule
from thresholds.policy.many_children import Held, ManyChildren, Otherwise
from thresholds.policy.mutating import Mutant
from thresholds.ruleset import Ruleset


@dataclass(frozen=True)
class Expecting:
    """A child, and whether a decision about them is the one that is expected."""

    name: str
    assessment: Assessment
    expected: Callable[[Decision], bool]


@dataclass(frozen=True)
class Touched:
    """What a change can bear on, as rules by number and names that tests read."""

    rules: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    asked: bool = False
    """Whom a topic is asked about, or how few sessions say nothing."""


class Observers:
    """Children on whom mutants are tried, all of one period in which nothing in the ruleset changes."""

    def __init__(self, ruleset: Ruleset, children: Sequence[Expecting]) -> None:
        self.ruleset, self.children = ruleset, tuple(children)
        self.on = self.children[0].assessment.on
        self.assessor = ruleset.assessor(self.on)
        self.in_force = self.assessor.ruleset
        self.known = [know(child.assessment, self.in_force) for child in self.children]
        self.many = ManyChildren(self.in_force, self.known)
        self.record = ruleset.assess(self.children[0].assessment, engine="bitmap").record

    @cached_property
    def worked(self) -> list[Worked]:
        """What the bitmap engine makes of each child."""
        return [self.assessor.infer(one, "bitmap") for one in self.known]

    @cached_property
    def uses(self) -> Uses:
        """What reads what."""
        return Uses(self.in_force)

    def noticing(self, mutant: Mutant) -> Iterator[Expecting]:
        """The children who are not answered as expected once the ruleset is changed so."""
        after = mutant.applied(self.in_force, self.on)
        if after is None:
            return
        touched = self.uses.touched(mutant)
        decider = self._decider(mutant, after)
        for number, knowledge, worked in self._otherwise(mutant, after, touched):
            child = self.children[number]
            if not child.expected(decider.decide(child.assessment, knowledge, worked, self.record)):
                yield child

    def _otherwise(self, mutant: Mutant, after: InForce, touched: Touched) -> Iterator[tuple[int, Knowledge, Worked]]:
        """The children for whom some rule holds otherwise, or gives something else, with what then holds."""
        many = Otherwise(self.many, after, touched.rules, touched.names)
        held = {number: (self.many.rule(number), many.rule(number)) for number in sorted(many.rules)}
        likely, changed = self._tried(mutant)
        for before, now in held.values():
            likely |= before.established ^ now.established
            changed |= (before.certain ^ now.certain) | (before.possible ^ now.possible)
        for group in GROUPS:
            once, then = self.many.scope[group], many.scope[group]
            likely |= (once.true ^ then.true) | (once.maybe ^ then.maybe)
        asked_otherwise = self._asked_otherwise(after) if touched.asked else {}
        for number in (*bits_of(likely), *bits_of(changed & ~likely)):
            if number not in asked_otherwise:
                worked = self.worked[number]
                inference = _with(worked.inference, {rule: now for rule, (_, now) in held.items()}, number)
                scope = {group: many.truth(many.scope[group], number) for group in GROUPS}
                knowledge = replace(self.known[number], ruleset=after)
                yield number, knowledge, replace(worked, inference=inference, scope=scope)
        for number, knowledge in asked_otherwise.items():
            worked = replace(self.worked[number], inference=infer(knowledge), scope=scope_of(knowledge))
            yield number, knowledge, worked

    def _tried(self, mutant: Mutant) -> tuple[int, int]:
        """The children for whom a rule is established, and those for whom it may hold, that gives something else."""
        if isinstance(mutant.changed, Response):
            giving = [n for n, rule in enumerate(self.in_force.rules) if mutant.entry in rule.responses]
        else:
            giving = [self.uses.number[mutant.entry]] if mutant.kind == "weight" else []
        established = possible = 0
        for number in giving:
            held = self.many.rule(number)
            established, possible = established | held.established, possible | held.possible
        return established, possible

    def _asked_otherwise(self, after: InForce) -> dict[int, Knowledge]:
        """The children of whom something else is then known, or left open."""
        found = {}
        for number, (child, before) in enumerate(zip(self.children, self.known, strict=True)):
            knowledge = know(child.assessment, after)
            if (knowledge.looked_at, knowledge.current) != (before.looked_at, before.current):
                found[number] = knowledge
        return found

    def _decider(self, mutant: Mutant, after: InForce) -> Decider:
        if mutant.kind not in ("weight", "level"):
            return self.assessor.decider
        return decider_of(self.ruleset, self.assessor.bitmaps, after)


def decider_of(ruleset: Ruleset, bitmaps: Bitmaps, after: InForce) -> Decider:
    """What decides by the weights and levels of a changed ruleset, given which of its rules hold."""
    changed: Bitmaps = copy.copy(bitmaps)
    changed.program = replace(bitmaps.program, ruleset=after)
    return Decider(ruleset.definition, changed)


class Uses:
    """Which rules of a ruleset in force read which quantities and parameters."""

    def __init__(self, ruleset: InForce) -> None:
        self.ruleset = ruleset
        self.number = {rule.id: number for number, rule in enumerate(ruleset.rules)}
        self._reading: dict[str, set[int]] = {}
        """By name read, or parameter: the rules."""
        self._naming: dict[str, set[str]] = {}
        """By parameter: the names that are tested against it, or counted with it."""
        for number, rule in enumerate(ruleset.rules):
            for condition in rule.conditions():
                for test, _ in every_test(condition):
                    self._reading.setdefault(test.name, set()).add(number)
                    for word in test.test.names:
                        self._reading.setdefault(word, set()).add(number)
                        self._naming.setdefault(word, set()).add(test.name)
                for counted in counts_in(condition):
                    self._reading.setdefault(counted.number, set()).add(number)
        for quantity in ruleset.quantities.values():
            for word in named_in(quantity):
                self._naming.setdefault(word, set()).add(quantity.id)
                self._reading.setdefault(word, set()).update(self._reading.get(quantity.id, ()))

    def touched(self, mutant: Mutant) -> Touched:
        """What a mutant can bear on."""
        changed = mutant.changed
        if isinstance(changed, Rule):
            return Touched(frozenset([self.number[mutant.entry]]))
        if isinstance(changed, Response):
            return Touched()
        reading, naming = self._reading.get(mutant.entry, set()), self._naming.get(mutant.entry, set())
        if isinstance(changed, Quantity):
            return Touched(frozenset(reading), frozenset([mutant.entry]))
        assert isinstance(changed, Parameter)
        scoped = {
            test.name
            for condition in self.ruleset.scope.scope.values()
            for test, _ in every_test(condition)
            if mutant.entry in test.test.names
        }
        rules = range(len(self.ruleset.rules)) if scoped else reading
        asked = any(topic.ages and mutant.entry in topic.ages.names for topic in self.ruleset.topics.values())
        asked |= any(one.sessions_at_least == mutant.entry for one in self.ruleset.indicators.values())
        return Touched(frozenset(rules), frozenset(naming | scoped), asked)


def named_in(quantity: Quantity) -> Collection[str]:
    """The parameters that a quantity names."""
    counted = quantity.count
    where = quantity.longest.where if quantity.longest else counted.where if counted else None
    named = [word for test in (where.value, where.lasting) if test is not None for word in test.names] if where else []
    return [*named, *([counted.within] if counted is not None and counted.within is not None else [])]


def _with(before: Inference, held: dict[int, Held], child: int) -> Inference:
    """What holds for a child, with some rules worked out anew."""
    anew = sum(1 << rule for rule in held)

    def bits(place: int, old: int) -> int:
        return (old & ~anew) | sum(1 << rule for rule, now in held.items() if now[place] >> child & 1)

    return Inference(bits(0, before.certain), bits(1, before.established), bits(2, before.possible))
