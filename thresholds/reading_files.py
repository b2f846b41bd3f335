"""An assessment out of a YAML or JSON file, every fault at its line, and nothing of a case in any message.

Scalars of YAML arrive as text. Blank and null mean "not given" in both languages. JSON is read by the standard
library, with NaN, Infinity and names given twice refused; the YAML reader then only tells in which line things stand.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from thresholds.assessment import Assessment
from thresholds.errors import AssessmentInvalid, Fault, RulesetNotInForce
from thresholds.knowledge import know
from thresholds.language.yaml_source import LARGEST, content
from thresholds.language.yaml_text import Document, Place, Problem, parse_yaml
from thresholds.ruleset import Ruleset

_LARGEST_NUMBER = 30
_NOWHERE = Place("", 0, 0)
_NULLS = ("", "null", "Null", "NULL", "~")


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault with where it stands; no place where nothing is there to point at."""

    fault: Fault
    place: Place | None

    def __str__(self) -> str:
        told = (str(self.place or ""), self.fault.field, self.fault.message)
        return ": ".join(filter(None, told)) + (f"\n    {self.fault.help}" if self.fault.help else "")


class FileInvalid(AssessmentInvalid):
    """An assessment file cannot be used: `placed` holds all faults with their places."""

    def __init__(self, shown_as: str, placed: Iterable[PlacedFault]) -> None:
        self.shown_as = shown_as
        self.placed = tuple(sorted(placed, key=lambda one: (one.place is None, one.place or _NOWHERE)))
        super().__init__([one.fault for one in self.placed])


@dataclass(frozen=True, slots=True)
class AssessmentFile:
    """What a file says, as plain data, and where."""

    shown_as: str
    data: object
    document: Document

    def assessment(self, ruleset: Ruleset) -> Assessment:
        """The assessment, held against the ruleset already. Raises FileInvalid with every fault at once."""
        try:
            assessment = Assessment.read(self.data)
        except AssessmentInvalid as invalid:
            raise self.invalid([*invalid.faults, *self._further_faults(invalid.faults, ruleset)]) from None
        try:
            know(assessment, ruleset.in_force(assessment.on))
        except AssessmentInvalid as invalid:
            raise self.invalid(invalid.faults) from None
        return assessment

    def invalid(self, faults: Iterable[Fault]) -> FileInvalid:
        """The error that tells these faults with their places."""
        return FileInvalid(self.shown_as, [PlacedFault(self._as_written(one), self._place(one)) for one in faults])

    def _as_written(self, fault: Fault) -> Fault:
        """Without the number of an observation that stands alone."""
        first, *rest = _path(fault.field)
        observations = self.data.get("observations") if isinstance(self.data, Mapping) else None
        if first == "observations" and len(rest) > 1 and isinstance(observations, Mapping):
            alone = not isinstance(observations.get(str(rest[0])), list)
            return replace(fault, field=fault.field.replace("[0]", "", 1)) if alone else fault
        return fault

    def _further_faults(self, known: Iterable[Fault], ruleset: Ruleset) -> Iterable[Fault]:
        """What the ruleset finds wrong with the parts that can be read."""
        if not isinstance(self.data, Mapping):
            return ()
        data: dict[str, Any] = dict(self.data)
        for fault in known:
            first, *rest = _path(fault.field)
            if first == "observations" and rest and isinstance(data.get("observations"), Mapping):
                data["observations"] = {key: one for key, one in data["observations"].items() if key != rest[0]}
            elif first != "on":
                data.pop(str(first), None)
        try:
            assessment = Assessment.read(data)
            know(assessment, ruleset.in_force(assessment.on))
        except AssessmentInvalid as invalid:
            found = set(known)
            return [fault for fault in invalid.faults if fault not in found]
        except RulesetNotInForce:
            pass
        return ()

    def _place(self, fault: Fault) -> Place | None:
        """Where the deepest part of a fault's field stands that the file holds."""
        steps: list[str | int] = []
        here: Any = self.document.data
        for step in _path(fault.field):
            inside = isinstance(here, dict) and step in here
            if inside or (isinstance(here, list) and isinstance(step, int) and step < len(here)):
                here = here[step]
                steps.append(step)
            elif not isinstance(step, int):  # a single observation may be named as the first of a list
                break
        return self.document.key_place(*steps) if steps else None


def _path(field: str) -> list[str | int]:
    return [int(part[1:-1]) if part[0] == "[" else part for part in re.findall(r"\[\d+\]|[^.\[\]]+", field)] or [""]


def read_assessment(path: str | Path) -> AssessmentFile:
    """Read an ordinary file of moderate size. Raises FileInvalid."""
    shown = str(path)
    found, fault = content(Path(os.path.realpath(path)))
    if fault:
        help_ = "give the path of a YAML or JSON file that you may read, or - for standard input"
        raise FileInvalid(shown, [PlacedFault(Fault(shown, fault, help_), None)])
    return parse_assessment(found, shown)


