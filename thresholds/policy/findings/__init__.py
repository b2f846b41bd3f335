"""Everything that can be found in a ruleset that loads: rules without effect, gaps, what nobody tests or cites."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date

from thresholds.errors import EngineUnavailable
from thresholds.policy.examples import run_examples
from thresholds.policy.findings.finding import (
    BY_PROOF,
    SEVERITIES,
    STEPS,
    Finding,
    Findings,
    Step,
    TestedLimit,
    ValueLine,
)
from thresholds.policy.findings.standing import standing
from thresholds.policy.findings.tested_limits import limits_tested
from thresholds.policy.findings.unread import unread
from thresholds.ruleset import Ruleset

__all__ = ["BY_PROOF", "STEPS", "Finding", "Findings", "TestedLimit", "ValueLine", "check"]


def check(
    ruleset: Ruleset,
    on: date | None = None,
    *,
    seconds: float = 60.0,
    stop: threading.Event | None = None,
    step: Callable[[str], None] = lambda _: None,
    half_edited: bool = False,
) -> Findings:
    """Everything found in a ruleset as it is in force on a day; without one, after its last change.

    What is said of every child is proved by the solver, and each child shown is answered by the reference engine.
    `seconds`: the longest for one proof. After `stop` is set the rest is left out; what was not finished is itself a
    finding. `step` is told what is being looked at, one of STEPS. `half_edited`: the ruleset is what is left of one
    with problems; then its examples, and what nothing reads or cites, are no findings and are left out.
    RulesetNotInForce where the day lies before the ruleset begins.
    """
    started = time.perf_counter()
    checking = _Checking(ruleset, on or ruleset.definition.changes[-1], stop or threading.Event(), step)
    checking.proofs(seconds)
    if not half_edited:
        checking.files()
    return checking.findings(time.perf_counter() - started)


class _Checking:
    def __init__(self, ruleset: Ruleset, on: date, stop: threading.Event, step: Callable[[str], None]) -> None:
        self.ruleset, self.on, self.stop, self.step = ruleset, on, stop, step
        ruleset.in_force(on)
        self.found: list[Finding] = []
        self.lines: tuple[ValueLine, ...] = ()
        self.limits: tuple[TestedLimit, ...] = ()
        self.dead: tuple[str, ...] = ()
        self.unfinished: list[Step] = []
        self.examples = 0

    def proofs(self, seconds: float) -> None:
        """What is so of every child."""
        try:
            from thresholds.policy.findings.proved import prove_all
            from thresholds.policy.searching import Patience
        except EngineUnavailable as missing:
            message = f"nothing is proved of every child: {missing.message}"
            self.found.append(Finding("not_finished", "warning", "", message, f"install it: {missing.help}"))
            return
        proved = prove_all(self.ruleset, self.on, Patience(seconds, self.stop), self.step)
        self.found, self.lines, self.dead = list(proved.found), tuple(proved.lines), proved.dead
        self.unfinished += proved.unfinished

    def files(self) -> None:
        """What is so of what the files say, whatever children there are."""
        parts: dict[Step, Callable[[], None]] = {
            "worked examples": self._examples,
            "limits that examples test": self._limits,
            "what is read, reached and cited": self._unread,
            "sign-off and contacts": self._standing,
        }
        for name, part in parts.items():
            if self.stop.is_set():
                self.unfinished.append(name)
            else:
                self.step(name)
                part()

    def _examples(self) -> None:
        results = run_examples(self.ruleset)
        self.examples = len(results)
        for one in results:
            if not one.passed:
                message = (
                    f"worked example `{one.id}` is answered otherwise than it expects: {'; '.join(one.differences)}"
                )
                help_ = "correct the rules, or the example where what it expects is no longer meant"
                self.found.append(Finding("example_differs", "problem", one.id, message, help_, (one.place,)))

    def _limits(self) -> None:
        self.limits = limits_tested(self.ruleset, self.on)

    def _unread(self) -> None:
        self.found += unread(self.ruleset, self.on, self.dead)

    def _standing(self) -> None:
        self.found += standing(self.ruleset, self.on)

    def findings(self, seconds: float) -> Findings:
        """All of it, the gravest first."""
        if self.unfinished:
            why = "stopped" if self.stop.is_set() else "there was not time enough"
            message = f"{why} before all was looked at; not finished: {', '.join(self.unfinished)}"
            help_ = "let it run to its end; `--seconds` gives each proof more time"
            self.found.append(Finding("not_finished", "problem", "", message, help_))
        return Findings(
            on=self.on,
            findings=tuple(sorted(self.found, key=lambda one: SEVERITIES.index(one.severity))),
            lines=self.lines,
            limits=self.limits,
            examples=self.examples,
            complete=not any(one.kind == "not_finished" for one in self.found),
            seconds=seconds,
        )
