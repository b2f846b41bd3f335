"""Blocks in colour, for a terminal or a notebook that rich can draw on."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.panel import Panel
from rich.text import Text

from thresholds.present.blocks import WIDEST, Banner, Block, Gap, Heading, Line, Title, carried_block, prefixes

_STYLES = {"plain": "", "strong": "bold", "quiet": "dim", "attention": "bold yellow"}


class InColour:
    """Blocks that draw themselves. Colour only underlines what the words say."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, WIDEST)
        gap = True
        for block in self.blocks:
            if gap and isinstance(block, Gap):
                continue
            if not gap and isinstance(block, Heading | Banner):
                yield Text("")
            gap = isinstance(block, Gap)
            match carried_block(block, options.encoding):
                case Title(text):
                    rows = Text(text, style="bold").wrap(console, width)
                    yield from rows
                    yield Text(("=" if options.ascii_only else "━") * max(row.cell_len for row in rows), style="bold")
                case Heading(text):
                    yield from Text(text, style="bold cyan").wrap(console, width)
                case Line() as line:
                    yield from _rows(line, console, width)
                case Banner(title, text):
                    yield Panel(
                        Text("\n".join(text)),
                        box=box.HEAVY,
                        title=Text(title, style="bold white on red"),
                        title_align="left",
                        border_style="bold red",
                        width=width,
                    )
                case Gap():
                    yield Text("")


def _rows(line: Line, console: Console, width: int) -> list[Text]:
    style = _STYLES[line.tone]
    text = Text(line.text, style=style)
    if line.lead:
        text = Text.assemble((f"{line.lead} ", f"bold {style}".strip()), (line.text, style))
    first, rest = prefixes(line)
    rows = []
    for number, row in enumerate(text.wrap(console, max(width - len(first), 8))):
        row.rstrip()
        rows.append(Text.assemble((first if number == 0 else rest, style), row))
    return rows
