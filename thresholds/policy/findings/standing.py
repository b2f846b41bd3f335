"""What is wrong with how a ruleset stands: its sign-off, and whom to reach where it is in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from thresholds.language.yaml_text import Problem
from thresholds.policy.findings.finding import Finding, Kind, Severity
from thresholds.policy.fitness import contact_problems, missing_contacts
from thresholds.ruleset import Ruleset


def standing(ruleset: Ruleset, on: date) -> Iterator[Finding]:
    """Problems for what is claimed and not so; a note for what a draft still lacks before it can be signed off."""
    for problem in ruleset.standing.problems:
        yield _of(problem, "sign_off", "problem")
    for note in (*ruleset.standing.changed, *ruleset.standing.withdrawn_bases):
        yield _of(note, "sign_off", "warning")
    missing = list(contact_problems(ruleset))
    for problem in missing:
        yield _of(problem, "contact_missing", "problem")
    if not missing and ruleset.status == "draft":
        for fault in missing_contacts(ruleset.definition, on, on):
            message = f"no {fault.field} is given for {on}; without one it cannot be signed off"
            yield Finding("contact_missing", "note", "", message, fault.help)


def _of(problem: Problem, kind: Kind, severity: Severity) -> Finding:
    return Finding(kind, severity, "", problem.message, problem.help, (problem.place,))
