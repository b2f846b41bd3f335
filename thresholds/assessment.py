"""What is known of one child, as given: models that refuse nonsense and round-trip through JSON.

Values of observations are kept as given (text, whole numbers, lists, mappings) and typed later, by the
indicator they belong to, against a ruleset (knowledge.py). Nothing of a case shows in `repr`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from thresholds.errors import AssessmentInvalid, Fault
from thresholds.language.durations import Duration, Elapsed, between_years, elapsed_of, years

Consent = Literal["given", "refused", "not_sought", "unsafe_to_seek", "not_recorded"]
EVERYTHING = "everything"
_OLDEST = 120
_MOST_DIGITS = 30
_MOST_TEXT = 20_000
_MOST_OBSERVATIONS = 5_000
_MOST_OF_ONE = 200
_MOST_FAULTS = 100


class _FieldFault(ValueError):
    """A fault of a field that shows only beside another: the field, what is wrong, what is accepted."""

    def __init__(self, field: str, message: str, help: str) -> None:  # noqa: A002 - the word users know
        super().__init__(message)
        self.field, self.message, self.help = field, message, help


def _refused(message: str, help_: str) -> _FieldFault:
    return _FieldFault("", message, help_)


_ANY_VALUE = "accepted: text, a number, true or false, a list or a mapping"


def _plain(value: object, depth: int = 0) -> object:
    """Dates as ISO text, numbers with a decimal point as the digits that were written; the rest unchanged."""
    if depth > 6:
        raise _refused("nests too deep", "a value is plain, a list or one mapping")
    if isinstance(value, str):
        if len(value) > _MOST_TEXT or re.search("[\ud800-\udfff]", value):
            raise _refused(
                "is text that is too long or broken", "write a plain value; what was said belongs in `views`"
            )
        return value
    if isinstance(value, bool | int) or value is None:
        if isinstance(value, int) and abs(value) > 10**12:
            raise _refused("is far too large a number", _ANY_VALUE)
        return value
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Fraction):
        raise _refused("is a fraction", "give attended and possible, or a decimal number")
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise _refused("is not a finite number", "write a number, or unknown")
        if value and abs(value.adjusted()) > _MOST_DIGITS:  # written out, 1e999999999 would fill the memory
            raise _refused("has far too many digits", _ANY_VALUE)
        return format(value, "f")
    if isinstance(value, datetime):
        raise _refused("holds a time of day", "give the date alone")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | Mapping) and len(value) > _MOST_OBSERVATIONS:
        raise _refused("holds too many entries", f"at most {_MOST_OBSERVATIONS}")
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {str(_plain(str(key))): _plain(item, depth + 1) for key, item in value.items()}
    raise _refused(f"is of type {type(value).__name__}, which no value is", _ANY_VALUE)


Plain = Annotated[JsonValue, BeforeValidator(_plain)]


def _calendar_day(value: object) -> object:
    """Numbers would be taken for seconds since 1970, and days with a time for days."""
    if type(value) is date or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)):
        return value
    raise PydanticCustomError("date_type", "is not a date")


def _whole_number(value: object) -> object:
    """True would be taken for 1, 1_0 for 10, and 010 here for 10 and there for 8."""
    if isinstance(value, str) and re.fullmatch(r"0[0-9]{1,5}", value):
        raise PydanticCustomError("leading_zeros", "is not a whole number")
    if isinstance(value, bool) or (isinstance(value, str) and not re.fullmatch(r"[0-9]{1,6}", value)):
        raise PydanticCustomError("int_type", "is not a whole number")
    return value


Day = Annotated[date, BeforeValidator(_calendar_day)]
_WHOLE = BeforeValidator(_whole_number)  # stands last, so that the limits reach the JSON Schema


class _Private(BaseModel):
    """Closed, unchanging, and silent about what it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    __str__ = __repr__

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        """What rich and other printers ask for."""
        return []


