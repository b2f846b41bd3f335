"""The Rete network holds exactly the bodies that hold, whatever their number and shape and whatever interrupts it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.bodies import Ranges, at_least, expected, random_bodies, random_ranges
from thresholds.engines import network as module
from thresholds.engines.network import Body, Condition, DurableFault, DurableUnavailable, Network, NetworkPool
from thresholds.errors import ThresholdsError

if not module.available():
    pytest.skip("durable_rules is not installed here", allow_module_level=True)

ROOT = Path(__file__).parents[2]
STATM = Path("/proc/self/statm")


limits = st.none() | st.integers(-3, 8)
bodies_of_any_kind = st.lists(
    st.lists(st.builds(Condition, st.integers(0, 9), limits, limits), min_size=1, max_size=14).map(tuple),
    max_size=25,
)
ranges_of_any_kind = st.dictionaries(st.integers(0, 11), st.tuples(st.integers(-4, 9), st.integers(-4, 9)))


@settings(deadline=None)
@given(bodies_of_any_kind, st.lists(ranges_of_any_kind, max_size=8))
def test_it_answers_as_the_meaning_says(bodies: list[Body], cases: list[Ranges]) -> None:
    """A network gives the bodies that hold, and no other, one case after another."""
    network = Network(bodies)
    assert [network.matches(case) for case in cases] == [expected(bodies, case) for case in cases]


@settings(deadline=None)
@given(bodies_of_any_kind, ranges_of_any_kind, st.randoms(use_true_random=False))
def test_no_order_matters(bodies: list[Body], case: Ranges, rng: random.Random) -> None:
    """The order of bodies, of their conditions and of the ranges given changes no answer."""
    places = list(range(len(bodies)))
    rng.shuffle(places)
    shuffled: list[Body] = [tuple(rng.sample(bodies[place], len(bodies[place]))) for place in places]
    case_shuffled = dict(rng.sample(list(case.items()), len(case)))
    answer = Network(shuffled).matches(case_shuffled)
    assert sorted(places[index] for index in answer) == Network(bodies).matches(case)


@pytest.mark.parametrize("most", [3, 12, 40])
def test_five_hundred_bodies_over_sixty_variables(most: int) -> None:
    """500 bodies on 60 variables are answered rightly, also with every variable at its worst."""
    rng = random.Random(most)
    bodies = random_bodies(rng, 500, 60, most)
    network = Network(bodies)
    for case in [dict.fromkeys(range(60), (5, 4)), *(random_ranges(rng, 60) for _ in range(150)), {}]:
        assert network.matches(case) == expected(bodies, case)


def test_thirty_conditions_true_at_once_on_each_of_sixty_variables() -> None:
    """1,800 conditions true at once, in bodies of one to six, all hold."""
    rng = random.Random(2)
    bodies: list[Body] = [
        (
            Condition(variable, limit, 200 - limit),
            *(Condition(rng.randrange(60), rng.randrange(30), None) for _ in range(rng.randint(0, 5))),
        )
        for variable in range(60)
        for limit in range(30)
    ]
    network = Network(bodies)
    assert network.matches(dict.fromkeys(range(60), (100, 100))) == list(range(1800))
    some = {variable: (variable % 31, 190) for variable in range(60)}
    assert network.matches(some) == expected(bodies, some)


SHAPES = {
    "a variable each": "[(Condition(n, 1, None),) for n in range({0})]",
    "one variable": "[(Condition(0, 1 - n, None),) for n in range({0})]",
    "pairs of limits": "[(Condition(n % 7, 1 - n, 9 + n),) for n in range({0})]",
    "second places": "[(Condition(n // 100, 1, None), Condition(50 + n, 1, None)) for n in range({0})]",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [511, 512, 513])
def test_around_the_number_of_conditions_at_which_the_engine_never_returns(count: int, shape: str) -> None:
    """511, 512 and 513 distinct conditions are answered, in every position."""
    code = f"""
from thresholds.engines.network import Condition, Network
network = Network({SHAPES[shape].format(count)})
assert network.matches(dict.fromkeys(range(600), (5, 5))) == list(range({count}))
assert network.matches({{0: (-10**6, 5)}}) == []
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True, timeout=120)


