"""Rulesets from plain data: written as the YAML files of a folder, then read by the real loader."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from thresholds.ruleset import Ruleset, load

Files = Mapping[str, Any]
"""By file name inside the folder (`ruleset.yaml`, `rules/home.yaml`): the mapping or list it holds, in plain data."""

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def ruleset_from(files: Files, *below: Files, as_at: date | None = None) -> Ruleset:
    """The ruleset that these files make, loaded through a temporary folder.

    `below`: the rulesets it extends, the lowest last; each lies in a folder named by its `name`. Raises
    RulesetInvalid where the files hold problems.
    """
    with tempfile.TemporaryDirectory(prefix="thresholds_") as home:
        for one in (files, *below):
            write_files(Path(home) / _name(one), one)
        return load(Path(home) / _name(files), as_at=as_at)


def write_files(folder: Path, files: Files) -> None:
    """Write the files of one ruleset into a folder, which is made."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.dump(_as_text(data), Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=1_000)
        path.write_text(text, encoding="utf-8")


def _name(files: Files) -> str:
    return str(files["ruleset.yaml"]["name"])


def _as_text(data: Any) -> Any:
    """Every scalar as text: the loader types it by where it stands."""
    if isinstance(data, Mapping):
        return {str(key): _as_text(value) for key, value in data.items()}
    if isinstance(data, Sequence) and not isinstance(data, str):
        return [_as_text(value) for value in data]
    return str(data).lower() if isinstance(data, bool) else str(data)
