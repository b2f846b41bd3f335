"""`thresholds schema [assessment|decision]`: the JSON Schema of what goes in and what comes out."""

from __future__ import annotations

import argparse

from thresholds.assessment import Assessment
from thresholds.commands.answer import Answer
from thresholds.decision import Decision

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def answer(arguments: argparse.Namespace) -> Answer:
    """Always JSON."""
    if arguments.of == "decision":
        schema = Decision.model_json_schema(mode="serialization")
    else:
        schema = Assessment.model_json_schema(mode="validation")
    return Answer(0, data={"$schema": _DIALECT, **schema})
