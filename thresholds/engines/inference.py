"""What every engine answers: which rules are certain, established and possible."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inference:
    """Rules as bits: bit `i` is rule `i` of the ruleset in force; certain within established within possible."""

    certain: int
    established: int
    possible: int
