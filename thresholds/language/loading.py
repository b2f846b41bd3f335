"""A ruleset's folder into a Definition: layers put on one another, every problem reported at its place."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any, TypeVar

from pydantic import ValidationError

from thresholds.errors import RulesetInvalid, RulesetNotFound
from thresholds.language import model
from thresholds.language.definition import Definition
from thresholds.language.reading import Prepared, prepare
from thresholds.language.sign_offs import REPORT_FOLDER, SIGN_OFF_FILE, SignOffs, read_sign_offs
from thresholds.language.validation import problems_of
from thresholds.language.yaml_text import Document, Place, Problem, Tree, read_yaml

FILES: dict[str, type[model.Entry]] = {
    "sources.yaml": model.Source,
    "roles.yaml": model.Role,
    "topics.yaml": model.Topic,
    "parameters.yaml": model.Parameter,
    "quantities.yaml": model.Quantity,
    "findings.yaml": model.Finding,
    "responses.yaml": model.Response,
    "services.yaml": model.Service,
    "impossible.yaml": model.Impossible,
    "invariants.yaml": model.Invariant,
    "documents.yaml": model.NamedDocument,
    "reference.yaml": model.Reference,
}
FOLDERS: dict[str, type[model.Entry]] = {
    "indicators": model.Indicator,
    "rules": model.Rule,
    "worked_examples": model.WorkedExample,
}
KINDS: dict[str, type[model.Entry]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower().removeprefix("named_"): kind
    for kind in (*FILES.values(), *FOLDERS.values())
}
_ANY_FOLDER = {**FOLDERS, **{name.removesuffix(".yaml"): kind for name, kind in FILES.items()}}
"""Every list may be one file or, where it grows long, a folder of files."""
NAME_OF = {kind: name for name, kind in KINDS.items()}
HEADER_FILE = "ruleset.yaml"
_MOST_LAYERS = 8
_MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as its file says it, with where it stands."""

    tree: dict[str, Tree]
    document: Document
    number: int
    layer: str

    @property
    def place(self) -> Place:
        return self.document.key_place(self.number)


