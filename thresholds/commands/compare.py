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
from thresholds.commands.reporting import report, report_files
from thresholds.errors import ThresholdsError
from thresholds.observing import suggestion
from thresholds.policy.changes import Sides, TextChange
from thresholds.policy.compare import Comparison, Explained, compare
from thresholds.policy.moves import Move
from thresholds.policy.searching import Patience
from thresholds.present.assessment_file import as_data
from thresholds.present.changed import field_in_words
from thresholds.present.comparison import comparison_in_words, title_of
from thresholds.present.situations import in_words, who_in_words
from thresholds.ruleset import Ruleset, folder_of, load


def answer(arguments: argparse.Namespace) -> Answer:
    """Status 1 where a statement of the new one is not proved, or, with `--same`, a child is answered differently."""
    settings, _ = _settings(arguments.set), report_files(arguments)
    old, new = named_ruleset(arguments.old), named_ruleset(arguments.new)
    if not settings and _where(arguments.old) == _where(arguments.new):
        raise ThresholdsError(
            f"OLD and NEW are both `{arguments.old}`, so there is nothing to compare",
            "name two folders, or two days such as llr@2015-02-01 and llr@2016-09-01, or set a parameter with --set",
        )
    for name in settings:
        if name not in new.definition.parameters:
            help_ = suggestion(name, new.definition.parameters) or "they stand in its parameters.yaml and parameters/"
            raise ThresholdsError(f"{arguments.new} has no parameter `{name}`", help_.strip())
    if settings:
        new = new.with_parameters(**settings)
    on = arguments.on or max(ruleset.as_at or ruleset.definition.changes[-1] for ruleset in (old, new))
    with progress("Comparing", shown=not arguments.json) as step:
        found = stoppable(lambda stop: _compare(old, new, on, arguments, stop, step), step)
    names = (arguments.old, " ".join([arguments.new, *arguments.set]))
    everything = arguments.all or arguments.html is not None or arguments.markdown is not None
    unfinished = found.behaviour.extent == "stopped" or found.broken
    differs = arguments.same and not found.same
    return report(
        arguments,
        1 if unfinished or differs else 0,
        title=title_of(names),
        blocks=comparison_in_words(found, names, everything),
        data=_data(found),
    )


def named_ruleset(name: str) -> Ruleset:
    """A ruleset by name or folder, pinned to a day where `@2016-09-01` follows. Raises what `load` raises."""
    folder, day = _where_and_when(name)
    return load(folder, as_at=day)


def _where_and_when(name: str) -> tuple[str, date | None]:
    folder, at, day = name.rpartition("@")
    if not at or Path(name).is_dir() or "/" in day or "\\" in day:
        return name, None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
        with suppress(ValueError):
            return folder, date.fromisoformat(day)
    raise ThresholdsError(f"`{name}`: what follows the @ is no date", "write it as llr@2016-09-01")


def _where(name: str) -> tuple[Path, date | None]:
    folder, day = _where_and_when(name)
    return folder_of(folder), day


def _settings(given: list[str]) -> dict[str, str]:
    """The parameters that `--set` gives another value."""
    settings: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not value.strip() or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ThresholdsError(f"`--set {one}` sets no parameter", "write --set persistent_absence_attendance=88")
        if name in settings:
            raise ThresholdsError(f"`{name}` is set twice", "give each parameter one value")
        settings[name] = value.strip()
    return settings


def _compare(
    old: Ruleset, new: Ruleset, on: date, arguments: argparse.Namespace, stop: threading.Event, step: Steps
) -> Comparison:
    patience = Patience(arguments.seconds, stop)
    return compare(old, new, on, signs=arguments.signs, patience=patience, step=step)


# --- as data --------------------------------------------------------------------------------------


def _data(found: Comparison) -> dict[str, Any]:
    behaviour = found.behaviour
    return {
        "old": _named(found.old),
        "new": _named(found.new),
        "on": found.on.isoformat(),
        "same": found.same,
        "same_on_that_day": behaviour.same,
        "other_days": [
            {"on": day.on.isoformat(), "same": day.same, "possible": [_move(move) for move in day.possible]}
            for day in found.other_days
        ],
        "situations": behaviour.extent,
        "proof_seconds": round(behaviour.proof_seconds, 3),
        "seconds": round(behaviour.seconds, 3),
        "possible": [_move(move) for move in behaviour.possible],
        "proved_impossible": [_move(move) for move in behaviour.impossible],
        "not_finished": [_move(move) for move in behaviour.undecided],
        "differences": [_difference(one, found) for one in found.explained],
        "text": [_change(one, found.sides) for one in found.text],
        "statements": [
            {"id": proof.id, "statement": proof.statement, "verdict": proof.verdict, "place": proof.place}
            for proof in found.proofs
        ],
        "unlike": list(behaviour.unlike),
        "only_old": list(found.only_old),
        "only_new": list(found.only_new),
        "ruled_out_by_one": behaviour.ruled_out,
        "by_calendar": [[one.text, other.text] for one, other in behaviour.by_calendar],
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


def _change(change: TextChange, sides: Sides) -> dict[str, Any]:
    fields = (field_in_words(one, change, sides) for one in change.fields)
    return {
        "kind": change.kind,
        "id": change.id,
        "label": change.label,
        "how": change.how,
        "fields": [{"field": name, "before": before, "after": after} for name, before, after in fields],
        "before": None if change.before is None else str(change.before),
        "after": None if change.after is None else str(change.after),
    }


def _difference(one: Explained, found: Comparison) -> dict[str, Any]:
    difference, ruleset = one.difference, found.catalogue
    situation = difference.situation
    return {
        "who": who_in_words(situation.who),
        "parts": [
            {"number": part.number, "of": [in_words(box, ruleset) for box in part.among]} for part in situation.parts
        ],
        "situations": situation.count,
        "moves": [_move(move) for move in difference.moves],
        "rules_before": [{"rule": reason.rule, "place": reason.place} for reason in one.lost],
        "rules_after": [{"rule": reason.rule, "place": reason.place} for reason in one.gained],
        "because_of": [{"kind": change.kind, "id": change.id} for change in one.causes],
        "assessment": as_data(situation.children[0]),
    }
