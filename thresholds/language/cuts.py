"""Cut points: an ordered domain split where any test changes its answer, so that a value is a small number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from itertools import pairwise

from thresholds.language.durations import MIXED_UNITS, Duration, Elapsed
from thresholds.language.unary import Domain, TestFault, ValueSet

Step = tuple[Fraction, int]
"""Where a segment of numbers begins: at the number (0) or just after it (1)."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """The segments of one ordered domain, numbered from 0; each begins at a step or once a duration is reached."""

    steps: tuple[Step, ...] = ()
    limits: tuple[Duration, ...] = ()

    @property
    def count(self) -> int:
        """How many segments there are."""
        return len(self.steps) + len(self.limits) + 1

    def segment(self, value: Fraction) -> int:
        """The segment in which a number (or the position of a scale's value) lies."""
        return bisect_right(self.steps, (value, 0))

    def span(self, elapsed: Elapsed) -> tuple[int, int]:
        """The lowest and the highest segment that a time passed can lie in."""
        low = sum(1 for limit in self.limits if elapsed.surely(limit))
        return low, low + sum(1 for limit in self.limits[low:] if elapsed.possibly(limit))

    def mask(self, accepted: ValueSet) -> int:
        """The segments a test accepts, as bits."""
        bits = 0
        for interval in accepted.intervals:
            first, end = 0, self.count
            low, high = interval.low, interval.high
            if isinstance(low, Duration):
                first = self._reached(low)
            elif low is not None:
                first = bisect_right(self.steps, (low, 0 if interval.low_included else 1))
            if isinstance(high, Duration):
                end = self._reached(high)
            elif high is not None:
                side = bisect_right if interval.high_included else bisect_left
                end = side(self.steps, (high, 0)) + 1
            bits |= (1 << end) - (1 << first) if end > first else 0
        return ~bits & ((1 << self.count) - 1) if accepted.negated else bits

    def _reached(self, limit: Duration) -> int:
        """The segment that begins once a limit is reached, in whatever unit it is written."""
        return next(number for number, one in enumerate(self.limits, start=1) if one.order(limit) == 0)


def cut(domain: Domain, accepted: Iterable[ValueSet]) -> Cuts:
    """Cut a domain at every end of every set; a scale at every value.

    TestFault where two durations have no fixed order (30 days and 1 month).
    """
    if domain.kind == "scale":
        return Cuts(steps=tuple((Fraction(position), 0) for position in range(1, len(domain.values))))
    steps: set[Step] = set()
    limits: dict[tuple[int, int], Duration] = {}
    for one in accepted:
        for interval in one.intervals:
            for end, after in ((interval.low, not interval.low_included), (interval.high, interval.high_included)):
                if isinstance(end, Duration):
                    limits[end.days, end.months] = end
                elif end is not None:
                    steps.add((end + 1, 0) if domain.whole and after else (end, int(after)))
    inside = (
        step
        for step in steps
        if (domain.low is None or step > (domain.low, 0)) and (domain.high is None or step <= (domain.high, 0))
    )
    return Cuts(tuple(sorted(inside)), _in_order(limits.values()))


def _in_order(limits: Iterable[Duration]) -> tuple[Duration, ...]:
    def order(one: Duration, other: Duration) -> int:
        answer = one.order(other)
        if answer is None:
            raise TestFault(
                f"{one} and {other} are both limits of one duration, and either can come first",
                MIXED_UNITS,
            )
        return answer

    ordered = sorted(limits, key=cmp_to_key(order))
    for one, other in pairwise(ordered):
        order(one, other)
    return tuple(ordered)


def runs(mask: int) -> Iterator[tuple[int, int]]:
    """The unbroken stretches of set bits, first and last bit of each."""
    position = 0
    while mask >> position:
        if mask >> position & 1:
            last = position
            while mask >> (last + 1) & 1:
                last += 1
            yield position, last
            position = last
        position += 1
