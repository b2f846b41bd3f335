"""Changes of a spreadsheet taken over into rule files: tried out first, shown as a difference, written all or none."""

from __future__ import annotations

import difflib
import os
import stat
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from thresholds.errors import RulesetInvalid, SpreadsheetError
from thresholds.language.loading import HEADER_FILE
from thresholds.language.yaml_text import Document, Problem, parse_yaml
from thresholds.ruleset import Ruleset, load
from thresholds.spreadsheet.changes import Edit
from thresholds.spreadsheet.yaml_edits import NewValue, replaced

_AGAIN = "nothing was written; run the command again"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One rule file, as it is and as it would be."""

    shown_as: str
    path: Path
    before: bytes
    after: bytes

    @property
    def difference(self) -> list[str]:
        """As a unified diff, line by line."""
        before, after = (content.decode("utf-8-sig").splitlines() for content in (self.before, self.after))
        return list(difflib.unified_diff(before, after, f"a/{self.shown_as}", f"b/{self.shown_as}", lineterm=""))


@dataclass(frozen=True)
class Proposal:
    """What the rule files would say; `problems`: why the ruleset would not load, and so nothing is written."""

    files: tuple[FileChange, ...]
    problems: tuple[Problem, ...]

    @property
    def difference(self) -> str:
        return "\n".join(line for file in self.files for line in file.difference)

    def write(self) -> None:
        """Write all files, or none. SpreadsheetError where the ruleset would not load, or a file cannot be written."""
        if self.problems:
            raise SpreadsheetError("with these changes the ruleset would not load", "nothing was written")
        for file in self.files:
            if _content(file.path, file.shown_as) != file.before:
                raise SpreadsheetError(f"{file.shown_as} was changed in the meantime", _AGAIN)
        try:
            _write_together({file.path: file.after for file in self.files})
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise SpreadsheetError(f"the rule files cannot be written ({why})", "nothing was written") from None


def propose(folder: Path, ruleset: Ruleset, edits: Sequence[Edit]) -> Proposal:
    """What the edits make of the rule files in a ruleset's folder, and whether it would still load."""
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.spot.place.file, []).append(edit)
    files = tuple(_changed(folder, name, by_file[name]) for name in sorted(by_file))
    return Proposal(files, _problems(folder, ruleset.definition.layers, files) if files else ())


def _changed(folder: Path, shown_as: str, edits: Sequence[Edit]) -> FileChange:
    path = folder.parent / shown_as
    before = _content(path, shown_as)
    document: Document = edits[0].spot.document
    if parse_yaml(before, shown_as, []).data != document.data:
        raise SpreadsheetError(f"{shown_as} was changed in the meantime", _AGAIN)
    after = replaced(before, [NewValue(edit.spot.path, edit.after, edit.spot.named) for edit in edits])
    return FileChange(shown_as, path, before, after)


def _content(path: Path, shown_as: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SpreadsheetError(f"{shown_as} cannot be read ({error.strerror})", _AGAIN) from None


def _problems(folder: Path, layers: Sequence[str], files: Iterable[FileChange]) -> tuple[Problem, ...]:
    """Load a copy that holds the changes; what the ruleset extends is found as it is from the folder itself."""
    with tempfile.TemporaryDirectory(prefix="thresholds_") as home:
        for layer in layers:
            source = folder.parent / layer
            if (source / HEADER_FILE).is_file():
                _copy(source, Path(home) / layer)
        for file in files:
            (Path(home) / file.shown_as).write_bytes(file.after)
        try:
            load(Path(home) / folder.name)
        except RulesetInvalid as invalid:
            return invalid.problems
        return ()


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        inside = path.relative_to(source)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            (target / inside).write_bytes(path.read_bytes())


def _write_together(contents: Mapping[Path, bytes]) -> None:
    """Put files in place one after another; where one fails, put back those that were. Raises OSError."""
    staged: list[Path] = []

    def stage(path: Path, content: bytes) -> Path:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        staged.append(Path(name))
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, stat.S_IMODE(path.stat().st_mode))
        return Path(name)

    done: list[tuple[Path, Path]] = []
    try:
        # what was there is laid ready too: to put it back takes no room then
        ready = [(path, stage(path, path.read_bytes()), stage(path, content)) for path, content in contents.items()]
        for path, old, new in ready:
            os.replace(new, path)
            done.append((old, path))
    except BaseException:
        for old, path in done:
            os.replace(old, path)
        raise
    finally:
        for left in staged:
            with suppress(OSError):
                left.unlink()
