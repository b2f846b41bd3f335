"""Thresholds of need for children and families as declarative rules: decision support that explains itself."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thresholds import policy, testing
    from thresholds.assessment import Assessment, Child, Observation
    from thresholds.decision import Decision
    from thresholds.errors import (
        AssessmentInvalid,
        EngineUnavailable,
        RulesetInvalid,
        RulesetNotFound,
        RulesetNotInForce,
        ThresholdsError,
    )
    from thresholds.ruleset import Ruleset, load

__all__ = [
    "Assessment",
    "AssessmentInvalid",
    "Child",
    "Decision",
    "EngineUnavailable",
    "Observation",
    "Ruleset",
    "RulesetInvalid",
    "RulesetNotFound",
    "RulesetNotInForce",
    "ThresholdsError",
    "load",
    "policy",
    "testing",
]

# Pydantic and PyYAML take a tenth of a second to import: nobody pays before the first use.
_HOME = {
    "Assessment": "thresholds.assessment",
    "Child": "thresholds.assessment",
    "Observation": "thresholds.assessment",
    "Decision": "thresholds.decision",
    "Ruleset": "thresholds.ruleset",
    "load": "thresholds.ruleset",
}


def __getattr__(name: str) -> Any:
    if name in ("policy", "testing"):
        return import_module(f"thresholds.{name}")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME.get(name, "thresholds.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
