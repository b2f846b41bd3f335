"""The boundary pairs of a ruleset, found once for each ruleset and day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from thresholds.policy.boundaries import BoundaryPair, boundaries
from thresholds.ruleset import Ruleset


@lru_cache(maxsize=8)
def pairs_of(ruleset: Ruleset, on: date) -> tuple[BoundaryPair, ...]:
    """All of them."""
    return tuple(one.pair for one in boundaries(ruleset, on) if one.pair is not None)
