"""What is found by proof: of every child whom the ruleset covers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from thresholds.policy.findings import disagreeing, never_deciding, never_holding
from thresholds.policy.findings.finding import Finding, Step, ValueLine
from thresholds.policy.findings.ground import Ground
from thresholds.policy.findings.value_lines import Lines
from thresholds.policy.searching import NotFinished, Patience
from thresholds.ruleset import Ruleset


@dataclass
class Proved:
    """What was found, and what was not finished."""

    found: list[Finding] = field(default_factory=list)
    lines: list[ValueLine] = field(default_factory=list)
    dead: tuple[str, ...] = ()
    """The ids of the rules that can never hold."""
    unfinished: list[Step] = field(default_factory=list)


def prove_all(ruleset: Ruleset, on: date, patience: Patience, step: Callable[[str], None]) -> Proved:
    """Look at one thing after another; `step` is told which. What was found before time ran out is kept."""
    proved, ground = Proved(), Ground(ruleset, on, patience)
    dead: tuple[int, ...] = ()

    @contextmanager
    def part(name: Step) -> Iterator[None]:
        if not patience.stop.is_set():
            step(name)
        try:
            yield
        except NotFinished:
            proved.unfinished.append(name)

    with part("rules that can never hold"):
        dead = never_holding.never_holding(ground)
        proved.dead = tuple(ground.rules[number].id for number in dead)
        for one in never_holding.findings(ground, dead):
            proved.found.append(one)
    with part("rules that never decide"):
        for one in never_deciding.findings(ground, dead):
            proved.found.append(one)
    with part("rules that disagree"):
        told = {one.subject for one in proved.found}
        out = [number for number, rule in enumerate(ground.rules) if rule.id in told]
        for one in disagreeing.findings(ground, out):
            proved.found.append(one)
    with part("lines of values"):
        for line in Lines(ground).lines():
            proved.lines.append(line)
    return proved