class Child(_Private):
    """How old the child is, as far as known; nothing given means the age is unknown.

    One of: `born` (a date), `age` (completed years, 0 to 120), `months`, `weeks` or `days` (completed),
    `between` (two ages in completed years, both included), or `unborn` with `gestation_weeks` (0 to 45).
    """

    born: Day | None = None
    age: Annotated[int, Field(ge=0, le=_OLDEST), _WHOLE] | None = None
    months: Annotated[int, Field(ge=0, le=_OLDEST * 12), _WHOLE] | None = None
    weeks: Annotated[int, Field(ge=0, le=_OLDEST * 52), _WHOLE] | None = None
    days: Annotated[int, Field(ge=0, le=_OLDEST * 366), _WHOLE] | None = None
    between: (
        tuple[Annotated[int, Field(ge=0, le=_OLDEST), _WHOLE], Annotated[int, Field(ge=0, le=_OLDEST), _WHOLE]] | None
    ) = None
    unborn: bool = False
    gestation_weeks: Annotated[int, Field(ge=0, le=45), _WHOLE] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [
            name for name in ("born", "age", "months", "weeks", "days", "between") if getattr(self, name) is not None
        ]
        if len(ways) > 1:
            raise _FieldFault(
                "", f"gives the age in {len(ways)} ways: {', '.join(ways)}", "give the one that is surest"
            )
        if self.unborn and ways:
            raise _FieldFault(
                ways[0], "is given for an unborn child, who has no age", f"take out `{ways[0]}` or `unborn`"
            )
        if self.gestation_weeks is not None and not self.unborn:
            raise _FieldFault("gestation_weeks", "belongs to an unborn child", "add `unborn: true`, or take it out")
        if self.between is not None and self.between[0] > self.between[1]:
            raise _FieldFault("between", "begins with the older age", "put the younger age first: [4, 5]")
        return self

    def elapsed(self, on: date) -> Elapsed | None:
        """Time since birth by `on`; None for the unborn."""
        if self.unborn:
            return None
        if self.born is not None:
            return Elapsed(self.born, self.born, on)
        if self.between is not None:
            return between_years(self.between[0], self.between[1], on)
        if self.age is not None:
            return elapsed_of(years(self.age), on)
        if self.months is not None:
            return elapsed_of(Duration(0, self.months, f"{self.months} months"), on)
        if self.weeks is not None:
            return elapsed_of(Duration(self.weeks * 7, 0, f"{self.weeks} weeks"), on)
        if self.days is not None:
            return elapsed_of(Duration(self.days, 0, f"{self.days} days"), on)
        return between_years(0, _OLDEST, on)

    @property
    def age_known(self) -> bool:
        """Is anything known about the age (or is the child not yet born)?"""
        given = (self.born, self.age, self.months, self.weeks, self.days, self.between)
        return self.unborn or any(one is not None for one in given)


class Observation(_Private):
    """What somebody knows of one indicator.

    `value` as the indicator's kind wants it, or null / "unknown"; `on` the day it was seen or said; `basis`
    seen, reported or opinion; `status` current or past; `need` met or unmet (an unmet need is one the agency
    cannot meet itself); `since` how long it has lasted, a date or a duration such as "3 months".
    """

    value: Plain = None
    on: Day | None = None
    basis: Literal["seen", "reported", "opinion"] | None = None
    status: Literal["current", "past"] = "current"
    need: Literal["met", "unmet"] | None = None
    since: Plain = None


_OBSERVATION_FIELDS = frozenset(Observation.model_fields)


