"""A half-edited ruleset: every problem in it, and what is left once the entries with problems are taken out.

What depends on an entry that is taken out goes too, step by step, until the remainder loads. So the problems of
meaning, which a load reports only once all names are in order, are told in the same round.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from thresholds.language.checking import check_layers
from thresholds.language.counting import check_counting
from thresholds.language.definition import Definition
from thresholds.language.loading import HEADER_FILE, NAME_OF, Layers, RawEntry, define, kind_at, read_layers
from thresholds.language.overlays import check_overlay
from thresholds.language.references import References
from thresholds.language.soundness import check_soundness
from thresholds.language.yaml_source import content
from thresholds.language.yaml_text import Document, Place, Problem
from thresholds.ruleset import Ruleset, bundled, folder_of

_ID = re.compile(r"^( *)-\s+\{?\s*id:\s*[\"']?([A-Za-z][A-Za-z0-9_]{0,79})", re.MULTILINE)
_LEVELS = "levels"


@dataclass(frozen=True)
class LeftOut:
    """An entry that was taken out, or the `levels` of one."""

    kind: str
    id: str
    place: Place
    part: str
    """`levels` where only these were taken out; else empty."""
    problem: Problem
    """What is wrong with it, of itself or because of what was taken out before."""


@dataclass(frozen=True)
class Rest:
    """What is wrong with a ruleset, and what of it can be used; no ruleset where that is nothing."""

    name: str
    """That of its folder."""
    problems: tuple[Problem, ...]
    """To be mended, in the order of the files. None is a mere consequence of what was left out."""
    left_out: tuple[LeftOut, ...]
    ruleset: Ruleset | None
    why: str = ""
    """Why nothing can be used."""


def read_rest(name_or_path: str | Path) -> Rest:
    """Read a ruleset that may hold problems. Raises RulesetNotFound."""
    folder = folder_of(name_or_path)
    problems: list[Problem] = []
    layers = read_layers(folder, problems, (bundled(),))
    if layers is None:
        return Rest(folder.name, _sorted(problems), (), None, f"{HEADER_FILE}, or what it extends, cannot be read")
    return _Mending(layers, folder, problems).run()


class _Mending:
    def __init__(self, layers: Layers, folder: Path, problems: list[Problem]) -> None:
        self.layers, self.name = layers, folder.name
        self.left_out: dict[tuple[str, str, str], LeftOut] = {}
        self.unreadable = {file.name: file for file in _unreadable(layers, folder, problems)}
        self.said = [file.text for file in self.unreadable.values()]
        """What was taken out, and what was perhaps meant by a misspelt name: what stands in it may be used."""
        names = {name for file in self.unreadable.values() for name in file.ids}
        self.told = [one for one in problems if not any(_awaits(name, one) for name in names)]

    def run(self) -> Rest:
        """Take out what has problems until nothing has any, or only what cannot be taken out."""
        self._know_by_id()
        first, definition = self._read()
        self.told += [one for one in first if one.place.file not in self.unreadable]
        self.said += [one.help for one in self.told]
        self._forget()
        self._take_out(self.told)
        found, definition = self._read()
        while True:
            if not found and definition is not None:
                found = self._meaning(definition)
                if not found:
                    self._overlay(definition)
                    return self._rest(Ruleset(self.layers, definition, None))
            if not self._take_out(found):
                return self._rest(None, found[0].message)
            found, definition = self._read()

    def _rest(self, ruleset: Ruleset | None, why: str = "") -> Rest:
        return Rest(self.name, _sorted(self.told), tuple(self.left_out.values()), ruleset, why)

    def _know_by_id(self) -> None:
        """What stands in an unreadable file is known by its id alone, so that nobody is blamed for reading it."""
        entries = {kind: dict(ones) for kind, ones in self.layers.entries.items()}
        for file in self.unreadable.values():
            for name in file.ids:
                entries[file.kind].setdefault(name, RawEntry({"id": name}, Document(None, file.name), 0, file.layer))
        self.layers = replace(self.layers, entries=entries)

    def _forget(self) -> None:
        """Take out what is known by its id alone."""
        entries = {kind: dict(ones) for kind, ones in self.layers.entries.items()}
        for file in self.unreadable.values():
            for name in file.ids:
                if entries[file.kind][name].document.place().file == file.name:
                    raw = entries[file.kind].pop(name)
                    self.left_out[file.kind, name, ""] = LeftOut(file.kind, name, raw.place, "", file.problem)
        self.layers = replace(self.layers, entries=entries)

    def _read(self) -> tuple[list[Problem], Definition | None]:
        """Problems of fields and names. What is wrong with entries of unreadable files has been told."""
        problems: list[Problem] = []
        definition = define(self.layers, problems)
        if definition is not None:
            problems += References(definition, self.layers).run()
        return problems, definition

    def _meaning(self, definition: Definition) -> list[Problem]:
        """Problems of meaning; told are those that do not come from what was taken out."""
        references = References(definition, self.layers)
        references.run()
        unused = list(references.unused())
        problems = [*unused, *check_soundness(definition)] or list(check_counting(definition))
        counted = any(kind in ("indicator", "finding") for kind, _, _ in self.left_out)
        for problem in problems:
            name = _first_name(problem)
            used = problem in unused and any(re.search(rf"\b{re.escape(name)}\b", said) for said in self.said)
            if not used and not (counted and problem.message.startswith("quantity ")):
                self.told.append(problem)
        return problems

    def _overlay(self, definition: Definition) -> None:
        """What the ruleset weakens of what it extends, where no less than rules is missing to tell."""
        if not self.layers.changed or any(kind != "rule" for kind, _, _ in self.left_out):
            return
        without = [f"`{name}`" for _, name, _ in self.left_out]
        for base in self.layers.bases:
            beneath: list[Problem] = []
            under = check_layers(base, beneath)
            if under is not None and not beneath:
                beneath += check_overlay(under, definition, self.layers.withdrawn)
            self.told += [one for one in beneath if not any(name in one.message for name in without)]

    def _take_out(self, problems: Iterable[Problem]) -> bool:
        """The entries in which these stand; False where that is none."""
        spots = sorted(
            (raw.place, kind, name) for kind, ones in self.layers.entries.items() for name, raw in ones.items()
        )
        places = [place for place, _, _ in spots]
        entries = {kind: dict(ones) for kind, ones in self.layers.entries.items()}
        before = len(self.left_out)
        for problem in problems:
            number = bisect_right(places, problem.place) - 1
            if number < 0 or places[number].file != problem.place.file:
                continue
            place, kind, name = spots[number]
            raw = entries[kind].get(name)
            if raw is None:
                continue
            part = _LEVELS if _stands_in_levels(problem.place, raw) else ""
            said = raw.tree.get(_LEVELS) if part else raw.tree
            self.said.append(json.dumps(said, ensure_ascii=False))
            self.left_out[kind, name, part] = LeftOut(kind, name, place, part, problem)
            if part:
                entries[kind][name] = replace(raw, tree={key: one for key, one in raw.tree.items() if key != part})
            else:
                del entries[kind][name]
        self.layers = replace(self.layers, entries=entries)
        return len(self.left_out) > before


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.place))


def _awaits(name: str, problem: Problem) -> bool:
    """Is it only told that nothing replaces an entry, which stands in a file that cannot be read?"""
    return f"`{name}` is to be replaced, and nothing" in problem.message


def _first_name(problem: Problem) -> str:
    return problem.message.split("`")[1] if "`" in problem.message else ""


def _stands_in_levels(place: Place, raw: RawEntry) -> bool:
    """Does a problem stand in the `levels` of an indicator, so that the rest of it can be kept?"""
    keys = sorted((raw.document.key_place(raw.number, key), key) for key in raw.tree)
    before = [key for at, key in keys if at <= place]
    return bool(before) and before[-1] == _LEVELS


@dataclass(frozen=True)
class _File:
    """A file with problems of which nothing could be read but its text."""

    name: str
    layer: str
    kind: str
    text: str
    problem: Problem

    @property
    def ids(self) -> tuple[str, ...]:
        """Those that stand furthest left: others are of parts of entries."""
        found: list[tuple[str, str]] = _ID.findall(self.text)
        left = min((len(indent) for indent, _ in found), default=0)
        return tuple(dict.fromkeys(name for indent, name in found if len(indent) == left))


def _unreadable(layers: Layers, folder: Path, problems: Iterable[Problem]) -> Iterator[_File]:
    read = {raw.document.place().file for ones in layers.entries.values() for raw in ones.values()}
    for problem in {problem.place.file: problem for problem in problems}.values():
        layer, _, inside = problem.place.file.partition("/")
        kind = kind_at(PurePath(inside)) if inside else None
        if problem.place.file in read or kind is None:
            continue
        for path in (parent / layer / inside for parent in (folder.parent, bundled())):
            text, fault = content(path)
            if not fault:
                yield _File(problem.place.file, layer, NAME_OF[kind], text.decode("utf-8", "replace"), problem)
                break
