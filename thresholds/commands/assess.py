"""`thresholds assess FILE`: guidance for one child."""

from __future__ import annotations

import argparse
import sys

from thresholds.commands.answer import Answer
from thresholds.present.guidance import guidance
from thresholds.reading_files import AssessmentFile, parse_assessment, read_assessment
from thresholds.ruleset import load

_STANDARD_INPUT = "standard input"
_MOST = 2_000_001


def answer(arguments: argparse.Namespace) -> Answer:
    """The guidance, or the decision as data."""
    file = _read(arguments.file)
    ruleset = load(arguments.ruleset, as_at=arguments.as_at)
    decision = ruleset.assess(file.assessment(ruleset), engine=arguments.engine)
    if arguments.json:
        return Answer(0, data=decision.model_dump(mode="json"))
    return Answer(0, blocks=list(guidance(decision, everything=arguments.all)))


def _read(path: str) -> AssessmentFile:
    if path not in ("-", "/dev/stdin"):
        return read_assessment(path)
    source = sys.stdin.buffer.read(_MOST) if sys.stdin is not None else b""
    return parse_assessment(source, _STANDARD_INPUT)
