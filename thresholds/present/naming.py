"""What the thresholds document calls levels, areas and kinds of sign, in the order in which they are printed."""

from __future__ import annotations

from datetime import date

from thresholds.language.model import Area, Entry
from thresholds.present import words

LEVELS = ("specialist", "targeted", "universal", "beside")
LEVEL_NAMES = {
    "specialist": "Specialist",
    "targeted": "Early help and targeted",
    "universal": "Universal",
    "beside": "Beside any level",
}
LEVEL_MEANINGS = {
    "specialist": "Individual or multiple complex needs; social care, health or education specialists assess.",
    "targeted": "Signs that without support a child may not do well; one service, or several together with the family.",
    "universal": "What every child and family gets. Practitioners notice early, help, and keep under review.",
    "beside": "What is called for whatever the level of need is, and what only helps to find a pattern.",
}
AREA_NAMES: dict[Area, str] = {
    "safeguarding": "Safeguarding",
    "child_development": "The child's developmental needs",
    "parenting_capacity": "Parenting capacity",
    "family_and_environment": "Family and environment",
    "send": "Special educational needs and disability",
    "status": "Who the child is",
    "process": "Help so far",
}
WEIGHT_NAMES = {"points_to": "points to", "offer": "may be offered"}


def in_force(entry: Entry) -> str:
    """The days on which an entry holds, in words; empty where it always does."""
    return days(entry.from_, entry.until)


def days(from_: date | None, until: date | None) -> str:
    """`from 1 April 2017 and before 1 September 2018`, the day on which it no longer holds."""
    said = [f"from {words.day(from_)}"] if from_ is not None else []
    said += [f"before {words.day(until)}"] if until is not None else []
    return " and ".join(said)
