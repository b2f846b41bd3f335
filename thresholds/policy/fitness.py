"""What must be true of a ruleset before anybody puts it in force: examples answered, statements proved, contacts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from thresholds.errors import Fault
from thresholds.language.definition import Definition
from thresholds.language.loading import HEADER_FILE
from thresholds.language.yaml_text import Place, Problem
from thresholds.policy.examples import run_examples
from thresholds.ruleset import Ruleset

Contact = Literal["duty", "out_of_hours"]
CONTACTS: dict[Contact, str] = {"duty": "duty contact", "out_of_hours": "out-of-hours contact"}


@dataclass(frozen=True, slots=True)
class Fitness:
    """What was checked, and what stands in the way."""

    faults: tuple[Fault, ...]
    worked_examples: int
    statements: int
    """How many different ones; each was tried on every day on which something changes."""


def fitness(ruleset: Ruleset, start: date, end: date, seconds: float = 60.0) -> Fitness:
    """Is a ruleset fit to be in force from one day to another, both included?

    Every worked example must be answered as it expects, every statement proved on each day of that time on which
    something in the ruleset changes, and a duty and an out-of-hours contact be there throughout. `seconds`: the
    longest for one statement on one day; a proof that takes longer is not finished, so the statement is not proved.
    RulesetNotInForce where the ruleset begins after `start`; EngineUnavailable where python-sat is needed and missing.
    """
    examples = run_examples(ruleset)
    faults = [
        Fault(f"worked example {one.id}", f"{one.place}: {one.differences[0]}", "`thresholds examples` tells all")
        for one in examples
        if not one.passed
    ]
    if not examples:
        help_ = "write children and the answers they must get, in worked_examples/"
        faults.append(Fault("worked examples", "there are none, so nothing shows that it answers as it should", help_))
    days = [start, *(day for day in ruleset.definition.changes if start < day <= end)]
    stated = {one.id for day in days for one in ruleset.in_force(day).invariants}
    faults += [fault for day in days for fault in _unproved(ruleset, day, seconds)]
    faults += missing_contacts(ruleset.definition, start, end)
    return Fitness(tuple(faults), len(examples), len(stated))


def _unproved(ruleset: Ruleset, day: date, seconds: float) -> Iterator[Fault]:
    if not ruleset.in_force(day).invariants:
        return
    from thresholds.policy.prove import prove

    for proof in prove(ruleset, day, seconds):
        if proof.verdict != "proved":
            what = "is refuted" if proof.verdict == "refuted" else "is not proved"
            help_ = f"`thresholds prove --on {day}` shows it"
            yield Fault(f"statement {proof.id}", f"{what} for {day}: {proof.how} ({proof.statement})", help_)


def contact_problems(ruleset: Ruleset) -> Iterator[Problem]:
    """What is missing where a ruleset is in force, or its ruleset.yaml says so, on the days for which it is."""
    header, approval = ruleset.definition.header, ruleset.standing.approval
    if approval is None and header.status != "in_force":
        return
    start, end = (approval.effective_from, approval.review_by) if approval else (header.from_, date.max)
    place = Place(f"{ruleset.definition.layers[-1]}/{HEADER_FILE}", 1, 1)
    for fault in missing_contacts(ruleset.definition, start, end):
        yield Problem(place, f"it says it is in force and has no {fault.field}: {fault.message}", fault.help)


def missing_contacts(definition: Definition, start: date, end: date) -> Iterator[Fault]:
    """Each kind of contact that is not there on some day between two, both included, with the first such day."""
    for kind, name in CONTACTS.items():
        windows = [
            (one.from_ or date.min, one.until or date.max)
            for one in definition.reference.values()
            if kind in one.contact_for and not one.historic
        ]
        day = start
        while day <= end:
            reach = max((until for from_, until in windows if from_ <= day < until), default=None)
            if reach is None:
                help_ = f"write it in reference.yaml: `kind: contact`, `value:` and `contact_for: [{kind}]`"
                yield Fault(name, f"there is none on {day}", help_)
                break
            if reach == date.max:
                break
            day = reach
