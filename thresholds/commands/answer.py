"""What a command answers, and how that gets onto a screen, into a file or down a pipe."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from thresholds.present.blocks import WIDEST, Block, carried, plain_text

_PIPED = 80
"""Where no screen says how wide it is."""
_NARROWEST = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An exit status, and either data for `--json`, blocks for people, or a document as it is."""

    status: int
    blocks: Sequence[Block] = ()
    data: Any = None
    text: str | None = None

    def print(self) -> None:
        """Onto standard output, in one piece."""
        out = sys.stdout
        if out is None:  # closed by whoever started the command
            raise OSError(errno.EBADF, "standard output is closed")
        if self.data is not None:
            out.write(json_text(self.data, out))
        elif self.text is not None:
            out.write("".join(f"{carried(line, encoding_of(out))}\n" for line in self.text.splitlines()))
        elif _in_colour(out):
            _draw(self.blocks, out)
        else:
            width = min(shutil.get_terminal_size((_PIPED, 24)).columns, WIDEST)
            out.write(plain_text(self.blocks, width, encoding_of(out)))
        out.flush()


def json_text(data: Any, out: TextIO) -> str:
    """JSON with every character plain where the output is UTF-8, escaped where not."""
    utf = encoding_of(out).lower().replace("-", "").startswith("utf")
    return json.dumps(data, indent=2, ensure_ascii=not utf) + "\n"


def encoding_of(out: TextIO) -> str:
    """What characters an output takes."""
    return getattr(out, "encoding", None) or "utf-8"


def _in_colour(out: TextIO) -> bool:
    if os.environ.get("TERM") == "dumb":
        return False
    return out.isatty() or os.environ.get("FORCE_COLOR", "") not in ("", "0")


def _draw(blocks: Sequence[Block], out: TextIO) -> None:
    from rich.console import Console

    from thresholds.present.terminal import InColour

    class Quiet(Console):
        """Leaves a closed pipe to the caller."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    # the text of a file is never cut off or folded; all else is already as narrow as the screen
    width = max(shutil.get_terminal_size().columns, _NARROWEST)
    Quiet(file=out, width=width, highlight=False, emoji=False, markup=False).print(InColour(blocks), crop=False)
