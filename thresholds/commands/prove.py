"""`thresholds prove RULESET`: each statement of `invariants.yaml`, proved for every child or refuted with one."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

from thresholds.commands.answer import Answer
from thresholds.commands.progress import Steps, progress, stoppable
from thresholds.commands.reporting import report, write
from thresholds.errors import ThresholdsError
from thresholds.language.model import Invariant
from thresholds.policy.prove import UNTRIED, Proof, Verdict, in_force_with, prove_every_day
from thresholds.policy.responsible import Responsible, responsible
from thresholds.present.assessment_file import as_data
from thresholds.present.proofs import files_of, meaning, proofs_in_words
from thresholds.ruleset import Ruleset, load


def answer(arguments: argparse.Namespace) -> Answer:
    """Status 1 where a statement is refuted or its proof was not finished."""
    ruleset = load(arguments.ruleset)
    on: date = arguments.on or ruleset.definition.changes[-1]
    number = len(ruleset.in_force(on).invariants) * (1 if arguments.on else len(ruleset.definition.changes))
    with progress("Proving", number, shown=not arguments.json) as step:
        found = stoppable(lambda stop: _prove(ruleset, arguments.on, arguments.seconds, stop, step), step)
    statements = {invariant.id: invariant for invariant, _, _ in found}
    proofs = [_dated(proof, day, on) for _, day, proof in found]
    rules = {proof.id: responsible(ruleset, statements[proof.id], proof) for proof in proofs}
    if arguments.save is not None:
        _save(Path(arguments.save), proofs)
    everything = arguments.all or arguments.html is not None or arguments.markdown is not None
    return report(
        arguments,
        0 if all(proof.verdict == "proved" for proof in proofs) else 1,
        title=f"Statements and their proofs: {ruleset.definition.header.title}",
        blocks=proofs_in_words(ruleset, on, proofs, rules, arguments.ruleset, arguments.save, everything),
        data=_data(ruleset, on, proofs, rules),
    )


def _prove(
    ruleset: Ruleset, on: date | None, seconds: float, stop: threading.Event, step: Steps
) -> list[tuple[Invariant, date, Proof]]:
    """One proof for each statement, on the day asked for or on every day on which something changes."""

    def told(statement: Invariant) -> None:
        if not stop.is_set():
            step(statement.statement)

    return list(prove_every_day(ruleset, seconds, stop, told, days=None if on is None else (on,)))


def _dated(proof: Proof, day: date, on: date) -> Proof:
    """Where it was found for another day than the one the report is about, that is said."""
    return proof if day == on else replace(proof, how=f"{proof.how}, as the rules stand on {day.isoformat()}")


def _save(folder: Path, proofs: Sequence[Proof]) -> None:
    """Each child of a refuted statement as a file. The folder is made where there is none."""
    files = [file for proof in proofs for file in files_of(proof)]
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise ThresholdsError(f"{folder} cannot be made ({said})", "name a folder in one that exists") from None
    for name, text in files:
        write(folder / name, text)


def _data(
    ruleset: Ruleset, on: date, proofs: Sequence[Proof], rules: Mapping[str, Sequence[Responsible]]
) -> dict[str, object]:
    statements = ruleset.definition.invariants
    asked = {one.id: meaning(statements[one.id], in_force_with(ruleset, statements[one.id], on)) for one in proofs}
    return {
        "ruleset": ruleset.name,
        "hash": ruleset.hash,
        "on": on.isoformat(),
        **{verdict: sum(proof.verdict == verdict for proof in proofs) for verdict in get_args(Verdict)},
        "not_tried": sum(proof.how == UNTRIED for proof in proofs),
        "proofs": [
            {
                "id": proof.id,
                "statement": proof.statement,
                "asked": asked[proof.id],
                "verdict": proof.verdict,
                "how": proof.how,
                "place": proof.place,
                "seconds": round(proof.seconds, 3),
                "assessments": [as_data(child) for child in proof.children],
                "tiers": [decision.tier for decision in proof.decisions],
                "responses": [decision.responses for decision in proof.decisions],
                "rules": [
                    {"id": one.rule.id, "place": str(one.rule.place), "holds": one.holds} for one in rules[proof.id]
                ],
            }
            for proof in proofs
        ],
    }
