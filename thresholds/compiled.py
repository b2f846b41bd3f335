"""A ruleset as small integers: the one form that every engine but the reference is given.

Each thing a rule can test becomes a *variable* cut into segments; what is known of it is a range of segments,
and a test is a *literal*: that range lies in a stretch (it surely holds) or meets it (it possibly holds). Negation
is pushed down to the literals, so that every rule is one conjunction for its `when` and one for its `unless` turned
round; choices, counts and findings become derived variables, worked out stage by stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from thresholds.language.cuts import Cuts
from thresholds.language.definition import InForce
from thresholds.language.model import Group


@dataclass(frozen=True, slots=True)
class Literal:
    """A variable held against a stretch of its segments, both ends included."""

    variable: int
    low: int
    high: int


Conjunction = tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a base variable is read: an aspect of an indicator or of a quantity."""

    aspect: str
    """value, words, present, unmet, lasting (of an indicator); events, stated (of a quantity); constant."""
    name: str
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Variable:
    """One thing tested. A base variable has a `source`; the last segment of one that may not apply says so."""

    segments: int
    level: int
    source: Source | None = None
    cuts: Cuts | None = None
    may_not_apply: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """A variable worked out after a stage: how many of some clauses hold, or whether some rule does."""

    variable: int
    clauses: int = 0
    """Bits of the stage's clauses that are counted."""
    needed: int | None = None
    """It is a flag: true where at least this many hold. None: it is a count, cut into segments."""
    stated: int | None = None
    """Base variable with the count as somebody stated it; the larger of the two is taken."""
    rules: int = 0
    """Bits of the rules that conclude this finding."""
    finding: bool = False


@dataclass
class Stage:
    """Clauses and rules whose variables are all known once the stages before have run."""

    clauses: list[Conjunction] = field(default_factory=list)
    rules: int = 0
    derived: list[Derived] = field(default_factory=list)


@dataclass(frozen=True)
class Program:
    """A compiled ruleset. Rule `i` is `ruleset.rules[i]` and bit `i` of every set of rules."""

    ruleset: InForce
    variables: tuple[Variable, ...]
    base: int
    """Variables below this number are base variables; variable 0 is a constant."""
    stages: tuple[Stage, ...]
    when: tuple[Conjunction, ...]
    spared: tuple[Conjunction, ...]
    """By rule: that no exception holds."""
    scopes: tuple[tuple[frozenset[Group], int], ...]
    """Each distinct `applies_to` with the bits of its rules."""
    counted: dict[str, int]
    """By quantity that counts indicators or findings: its derived variable."""
    also: tuple[Conjunction, ...] = ()
    """Conditions beside the rules, in the order in which they were asked for."""

    @cached_property
    def by_indicator(self) -> dict[str, tuple[int, ...]]:
        """The base variables that an observation of an indicator bears on."""
        found: dict[str, list[int]] = {}
        for number in range(self.base):
            for name in self.indicators_of(number):
                found.setdefault(name, []).append(number)
        return {name: tuple(numbers) for name, numbers in found.items()}

    def indicators_of(self, variable: int) -> tuple[str, ...]:
        """The indicators a base variable is read from."""
        source = self.variables[variable].source
        if source is None or source.aspect == "constant":
            return ()
        if source.aspect == "events":
            return self.ruleset.members(self.ruleset.quantities[source.name])
        if source.aspect == "stated":
            return (self.ruleset.quantities[source.name].stated or "",)
        return (source.name,)


def bits_of(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, from the lowest."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def as_bits(holds: Iterable[bool]) -> int:
    """Bit `i` for the `i`-th of these."""
    return sum(1 << number for number, one in enumerate(holds) if one)
