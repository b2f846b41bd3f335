"""`thresholds indicators WORD`: finds the indicator for what somebody wants to say."""

from __future__ import annotations

import argparse

from thresholds.commands.answer import Answer
from thresholds.present.catalogue import as_data, catalogue, find
from thresholds.ruleset import load

_LONGEST = 200


def answer(arguments: argparse.Namespace) -> Answer:
    """What was found; nothing found is an answer too."""
    definition = load(arguments.ruleset).definition
    asked = " ".join(" ".join(arguments.word).split())[:_LONGEST]
    found = find(asked, definition)
    if arguments.json:
        return Answer(0, data=[as_data(indicator, definition) for indicator in found])
    return Answer(0, blocks=list(catalogue(asked, found, definition, everything=arguments.all)))
