"""`thresholds check RULESET --mutants`: which small changes of a ruleset its worked examples would not notice."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import get_args

from thresholds.commands.answer import Answer
from thresholds.commands.progress import progress, stoppable
from thresholds.commands.reporting import report
from thresholds.errors import ThresholdsError
from thresholds.policy.mutants import Judged, Judgement, Verdict, judge_mutants
from thresholds.policy.searching import Patience
from thresholds.present.assessment_file import as_data
from thresholds.present.mutants import change_in_words, judged_in_words
from thresholds.ruleset import Ruleset, load


def mutants_answer(arguments: argparse.Namespace) -> Answer:
    """Status 1 where a change would go unnoticed, or it was stopped before that was known."""
    if arguments.on is not None:
        message = "--on does not go with --mutants"
        raise ThresholdsError(message, "leave it out: each change is tried on the days of the worked examples")
    ruleset = load(arguments.ruleset)
    with progress("Trying small changes:", shown=not arguments.json) as step:
        judgement = stoppable(lambda stop: judge_mutants(ruleset, Patience(arguments.seconds, stop), step=step), step)
    everything = arguments.all or arguments.html is not None or arguments.markdown is not None
    return report(
        arguments,
        0 if judgement.complete and not judgement.unnoticed_by_examples else 1,
        title=f"Small changes of {ruleset.definition.header.title}",
        blocks=judged_in_words(ruleset, judgement, everything=everything),
        data=_data(ruleset, judgement),
    )


def _data(ruleset: Ruleset, judgement: Judgement) -> dict[str, object]:
    counts = Counter(one.verdict for one in judgement.judged)
    return {
        "ruleset": ruleset.name,
        "edition": ruleset.edition,
        "hash": ruleset.hash,
        **{verdict: counts[verdict] for verdict in get_args(Verdict)},
        "examples": judgement.examples,
        "pairs": judgement.pairs,
        "complete": judgement.complete,
        "seconds": round(judgement.seconds, 3),
        "changes": [_change(one) for one in judgement.judged],
    }


def _change(one: Judged) -> dict[str, object]:
    mutant = one.mutant
    return {
        "verdict": one.verdict,
        "kind": mutant.kind,
        "entry": mutant.entry,
        "file": mutant.place.file,
        "line": mutant.place.line,
        "column": mutant.place.column,
        "about": mutant.about or None,
        "was": mutant.was,
        "becomes": mutant.becomes,
        "change": change_in_words(mutant),
        "by": one.by or None,
        "assessment": as_data(one.child) if one.child is not None else None,
        "answered": [
            {"level": answer.tier, "responses": dict(answer.responses)}
            for answer in (one.before, one.after)
            if answer is not None
        ],
    }
