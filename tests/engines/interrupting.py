"""A program: signals interrupt networks in the middle of matches, and each answer afterwards must be right."""

from __future__ import annotations

import itertools
import random
import signal
from collections.abc import Callable

from tests.engines.bodies import Ranges, expected, random_bodies, random_ranges
from thresholds.engines.network import Network, NetworkPool

TURNS = 150


def main() -> None:
    """After each signal, in a match or in starting afresh, the next answer is right."""
    rng = random.Random(6)
    bodies, cases = random_bodies(rng, 40, 12, 6), [random_ranges(rng, 12) for _ in range(50)]
    matches = [Network(bodies).matches, NetworkPool(bodies).matches]
    signals = interrupted = 0

    def ring(*_: object) -> None:
        nonlocal signals
        signals += 1
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, ring)
    for turn in range(1, TURNS + 1):
        case, ask = cases[turn % 50], matches[turn % 2]

        def until_it_rings(ask: Callable[[Ranges], list[int]] = ask, turn: int = turn) -> None:
            for other in itertools.cycle(cases):
                ask(other)
                if signals == turn:  # in a finalizer Python drops what is raised: the signal came all the same
                    return

        try:  # around a call: CPython 3.13.0 does not catch what is raised as a loop jumps back
            signal.setitimer(signal.ITIMER_REAL, rng.uniform(0.0002, 0.006))
            until_it_rings()
        except KeyboardInterrupt:
            interrupted += 1
        answer = ask(case)
        assert answer == expected(bodies, case), f"after signal {turn}: {answer}"
    assert signals == TURNS, f"{signals} signals came"
    assert interrupted > TURNS * 2 // 3, f"only {interrupted} of them interrupted"


if __name__ == "__main__":
    main()
