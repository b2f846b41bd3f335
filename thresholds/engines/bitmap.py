"""The bitmap engine: rules as bits of Python integers, a whole conjunction at one AND for each variable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from thresholds.compiled import Conjunction, Derived, Literal, Program, Stage, as_bits
from thresholds.encoding import Range
from thresholds.engines.inference import Inference
from thresholds.language.conditions import Truth, either
from thresholds.language.model import Group

Conjunctions = Callable[[int, Sequence[Range]], int]
"""Stage number and ranges of all variables into bits: which `when` (by rule) and which clauses surely hold."""


@dataclass(frozen=True, slots=True)
class Worked:
    """An inference, with the ranges of base and derived variables from which it came, and whom it is for."""

    inference: Inference
    ranges: list[Range]
    scope: dict[Group, Truth]
    possible: list[int]
    """By stage: the conjunctions that possibly hold, laid out as in Bitmaps."""
    counts: dict[str, tuple[int, int]]
    """By quantity that counts: the fewest and the most, whatever was stated."""


@dataclass(frozen=True, slots=True)
class Table:
    """For one variable in one stage: by code of its range, the conjunctions it does not rule out."""

    variable: int
    segments: int
    certain: tuple[int, ...]
    possible: tuple[int, ...]
    open: tuple[int, ...]
    """Those that it keeps between certain and ruled out."""


class Bitmaps:
    """A program's conjunctions as bits, stage by stage.

    Within a stage bit `i` is the `when` of rule `i`, bit `rules + i` that none of its exceptions holds, and
    bit `2 * rules + j` clause `j`.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.rules = len(program.ruleset.rules)
        self.every_rule = (1 << self.rules) - 1
        self.overriding = as_bits(rule.overriding for rule in program.ruleset.rules)
        self._quantities = {variable: name for name, variable in program.counted.items()}
        self.tables = [self._tables_of(stage) for stage in program.stages]
        self._segments = {
            derived.variable: self._segments_of(derived)
            for stage in program.stages
            for derived in stage.derived
            if not derived.finding and derived.needed is None
        }

    def _segments_of(self, derived: Derived) -> tuple[int, ...]:
        """The segment of a count for every number it can come to."""
        cuts = self.program.variables[derived.variable].cuts
        assert cuts is not None
        return tuple(cuts.segment(Fraction(count)) for count in range(derived.clauses.bit_count() + 1))

    def _tables_of(self, stage: Stage) -> list[Table]:
        conjunctions: list[tuple[int, Conjunction]] = []
        for number in range(self.rules):
            if stage.rules >> number & 1:
                conjunctions.append((number, self.program.when[number]))
                conjunctions.append((self.rules + number, self.program.spared[number]))
        conjunctions += [(2 * self.rules + number, clause) for number, clause in enumerate(stage.clauses)]
        every = (1 << 2 * self.rules + len(stage.clauses)) - 1
        literals: dict[int, list[tuple[int, Literal]]] = {}
        for bit, conjunction in conjunctions:
            for literal in conjunction:
                literals.setdefault(literal.variable, []).append((bit, literal))
        return [self._table(variable, found, every) for variable, found in sorted(literals.items())]

    def _table(self, variable: int, literals: list[tuple[int, Literal]], every: int) -> Table:
        segments = self.program.variables[variable].segments
        begin_above, end_below = [0] * segments, [0] * segments  # the literals that begin above, or end below, each
        for bit, literal in literals:
            for segment in range(literal.low):
                begin_above[segment] |= 1 << bit
            for segment in range(literal.high + 1, segments):
                end_below[segment] |= 1 << bit
        certain, possible = [every] * segments**2, [every] * segments**2
        for low in range(segments):
            for high in range(low, segments):
                code = low * segments + high
                certain[code] &= ~(begin_above[low] | end_below[high])
                possible[code] &= ~(begin_above[high] | end_below[low])
        either_way = (may & ~sure for may, sure in zip(possible, certain, strict=True))
        return Table(variable, segments, tuple(certain), tuple(possible), tuple(either_way))

    def both(self, stage: int, ranges: Sequence[Range]) -> tuple[int, int]:
        """The conjunctions of a stage that surely hold, and those that possibly do."""
        certain = possible = -1
        for table in self.tables[stage]:
            low, high = ranges[table.variable]
            code = low * table.segments + high
            certain &= table.certain[code]
            possible &= table.possible[code]
        return certain, possible

    def surely(self, stage: int, ranges: Sequence[Range]) -> int:
        """The conjunctions of a stage that surely hold."""
        certain = -1
        for table in self.tables[stage]:
            low, high = ranges[table.variable]
            certain &= table.certain[low * table.segments + high]
        return certain

    def work_out(
        self, base: Sequence[Range], scope: dict[Group, Truth], established_by: Conjunctions | None = None
    ) -> Worked:
        """Run the stages from the ranges of the base variables.

        `established_by` works out which conjunctions are established; where it is None, this engine does.
        """
        program, shift = self.program, self.rules
        surely_applies = maybe_applies = 0
        for groups, bits in program.scopes:
            applies = either(scope[group] for group in groups)
            surely_applies |= bits if applies is True else 0
            maybe_applies |= bits if applies is not False else 0
        ranges = [*base, *((0, 0) for _ in program.variables[program.base :])]
        settled, apart = list(ranges), False  # as far as established; apart: some finding is established, not certain
        assumed = surely_applies | maybe_applies & self.overriding  # an open question of scope delays no danger
        certain = established = possible = 0
        possibly: list[int] = []
        counts: dict[str, tuple[int, int]] = {}
        for number, stage in enumerate(program.stages):
            sure, may = self.both(number, ranges)
            possibly.append(may)
            if established_by is not None:
                held = established_by(number, settled)
            else:
                held = self.surely(number, settled) if apart else sure
            rules = stage.rules
            spared_surely, spared_maybe = sure >> shift, may >> shift
            certain |= sure & spared_surely & rules & surely_applies
            established |= held & spared_maybe & rules & assumed
            possible |= may & spared_maybe & rules & maybe_applies
            clauses = 2 * shift
            for derived in stage.derived:
                top = program.variables[derived.variable].segments - 1
                if derived.finding:
                    low, high = int(bool(certain & derived.rules)), int(bool(possible & derived.rules))
                    reached = int(bool(established & derived.rules))
                else:
                    least = (sure >> clauses & derived.clauses).bit_count()
                    most = (may >> clauses & derived.clauses).bit_count()
                    if derived.needed is None:
                        counts[self._quantities[derived.variable]] = least, most
                    low = self._value(derived, least, ranges, 0)
                    high = self._value(derived, most, ranges, 1)
                    reached = self._value(derived, (held >> clauses & derived.clauses).bit_count(), ranges, 0)
                ranges[derived.variable] = (low, high)
                settled[derived.variable] = (low, high) if reached == low else (reached, top)
                apart = apart or reached != low
        return Worked(Inference(certain, established, possible), ranges, scope, possibly, counts)

    def _value(self, derived: Derived, count: int, ranges: Sequence[Range], end: int) -> int:
        if derived.needed is not None:
            return int(count >= derived.needed)
        segment = self._segments[derived.variable][count]
        return segment if derived.stated is None else max(segment, ranges[derived.stated][end])
