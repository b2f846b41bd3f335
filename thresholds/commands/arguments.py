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


def _few(text: str) -> int:
    if text in ("1", "2", "3", "4"):
        return int(text)
    raise argparse.ArgumentTypeError("is not a number from 1 to 4")


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
    schema.add_argument(
        "of",
        metavar="MODEL",
        nargs="?",
        choices=("assessment", "decision"),
        default="assessment",
        help="assessment or decision (default: %(default)s)",
    )

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
    prove.add_argument("--all", action="store_true", help="what was asked, and how it was found, for those proved too")
    prove.add_argument("--save", metavar="FOLDER", help="write each child found as a file that `assess` reads")
    _report_options(prove)
    _on_option(prove)

    _check(commands)
    _compare(commands)
    _sign(commands)
    _spreadsheets(commands)
    return parser


def _compare(commands: Any) -> None:
    compare = _command(commands, "compare", "what changed from one ruleset to another, and who is answered differently")
    compare.epilog = (
        "OLD and NEW are names of bundled rulesets or folders; llr@2016-09-01 is the ruleset as it stood on that day. "
        "Status 1 where a statement of NEW is not proved, or the search was stopped; with --same also where any child "
        "is answered differently."
    )
    compare.add_argument("old", metavar="OLD", help="the ruleset before the change")
    compare.add_argument("new", metavar="NEW", help="the ruleset after it")
    compare.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="another value for a parameter of NEW"
    )
    compare.add_argument("--same", action="store_true", help="status 1 unless every child is answered alike")
    compare.add_argument("--all", action="store_true", help="every situation, with a child for each")
    compare.add_argument(
        "--signs", type=_few, default=2, metavar="N", help="list situations of up to N signs, 1 to 4 (default: 2)"
    )
    compare.add_argument(
        "--seconds", type=_seconds, default=60.0, metavar="N", help="the longest for one question (default: 60)"
    )
    _report_options(compare)
    compare.add_argument("--on", type=_day, metavar="DATE", help="the day children are assessed (default: the latest)")


def _check(commands: Any) -> None:
    check = _command(
        commands, "check", "find what is wrong with a ruleset, and what may be: gaps, rules without effect"
    )
    check.epilog = (
        "Status 1 where there is a problem: the files cannot be read as they stand, a rule can never hold, a worked "
        "example is answered otherwise than it expects, or the ruleset says it is in force without a sign-off or a "
        "contact. Things to look at (rules that never decide or disagree, responses that are never called for, what "
        "was not finished) make it 1 with --strict only; notes never do."
    )
    _ruleset_argument(check, nargs=None)
    check.add_argument("--all", action="store_true", help="every note, child, line of values and limit")
    check.add_argument("--strict", action="store_true", help="status 1 also where there is something to look at")
    check.add_argument(
        "--mutants",
        action="store_true",
        help="instead: make every small change to the rules, and say which of them the worked examples do not notice",
    )
    check.add_argument(
        "--seconds", type=_seconds, default=60.0, metavar="N", help="the longest for one proof (default: 60)"
    )
    _report_options(check)
    _on_option(check)


def _sign(commands: Any) -> None:
    sign = _command(commands, "sign", "put a ruleset in force, withdraw it, or show what was signed")
    sign.epilog = (
        "People are named by role or staff reference; no personal name is needed. Before anything is signed, every "
        "worked example must be answered as expected, every statement proved, and a duty and an out-of-hours contact "
        "be there. An edit of the rules after signing makes them a draft again, and an edited record shows. That the "
        "newest record was removed shows only beside the seal kept with the minutes: this is evidence of tampering, "
        "not a signature that proves who gave it. Status 1 where the ruleset is not fit to be signed, or with --show "
        "where what was signed no longer holds."
    )
    _ruleset_argument(sign, nargs=None)
    sign.add_argument("--show", action="store_true", help="list the records, and whether they still hold")
    sign.add_argument(
        "--withdraw", action="store_true", help="take it out of force at once; with reason, approver and minute"
    )
    sign.add_argument("--proposer", metavar="WHO", help="who proposed it: a role or staff reference")
    sign.add_argument("--reason", metavar="TEXT", help="why")
    sign.add_argument("--equality-screening", dest="equality_outcome", metavar="TEXT", help="what came of it")
    sign.add_argument("--equality-reference", metavar="TEXT", help="where the screening is written down")
    sign.add_argument("--approver", metavar="WHO", help="who approved it: somebody other than the proposer")
    sign.add_argument("--minute", metavar="TEXT", help="where the approval is minuted")
    sign.add_argument("--on", type=_day, metavar="DATE", help="the day it is signed (default: today)")
    sign.add_argument("--effective-from", type=_day, metavar="DATE", help="the first day it is in force")
    sign.add_argument("--review-by", type=_day, metavar="DATE", help="the day by which it is looked at again")
    sign.add_argument("--compared-with", metavar="OLD", help="the version before it: a name or a folder")
    sign.add_argument(
        "--report", metavar="FILE", help="the compare report approved, kept and signed too (default: it is made now)"
    )
    sign.add_argument("--first", action="store_true", help="there was no version before it to compare with")
    sign.add_argument(
        "--seconds", type=_seconds, default=60.0, metavar="N", help="the longest for one proof (default: 60)"
    )


def _spreadsheets(commands: Any) -> None:
    export = _command(commands, "export", "the ruleset as a spreadsheet, for a committee to read and mark")
    _ruleset_argument(export, nargs=None)
    export.add_argument("--xlsx", metavar="FILE", required=True, help="the Excel file to write")
    export.add_argument("--replace", action="store_true", help="write it even if FILE is there already")

    import_ = _command(commands, "import", "what was changed in such a spreadsheet; status 1 where something was")
    import_.set_defaults(command="import_")  # no Python module is called import
    _ruleset_argument(import_, nargs=None)
    import_.add_argument("--xlsx", metavar="FILE", required=True, help="the Excel file that came back")
    import_.add_argument("--write", action="store_true", help="put the changes into the rule files, all or none")


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


def _report_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--html", metavar="FILE", help="write it as one HTML page, to read and print")
    parser.add_argument("--markdown", metavar="FILE", help="write it as Markdown, to paste into a review")


def _as_at_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-at", type=_day, metavar="DATE", help="the thresholds as they stood on that day")
