"""`thresholds export RULESET --xlsx FILE`: the ruleset as a spreadsheet that a committee reads and marks."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from thresholds.commands.answer import Answer
from thresholds.errors import SpreadsheetError
from thresholds.present.blocks import Line, Title
from thresholds.ruleset import load
from thresholds.writing import write_whole


def answer(arguments: argparse.Namespace) -> Answer:
    """The spreadsheet is written whole or not at all; one that is there already stays, unless that is asked for."""
    from thresholds.spreadsheet.layout import workbook

    path = Path(arguments.xlsx)
    if os.path.lexists(path) and not arguments.replace:
        help_ = "give another name; or say --replace, and whatever was written into it is lost"
        raise SpreadsheetError(f"{path} is there already", help_)
    ruleset = load(arguments.ruleset)
    content = workbook(ruleset)
    try:
        write_whole(path, content)
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror or type(error).__name__})"
        raise SpreadsheetError(message, "name a file in a folder that you may write to") from None
    if arguments.json:
        return Answer(0, data={"ruleset": ruleset.name, "hash": ruleset.hash, "file": str(path)})
    return Answer(
        0,
        blocks=[
            Title(f"{path}: {ruleset.name}, {ruleset.hash[:12]}"),
            Line("Its first sheet says how to read it, and what may be changed in it."),
            Line(f"When it comes back: `thresholds import {arguments.ruleset} --xlsx {path}` shows what was changed."),
        ],
    )
