"""What the `thresholds` command takes: its sub-commands and their options."""

from __future__ import annotations

import argparse
import re
from contextlib import suppress
from datetime import date
from typing import Any, NoReturn

from thresholds.commands.saying import say

MISUSE = 2
_DEFAULT_RULESET = "llr"
_ENGINES = ("durable", "bitmap", "reference")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the manner of the other messages."""

    def error(self, message: str) -> NoReturn:
        say(f"thresholds: {message}\n    `{self.prog} --help` says what it takes")
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


def make_parser() -> argparse.ArgumentParser:
    """The command with all its sub-commands."""
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
