"""The `thresholds` command: runs a sub-command, and says what went wrong where something does."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from thresholds.commands.arguments import make_parser
from thresholds.commands.saying import complain, note, say, tell

if TYPE_CHECKING:
    from thresholds.commands.answer import Answer

FINE, MISUSE, INTERRUPTED = 0, 2, 130
"""1, between them: something was found, such as an example that differs."""
DEBUG = "THRESHOLDS_DEBUG"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit status, and raises nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = note
        try:
            return _run(sys.argv[1:] if argv is None else argv)
        except KeyboardInterrupt:
            return INTERRUPTED
        except Exception as error:
            if os.environ.get(DEBUG) == "1":
                import traceback

                traceback.print_exc()
            say(
                f"thresholds: this is a fault of the library ({type(error).__name__}), and there is no answer; "
                f"run with {DEBUG}=1 for the traceback, which may show the case"
            )
            return MISUSE


def _run(argv: Sequence[str]) -> int:
    from thresholds.errors import ThresholdsError

    as_json = "--json" in argv
    try:
        arguments = make_parser().parse_args(argv)
        command = getattr(arguments, "command", None)
        if command is None:
            make_parser().print_help()
            return _flushed(FINE)
        answer: Answer = import_module(f"thresholds.commands.{command}").answer(arguments)
    except SystemExit as stop:  # argparse has said what it had to say
        return _flushed(stop.code if isinstance(stop.code, int) else MISUSE)
    except ThresholdsError as error:
        tell(error, as_json)
        return MISUSE
    except BrokenPipeError:
        return _closed(FINE)
    except OSError as error:
        complain(f"a file cannot be read ({error.strerror or type(error).__name__})", as_json)
        return MISUSE
    try:
        answer.print()
    except BrokenPipeError:
        return _closed(answer.status)
    except OSError as error:
        _closed(MISUSE)
        complain(f"the answer cannot be written ({error.strerror or type(error).__name__})", as_json)
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
