"""What goes to standard error: errors, warnings and notes, as plain lines or as JSON."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Any

_MOST_FAULTS, _MOST_PROBLEMS = 50, 5


def note(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    """Warnings meant for users as one plain line; those meant for developers are not shown."""
    if issubclass(category, UserWarning):
        say(f"thresholds: {' '.join(str(message).split())}")


def say(text: str) -> None:
    """One message, folded for a screen, in characters that standard error carries."""
    if sys.stderr is None:
        return
    from thresholds.present.blocks import WIDEST, carried

    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    lines = [carried(line, encoding) for line in text.splitlines()]
    with suppress(OSError, ValueError):
        if sys.stderr.isatty():
            lines = [row for line in lines for row in _folded(line, min(os.get_terminal_size(2).columns, WIDEST))]
        print("\n".join(lines), file=sys.stderr, flush=True)


def _folded(line: str, width: int) -> list[str]:
    """A line of a message for a screen of that width."""
    import textwrap

    indent = " " * (len(line) - len(line.lstrip()) + 4)
    folded = textwrap.wrap(
        line, max(width, 20), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return folded or [""]


def complain(message: str, as_json: bool) -> None:
    """A message without help; as JSON where that was asked for."""
    say(json.dumps({"error": message, "help": "", "faults": []}) if as_json else f"thresholds: {message}")


def tell(error: Exception, as_json: bool) -> None:
    """An error meant for users, whole; as JSON where that was asked for, so that standard output stays empty."""
    from thresholds.errors import AssessmentInvalid, RulesetInvalid, SignOffRefused, ThresholdsError
    from thresholds.reading_files import FileInvalid

    assert isinstance(error, ThresholdsError)
    if isinstance(error, FileInvalid):
        head, help_ = f"{error.shown_as} cannot be used", ""
        told = [str(one) for one in error.placed]
        faults = [_placed(one.place, one.fault.field, one.fault.message, one.fault.help) for one in error.placed]
    elif isinstance(error, AssessmentInvalid):
        head, help_ = "the assessment cannot be used", ""
        told = [str(one) for one in error.faults]
        faults = [_placed(None, one.field, one.message, one.help) for one in error.faults]
    elif isinstance(error, SignOffRefused):
        head, help_ = f"{error.name} was not signed off", ""
        told = [str(one) for one in error.faults]
        faults = [_placed(None, one.field, one.message, one.help) for one in error.faults]
    elif isinstance(error, RulesetInvalid):
        head, help_ = "the ruleset cannot be used", error.help
        told = [str(one) for one in error.problems]
        faults = [_placed(one.place, "", one.message, one.help) for one in error.problems]
    else:
        head, help_, told, faults = error.message, error.help, [], []
    if as_json:
        say(json.dumps({"error": head, "help": help_, "faults": faults}))
        return
    word, most = ("problem", _MOST_PROBLEMS) if isinstance(error, RulesetInvalid) else ("fault", _MOST_FAULTS)
    count = f": {len(told)} {word if len(told) == 1 else word + 's'}" if told else ""
    all_by = "`thresholds check` lists them" if word == "problem" else "`--json` gives them all"
    more = [f"and {len(told) - most} more: {all_by}"] if len(told) > most else []
    say("\n".join([f"thresholds: {head}{count}", *([f"    {help_}"] if help_ else []), *told[:most], *more]))


def _placed(place: Any, field: str, message: str, help_: str) -> dict[str, object]:
    file, line, column = (place.file, place.line, place.column) if place is not None else (None, None, None)
    return {"file": file, "line": line, "column": column, "field": field, "message": message, "help": help_}