@pytest.mark.parametrize("count", [64, 65, 130])
def test_more_than_sixty_four_limits_of_one_variable(count: int) -> None:
    """Any number of limits of one variable may be true at once: a fact of the engine may meet 64."""
    bodies: list[Body] = [(Condition(0, limit, None),) for limit in range(count)]
    bodies += [(Condition(0, limit, 500 - limit), Condition(1, None, 0)) for limit in range(count)]
    network = Network(bodies)
    for case in ({0: (400, 400), 1: (0, 0)}, {0: (400, 450)}, {0: (60, 440), 1: (-1, 0)}, {1: (0, 0)}):
        assert network.matches(case) == expected(bodies, case)


@pytest.mark.parametrize("count", [255, 256, 257, 1000])
def test_more_than_256_bodies_on_one_condition(count: int) -> None:
    """Any number of bodies may share a condition: at 256 rules on one the engine goes astray, at 257 it refuses."""
    bodies: list[Body] = [(Condition(0, 1, None), Condition(1 + index, 1, None)) for index in range(count)]
    bodies.append((Condition(9000, 1, None),))
    network = Network(bodies)
    everything = dict.fromkeys(range(count + 1), (1, 1))
    assert network.matches(everything) == list(range(count))
    assert network.matches({**everything, 0: (0, 1)}) == []
    assert network.matches({0: (1, 1), 7: (1, 2), 9000: (3, 3)}) == [6, count]


@pytest.mark.parametrize("most", [3, 12])
def test_rulesets_stay_inside_the_limits_of_the_engine(most: int) -> None:
    """Counted in the rules themselves, no ruleset comes to a limit, however many bodies lean on one condition."""
    rng = random.Random(most)
    bodies = random_bodies(rng, 200, 450, most) + random_bodies(rng, 200, 3, 3)
    bodies += [(Condition(500, 1, None), *body) for body in bodies]
    bodies += [(Condition(501, limit, 900 - limit),) for limit in range(100)]
    bodies += [(Condition(600 + variable, 1, None),) for variable in range(900)]
    bodies += [(Condition(number % 300, 20 + number, None),) for number in range(4200)]
    for ruleset in Network(bodies)._rulesets:
        rules = [[next(iter(place.values()))["$and"] for place in rule["all"]] for rule in ruleset.rules.values()]
        conditions = [json.dumps(condition) for rule in rules for condition in rule]
        variables = Counter(json.dumps(json.loads(condition)[0]) for condition in set(conditions))
        assert len(rules) < 4095
        assert max(len(rule) for rule in rules) <= 4
        assert max(Counter(conditions).values()) < 255
        assert len(variables) < 511
        assert 2 * max(variables.values()) < 64


def test_three_hundred_identical_bodies() -> None:
    """Bodies that say the same, in whatever order and with whatever repetition, all hold together."""
    one, other = Condition(0, 2, None), Condition(1, None, 3)
    bodies: list[Body] = [(one, other), (other, one), (one, Condition(0, 1, None), other)] * 100
    network = Network([*bodies, (one,)])
    assert network.matches({0: (2, 2), 1: (3, 3)}) == list(range(301))
    assert network.matches({0: (2, 2)}) == [300]


@pytest.mark.parametrize("length", [2, 3, 4, 5, 8, 12, 13, 16, 17, 25, 40])
def test_bodies_of_any_length(length: int) -> None:
    """A long body holds when all its conditions hold, and not when any one fails or is unknown."""
    bodies = [at_least(*[1] * length), at_least(*[1] * (length - 1), 2), at_least(*[1] * (length - 1))]
    network = Network(bodies)
    everything = dict.fromkeys(range(length), (1, 1))
    assert network.matches(everything) == [0, 2]
    assert network.matches({**everything, length - 1: (2, 2)}) == [0, 1, 2]
    for variable in range(length):
        without = {other: known for other, known in everything.items() if other != variable}
        assert network.matches(without) == network.matches({**everything, variable: (0, 1)})
        assert network.matches(without) == ([2] if variable == length - 1 else [])


