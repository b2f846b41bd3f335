"""`thresholds compare OLD NEW`: what changed in the text, and exactly which children are answered differently."""

from __future__ import annotations

import argparse
import re
import threading
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from thresholds.commands.answer import Answer
from thresholds.commands.progress import Steps, progress, stoppable
from thresholds.commands.reporting import report
from thresholds.errors import ThresholdsError
from thresholds.policy.boxes import in_words, who_in_words
from thresholds.policy.compare import Comparison, Explained, compare
from thresholds.policy.moves import Move
from thresholds.policy.searching import Patience
from thresholds.present.assessment_file import as_data
from thresholds.present.comparison import comparison_in_words
from thresholds.ruleset import Ruleset, load


def answer(arguments: argparse.Namespace) -> Answer:
    """Status 1 where a statement of the new one is not proved, or, with `--same`, a child is answered differently."""
    old, new = named_ruleset(arguments.old), named_ruleset(arguments.new)
    if arguments.set:
        new = new.with_parameters(**dict(_setting(one) for one in arguments.set))
    on = arguments.on or max(ruleset.as_at or ruleset.definition.changes[-1] for ruleset in (old, new))
    with progress("Comparing", shown=not arguments.json) as step:
        found = stoppable(lambda stop: _compare(old, new, on, arguments, stop, step), step)
    names = (arguments.old, " ".join([arguments.new, *arguments.set]))
    everything = arguments.all or arguments.html is not None or arguments.markdown is not None
    differs = not found.behaviour.same and (arguments.same or bool(found.behaviour.undecided))
    return report(
        arguments,
        1 if found.broken or differs else 0,
        title=f"From {names[0]} to {names[1]}: what changed, and for whom",
        blocks=comparison_in_words(found, names, everything),
        data=_data(found),
    )


def named_ruleset(name: str) -> Ruleset:
    """A ruleset by name or folder, pinned to a day where `@2016-09-01` follows. Raises what `load` raises."""
    folder, at, day = name.rpartition("@")
    if at and not Path(name).is_dir():
        with suppress(ValueError):
            return load(folder, as_at=date.fromisoformat(day))
        raise ThresholdsError(f"`{name}`: what follows the @ is no date", "write it as llr@2016-09-01")
    return load(name)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ThresholdsError(f"`--set {text}` sets no parameter", "write --set a_parameter=88")
    return name, value


def _compare(
    old: Ruleset, new: Ruleset, on: date, arguments: argparse.Namespace, stop: threading.Event, step: Steps
) -> Comparison:
    patience = Patience(arguments.seconds, stop)
    return compare(old, new, on, signs=arguments.signs, patience=patience, step=step)


def _data(found: Comparison) -> dict[str, Any]:
    behaviour = found.behaviour
    return {
        "old": _named(found.old),
        "new": _named(found.new),
        "on": found.on.isoformat(),
        "same": behaviour.same,
        "complete": behaviour.extent == "all",
        "proof_seconds": round(behaviour.proof_seconds, 3),
        "seconds": round(behaviour.seconds, 3),
        "possible": [_move(move) for move in behaviour.possible],
        "proved_impossible": [_move(move) for move in behaviour.impossible],
        "not_finished": [_move(move) for move in behaviour.undecided],
        "differences": [_difference(one, found) for one in found.explained],
        "text": [
            {
                "kind": one.kind,
                "id": one.id,
                "label": one.label,
                "how": one.how,
                "fields": [vars(field) for field in one.fields],
                "before": None if one.before is None else str(one.before),
                "after": None if one.after is None else str(one.after),
            }
            for one in found.text
        ],
        "statements": [
            {"id": proof.id, "statement": proof.statement, "verdict": proof.verdict, "place": proof.place}
            for proof in found.proofs
        ],
        "unlike": list(behaviour.unlike),
        "only_old": list(found.only_old),
        "only_new": list(found.only_new),
    }


def _named(ruleset: Ruleset) -> dict[str, str | None]:
    return {
        "ruleset": ruleset.name,
        "edition": ruleset.edition,
        "hash": ruleset.hash,
        "as_at": None if ruleset.as_at is None else ruleset.as_at.isoformat(),
    }


def _move(move: Move) -> dict[str, str]:
    return {"of": move.of, "before": move.before, "after": move.after}


def _difference(one: Explained, found: Comparison) -> dict[str, Any]:
    situation, ruleset = one.difference.situation, found.catalogue
    return {
        "who": who_in_words(situation.who),
        "parts": [
            {"number": part.number, "of": [in_words(box, ruleset) for box in part.among]} for part in situation.parts
        ],
        "situations": situation.count,
        "moves": [_move(move) for move in one.difference.moves],
        "rules_before": [{"rule": reason.rule, "place": reason.place} for reason in one.lost],
        "rules_after": [{"rule": reason.rule, "place": reason.place} for reason in one.gained],
        "because_of": [change.id for change in one.causes],
        "assessment": as_data(situation.children[0]),
    }
