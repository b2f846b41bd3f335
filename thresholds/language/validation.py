"""What pydantic finds wrong with an entry, in plain words at its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from thresholds.language.reading import Path
from thresholds.language.yaml_text import Document, Problem

_SET_BY_LOADER = ("place", "layer")


def problems_of(
    error: ValidationError, kind: type[BaseModel], document: Document, path: Path, broken: set[Path]
) -> Iterator[Problem]:
    """A problem for each error, except where a part could not be parsed and has been reported already."""
    details = error.errors(include_url=False, include_context=True)
    for detail in details:
        inside = detail["loc"]
        if detail["type"] == "too_short" and any(one["loc"][: len(inside)] == inside != one["loc"] for one in details):
            continue  # what is in it has a fault of its own
        where = (*path, *inside, *getattr(detail.get("ctx", {}).get("error"), "field", ()))
        if any(where[: len(part)] == part or part[: len(where)] == where for part in broken):
            continue
        message, help_ = _in_words(detail, kind)
        find = document.key_place if detail["type"] == "extra_forbidden" else document.place
        # A basis may stand for its test and its response at once: then the file has no such step.
        place = max(find(*where), find(*(step for step in where if step not in ("test", "response"))))
        yield Problem(place, message, help_)


def _in_words(detail: ErrorDetails, kind: type[BaseModel]) -> tuple[str, str]:
    # A position in a list and pydantic's `[key]` are no words: what they stand in is.
    name = next((step for step in reversed(detail["loc"]) if isinstance(step, str) and step != "[key]"), "")
    context = detail.get("ctx", {})
    field = f"`{name}`"
    match detail["type"]:
        case "missing":
            return f"{field} is missing", f"add `{name}:`"
        case "extra_forbidden":
            known = sorted(_fields(kind, detail["loc"][:-1]))
            close = difflib.get_close_matches(name, known, 1)
            return (
                f"{field} is not known here",
                f"did you mean `{close[0]}`?" if close else f"known: {', '.join(known)}",
            )
        case "literal_error":
            close = difflib.get_close_matches(
                str(detail["input"]), str(context["expected"]).replace("'", "").split(", ")
            )
            did = f"did you mean {close[0]}? " if close else ""
            return f"{field}: `{_short(detail['input'])}` is not accepted", f"{did}accepted: {context['expected']}"
        case "string_pattern_mismatch" if name == "question":
            return f"{field} does not end with a question mark", "ask one thing, as a practitioner would"
        case "string_pattern_mismatch":
            return (
                f"{field}: `{_short(detail['input'])}` is not an id",
                "use full words in snake_case: missing_episodes",
            )
        case "tuple_type" | "list_type":
            return f"{field} is not a list", f"write `{name}: [one, another]`"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"{field} is not a mapping", "write names and values under it, indented"
        case "string_type" | "is_instance_of":
            return f"{field} is not one line of text", "write plain text; quote it where it has brackets or `>`"
        case "string_too_short":
            return f"{field} is empty", f"write something after `{name}:`, or take the line out"
        case "too_short":
            return f"{field} is empty", f"give at least one entry under `{name}`"
        case "bool_parsing" | "bool_type":
            return f"{field}: `{_short(detail['input'])}` is neither true nor false", "write true or false"
        case "date_from_datetime_parsing" | "date_parsing" | "date_type" | "date_from_datetime_inexact":
            return f"{field}: `{_short(detail['input'])}` is not a date", "write it as 2016-09-01"
        case "int_parsing" | "int_type" | "int_from_float" | "greater_than_equal" | "less_than_equal":
            return f"{field}: `{_short(detail['input'])}` is not such a whole number", "write digits alone: 12"
        case "value_error":
            reason = context.get("error")
            return str(getattr(reason, "message", reason)), str(
                getattr(reason, "help", "")
            ) or "see How to write a rule"
        case _:
            return f"{field}: {detail['msg']}", "see How to write a rule"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _fields(kind: type[BaseModel], path: tuple[str | int, ...]) -> set[str]:
    """The names accepted at a path inside a model."""
    current = kind
    for step in path:
        if isinstance(step, str) and step in current.model_fields:
            inner = list(_models(current.model_fields[step].annotation))
            if not inner:
                return set()
            current = inner[0]
    return {field.alias or name for name, field in current.model_fields.items() if name not in _SET_BY_LOADER}


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for argument in get_args(annotation):
        yield from _models(argument)
