"""The `thresholds` command: what it takes, and what happens when something goes wrong."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from thresholds.commands.answer import Answer

FINE, MISUSE, INTERRUPTED = 0, 2, 130
"""1, between them: something was found, such as an example that differs."""
DEBUG = "THRESHOLDS_DEBUG"
_MOST_FAULTS, _MOST_PROBLEMS = 50, 5
_DEFAULT_RULESET = "llr"
_ENGINES = ("durable", "bitmap", "reference")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit status, and raises nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = _note
        try:
            return _run(sys.argv[1:] if argv is None else argv)
        except KeyboardInterrupt:
            return INTERRUPTED
        except Exception as error:
            if os.environ.get(DEBUG) == "1":
                import traceback

                traceback.print_exc()
            _say(
                f"thresholds: this is a fault of the library ({type(error).__name__}), and there is no answer; "
                f"run with {DEBUG}=1 for the traceback, which may show the case"
            )
            return MISUSE


def _run(argv: Sequence[str]) -> int:
    from thresholds.errors import ThresholdsError

    as_json = "--json" in argv
    try:
        arguments = _parser().parse_args(argv)
        command = getattr(arguments, "command", None)
        if command is None:
            _parser().print_help()
            return _flushed(FINE)
        answer: Answer = import_module(f"thresholds.commands.{command}").answer(arguments)
    except SystemExit as stop:  # argparse has said what it had to say
        return _flushed(stop.code if isinstance(stop.code, int) else MISUSE)
    except ThresholdsError as error:
        _tell(error, as_json)
        return MISUSE
    except BrokenPipeError:
        return _closed(FINE)
    except OSError as error:
        _complain(f"a file cannot be read ({error.strerror or type(error).__name__})", as_json)
        return MISUSE
    try:
        answer.print()
    except BrokenPipeError:
        return _closed(answer.status)
    except OSError as error:
        _closed(MISUSE)
        _complain(f"the answer cannot be written ({error.strerror or type(error).__name__})", as_json)
        return MISUSE
    return answer.status


def _flushed(status: int) -> int:
    """What argparse printed may still have nowhere to go."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return _closed(status)
    return status


def _closed(status: int) -> int:
    """Nobody reads on (`| head`), and Python shall not complain of that when it ends."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    return status


# What goes to standard error


def _note(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    """Warnings meant for users as one plain line; those meant for developers are not shown."""
    if issubclass(category, UserWarning):
        _say(f"thresholds: {' '.join(str(message).split())}")


def _say(text: str) -> None:
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


def _complain(message: str, as_json: bool) -> None:
    _say(json.dumps({"error": message, "help": "", "faults": []}) if as_json else f"thresholds: {message}")


def _tell(error: Exception, as_json: bool) -> None:
    """An error meant for users, whole; as JSON where that was asked for, so that standard output stays empty."""
    from thresholds.errors import AssessmentInvalid, RulesetInvalid, ThresholdsError
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
    elif isinstance(error, RulesetInvalid):
        head, help_ = "the ruleset cannot be used", ""
        told = [str(one) for one in error.problems]
        faults = [_placed(one.place, "", one.message, one.help) for one in error.problems]
    else:
        head, help_, told, faults = error.message, error.help, [], []
    if as_json:
        _say(json.dumps({"error": head, "help": help_, "faults": faults}))
        return
    word, most = ("problem", _MOST_PROBLEMS) if isinstance(error, RulesetInvalid) else ("fault", _MOST_FAULTS)
    count = f": {len(told)} {word if len(told) == 1 else word + 's'}" if told else ""
    all_by = "`thresholds check` lists them" if word == "problem" else "`--json` gives them all"
    more = [f"and {len(told) - most} more: {all_by}"] if len(told) > most else []
    _say("\n".join([f"thresholds: {head}{count}", *([f"    {help_}"] if help_ else []), *told[:most], *more]))


def _placed(place: Any, field: str, message: str, help_: str) -> dict[str, object]:
    file, line, column = (place.file, place.line, place.column) if place is not None else (None, None, None)
    return {"file": file, "line": line, "column": column, "field": field, "message": message, "help": help_}


# What the command takes


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the manner of the other messages."""

    def error(self, message: str) -> NoReturn:
        _say(f"thresholds: {message}\n    `{self.prog} --help` says what it takes")
        raise SystemExit(MISUSE)


