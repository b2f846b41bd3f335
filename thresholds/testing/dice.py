"""Choices for inventing rulesets and cases: from Hypothesis, which makes failures small, or from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

_T = TypeVar("_T")


class Dice:
    """Choices over a Random; where Hypothesis stands behind it, the first option and `no` are the simplest."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def maybe(self, percent: int) -> bool:
        """Yes in so many of a hundred cases."""
        return self._random.randint(0, 99) >= 100 - percent

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(low, high) if high > low else low

    def one(self, options: Sequence[_T]) -> _T:
        """One of these."""
        return options[self.number(0, len(options) - 1)]

    def some(self, options: Sequence[_T], least: int = 0, most: int | None = None) -> list[_T]:
        """Some of these, each once, in the order given."""
        most = len(options) if most is None else min(most, len(options))
        wanted = self.number(min(least, most), most)
        left = list(range(len(options)))
        chosen = [left.pop(self.number(0, len(left) - 1)) for _ in range(wanted)]
        return [options[place] for place in sorted(chosen)]

    def shuffled(self, options: Sequence[_T]) -> list[_T]:
        """All of these in another order."""
        left = list(options)
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(len(left))]
