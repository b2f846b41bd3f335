"""One loaded ruleset, many threads at once: every answer is the one that a single thread gives."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from tests.answers import load_bundled, without_engine
from thresholds.assessing import ENGINES, EngineName
from thresholds.assessment import Assessment
from thresholds.ruleset import Ruleset
from thresholds.testing.building import ruleset_from
from thresholds.testing.cases import case, days_of_interest
from thresholds.testing.dice import Dice
from thresholds.testing.inventing import invent_files

THREADS = 8


def _invented(seed: int) -> Ruleset:
    return ruleset_from(*invent_files(Dice(Random(seed)), signs=20, rules=60, depth=5, full=True))


def _cases(ruleset: Ruleset, seed: int, count: int) -> list[Assessment]:
    dice = Dice(Random(seed))
    return [case(dice, ruleset, dice.one(days_of_interest(ruleset)), most=30) for _ in range(count)]


@pytest.mark.parametrize("seed", range(4))
def test_threads_that_share_a_ruleset_answer_as_one_would(seed: int) -> None:
    """Eight threads begin at once on a ruleset nobody has asked yet, each with all engines and its own order."""
    alone, shared = _invented(seed), _invented(seed)
    cases = _cases(alone, seed, 24)
    meant = [without_engine(alone.assess(one, engine="reference")) for one in cases]
    assert alone.hash == shared.hash
    begin = threading.Barrier(THREADS)

    def work(thread: int) -> list[str]:
        random = Random(thread)
        tasks: list[tuple[int, EngineName]] = [(number, engine) for number in range(len(cases)) for engine in ENGINES]
        random.shuffle(tasks)
        begin.wait()
        return [
            f"{engine} about case {number}"
            for number, engine in tasks
            if without_engine(shared.assess(cases[number], engine=engine)) != meant[number]
        ]

    with ThreadPoolExecutor(THREADS) as pool:
        wrong = [answer for answers in pool.map(work, range(THREADS)) for answer in answers]
    assert not wrong


def test_threads_on_a_bundled_ruleset() -> None:
    """Eight threads that ask the default engine about England's ruleset give what one thread gives."""
    ruleset = load_bundled("england")
    cases = _cases(ruleset, 8, 40)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(ruleset.assess, cases * THREADS))
    alone = load_bundled("england")
    assert answers == [alone.assess(one) for one in cases] * THREADS