def test_conditions_of_one_body_on_one_variable_are_taken_together() -> None:
    """Several conditions on one variable mean their intersection, an empty one included."""
    network = Network([(Condition(0, 1, None), Condition(0, None, 5), Condition(0, 3, 9)), (Condition(0, 6, 2),)])
    assert [network.matches({0: known}) for known in ((3, 5), (2, 5), (3, 6), (4, 4))] == [[0], [], [], [0]]


def test_nothing_to_hold() -> None:
    """Without bodies nothing holds, without ranges nothing holds, and a condition without limits asks to be known."""
    assert Network([]).matches({0: (1, 1)}) == []
    network = Network([(Condition(3, None, None),)])
    assert network.matches({}) == []
    assert network.matches({3: (-5, 7)}) == [0]


def test_an_empty_body_is_refused() -> None:
    """A body without conditions is an error that says so."""
    with pytest.raises(ThresholdsError) as caught:
        Network([at_least(1), ()])
    assert "no condition" in caught.value.message
    assert caught.value.help


def test_numbers_the_engine_would_get_wrong_are_refused() -> None:
    """What is no whole number, or a huge one, is refused by name before the engine sees it, and nothing is upset."""
    for wrong in (2**31, -(2**31), 10**30):
        with pytest.raises(ThresholdsError, match="too large") as caught:
            Network([at_least(wrong)])
        assert caught.value.help
    wrong_number: Any = 1.5
    with pytest.raises(TypeError):
        Network([at_least(wrong_number)])
    network = Network([at_least(2**31 - 1), at_least(-(2**31) + 1)])
    for low in (2**31, wrong_number):
        with pytest.raises((ThresholdsError, TypeError)):
            network.matches({0: (low, 2**40)})
        assert network.matches({0: (2**31 - 1, 2**31 - 1)}) == [0, 1]
        assert network.matches({0: (-(2**31) + 1, 0)}) == [1]
    assert network.matches({0: (True, True)}) == [1]


def test_odd_ranges_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The facts remembered for ranges seen before are bounded in number, and forgetting them changes no answer."""
    monkeypatch.setattr(module, "MOST_REMEMBERED", 50)
    network = Network([at_least(100), at_least(300)])
    for low in range(500):
        assert network.matches({0: (low, low), 1: (low, 600)}) == [0, 1][: (low >= 100) + (low >= 300)]
        assert len(network._facts) <= 50


def resident() -> int:
    """The resident memory of this process in bytes."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not STATM.exists(), reason="there is no /proc/self/statm")
