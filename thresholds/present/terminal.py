"""Blocks in colour, for a terminal or a notebook that rich can draw on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.panel import Panel
from rich.segment import Segment
from rich.style import Style
from rich.table import Table as Grid
from rich.text import Text

from thresholds.present.blocks import (
    WIDEST,
    Banner,
    Block,
    Gap,
    Heading,
    Line,
    Sheet,
    Table,
    Title,
    as_lines,
    carried_block,
    column_widths,
    prefixes,
)

_EDGE = 6
"""What of the edge of a frame is not its title."""
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
            if not gap and isinstance(block, Heading | Banner | Table | Sheet):
                yield Text("")
            gap = isinstance(block, Gap | Table | Sheet)
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
                    edge = Text(title, style="bold white on red")
                    inside = Text("\n".join(text))
                    if edge.cell_len > width - _EDGE:  # it would be cut off
                        inside, edge = Text.assemble((title, "bold red"), "\n", inside), Text("")
                    yield Panel(
                        inside,
                        box=box.HEAVY,
                        title=edge,
                        title_align="left",
                        border_style="bold red",
                        width=width,
                    )
                case Table() as table:
                    yield from _table(table, console, width)
                    yield Text("")
                case Sheet(text):
                    for row in text.split("\n"):
                        yield Segment(row, Style(color="cyan"))
                        yield Segment.line()
                    yield Text("")
                case Gap():
                    yield Text("")


def _table(table: Table, console: Console, width: int) -> Iterator[RenderableType]:
    if table.caption:
        yield from Text(table.caption, style="bold").wrap(console, width)
    widths = column_widths(table, width)
    if widths is None:
        for line in as_lines(table):
            yield from _rows(line, console, width)
    else:
        folded = any(len(cell) > most for row in table.rows for cell, most in zip(row, widths, strict=True))
        edges = None if console.options.ascii_only else box.SIMPLE_HEAD
        grid = Grid(box=edges, show_edge=False, pad_edge=False, padding=(0, 2 if edges is None else 1, 0, 0))
        grid.leading = int(folded)
        for column, most in zip(table.columns, widths, strict=True):
            grid.add_column(Text(column, style="bold"), width=most, overflow="fold")
        for row in table.rows:
            grid.add_row(*map(Text, row))
        yield grid


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
