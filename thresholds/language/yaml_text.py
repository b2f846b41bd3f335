"""YAML text into plain data, every node's place kept.

Rule files are written by people who are not programmers: whatever is wrong with one is told with file, line
and column, what is wrong and what would be right, all at once and never as a traceback.

Every scalar comes out as the text that was written: nothing is resolved, so `012`, `1_000`, `yes`, `no`,
`on`, `off` and dates are no traps here (the layer that knows what should stand there types them), and `key:`
with nothing after it is the empty text. Anchors, aliases, merge keys, tags, directives and further documents are
refused. Only the events of PyYAML's parsers are used, libyaml's where it is there and otherwise those of pure
Python; no object is ever constructed.

Where a mistake leaves no doubt what was meant (an unquoted `>= 3`, a key given twice), it is told and reading
goes on as meant, so that everything else in the file is told as well. What cannot be read gives a document
without data.
"""

from dataclasses import dataclass, field
from pathlib import Path

from thresholds.language import yaml_source as source
from thresholds.language import yaml_traps as traps
from thresholds.language.yaml_traps import Findings, GiveUpError
from thresholds.language.yaml_tree import LINE, NOTHING, Reading, Spot, Tree

__all__ = ["Document", "Place", "Problem", "Tree", "parse_yaml", "read_yaml"]

# A text is read again once its traps are mended, but never so often that a large file becomes slow.
MOST_READINGS = 12
MOST_READ = 3_000_000


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: the file as shown to people, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where, and what would be right."""

    place: Place
    message: str
    help: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}\n    {self.help}"


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds; `data` is None where it is empty or could not be read."""

    data: Tree | None
    _file: str = ""
    _root: Spot = field(default=(0, 0, None), repr=False, compare=False)

    def place(self, *path: str | int) -> Place:
        """Where the value at a path stands; if the path leads nowhere, its deepest part that is there."""
        return self._place(self._spot(path)[1])

    def key_place(self, *path: str | int) -> Place:
        """Where the key (or list item) at a path stands; if the path leads nowhere, that of its deepest part."""
        return self._place(self._spot(path)[0])

    def _place(self, at: int) -> Place:
        return Place(self._file, at // LINE + 1, at % LINE + 1)

    def _spot(self, path: tuple[str | int, ...]) -> Spot:
        spot = self._root
        for step in path:
            inside: dict[str, Spot] | list[Spot] | None = spot[2]
            if isinstance(inside, dict):
                found = inside.get(step) if isinstance(step, str) else None
            else:
                found = inside[step] if inside and isinstance(step, int) and 0 <= step < len(inside) else None
            if found is None:
                break
            spot = found
        return spot


def read_yaml(path: Path, shown_as: str, problems: list[Problem]) -> Document:
    """Read an ordinary file of moderate size; anything else at that path is a problem and is not read."""
    content, fault = source.content(path)
    if not fault:
        return parse_yaml(content, shown_as, problems)
    help_ = "an ordinary YAML text file that you may read should be here"
    problems.append(Problem(Place(shown_as, 1, 1), fault, help_))
    return Document(None, shown_as)


def parse_yaml(text: str | bytes, shown_as: str, problems: list[Problem], *, pure_python: bool = False) -> Document:
    """Read text; `pure_python` leaves libyaml aside where it is there (the answer is the same)."""
    known = Findings()  # about the characters, and the traps mended so far
    latest = known
    data, spot = NOTHING
    try:
        lines = source.decoded(text, known).split("\n")
        for left in reversed(range(max(1, min(MOST_READINGS, MOST_READ // (len(text) + 1))))):
            reading = Reading(lines, pure_python=pure_python)
            latest = reading.findings
            reading.run()
            data, spot = reading.root
            trapped = [(each, each.span) for each in latest.values() if each.span]
            if not trapped or not left:
                break
            for each, span in trapped:
                known.note(each)
                lines[each.line] = traps.mended(lines[each.line], span)
    except GiveUpError:
        data, spot = NOTHING
    document = Document(data, shown_as, spot)
    for number, (where, finding) in enumerate(sorted({**latest, **known}.items(), key=lambda item: item[0])):
        place = Place(shown_as, where[0] + 1, where[1] + 1)
        if number == traps.MOST_FINDINGS:
            message = "problems from here on are not listed"
            problems.append(Problem(place, message, "mend those above, then check again"))
            break
        problems.append(Problem(place, finding.message, finding.help))
    return document
