"""Bodies and ranges to ask a network about, and what it must answer."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from thresholds.engines.network import Body, Condition

Ranges = dict[int, tuple[int, int]]


def holds(body: Body, ranges: Mapping[int, tuple[int, int]]) -> bool:
    """The meaning of a body."""
    known = [(c, ranges.get(c.variable)) for c in body]
    return all(
        r and (c.at_least is None or r[0] >= c.at_least) and (c.at_most is None or r[1] <= c.at_most) for c, r in known
    )


def expected(bodies: Sequence[Body], ranges: Mapping[int, tuple[int, int]]) -> list[int]:
    """What a network of these bodies must answer."""
    return [index for index, body in enumerate(bodies) if holds(body, ranges)]


def at_least(*limits: int) -> Body:
    """A body that asks at least so much of the variables 0, 1, 2 and so on."""
    return tuple(Condition(variable, limit, None) for variable, limit in enumerate(limits))


def random_bodies(rng: random.Random, count: int, variables: int, most: int) -> list[Body]:
    """Bodies of 1 to `most` conditions."""

    def condition(variable: int) -> Condition:
        low, high = rng.choice((None, 0, 1, 2, 3, 5)), rng.choice((None, None, 4, 5, 6, 9))
        return Condition(variable, low, high)

    return [
        tuple(condition(variable) for variable in rng.sample(range(variables), rng.randint(1, most)))
        for _ in range(count)
    ]


def random_ranges(rng: random.Random, variables: int) -> Ranges:
    """Ranges of some variables."""
    known = rng.sample(range(variables), rng.randint(0, variables))
    return {variable: (low := rng.randint(-1, 6), low + rng.choice((0, 0, 1, 3))) for variable in known}
