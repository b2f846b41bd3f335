"""The words in which people see tiers, weights, confidence and the like."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

SERVICES = {
    "universal": "universal services: those that every family has.",
    "targeted": "early help and targeted services: help beyond what every family has.",
    "specialist": "specialist services, such as children's social care, specialist health or the SEND team.",
}
CONFIDENCE = {
    "statute": "statute or statutory guidance",
    "seed": "the documents this project started from",
    "llr": "pages of local bodies",
    "statute_unchecked": "statute as generally known, not checked against its text",
    "comparable": "what comparable areas publish",
    "inferred": "inference: a proposal of this project, found in no source",
}
RULESET_STATUS = {
    "draft": "a draft that nobody has put in force",
    "in_force": "in force",
    "withdrawn": "withdrawn: it should no longer be used",
}
CONSENT = {
    "given": "The family agrees.",
    "refused": "The family does not agree.",
    "not_sought": "The family has not been asked yet.",
    "unsafe_to_seek": "Asking the family was judged unsafe.",
    "not_recorded": "Whether the family agrees is not recorded.",
}
GROUP = {
    "unborn": "a child not yet born",
    "under_18": "a child under 18",
    "adult_with_plan": "a young person of 18 to 25 with an Education, Health and Care plan",
    "care_leaver": "a care leaver to 25",
}
OBSERVED = {"seen": "seen", "reported": "reported", "opinion": "a professional's opinion"}


def day(on: date) -> str:
    """A date as people write it."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def either(parts: Sequence[str]) -> str:
    """`a, b or c`."""
    return f"{', '.join(parts[:-1])} or {parts[-1]}" if len(parts) > 1 else "".join(parts)


def sentence(text: str) -> str:
    """With a capital to begin and a full stop to end."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?:" else ".")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 question`, `3 questions`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
