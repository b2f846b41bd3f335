"""One child, end to end: assessment, knowledge, inference by the engine chosen, decision."""

from __future__ import annotations

import threading
import warnings
from dataclasses import replace
from functools import cached_property
from typing import Literal

from thresholds.assessment import Assessment
from thresholds.compiling import compile_rules
from thresholds.deciding import Decider
from thresholds.decision import Decision, Record
from thresholds.encoding import Encoder
from thresholds.engines import network, reference
from thresholds.engines.bitmap import Bitmaps, Worked
from thresholds.engines.durable import Strata
from thresholds.errors import EngineUnavailable
from thresholds.knowledge import Knowledge, know
from thresholds.language.definition import Definition, InForce

EngineName = Literal["durable", "reference", "bitmap"]
ENGINES: tuple[EngineName, ...] = ("durable", "reference", "bitmap")
_said = threading.Event()


def default_engine() -> EngineName:
    """durable where durable_rules is installed; elsewhere bitmap, which is said once."""
    if network.available():
        return "durable"
    if not _said.is_set():
        _said.set()
        warnings.warn(
            "durable_rules is not installed here, so the bitmap engine serves; the answers are the same",
            UserWarning,
            stacklevel=4,
        )
    return "bitmap"


class Assessor:
    """Everything made once for a ruleset in force: compiled, with its engines. Safe in threads."""

    def __init__(self, definition: Definition, ruleset: InForce) -> None:
        self.ruleset = ruleset
        self.program = compile_rules(ruleset)
        self.bitmaps = Bitmaps(self.program)
        self.encoder = Encoder(self.program)
        self.decider = Decider(definition, self.bitmaps)
        self._lock = threading.Lock()

    @cached_property
    def strata(self) -> Strata:
        """The durable networks; EngineUnavailable where durable_rules is not installed."""
        return Strata(self.program)

    def infer(self, knowledge: Knowledge, engine: EngineName) -> Worked:
        """Which rules hold, by the engine asked for."""
        base, scope = self.encoder.encode(knowledge), reference.scope_of(knowledge)
        if engine == "durable":
            with self._lock:
                strata = self.strata
            return self.bitmaps.work_out(base, scope, strata.established)
        worked = self.bitmaps.work_out(base, scope)
        if engine == "reference":
            return replace(worked, inference=reference.infer(knowledge))
        if engine != "bitmap":
            raise EngineUnavailable(f"there is no engine `{engine}`", f"engines: {', '.join(ENGINES)}")
        return worked

    def assess(self, assessment: Assessment, record: Record, engine: EngineName) -> Decision:
        """The decision for one child."""
        knowledge = know(assessment, self.ruleset)
        return self.decider.decide(assessment, knowledge, self.infer(knowledge, engine), record)
