"""`thresholds check RULESET`: loads a ruleset, or lists every problem with file, line and column."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from thresholds.commands.answer import Answer
from thresholds.errors import RulesetInvalid
from thresholds.language.yaml_text import Problem
from thresholds.policy.fitness import contact_problems
from thresholds.present.blocks import Gap, Line, Title
from thresholds.present.words import RULESET_STATUS, counted, sentence
from thresholds.ruleset import load


def answer(arguments: argparse.Namespace) -> Answer:
    """Status 1 where there are problems."""
    try:
        ruleset = load(arguments.ruleset)
    except RulesetInvalid as invalid:
        return _problems(arguments, invalid.problems)
    if found := (*ruleset.standing.problems, *contact_problems(ruleset)):
        return _problems(arguments, found)
    definition, standing = ruleset.definition, ruleset.standing
    if arguments.json:
        return Answer(
            0,
            data={
                "ruleset": ruleset.name,
                "edition": ruleset.edition,
                "status": ruleset.status,
                "hash": ruleset.hash,
                "rules": len(definition.rules),
                "indicators": len(definition.indicators),
                "notes": [note.message for note in standing.findings],
                "problems": [],
            },
        )
    size = f"{counted(len(definition.rules), 'rule')}, {counted(len(definition.indicators), 'indicator')}"
    return Answer(
        0,
        blocks=[
            Title(f"{ruleset.name}: no problem found"),
            Line(f"{definition.header.title}, {ruleset.edition}; {RULESET_STATUS[ruleset.status]}"),
            Line(f"{size}, {counted(len(definition.worked_examples), 'worked example')}; {ruleset.hash[:12]}"),
            *(Line(sentence(note.message), tone="attention") for note in standing.findings),
        ],
    )


def _problems(arguments: argparse.Namespace, found: Sequence[Problem]) -> Answer:
    if arguments.json:
        problems = [
            {
                "file": one.place.file,
                "line": one.place.line,
                "column": one.place.column,
                "message": one.message,
                "help": one.help,
            }
            for one in found
        ]
        return Answer(1, data={"ruleset": arguments.ruleset, "problems": problems})
    blocks = [Title(f"{arguments.ruleset}: {counted(len(found), 'problem')}")]
    lines = [
        block
        for one in found
        for block in (Line(f"{one.place}: {one.message}", tone="strong"), Line(one.help, depth=2), Gap())
    ]
    return Answer(1, blocks=[*blocks, *lines])