class _Version(argparse.Action):
    """Looks the version up only when asked: it lies behind slow imports."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from thresholds.ruleset import VERSION

        print(f"thresholds {VERSION}")
        parser.exit()


def _wide(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, max_help_position=30)


def _day(text: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise argparse.ArgumentTypeError("is not a date: write it as 2017-03-01")


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 < float(text) <= 86_400:
            return float(text)
    raise argparse.ArgumentTypeError("is not a number of seconds, 86400 at most")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="thresholds",
        description="Thresholds of need for children and families: which level of need the known facts about a child "
        "point to, why, and what to ask. It supports professional judgement and never replaces it.",
        epilog="Exit status: 0 fine, 1 found something, 2 misuse or an input that cannot be used. "
        "A child in immediate danger: call 999.",
        allow_abbrev=False,
        formatter_class=_wide,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    assess = _command(commands, "assess", "guidance for one child")
    assess.add_argument("file", metavar="FILE", help="a YAML or JSON file, or - for standard input")
    _ruleset_option(assess)
    _engine_option(assess)
    _as_at_option(assess)
    assess.add_argument("--all", action="store_true", help="every question, reason and source, not only the first")

    examples = _command(commands, "examples", "run a ruleset's worked examples; status 1 where some differ")
    _ruleset_argument(examples, nargs="?")
    _engine_option(examples)
    _as_at_option(examples)
    examples.add_argument("--all", action="store_true", help="name every rule that no example makes true")

    indicators = _command(commands, "indicators", "find the indicator for what you want to say")
    indicators.add_argument("word", metavar="WORD", nargs="+", help="what you would call it")
    _ruleset_option(indicators)
    indicators.add_argument("--all", action="store_true", help="all of them in full")

    schema = _command(commands, "schema", "the JSON Schema of assessments or decisions")
    schema.add_argument("of", nargs="?", choices=("assessment", "decision"), default="assessment")

    guide = _command(commands, "guide", "the ruleset as a readable thresholds document")
    _ruleset_argument(guide, nargs="?")
    guide.add_argument("--html", metavar="FILE", help="write it as one HTML page, to search, filter and print")
    guide.add_argument("--markdown", metavar="FILE", help="write it as Markdown (default: onto the screen)")
    _on_option(guide)

    prove = _command(commands, "prove", "prove the ruleset's statements, or refute them; status 1 where one fails")
    _ruleset_argument(prove, nargs="?")
    prove.add_argument(
        "--seconds", type=_seconds, default=60.0, metavar="N", help="the longest for one statement (default: 60)"
    )
    _on_option(prove)

    check = _command(commands, "check", "load a ruleset, or list every problem; status 1 where there are some")
    _ruleset_argument(check, nargs=None)
    return parser


def _command(commands: Any, name: str, help_: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help_, description=f"{help_[0].upper()}{help_[1:]}.", allow_abbrev=False, formatter_class=_wide
    )
    parser.set_defaults(command=name)
    parser.add_argument("--json", action="store_true", help="plain data, for other programs")
    return parser


def _ruleset_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ruleset", default=_DEFAULT_RULESET, help="a bundled ruleset's name or a folder (default: %(default)s)"
    )


def _ruleset_argument(parser: argparse.ArgumentParser, nargs: str | None) -> None:
    default = f" (default: {_DEFAULT_RULESET})" if nargs else ""
    parser.add_argument(
        "ruleset",
        metavar="RULESET",
        nargs=nargs,
        default=_DEFAULT_RULESET,
        help=f"a bundled ruleset's name or a folder{default}",
    )


def _engine_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--engine", choices=_ENGINES, help="what infers; the answer is the same (default: durable)")


def _on_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--on", type=_day, metavar="DATE", help="what is in force on that day (default: after the last change)"
    )


def _as_at_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-at", type=_day, metavar="DATE", help="the thresholds as they stood on that day")
