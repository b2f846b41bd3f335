"""An entry of a rule file as cells: its texts, and its conditions one test a line, each with where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thresholds.language.loading import RawEntry
from thresholds.language.reading import Path
from thresholds.language.yaml_text import Place, Tree
from thresholds.spreadsheet.tables import Cell, Line, Spot, flat
from thresholds.spreadsheet.yaml_edits import inside

_STEP = "  "


@dataclass(frozen=True, slots=True)
class Source:
    """An entry, or with `inside` a part of it; `own`: the ruleset's own layer says it, so that it can be changed."""

    raw: RawEntry
    own: bool
    inside: Path = ()

    def part(self, *steps: str | int) -> Source:
        """What stands inside it."""
        return Source(self.raw, self.own, (*self.inside, *steps))

    @property
    def tree(self) -> Tree | None:
        """What its file says there; None where it says nothing."""
        return inside(self.raw.tree, self.inside)

    @property
    def place(self) -> Place:
        return self.raw.document.key_place(self.raw.number, *self.inside)

    @property
    def path(self) -> Path:
        return (self.raw.number, *self.inside)

    def spot(self, named: str = "") -> Spot | None:
        """Where it can be changed."""
        return Spot(self.raw.document, self.path, named) if self.own else None

    def text(self, *steps: str | int) -> Cell:
        """A text of the entry; an empty cell, which cannot be filled, where its file does not have it."""
        part = self.part(*steps)
        tree = part.tree
        return Cell((Line("", tree, part.spot()),)) if isinstance(tree, str) and tree else Cell()

    def lines(self, *steps: str | int) -> Cell:
        """A nested part of the entry, one value a line."""
        return Cell(tuple(_lines(self.part(*steps), "", "")))

    def then(self) -> Cell:
        """Responses with their weights; a response that stands alone has the weight that goes without saying."""
        part = self.part("then")
        tree = part.tree
        if isinstance(tree, str):
            return Cell((Line(f"{tree}:", "points_to", part.spot(named=tree)),))
        return Cell(tuple(_lines(part, "", "")))


def _lines(part: Source, first: str, rest: str) -> Iterator[Line]:
    """The lines of a part; `first` stands before the first of them, `rest` before the others."""
    tree = part.tree
    if isinstance(tree, dict):
        for number, (name, value) in enumerate(tree.items()):
            lead, inner = f"{rest if number else first}{name}:", part.part(name)
            if isinstance(value, str):
                yield Line(lead, flat(value), inner.spot() if value.strip() else None)
            else:
                yield Line(lead)
                yield from _lines(inner, rest + _STEP, rest + _STEP)
    elif isinstance(tree, list):
        for number in range(len(tree)):
            yield from _lines(part.part(number), f"{rest}- ", rest + _STEP)
    elif isinstance(tree, str):
        yield Line(f"{first}{flat(tree)}")
