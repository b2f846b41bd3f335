"""`thresholds examples [RULESET]`: runs a ruleset's worked examples, and says what differs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from thresholds.commands.answer import Answer
from thresholds.policy.examples import ExampleResult, run_examples, unexercised
from thresholds.present.blocks import Block, Heading, Line, Title
from thresholds.present.words import counted
from thresholds.ruleset import Ruleset, load

_MOST = 20


def answer(arguments: argparse.Namespace) -> Answer:
    """Status 1 where some example differs."""
    ruleset = load(arguments.ruleset, as_at=arguments.as_at)
    results = run_examples(ruleset, engine=arguments.engine)
    idle = unexercised(ruleset, results)
    status = 0 if all(result.passed for result in results) else 1
    if arguments.json:
        return Answer(status, data=_data(ruleset, results, idle))
    return Answer(status, blocks=list(_blocks(ruleset, results, idle, everything=arguments.all)))


def _data(ruleset: Ruleset, results: Sequence[ExampleResult], idle: Sequence[str]) -> dict[str, object]:
    return {
        "ruleset": ruleset.name,
        "edition": ruleset.edition,
        "hash": ruleset.hash,
        "passed": sum(result.passed for result in results),
        "differing": sum(not result.passed for result in results),
        "results": [
            {
                "id": result.id,
                "title": result.title,
                "place": str(result.place),
                "passed": result.passed,
                "differences": list(result.differences),
            }
            for result in results
        ],
        "unexercised": list(idle),
    }


def _blocks(
    ruleset: Ruleset, results: Sequence[ExampleResult], idle: Sequence[str], *, everything: bool
) -> Iterator[Block]:
    differing = [result for result in results if not result.passed]
    examples = counted(len(results), "worked example")
    if not results:
        yield Title(f"{ruleset.name}: there are no worked examples")
    elif differing:
        yield Title(f"{ruleset.name}: {len(differing)} of {examples} {'differs' if len(differing) == 1 else 'differ'}")
    else:
        yield Title(f"{ruleset.name}: {examples}, all answered as expected")
    for result in differing:
        yield Heading(result.title)
        yield Line(f"{result.place}, {result.id}", tone="quiet")
        for difference in result.differences:
            yield Line(difference, mark="•")
    rules = counted(len(ruleset.definition.rules), "rule")
    if idle:
        yield Heading(f"{len(idle)} of {rules} that no example makes true")
        shown = idle if everything else idle[:_MOST]
        more = f" and {len(idle) - len(shown)} more (`--all`)" if len(shown) < len(idle) else ""
        yield Line(", ".join(shown) + more)
    elif results:
        yield Line(f"Each of its {rules} is made true by some example.")
