"""`thresholds import RULESET --xlsx FILE`: what was changed in a spreadsheet, as a difference of the rule files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from thresholds.commands.answer import Answer
from thresholds.present.blocks import Block, Gap, Heading, Line, Sheet, Title
from thresholds.present.words import counted
from thresholds.ruleset import folder_of, load

if TYPE_CHECKING:
    from thresholds.language.yaml_text import Problem
    from thresholds.spreadsheet.changes import Changes, Edit
    from thresholds.spreadsheet.taking_over import Proposal


def answer(arguments: argparse.Namespace) -> Answer:
    """Status 0 where nothing was changed, 1 where something was, 2 where the ruleset would not load with it."""
    from thresholds.spreadsheet.changes import compare
    from thresholds.spreadsheet.reading import read_file, read_spreadsheet
    from thresholds.spreadsheet.taking_over import propose

    ruleset = load(arguments.ruleset)
    changes = compare(ruleset, read_spreadsheet(read_file(Path(arguments.xlsx)), arguments.xlsx))
    proposal = propose(folder_of(arguments.ruleset), ruleset, changes.edits)
    status = 2 if proposal.problems else 1 if changes.edits or changes.refusals else 0
    write = arguments.write and bool(proposal.files) and not proposal.problems
    if write:
        proposal.write()
    if arguments.json:
        return Answer(status, data=_data(ruleset.name, changes, proposal, write))
    signed = ruleset.status == "in_force"
    return Answer(status, blocks=list(_blocks(ruleset.name, arguments, changes, proposal, write, signed)))


def _data(name: str, changes: Changes, proposal: Proposal, written: bool) -> dict[str, object]:
    return {
        "ruleset": name,
        "ruleset_unchanged_since_export": changes.same_ruleset,
        "changes": [
            {
                "cell": edit.at,
                "about": edit.about,
                "column": edit.column,
                "before": edit.before,
                "after": edit.after,
                "place": str(edit.spot.place),
            }
            for edit in changes.edits
        ],
        "not_taken_over": [
            {"kind": one.kind, "cell": one.at, "message": one.message, "help": one.help} for one in changes.refusals
        ],
        "comments": [{"cell": one.at, "about": one.about, "text": one.text} for one in changes.remarks],
        "problems": [
            {"place": str(one.place), "cell": _cell_of(one, changes), "message": one.message, "help": one.help}
            for one in proposal.problems
        ],
        "difference": proposal.difference,
        "written": written,
    }


def _blocks(
    name: str, arguments: argparse.Namespace, changes: Changes, proposal: Proposal, written: bool, signed: bool
) -> Iterator[Block]:
    yield Title(f"{name}: {counted(len(changes.edits), 'change')}")
    yield Line(f"Read from {arguments.xlsx}.")
    if not changes.same_ruleset:
        yield Line("The ruleset was changed since the spreadsheet was written: each change is held against both.")
    for edit in changes.edits:
        yield Line(_sentence(edit), mark="•")
        yield Line(f"{edit.at}; {edit.spot.place.file}:{edit.spot.place.line}", depth=1, tone="quiet")
    if changes.refusals:
        yield Heading(f"Not taken over: {len(changes.refusals)}")
        for one in changes.refusals:
            yield Line(f"{one.at}: {one.message}", mark="•", tone="strong")
            if one.help:
                yield Line(one.help, depth=1)
    if changes.remarks:
        yield Heading(counted(len(changes.remarks), "comment"))
        for remark in changes.remarks:
            yield Line(f"{remark.at}, {remark.about}: {remark.text}", mark="•")
    if proposal.problems:
        yield Heading(f"With these changes the ruleset would not load: {counted(len(proposal.problems), 'problem')}")
        for problem in proposal.problems:
            cell = _cell_of(problem, changes)
            yield Line(f"{problem.place}: {problem.message}{f' (cell {cell})' if cell else ''}", tone="strong")
            yield Line(problem.help, depth=2)
    if proposal.files:
        yield Heading("The difference in the rule files")
        yield Sheet(proposal.difference, "diff")
        yield from _outcome(arguments, proposal, written, signed)


def _outcome(arguments: argparse.Namespace, proposal: Proposal, written: bool, signed: bool) -> Iterator[Block]:
    yield Gap()
    if proposal.problems:
        yield Line("Nothing was written.", tone="strong")
    elif written:
        yield Line(f"Written: {', '.join(file.shown_as for file in proposal.files)}.", tone="strong")
        yield Line(f"See what it changes in the answers: `thresholds examples {arguments.ruleset}`.")
    else:
        yield Line("Nothing was written. With --write it is.", tone="strong")
    if signed and not proposal.problems:
        yield Line("The ruleset is signed off as it was: a changed one is a draft until it is signed again.")


def _sentence(edit: Edit) -> str:
    def flat(text: str) -> str:
        return " ".join(text.split())

    return f"{edit.about}, {edit.column}: “{flat(edit.before)}” becomes “{flat(edit.after)}”"


def _cell_of(problem: Problem, changes: Changes) -> str:
    """The cell from which a problem comes, as far as its line tells."""
    place = problem.place
    lines = ((edit.spot.place, edit.at) for edit in changes.edits)
    return next((at for one, at in lines if (one.file, one.line) == (place.file, place.line)), "")
