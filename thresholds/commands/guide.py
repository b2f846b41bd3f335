"""`thresholds guide [RULESET]`: the ruleset as a readable thresholds document, in Markdown or as one HTML page."""

from __future__ import annotations

import argparse
from pathlib import Path

from thresholds.commands.answer import Answer
from thresholds.present.blocks import Line
from thresholds.present.guide import make_guide
from thresholds.present.words import day
from thresholds.ruleset import load
from thresholds.writing import write_whole


def answer(arguments: argparse.Namespace) -> Answer:
    """Markdown onto standard output; with `--html` or `--markdown` into a file, written whole or not at all."""
    ruleset = load(arguments.ruleset)
    guide = make_guide(ruleset, arguments.on or ruleset.definition.changes[-1])
    if arguments.json:
        rules = [
            {
                "number": line.number,
                "id": line.id,
                "title": line.title,
                "level": level.level,
                "levels": list(line.levels),
                "area": area,
                "areas": list(line.areas),
                "overriding": line.overriding,
                "when": line.when,
                "unless": list(line.unless),
                "then": list(line.then),
                "because": line.because,
                "days": line.days,
                "ages": list(line.ages),
                "sources": list(line.sources),
                "confidence": line.confidence,
                "place": line.place,
            }
            for level in guide.levels
            for area, lines in level.areas
            for line in lines
        ]
        return Answer(0, data={"ruleset": ruleset.name, "hash": ruleset.hash, "on": str(guide.on), "rules": rules})
    from thresholds.present.layout import as_html, as_markdown

    written = []
    for file, layout in ((arguments.html, as_html), (arguments.markdown, as_markdown)):
        if file is not None:
            write_whole(Path(file), layout(guide))
            written.append(Line(f"{file}: {len(guide.lines)} rules, as in force on {day(guide.on)}"))
    return Answer(0, blocks=written) if written else Answer(0, text=as_markdown(guide))