@dataclass(frozen=True)
class Layers:
    """The merged entries of a ruleset and of what it extends, before they are typed."""

    names: tuple[str, ...]
    headers: tuple[tuple[dict[str, Tree], Document], ...]
    entries: Mapping[str, Mapping[str, RawEntry]]
    """By kind, then by id."""
    bases: tuple[Layers, ...] = ()
    """What it extends, from the lowest up."""
    changed: bool = False
    """Does some layer replace or withdraw what a lower one says?"""
    withdrawn: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    """By kind and id, what this ruleset or one that it extends withdraws, and where."""
    sign_offs: SignOffs = field(default_factory=SignOffs)
    """Of the ruleset itself, not of what it extends."""

    def digest(self) -> str:
        """SHA-256 of the canonical form: what the entries say, whatever their order, files and layout.

        Of what it extends everything counts, what is replaced here too. The sign-off and the `status` are left out:
        putting a ruleset in force does not change what it says.
        """
        canonical = {
            "headers": [{key: value for key, value in header.items() if key != "status"} for header, _ in self.headers],
            "entries": {
                kind: {name: entry.tree for name, entry in entries.items()} for kind, entries in self.entries.items()
            },
            "extends": self.bases[-1].digest() if self.bases else None,
        }
        text = json.dumps(canonical, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def with_parameter_values(self, values: Mapping[str, str]) -> Layers:
        """The same with other values for some parameters, from the first day on."""
        parameters = dict(self.entries["parameter"])
        for name, value in values.items():
            raw = parameters[name]
            tree = {key: tree for key, tree in raw.tree.items() if key != "history"} | {"value": value}
            parameters[name] = RawEntry(tree, raw.document, raw.number, raw.layer)
        return replace(self, entries={**self.entries, "parameter": parameters})


def read_layers(folder: Path, problems: list[Problem], search: tuple[Path, ...], depth: int = 0) -> Layers | None:
    """Read a ruleset's folder and what it extends; problems are added to the list."""
    shown = folder.name
    header_path = folder / HEADER_FILE
    if not header_path.is_file():
        raise RulesetNotFound(
            f"no ruleset at {folder}: there is no {HEADER_FILE} in it",
            "give the name of a bundled ruleset, or the path of a folder that holds one",
        )
    document = read_yaml(header_path, f"{shown}/{HEADER_FILE}", problems)
    header = document.data
    if not isinstance(header, dict):
        if header is not None or not problems:
            problems.append(Problem(document.place(), "the file is not a mapping", "begin it with `format: 1`"))
        _read_entries(folder, shown, problems)
        return None
    base: Layers | None = None
    extends = header.get("extends")
    if extends:
        base = _base(str(extends), folder, document, problems, search, depth)
        if base is None:
            return None
    entries = _read_entries(folder, shown, problems)
    merged = _merged(shown, header, document, entries, base, problems)
    return replace(merged, sign_offs=read_sign_offs(folder, shown, problems))


def _base(
    name: str, folder: Path, document: Document, problems: list[Problem], search: tuple[Path, ...], depth: int
) -> Layers | None:
    place = document.place("extends")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        problems.append(Problem(place, f"`extends: {name}` is not a name", "name a ruleset beside this one: england"))
        return None
    if depth >= _MOST_LAYERS:
        problems.append(Problem(place, "the rulesets extend one another in a circle", "let the lowest extend none"))
        return None
    for parent in (folder.parent, *search):
        if (parent / name / HEADER_FILE).is_file():
            return read_layers(parent / name, problems, search, depth + 1)
    problems.append(Problem(place, f"there is no ruleset `{name}` to extend", "put it beside this one"))
    return None


def _read_entries(folder: Path, shown: str, problems: list[Problem]) -> dict[str, list[RawEntry]]:
    found: dict[str, list[RawEntry]] = {name: [] for name in KINDS}
    for path, shown_as, kind in _files(folder, shown, problems):
        document = read_yaml(path, shown_as, problems)
        if document.data is None:
            continue
        if not isinstance(document.data, list):
            problems.append(Problem(document.place(), "the file is not a list", "begin each entry with `- id:`"))
            continue
        for number, tree in enumerate(document.data):
            if not isinstance(tree, dict):
                message = f"this {NAME_OF[kind]} is not a mapping"
                problems.append(Problem(document.key_place(number), message, "begin it with `- id:`"))
                continue
            found[NAME_OF[kind]].append(RawEntry(tree, document, number, shown))
    return found


def _files(folder: Path, shown: str, problems: list[Problem]) -> Iterator[tuple[Path, str, type[model.Entry]]]:
    count = 0
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if (
            any(part.startswith(".") for part in inside.parts)
            or path.suffix == ".md"
            or inside.as_posix() in (HEADER_FILE, SIGN_OFF_FILE)
            or inside.parts[0] == REPORT_FOLDER
        ):
            continue
        if path.is_dir() and not path.is_symlink():
            if inside.parts[0] not in _ANY_FOLDER:
                where = Place(f"{shown}/{inside.as_posix()}", 1, 1)
                problems.append(
                    Problem(where, "this folder is not part of a ruleset", _nearest(path.name, _ANY_FOLDER))
                )
            continue
        count += 1
        if count > _MOST_FILES:
            raise RulesetNotFound(f"{folder} holds more than {_MOST_FILES} files", "give the folder of one ruleset")
        kind = kind_at(inside)
        if kind is None or path.suffix != ".yaml":
            if len(inside.parts) == 1 or inside.parts[0] in _ANY_FOLDER:
                known = [HEADER_FILE, SIGN_OFF_FILE, *FILES, *(f"{name}/*.yaml" for name in FOLDERS)]
                where = Place(f"{shown}/{inside.as_posix()}", 1, 1)
                help_ = f"call it {path.stem}.yaml" if path.suffix == ".yml" else _nearest(path.name, known)
                problems.append(Problem(where, "this file is not part of a ruleset", help_))
            continue
        yield path, f"{shown}/{inside.as_posix()}", kind


def kind_at(inside: PurePath) -> type[model.Entry] | None:
    """The kind of entries that a file holds, by where it stands in the folder of a ruleset; None where by none."""
    return _ANY_FOLDER.get(inside.stem if len(inside.parts) == 1 else inside.parts[0])


def _nearest(name: str, known: Mapping[str, object] | list[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean {close[0]}?" if close else f"known are: {', '.join(known)}"


def _merged(
    name: str,
    header: dict[str, Tree],
    document: Document,
    entries: dict[str, list[RawEntry]],
    base: Layers | None,
    problems: list[Problem],
) -> Layers:
    merged: dict[str, dict[str, RawEntry]] = {
        kind: dict(base.entries[kind]) if base is not None else {} for kind in KINDS
    }
    replaces = _changes("replaces", header, document, merged, problems)
    withdraws = _changes("withdraws", header, document, merged, problems)
    for kind, name_ in withdraws:
        merged[kind].pop(name_, None)
    own: dict[tuple[str, str], RawEntry] = {}
    for kind, raws in entries.items():
        for raw in raws:
            identifier: Tree | None = raw.tree.get("id")
            if not isinstance(identifier, str) or not identifier:
                problems.append(Problem(raw.place, f"this {kind} has no id", "begin it with `- id:` and a name"))
                continue
            first = own.get((kind, identifier))
            if first is not None:
                message = f"{kind} `{identifier}` is already at {first.place}"
                problems.append(Problem(raw.place, message, "give one of them another id"))
                continue
            own[kind, identifier] = raw
            if identifier in merged[kind] and (kind, identifier) not in replaces:
                message = f"{kind} `{identifier}` is already in {merged[kind][identifier].layer}"
                help_ = f"name it in {HEADER_FILE} under `replaces:` with a reason, or use another id"
                problems.append(Problem(raw.place, message, help_))
            merged[kind][identifier] = raw
    for (kind, name_), place in replaces.items():
        if (kind, name_) not in own:
            message = f"{kind} `{name_}` is to be replaced, and nothing replaces it"
            problems.append(Problem(place, message, "write the new entry, or name it under `withdraws:`"))
    headers = (*(base.headers if base is not None else ()), (header, document))
    names = (*(base.names if base is not None else ()), name)
    bases = (*(base.bases if base is not None else ()), *((base,) if base is not None else ()))
    changed = bool(replaces or withdraws) or (base is not None and base.changed)
    withdrawn = {**(base.withdrawn if base is not None else {}), **withdraws}
    return Layers(names, headers, merged, bases, changed, withdrawn)


def _changes(
    key: str,
    header: dict[str, Tree],
    document: Document,
    merged: Mapping[str, Mapping[str, RawEntry]],
    problems: list[Problem],
) -> dict[tuple[str, str], Place]:
    named: dict[tuple[str, str], Place] = {}
    changes = header.get(key)
    for number, tree in enumerate(changes if isinstance(changes, list) else ()):
        place = document.place(key, number)
        named_here = tree.items() if isinstance(tree, dict) else ()
        pairs = [(kind, name) for kind, name in named_here if kind != "reason" and isinstance(name, str)]
        if len(pairs) != 1:
            continue  # the header's own model reports it
        kind, identifier = pairs[0]
        if kind not in KINDS:
            problems.append(Problem(place, f"`{kind}` is not a kind of entry", _nearest(kind, KINDS)))
        elif identifier not in merged[kind]:
            message = f"there is no {kind} `{identifier}` in what this ruleset extends"
            if "extends" not in header:
                help_ = f"only a ruleset that `extends` another has `{key}`"
            else:
                help_ = _nearest(identifier, list(merged[kind])) if merged[kind] else f"take it out of `{key}`"
            problems.append(Problem(place, message, help_))
        else:
            named[kind, identifier] = place
    return named


_E = TypeVar("_E", bound=model.Entry)


def define(layers: Layers, problems: list[Problem]) -> Definition | None:
    """Type every entry; None where a header cannot be used. Entries with problems are left out."""
    for tree, document in layers.headers[1:]:
        for key in ("scope", "outside_scope"):
            if key in tree:
                message = f"`{key}` belongs to the ruleset that this one extends"
                problems.append(
                    Problem(document.key_place(key), message, "take it out: an overlay covers the same people")
                )
    headers = [_header(tree, document, problems) for tree, document in layers.headers]
    known = [header for header in headers if header is not None]
    typed: dict[str, dict[str, Any]] = {
        name: _typed(kind, layers.entries[name], problems) for name, kind in KINDS.items()
    }
    if len(known) < len(headers):
        return None
    scope = next((header for header in reversed(known) if header.scope), None)
    if scope is None:
        place = layers.headers[-1][1].place()
        message = "`scope` is missing: whom the ruleset covers"
        problems.append(Problem(place, message, "say when unborn, under_18, adult_with_plan and care_leaver apply"))
        return None
    return Definition(
        header=known[-1],
        scope=scope,
        layers=layers.names,
        sources=typed["source"],
        roles=typed["role"],
        topics=typed["topic"],
        indicators=typed["indicator"],
        parameters=typed["parameter"],
        quantities=typed["quantity"],
        findings=typed["finding"],
        responses=typed["response"],
        services=typed["service"],
        plain_rules=typed["rule"],
        impossible=typed["impossible"],
        invariants=typed["invariant"],
        documents=typed["document"],
        reference=typed["reference"],
        worked_examples=typed["worked_example"],
    )


def _header(tree: dict[str, Tree], document: Document, problems: list[Problem]) -> model.Header | None:
    prepared = prepare("header", tree, document, (), problems)
    try:
        return model.Header.model_validate(prepared.data)
    except ValidationError as error:
        problems.extend(problems_of(error, model.Header, document, (), prepared.broken))
        return None


def _typed(kind: type[_E], entries: Mapping[str, RawEntry], problems: list[Problem]) -> dict[str, _E]:
    typed: dict[str, _E] = {}
    for name, raw in sorted(entries.items()):
        prepared: Prepared = prepare(NAME_OF[kind], raw.tree, raw.document, (raw.number,), problems)
        data = {**prepared.data, "place": raw.place, "layer": raw.layer}
        try:
            entry = kind.model_validate(data)
        except ValidationError as error:
            problems.extend(problems_of(error, kind, raw.document, (raw.number,), prepared.broken))
            continue
        if not prepared.broken:
            typed[name] = entry
    return typed


def raise_if_any(name: str, problems: list[Problem], help_: str = "") -> None:
    """RulesetInvalid with every problem, sorted by place, each once."""
    if problems:
        raise RulesetInvalid(name, sorted(dict.fromkeys(problems), key=lambda problem: problem.place), help_)
