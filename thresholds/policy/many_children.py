"""Many children at once: whether each rule holds for each of them, as bits, one for each child.

Single tests are the reference engine's, asked once for all children of whom the same is known; what stands around
them is worked out over the bits. Of a changed ruleset only those rules are worked out that can have changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

from thresholds.compiled import as_bits, bits_of
from thresholds.engines.reference import Degrees, Reading, evaluate, scope_of
from thresholds.knowledge import Knowledge
from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test, Truth, every_test
from thresholds.language.definition import InForce
from thresholds.language.model import GROUPS, Group, Rule


class Truths(NamedTuple):
    """For whom something is true, and for whom it may be."""

    true: int
    maybe: int


class Held(NamedTuple):
    """For whom a rule or finding is certain, established and possible."""

    certain: int
    established: int
    possible: int


_NOBODY = Held(0, 0, 0)


class ManyChildren:
    """What the rules of a ruleset in force say of some children, known in its terms."""

    def __init__(self, ruleset: InForce, known: Sequence[Knowledge]) -> None:
        self.ruleset, self.known = ruleset, tuple(known)
        self.every = (1 << len(self.known)) - 1
        self.concluding: dict[str, list[int]] = {}
        for number, rule in enumerate(ruleset.rules):
            for name in rule.findings:
                self.concluding.setdefault(name, []).append(number)
        self._held: dict[int, Held] = {}
        self._findings: dict[str, Held] = {}
        self._tests: dict[tuple[str, str, str], Truths] = {}
        self._alike: dict[str, list[tuple[int, int]]] = {}

    @cached_property
    def scope(self) -> dict[Group, Truths]:
        """To which groups each child belongs."""
        found = [scope_of(replace(one, ruleset=self.ruleset)) for one in self.known]
        return {
            group: Truths(
                true=as_bits(one[group] is True for one in found),
                maybe=as_bits(one[group] is not False for one in found),
            )
            for group in GROUPS
        }

    def truth(self, truths: Truths, child: int) -> Truth:
        """What is true of one child."""
        return True if truths.true >> child & 1 else None if truths.maybe >> child & 1 else False

    def rule(self, number: int) -> Held:
        """For whom a rule holds."""
        if number not in self._held:
            self._held[number] = self._work_out(self.ruleset.rules[number])
        return self._held[number]

    def finding(self, name: str) -> Held:
        """For whom a finding holds."""
        if name not in self._findings:
            held = [self.rule(number) for number in self.concluding.get(name, ())]
            self._findings[name] = Held(*(reduce(or_, bits) for bits in zip(*held, strict=True))) if held else _NOBODY
        return self._findings[name]

    def _work_out(self, rule: Rule) -> Held:
        applies = self._any([self.scope[group] for group in rule.applies_to])
        when = self._truths(rule.when, "certain")
        established = self._truths(rule.when, "established").true
        spared = self._all([self._not(self._truths(exception.when, "certain")) for exception in rule.unless])
        assumed = applies.maybe if rule.overriding else applies.true
        return Held(
            certain=applies.true & when.true & spared.true,
            established=assumed & established & spared.maybe,
            possible=applies.maybe & when.maybe & spared.maybe,
        )

    def _truths(self, condition: Condition, findings: str) -> Truths:
        if isinstance(condition, Test):
            return self.test(condition, findings)
        parts = [self._truths(part, findings) for part in condition.parts]
        if isinstance(condition, AllOf):
            return self._all(parts)
        if isinstance(condition, AnyOf):
            return self._any(parts)
        if isinstance(condition, NoneOf):
            return self._all([self._not(part) for part in parts])
        assert isinstance(condition, AtLeast)
        number = self.ruleset.whole_number(condition.number)
        return Truths(*(self._at_least(number, bits) for bits in zip(*parts, strict=True)))

    def _at_least(self, number: int, parts: Iterable[int]) -> int:
        reached = [self.every, *(0 for _ in range(number))]
        for bits in parts:
            for count in range(number, 0, -1):
                reached[count] |= reached[count - 1] & bits
        return reached[number]

    def _all(self, parts: Iterable[Truths]) -> Truths:
        true = maybe = self.every
        for part in parts:
            true, maybe = true & part.true, maybe & part.maybe
        return Truths(true, maybe)

    def _any(self, parts: Iterable[Truths]) -> Truths:
        true = maybe = 0
        for part in parts:
            true, maybe = true | part.true, maybe | part.maybe
        return Truths(true, maybe)

    def _not(self, truths: Truths) -> Truths:
        return Truths(self.every & ~truths.maybe, self.every & ~truths.true)

    def test(self, test: Test, findings: str) -> Truths:
        """For whom a test is true. `findings`: whether those count as true that are certain, or established."""
        reads = findings_read(test.name, self.ruleset)
        key = (test.name, test.test.text, findings if reads else "")
        if key not in self._tests:
            self._tests[key] = self._of_findings(test, findings, reads) if reads else self._asked_once(test)
        return self._tests[key]

    def _asked_once(self, test: Test) -> Truths:
        true = maybe = 0
        for first, bits in self.alike(test.name):
            truth = evaluate(test, Reading(replace(self.known[first], ruleset=self.ruleset), {}))
            true |= bits if truth is True else 0
            maybe |= bits if truth is not False else 0
        return Truths(true, maybe)

    def _of_findings(self, test: Test, findings: str, reads: Collection[str]) -> Truths:
        """A test of a finding, or of how many there are: asked once of all children who have the same ones."""
        held = {name: self.finding(name) for name in reads}
        apart = [self.every]
        for bits in (bits for one in held.values() for bits in one):
            apart = [part for group in apart for part in (group & bits, group & ~bits) if part]
        true = maybe = 0
        for group in apart:
            known = {name: Degrees(*(bool(group & bits) for bits in one)) for name, one in held.items()}
            first = next(bits_of(group))
            reading = Reading(replace(self.known[first], ruleset=self.ruleset), {}, known)
            truth = evaluate(test, reading, findings)
            true |= group if truth is True else 0
            maybe |= group if truth is not False else 0
        return Truths(true, maybe)

    def alike(self, name: str) -> list[tuple[int, int]]:
        """The children grouped by what is known of an indicator, or of what a quantity counts: the first, and all."""
        if name not in self._alike:
            groups: dict[object, int] = {}
            for number in range(len(self.known)):
                key = self._known_of(name, number)
                groups[key] = groups.get(key, 0) | 1 << number
            self._alike[name] = [(next(bits_of(bits)), bits) for bits in groups.values()]
        return self._alike[name]

    def _known_of(self, name: str, number: int) -> object:
        one = self.known[number]
        quantity = self.ruleset.quantities.get(name)
        if quantity is None:
            return one.on, one.possible(name)
        members = self.ruleset.members(quantity)
        read = members if quantity.stated is None else (*members, quantity.stated)
        touched = self._touched[number]
        return (
            one.on,
            one.looked_at,
            *(
                (each, one.possible(each), one.present(each), one.unmet(each), one.lasting(each))
                for each in read
                if each in touched
            ),
        )

    @cached_property
    def _touched(self) -> list[frozenset[str]]:
        """By child the indicators on which something observed bears: itself, what it is a detail of, other details."""
        found = []
        for one in self.known:
            tops = {self._top[name] for name in (*one.current, *one.not_applicable)}
            found.append(frozenset(name for top in tops for name in self._families[top]))
        return found

    @cached_property
    def readers(self) -> dict[str, list[int]]:
        """By finding the rules that read it, or count it."""
        found: dict[str, list[int]] = {}
        for number, rule in enumerate(self.ruleset.rules):
            for name in {test.name for condition in rule.conditions() for test, _ in every_test(condition)}:
                for finding in findings_read(name, self.ruleset):
                    found.setdefault(finding, []).append(number)
        return found

    @cached_property
    def _top(self) -> dict[str, str]:
        indicators = self.ruleset.indicators

        def top(name: str) -> str:
            parent = indicators[name].detail_of
            return name if parent is None else top(parent)

        return {name: top(name) for name in indicators}

    @cached_property
    def _families(self) -> dict[str, list[str]]:
        families: dict[str, list[str]] = {}
        for name, top in self._top.items():
            families.setdefault(top, []).append(name)
        return families


class Otherwise(ManyChildren):
    """The same children in a changed ruleset, in which some rules read otherwise; rules keep their numbers."""

    def __init__(self, before: ManyChildren, after: InForce, rules: Collection[int], names: Collection[str]) -> None:
        """`rules`: those that read otherwise; `names`: what tests of these accept, or count, may have changed."""
        super().__init__(after, before.known)
        self.before, self.names = before, frozenset(names)
        self.rules = frozenset(downstream(rules, before))
        self._alike = before._alike

    @cached_property
    def scope(self) -> dict[Group, Truths]:
        read = {test.name for one in self.ruleset.scope.scope.values() for test, _ in every_test(one)}
        return super().scope if read & self.names else self.before.scope

    def rule(self, number: int) -> Held:
        return super().rule(number) if number in self.rules else self.before.rule(number)

    def finding(self, name: str) -> Held:
        mine = any(number in self.rules for number in self.before.concluding.get(name, ()))
        return super().finding(name) if mine else self.before.finding(name)

    def test(self, test: Test, findings: str) -> Truths:
        old = test.name not in self.names and not findings_read(test.name, self.ruleset)
        return self.before.test(test, findings) if old else super().test(test, findings)


def findings_read(name: str, ruleset: InForce) -> tuple[str, ...]:
    """The findings that a test of a name reads."""
    if name in ruleset.findings:
        return (name,)
    quantity = ruleset.quantities.get(name)
    if quantity is None or quantity.count is None or quantity.count.findings is None:
        return ()
    return ruleset.members(quantity)


def downstream(rules: Collection[int], children: ManyChildren) -> set[int]:
    """These rules, and all that read what they conclude, directly or through others."""
    found, below = set(rules), list(rules)
    while below:
        for finding in children.ruleset.rules[below.pop()].findings:
            for number in children.readers.get(finding, ()):
                if number not in found:
                    found.add(number)
                    below.append(number)
    return found