def _on_as_text(given: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """With the key `on`, which PyYAML reads as YAML 1.1: there the bare word `on` says true, as `yes` does."""
    if "on" in given or not any(key is True for key in given):
        return given
    return {"on" if key is True else key: value for key, value in given.items()}


def _as_observations(value: object) -> object:
    if isinstance(value, Mapping):
        value = _on_as_text(value)
    elif isinstance(value, list | tuple):
        value = [_on_as_text(one) if isinstance(one, Mapping) else one for one in value]
    several = isinstance(value, list | tuple) and any(_is_observation(one) for one in value)
    many = value if several and isinstance(value, list | tuple) else [value]
    return [one if several or _is_observation(one) else {"value": one} for one in many]


def _is_observation(value: object) -> bool:
    if isinstance(value, Observation):
        return True
    if not isinstance(value, Mapping) or not value:
        return False
    if "value" not in value and _OBSERVATION_FIELDS.issuperset(value):
        raise PydanticCustomError("no_value", "gives no value")
    return "value" in value


Observations = Annotated[
    tuple[Observation, ...],
    Field(max_length=_MOST_OF_ONE),
    BeforeValidator(_as_observations, json_schema_input_type=Observation | list[Observation] | JsonValue),
]


def _as_looked_at(value: object) -> object:
    if isinstance(value, list | tuple) or value == EVERYTHING:
        return value
    raise PydanticCustomError("looked_at", "is neither a list of topics nor the word everything")


LookedAt = Annotated[
    tuple[Annotated[str, Field(max_length=80)], ...] | Literal["everything"], BeforeValidator(_as_looked_at)
]


class Views(_Private):
    """What the child and the parents say and want, in their words. Never part of a decision or an export."""

    child: Annotated[str, Field(max_length=_MOST_TEXT)] = ""
    parents: Annotated[str, Field(max_length=_MOST_TEXT)] = ""


class Assessment(_Private):
    """What is known of one child on one day.

    `child` see Child; `on` the day the answer is for; `looked_at` the topics that were asked about, or
    "everything"; `observations` by indicator id: a value, an Observation, or a list of observations;
    `views`, `consent`, `reporter_role` (by role, never a name) and `reference` (a pseudonym) are carried along.
    Raises AssessmentInvalid with every fault.
    """

    child: Child = Child()
    on: Day
    looked_at: LookedAt = ()
    observations: Annotated[
        dict[Annotated[str, Field(max_length=80)], Observations], Field(max_length=_MOST_OBSERVATIONS)
    ] = {}
    views: Views = Views()
    consent: Consent = "not_recorded"
    reporter_role: Annotated[str, Field(max_length=80)] | None = None
    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise AssessmentInvalid(faults_of(error, data)) from None

    @model_validator(mode="after")
    def _dates_fit(self) -> Self:
        if not date(1900, 1, 1) <= self.on <= date(2200, 1, 1):
            raise _FieldFault("on", "lies outside the years 1900 to 2200", "write it as 2017-03-01")
        if self.child.born is not None and self.child.born > self.on:
            raise _FieldFault("child.born", "lies after `on`", "correct one of them, or give `unborn: true`")
        if self.child.born is not None and self.child.born < self.on - timedelta(days=_OLDEST * 366):
            raise _FieldFault("child.born", f"lies more than {_OLDEST} years before `on`", "correct one of them")
        return self

    @classmethod
    def read(cls, data: object) -> Self:
        """From plain data (a parsed YAML or JSON file). Raises AssessmentInvalid with every fault."""
        if not isinstance(data, Mapping):
            raise AssessmentInvalid([Fault("assessment", "is not a mapping", "begin it with `child:` and `on:`")])
        data = _on_as_text(data)
        wrong = [key for key in data if not isinstance(key, str)]
        if wrong:
            raise AssessmentInvalid([Fault("assessment", "has a field whose name is not text", "write names as text")])
        return cls(**data)


_IN_WORDS = {
    "literal_error": "is not accepted",
    "extra_forbidden": "is not known here",
    "missing": "is missing",
    "string_pattern_mismatch": "holds something that may not stand there",
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "leading_zeros": "is not a whole number",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "dict_type": "is not a mapping of names and values",
    "model_type": "is not a mapping of names and values",
    "string_type": "is not text",
    "string_too_long": "is too long",
    "too_long": "holds too many entries",
    "less_than_equal": "is too high",
    "greater_than_equal": "is too low",
    "finite_number": "is not a finite number",
    "tuple_type": "is not a list",
    "string_unicode": "holds broken characters",
    "invalid_key": "has a name that is not text",
    "recursion_loop": "holds itself",
}
_ACCEPTED = {
    "literal_error": "accepted: {expected}",
    "looked_at": "write them as a list: [education, behaviour]",
    "extra_forbidden": "take it out, or correct its name",
    "missing": "add it",
    "string_pattern_mismatch": "use letters, digits, dots, dashes and underscores, 64 at most, and no name of a person",
    "string_too_long": "at most {max_length} characters",
    "too_long": "at most {max_length}",
    "less_than_equal": "accepted: at most {le}",
    "greater_than_equal": "accepted: {ge} or more",
    "finite_number": "write a whole number",
    "tuple_type": "write a list of two: [4, 5]",
    "string_unicode": "type the text anew",
    "string_type": "write plain text",
    "invalid_key": "write names as text",
    "no_value": "add `value:`, or write the value alone",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "leading_zeros": "write the number without leading zeros",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "dict_type": "write names and values under it, indented",
    "model_type": "write names and values under it, indented",
}


def faults_of(error: ValidationError, data: Mapping[str, Any]) -> list[Fault]:
    """What pydantic found, without the values that were given."""
    faults = []
    details = error.errors(include_url=False, include_input=False, include_context=True)
    listed = any(detail["loc"][:2] != detail["loc"][:1] and detail["loc"][0] == "looked_at" for detail in details)
    for detail in details[:_MOST_FAULTS]:
        if listed and str(detail["loc"][-1]).startswith("literal["):
            continue  # a list of topics is not the word everything
        context = detail.get("ctx", {})
        reason = context.get("error")
        field = _field(detail["loc"], data)
        if isinstance(reason, _FieldFault):
            field = ".".join(filter(None, (field, reason.field)))
            message, accepted = reason.message, reason.help
        elif "date" in detail["type"]:
            message, accepted = "is not a date", "write it as 2017-03-01"
        else:
            message = _IN_WORDS.get(detail["type"], detail["msg"][0].lower() + detail["msg"][1:])
            accepted = _ACCEPTED.get(detail["type"], "leave it out, or correct it").format_map(
                {"expected": "", **context}
            )
        faults.append(Fault(field or "assessment", message, accepted))
    if len(details) > _MOST_FAULTS:
        faults.append(Fault("assessment", f"has {len(details) - _MOST_FAULTS} faults more", "mend those told first"))
    return faults


def _field(steps: tuple[str | int, ...], data: Mapping[str, Any]) -> str:
    """The way to a field as the one who wrote the assessment sees it."""
    path = [step for step in steps if not re.fullmatch(r"tuple\[.*|literal\[.*|function-.*|\[key\]", str(step))]
    if path[:1] == ["observations"] and len(path) > 2:
        given = data.get("observations")
        one = given.get(path[1]) if isinstance(given, Mapping) else None
        several = isinstance(one, list | tuple) and any(isinstance(each, Mapping | Observation) for each in one)
        if not several or len(one or ()) == 1:
            del path[2]  # it stands alone, not in a list
        if path[-1] == "value":
            del path[-1]
    return _dotted(".".join(map(_named, path)))


def _named(step: str | int) -> str:
    """A field's name; what cannot be one may be a case's own words, and is not repeated."""
    return str(step) if re.fullmatch(r"[A-Za-z0-9_]{1,60}", str(step)) else "..."


def _dotted(field: str) -> str:
    return re.sub(r"\.(\d+)", r"[\1]", field)
