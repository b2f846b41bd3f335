"""`thresholds prove RULESET`: each statement of `invariants.yaml`, proved for every child or refuted with one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import yaml

from thresholds.assessment import Assessment
from thresholds.commands.answer import Answer
from thresholds.policy.prove import Proof, prove
from thresholds.present.blocks import Block, Gap, Heading, Line, Title
from thresholds.present.words import counted
from thresholds.ruleset import Ruleset, load

_VERDICTS = {"proved": "proved", "refuted": "REFUTED", "not_finished": "NOT FINISHED, so not proved"}


def answer(arguments: argparse.Namespace) -> Answer:
    """Status 1 where a statement is refuted or its proof was not finished."""
    ruleset = load(arguments.ruleset)
    proofs = list(prove(ruleset, arguments.on or ruleset.definition.changes[-1], arguments.seconds))
    status = 0 if all(proof.verdict == "proved" for proof in proofs) else 1
    if arguments.json:
        return Answer(
            status, data={"ruleset": ruleset.name, "hash": ruleset.hash, "proofs": [_data(p) for p in proofs]}
        )
    return Answer(status, blocks=list(_blocks(ruleset, proofs)))


def _data(proof: Proof) -> dict[str, object]:
    return {
        "id": proof.id,
        "statement": proof.statement,
        "verdict": proof.verdict,
        "how": proof.how,
        "place": proof.place,
        "seconds": round(proof.seconds, 3),
        "assessments": [as_data(child) for child in proof.children],
        "tiers": [decision.tier for decision in proof.decisions],
    }


def as_data(child: Assessment) -> dict[str, object]:
    """An assessment as the file that `thresholds assess` reads."""
    data = child.model_dump(mode="json", exclude_defaults=True, exclude={"observations"})
    given = {
        name: [one.model_dump(mode="json", exclude_defaults=True) for one in observations]
        for name, observations in child.observations.items()
    }
    return {**data, "observations": {name: ones[0] if len(ones) == 1 else ones for name, ones in given.items()}}


def _blocks(ruleset: Ruleset, proofs: Sequence[Proof]) -> Iterator[Block]:
    proved = sum(proof.verdict == "proved" for proof in proofs)
    statements = counted(len(proofs), "statement")
    if not proofs:
        yield Title(f"{ruleset.name}: there are no statements to prove")
        yield Line("Write them in invariants.yaml.")
        return
    yield Title(f"{ruleset.name}: {proved} of {statements} proved for every child")
    for proof in proofs:
        yield Line(
            f"{_VERDICTS[proof.verdict]}: {proof.statement}",
            mark="•",
            tone="plain" if proof.verdict == "proved" else "strong",
        )
        yield Line(f"{proof.how} ({proof.seconds:.2f} s; {proof.id})", depth=1, tone="quiet")
    for proof in proofs:
        if proof.children:
            yield Heading(f"The simplest child: {proof.id}")
            for child, decision in zip(proof.children, proof.decisions, strict=True):
                for line in yaml.safe_dump(as_data(child), sort_keys=False, allow_unicode=True).splitlines():
                    yield Line(line.lstrip(), depth=1 + (len(line) - len(line.lstrip())) // 2)
                called = ", ".join(f"{name}: {weight}" for name, weight in decision.responses.items()) or "nothing"
                yield Line(f"Answered: {decision.tier or 'not enough known'}; {called}", tone="strong")
                yield Gap()
