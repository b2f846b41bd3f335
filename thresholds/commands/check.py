"""`thresholds check RULESET`: every problem with file, line and column, and what else can be found in its rules."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from thresholds.commands.answer import Answer
from thresholds.commands.progress import progress, stoppable
from thresholds.commands.reporting import report
from thresholds.language.yaml_text import Place, Problem
from thresholds.policy.findings import BY_PROOF, STEPS, Finding, Findings, TestedLimit, ValueLine, check
from thresholds.policy.rest import Rest, read_rest
from thresholds.present.assessment_file import as_data
from thresholds.present.findings import checked_in_words
from thresholds.ruleset import Ruleset


def answer(arguments: argparse.Namespace) -> Answer:
    """Status 1 where there is a problem; with `--strict` also where there is something to look at."""
    if arguments.mutants:
        from thresholds.commands.mutants_view import mutants_answer

        return mutants_answer(arguments)
    rest = read_rest(arguments.ruleset)
    findings = _findings(arguments, rest.ruleset, half_edited=bool(rest.left_out))
    found = findings.findings if findings is not None else ()
    grave = ("problem", "warning") if arguments.strict else ("problem",)
    status = 1 if rest.problems or any(one.severity in grave for one in found) else 0
    everything = arguments.all or arguments.html is not None or arguments.markdown is not None
    return report(
        arguments,
        status,
        title=f"Check of {rest.ruleset.definition.header.title if rest.ruleset else rest.name}",
        blocks=checked_in_words(rest, findings, everything=everything),
        data=_data(rest, findings),
    )


def _findings(arguments: argparse.Namespace, ruleset: Ruleset | None, *, half_edited: bool) -> Findings | None:
    if ruleset is None:
        return None
    steps = BY_PROOF if half_edited else STEPS
    with progress("Checking", len(steps), shown=not arguments.json) as step:
        return stoppable(
            lambda stop: check(
                ruleset, arguments.on, seconds=arguments.seconds, stop=stop, step=step, half_edited=half_edited
            ),
            step,
        )


def _data(rest: Rest, findings: Findings | None) -> dict[str, object]:
    """`problems`: what makes the status 1, those of the files first."""
    problems = [_problem(one) for one in rest.problems]
    data: dict[str, Any] = {"ruleset": rest.name, "problems": problems, "left_out": list(_left_out(rest))}
    if rest.ruleset is None or findings is None:
        return data | {"why_not_checked": rest.why}
    definition = rest.ruleset.definition
    for one in findings.of_severity("problem"):
        place = one.places[0] if one.places else None
        problems.append({**_place(place), "message": one.message, "help": one.help})
    return data | {
        "edition": rest.ruleset.edition,
        "status": rest.ruleset.status,
        "hash": rest.ruleset.hash,
        "on": findings.on.isoformat(),
        "rules": len(definition.rules),
        "indicators": len(definition.indicators),
        "notes": [note.message for note in rest.ruleset.standing.findings],
        "findings": [_finding(one) for one in findings.findings],
        "value_lines": [_line(one) for one in findings.lines],
        "limits": [_limit(one) for one in findings.limits],
        "examples": findings.examples,
        "complete": findings.complete,
        "seconds": round(findings.seconds, 3),
    }


def _place(place: Place | None) -> dict[str, object]:
    return {
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {**_place(problem.place), "message": problem.message, "help": problem.help}


def _left_out(rest: Rest) -> Iterator[dict[str, object]]:
    for one in rest.left_out:
        own = one.problem in rest.problems
        yield {
            "kind": one.kind,
            "id": one.id,
            "part": one.part or None,
            **_place(one.place),
            "because": "it has a problem" if own else "it depends on what is left out",
            "message": one.problem.message,
        }


def _finding(one: Finding) -> dict[str, object]:
    return {
        "kind": one.kind,
        "severity": one.severity,
        "subject": one.subject,
        "others": list(one.others),
        "message": one.message,
        "help": one.help,
        "places": [_place(place) for place in one.places],
        "assessments": [as_data(child) for child in one.children],
        "tiers": [decision.tier for decision in one.decisions],
        "responses": [decision.responses for decision in one.decisions],
    }


def _line(line: ValueLine) -> dict[str, object]:
    return {
        "indicator": line.indicator,
        "label": line.label,
        "detail_of": line.detail_of or None,
        "within": line.within or None,
        "segments": [
            {
                "values": segment.values,
                "absent": segment.absent,
                "gap": segment in line.gaps,
                "leads_to": [
                    {"ages": led.ages or None, "level": led.tier, "responses": dict(led.responses)}
                    for led in segment.led
                ],
            }
            for segment in line.segments
        ],
    }


def _limit(limit: TestedLimit) -> dict[str, object]:
    return {
        "name": limit.name,
        "below": limit.below,
        "above": limit.above,
        "tested_below": limit.tested_below,
        "tested_above": limit.tested_above,
        "rules": list(limit.rules),
        **_place(limit.place),
    }
