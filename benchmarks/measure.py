"""The figures of the closing notes: importing, loading, inference by engine, whole assessments, memory.

`python -m benchmarks.measure` prints them all; a word (import, load, inference, assess, memory) prints one part.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import thresholds
from benchmarks import synthetic
from thresholds.assessment import Assessment
from thresholds.engines.reference import infer, scope_of
from thresholds.knowledge import know
from thresholds.language.yaml_text import Problem, read_yaml

EXAMPLES = Path(__file__).parent.parent / "examples" / "assessments"


def median_of(runs: int, work: Callable[[], float]) -> str:
    """The median of several runs in milliseconds, with the lowest and highest."""
    times = sorted(work() * 1000 for _ in range(runs))
    return f"{statistics.median(times):9.3f} ms  (from {times[0]:.3f} to {times[-1]:.3f}, {runs} runs)"


def fresh(code: str) -> float:
    """Seconds that a piece of code takes by its own clock in a new interpreter."""
    clock = f"import time; start = time.perf_counter(); {code}; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", clock], capture_output=True, text=True, check=True).stdout)


def measure_import() -> None:
    """`import thresholds`, and the first use of its names."""
    print("import thresholds             ", median_of(9, lambda: fresh("import thresholds")))
    print("  with Assessment and load    ", median_of(9, lambda: fresh("from thresholds import Assessment, load")))


def measure_load() -> None:
    """load("llr") in a new interpreter, and again in one that has loaded it."""
    code = "import thresholds; thresholds.load; start = time.perf_counter(); thresholds.load('llr')"
    print('load("llr"), new interpreter  ', median_of(9, lambda: fresh(code)))

    def again() -> float:
        start = time.perf_counter()
        thresholds.load("llr")
        return time.perf_counter() - start

    print('load("llr"), again            ', median_of(9, again))
    ruleset = thresholds.load("llr")
    definition = ruleset.definition
    print(f"  {len(definition.rules)} rules, {len(definition.indicators)} indicators")


def measure_inference() -> None:
    """Decisions a second of each engine, knowledge given: which rules are certain, established and possible."""
    for rules in (100, 200, 500):
        with tempfile.TemporaryDirectory() as folder:
            ruleset = synthetic.ruleset(Path(folder) / "synthetic", rules)
        cases = synthetic.assessments(2_000)
        assessor = ruleset.assessor(cases[0].on)
        known = [know(case, assessor.ruleset) for case in cases]
        given = [(assessor.encoder.encode(one), scope_of(one)) for one in known]
        engines: tuple[tuple[str, Callable[[], object], int, int], ...] = (
            ("bitmap", partial(_each, assessor.bitmaps.work_out, given), len(given), 9),
            ("durable", partial(_each, assessor.strata.established, [(0, base) for base, _ in given]), len(given), 5),
            ("reference", partial(_each, infer, [(one,) for one in known[:200]]), 200, 3),
        )
        for name, work, count, runs in engines:
            seconds = statistics.median(_seconds(work) for _ in range(runs)) / count
            print(f"{rules} rules, {name:10s} {1 / seconds:12,.0f} decisions/s  {seconds * 1e6:9.1f} us each")


def _each(work: Callable[..., object], given: Sequence[tuple[object, ...]]) -> None:
    for arguments in given:
        work(*arguments)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def example_assessments() -> list[tuple[str, Assessment]]:
    """The examples of the checkout."""
    problems: list[Problem] = []
    return [
        (path.stem, Assessment.read(read_yaml(path, path.name, problems).data))
        for path in sorted(EXAMPLES.glob("*.yaml"))
    ]


def measure_assess() -> None:
    """The whole of `assess` with reasons, floor, ceiling and questions, by example and engine."""
    ruleset = thresholds.load("llr")
    for engine in ("durable", "bitmap"):
        medians = []
        for name, case in example_assessments():
            ruleset.assess(case, engine=engine)
            times = []
            for _ in range(200):
                start = time.perf_counter()
                ruleset.assess(case, engine=engine)
                times.append(time.perf_counter() - start)
            medians.append(statistics.median(times))
            print(f"{engine:8s} {name:44s} {medians[-1] * 1000:7.3f} ms")
        print(f"{engine:8s} median of the examples {statistics.median(medians) * 1000:28.3f} ms")


def measure_memory() -> None:
    """Resident memory over 200,000 assessments on the durable engine."""
    ruleset = thresholds.load("llr")
    cases = [case for _, case in example_assessments()]
    for done in range(200_001):
        if done in (2_000, 20_000, 100_000, 200_000):
            print(f"after {done:7,d} assessments: {resident():7.1f} MiB")
        ruleset.assess(cases[done % len(cases)], engine="durable")


def resident() -> float:
    """Resident memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


PARTS = {
    "import": measure_import,
    "load": measure_load,
    "inference": measure_inference,
    "assess": measure_assess,
    "memory": measure_memory,
}


def main() -> None:
    """Print the parts named on the command line, or all."""
    for name in sys.argv[1:] or PARTS:
        print(f"--- {name}")
        PARTS[name]()


if __name__ == "__main__":
    main()