def parse_assessment(source: bytes, shown_as: str) -> AssessmentFile:
    """Read what a file holds: JSON where it is called so or begins so, else YAML. Raises FileInvalid."""
    if len(source) > LARGEST:
        fault = Fault(shown_as, f"is larger than {LARGEST // 1_000_000} MB", "give the assessment of one child")
        raise FileInvalid(shown_as, [PlacedFault(fault, None)])
    ending = Path(shown_as).suffix.lower()
    begins_so = ending not in (".yaml", ".yml") and re.match(rb'\s*\{\s*["}]', source)
    return _json(source, shown_as) if ending == ".json" or begins_so else _yaml(source, shown_as)


def _yaml(source: bytes, shown_as: str) -> AssessmentFile:
    problems: list[Problem] = []
    document = parse_yaml(source, shown_as, problems)
    if problems:
        raise FileInvalid(shown_as, [_discreet(problem) for problem in problems])
    if document.data is None:
        raise _unusable(shown_as, None, "the file is empty", "begin it with `child:` and `on:`")
    return AssessmentFile(shown_as, plain_data(document.data, text_only=True), document)


def plain_data(tree: object, *, text_only: bool = False) -> object:
    """What stands in a file, with what was left blank taken out; `text_only`: null arrives as a word."""

    def blank(value: object) -> bool:
        return value is None or value == "" or (text_only and isinstance(value, str) and value in _NULLS)

    def given(part: object) -> object:
        return {key: one for key, one in part.items() if not blank(one)} if isinstance(part, Mapping) else part

    def observed(value: object) -> object:
        if isinstance(value, Mapping) and "value" in value:
            return {key: None if blank(one) else one for key, one in value.items() if key == "value" or not blank(one)}
        if isinstance(value, list):
            return [observed(one) if isinstance(one, Mapping) else one for one in value]
        return None if blank(value) else value

    if not isinstance(tree, Mapping):
        return tree
    data = {key: given(one) if key in ("child", "views") else one for key, one in tree.items() if not blank(one)}
    observations = data.get("observations")
    if isinstance(observations, Mapping):
        data["observations"] = {key: observed(one) for key, one in observations.items()}
    return data


class _RefusedError(ValueError):
    """Something that JSON files may hold and assessments may not."""


def _json(source: bytes, shown_as: str) -> AssessmentFile:
    help_ = "save it as UTF-8 text"
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise _unusable(shown_as, Place(shown_as, line, 1), "this is not UTF-8 text", help_) from None
    if not text.strip():
        raise _unusable(shown_as, None, "the file is empty", 'begin it with {"child": …, "on": …}')
    try:
        data = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_exact, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        place = Place(shown_as, error.lineno, error.colno)
        message = f"this cannot be read as JSON ({error.msg[0].lower()}{error.msg[1:]})"
        raise _unusable(shown_as, place, message, "look for a missing quote, comma or bracket") from None
    except _RefusedError as refused:
        raise _unusable(shown_as, None, str(refused), "correct it there") from None
    except RecursionError:
        raise _unusable(shown_as, None, "it is nested too deeply", "give one assessment as flat data") from None
    document = parse_yaml(text.replace("\t", " "), shown_as, [])
    return AssessmentFile(shown_as, plain_data(data), document)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            named = f"`{name}`" if re.fullmatch(r"[a-z_]{1,60}", name) else "a name"
            raise _RefusedError(f"{named} is given twice in the same place")
        found[name] = value
    return found


def _no_constant(_: str) -> NoReturn:
    raise _RefusedError("it holds NaN or Infinity, which are no numbers")


def _exact(digits: str) -> Decimal:
    number = Decimal(digits)
    if len(digits) > _LARGEST_NUMBER or (number and abs(number.adjusted()) > _LARGEST_NUMBER):
        raise _RefusedError("it holds a number with too many digits")
    return number


def _whole(digits: str) -> int:
    if len(digits) > _LARGEST_NUMBER:
        raise _RefusedError("it holds a number with too many digits")
    return int(digits)


def _unusable(shown_as: str, place: Place | None, message: str, help_: str) -> FileInvalid:
    return FileInvalid(shown_as, [PlacedFault(Fault("" if place else shown_as, message, help_), place)])


# What the YAML reader says quotes the file, which in a rule file helps and in a case must not be.

_QUOTED = re.compile(r"[`\"'].*[`\"']", re.DOTALL)
_TEMPLATES = ("`key: value`", "`- `", "`>`", "`|`")


def _discreet(problem: Problem) -> PlacedFault:
    """A problem without the words of the case."""
    message = re.sub(r"^.* without quotes: ", "a value without quotes: ", problem.message, flags=re.DOTALL)
    if message == problem.message:
        message = _QUOTED.sub(_unless_template, message)
    help_ = re.sub(r"(put (?:it|the whole text) in quotes): .*$", r"\1", problem.help, flags=re.DOTALL)
    help_ = _QUOTED.sub(_unless_template, help_).replace("write …", "see that line")
    return PlacedFault(Fault("", message.replace("rule files", "these files"), help_), problem.place)


def _unless_template(match: re.Match[str]) -> str:
    return match[0] if match[0] in _TEMPLATES or not re.search(r"\w", match[0]) else "…"