def test_memory_stays_flat_over_many_matches() -> None:
    """30,000 matches grow the process by less than 4 MiB; so do 200 fresh starts, and 200 networks that are dropped."""
    rng = random.Random(8)
    bodies, cases = random_bodies(rng, 60, 12, 5), [random_ranges(rng, 12) for _ in range(300)]
    network = Network(bodies)

    def match() -> None:
        network.matches(next(endless))

    def start_afresh() -> None:
        network._clean = False
        network.matches(next(endless))

    def drop() -> None:
        Network(bodies).matches(next(endless))

    endless = itertools.cycle(cases)
    for step, times in ((match, 30_000), (start_afresh, 200), (drop, 200)):
        for _ in range(max(300, times // 50)):
            step()
        before = resident()
        for _ in range(times):
            step()
        assert resident() - before < 4 * 2**20, step.__name__


class Counted(Network):
    """A network that counts how many of its kind were made."""

    made = 0

    def __init__(self, bodies: Sequence[Body]) -> None:
        Counted.made += 1
        super().__init__(bodies)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many networks were made in this test."""
    monkeypatch.setattr(Counted, "made", 0)
    monkeypatch.setattr(module, "Network", Counted)
    return lambda: Counted.made


@pytest.fixture
def frequent_switches() -> Iterator[None]:
    """Threads take turns as often as can be."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("frequent_switches")
def test_eight_threads_on_one_pool(counted: Callable[[], int]) -> None:
    """Eight threads at once get right answers, from at most eight networks, made only when asked."""
    rng = random.Random(4)
    bodies, cases = random_bodies(rng, 80, 15, 6), [random_ranges(rng, 15) for _ in range(800)]
    pool = NetworkPool(bodies)
    assert counted() == 0
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(pool.matches, cases)) == [expected(bodies, case) for case in cases]
    assert 1 <= counted() <= 8


def test_a_thousand_short_lived_threads_share_one_network(counted: Callable[[], int]) -> None:
    """Threads that come and go one after another leave nothing behind: one network serves them all."""
    pool = NetworkPool([at_least(1), at_least(0, 2)])
    answers = []
    for number in range(1000):
        thread = threading.Thread(target=lambda n=number: answers.append(pool.matches({0: (n % 2, 1), 1: (2, 2)})))
        thread.start()
        thread.join()
    assert answers == [[1], [0, 1]] * 500
    assert counted() == 1


def test_a_network_in_the_middle_of_a_match_refuses_another() -> None:
    """Whoever asks a network that is in a match is told to share a pool, and the match goes on undisturbed."""
    network = Network([at_least(1)])

    class Asking(Ranges):
        def items(self) -> Any:
            with pytest.raises(ThresholdsError, match="in a match") as caught:
                network.matches({0: (1, 1)})
            assert "NetworkPool" in caught.value.help
            network.close()
            return super().items()

    assert network.matches(Asking({0: (1, 1)})) == [0]
    assert network.matches({0: (1, 1)}) == [0]


def test_a_closed_network_refuses() -> None:
    """A closed network says so, closing it again does no harm, and others live on."""
    network, other = Network([at_least(1)]), Network([at_least(1)])
    network.close()
    network.close()
    with pytest.raises(ThresholdsError, match="closed"):
        network.matches({0: (1, 1)})
    assert other.matches({0: (1, 1)}) == [0]


class Meddling:
    """The C module, with something done before or after one of its calls."""

    def __init__(
        self, at: int, before: Callable[..., Any] | None = None, after: Callable[..., Any] | None = None
    ) -> None:
        self.core, self.at, self.before, self.after = module._core, at, before, after
        self.error = self.core.error
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            self.calls += 1
            here = self.calls == self.at
            if here and self.before:
                arguments = self.before(*arguments) or arguments
            answer = getattr(self.core, name)(*arguments)
            return self.after(answer) if here and self.after else answer

        return call


def interrupt(*_: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_interruption_at_any_moment_leaves_no_trace(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """KeyboardInterrupt before or after any call of the engine passes on, and every later answer is right."""
    bodies = [body for limit in range(3) for body in (at_least(1, limit), at_least(limit, 1, 1))]
    case, later = {0: (2, 2), 1: (1, 1), 2: (1, 1)}, {1: (2, 2), 0: (1, 1)}
    network, pool = Network(bodies), NetworkPool(bodies)
    pool.matches({})
    interrupted = 0
    for matches, at in itertools.product((network.matches, pool.matches), range(1, 40)):
        meddling = Meddling(at, **{moment: interrupt})
        with monkeypatch.context() as patch:
            patch.setattr(module, "_core", meddling)
            try:
                assert matches(case) == expected(bodies, case)
            except KeyboardInterrupt:
                interrupted += 1
        assert matches(later) == expected(bodies, later)
        assert matches(case) == expected(bodies, case)
    assert interrupted > 10


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no signal.setitimer")
def test_real_interruptions_leave_no_trace() -> None:
    """Signals in the middle of matches; in a process of its own, for they may land wherever Python is."""
    program = [sys.executable, "-W", "error", "-m", "tests.engines.interrupting"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, timeout=120, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("limit", "bodies", "code", "cause"),
    [
        ("MOST_CONDITIONS", [(Condition(0, limit, None),) for limit in range(70)], 303, "64 conditions true at once"),
        ("MOST_JOINED", [at_least(*[1] * 17)], 304, "16 facts joined"),
        ("MOST_USES", [at_least(1, limit) for limit in range(300)], 108, "255 rules on one condition"),
        ("MOST_RULES", [(Condition(n % 150, n, None),) for n in range(4200)], 106, "4,095 rules"),
    ],
    ids=["303", "304", "108", "106"],
)
def test_a_limit_that_is_passed_is_named(
    limit: str, bodies: list[Body], code: int, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a fence taken down, the engine's error code comes out as a named fault, and later answers are right."""
    monkeypatch.setattr(module, limit, 5000)
    monkeypatch.setattr(module, "MOST_VARIABLES", 300)
    if limit != "MOST_JOINED":
        monkeypatch.setattr(module, "MOST_CONDITIONS", 5000)
    everything = dict.fromkeys(range(300), (9999, 9999))

    def ask() -> None:
        network = Network(bodies)
        for some in ({0: (20, 20)}, {0: (0, 20)}):
            with contextlib.suppress(DurableFault):
                network.matches(everything)
            assert network.matches(some) == expected(bodies, some)
        network.matches(everything)

    with pytest.raises(DurableFault) as caught:
        ask()
    assert caught.value.code == code
    assert cause in caught.value.message
    assert str(code) in caught.value.message
    assert "bitmap" in caught.value.help


@pytest.mark.parametrize("place", [0, 1])
def test_facts_the_engine_did_not_take_in_are_a_fault(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text the engine cannot read ends a list without an error of its own: it is found out, and later answers hold."""
    network = Network([at_least(1), at_least(0, 1)])

    def spoil(handle: int, text: str) -> tuple[int, str]:
        facts = text.split(":1,")
        return handle, ":1,".join(facts[: place + 1]) + ":True," + ":1,".join(facts[place + 1 :])

    with monkeypatch.context() as patch:
        patch.setattr(module, "_core", Meddling(1, before=spoil))
        with pytest.raises(DurableFault, match="did not take in every fact") as caught:
            network.matches({0: (1, 1), 1: (1, 1)})
    assert caught.value.code is None
    assert network.matches({0: (1, 1), 1: (1, 1)}) == [0, 1]


@pytest.mark.parametrize("code", [1, 2])
def test_an_unexpected_answer_is_a_fault(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact refused as unmatched or as there already is a named fault, for the host never gives one."""
    network = Network([at_least(1)])
    with monkeypatch.context() as patch:
        patch.setattr(module, "_core", Meddling(1, after=lambda answer: (code, answer[1])))
        with pytest.raises(DurableFault, match=f"code {code}") as caught:
            network.matches({0: (1, 1)})
    assert caught.value.code == code
    assert network.matches({0: (1, 1)}) == [0]


def test_lack_of_memory_and_unknown_codes_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of memory, and a code without a name, come out as faults with their numbers."""

    def no_memory(*_: Any) -> Any:
        raise MemoryError

    def strange(*_: Any) -> Any:
        raise module._core.error("Could not assert facts, error code: 999")

    network = Network([at_least(1)])
    for meddle, code in ((no_memory, 101), (strange, 999)):
        with monkeypatch.context() as patch:
            patch.setattr(module, "_core", Meddling(1, before=meddle))
            with pytest.raises(DurableFault) as caught:
                network.matches({0: (1, 1)})
        assert caught.value.code == code
        assert network.matches({0: (1, 1)}) == [0]


def test_names_are_told_apart_by_their_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two variables never get names of one hash, even where the hash is made to clash often."""
    assert module._hash("liquid") == module._hash("costarring") == 0x5E4DAA9D
    assert len({module._hash(name) for name in module._names(range(20_000)).values()}) == 20_000
    real = module._hash
    monkeypatch.setattr(module, "_hash", lambda name: real(name) % 1024)
    names = module._names(range(400))
    assert len({real(name) % 1024 for name in names.values()} - {real("to") % 1024}) == 400


def test_without_the_c_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where durable_rules cannot be imported, that is said, with the engines that serve."""
    monkeypatch.setattr(module, "_core", None)
    assert not module.available()
    with pytest.raises(DurableUnavailable) as caught:
        Network([at_least(1)])
    assert "reference" in caught.value.help


def test_importing_is_silent_and_leaves_the_flags_alone() -> None:
    """Importing gives no warning, also on CPython 3.13, and restores how libraries are loaded."""
    code = """
import sys
before = getattr(sys, "getdlopenflags", int)()
from thresholds.engines.network import Condition, Network, available
assert available() and getattr(sys, "getdlopenflags", int)() == before
assert Network([(Condition(0, 1, None),)]).matches({0: (1, 1)}) == [0]
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
