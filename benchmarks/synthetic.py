"""A plain ruleset of any size for measuring: 40 needs on a scale of five, N rules of two or three tests each."""

from __future__ import annotations

import random
from pathlib import Path

import thresholds
from thresholds import Assessment, Ruleset

NEEDS = tuple(f"need_{number:02d}" for number in range(40))
VALUES = ("none", "low", "moderate", "high", "acute")
WEIGHTS = (70, 15, 8, 5, 2)
BASIS = "basis: {sources: [], confidence: inferred}"
_RESPONSES = {"advice": "universal", "early_help": "targeted", "single_assessment": "specialist"}

_HEADER = """format: 1
name: synthetic
title: A ruleset for measuring
edition: "1"
authority: nobody
status: draft
from: 2015-01-01
notice: made for measuring
scope:
  unborn: {child_unborn: true}
  under_18: {child_age: "< 18 years"}
  adult_with_plan: {child_age: "[18 years..26 years)", need_00: acute}
  care_leaver: {child_age: "[18 years..25 years)", need_01: acute}
outside_scope: elsewhere
"""


def write(folder: Path, rules: int, seed: int = 7) -> None:
    """Write a ruleset with that many rules: the first test of each asks for `>=`, the others for anything."""
    chance = random.Random(seed)
    (folder / "rules").mkdir(parents=True)
    (folder / "indicators").mkdir()
    (folder / "ruleset.yaml").write_text(_HEADER)
    (folder / "roles.yaml").write_text("- {id: worker, label: worker}\n")
    (folder / "topics.yaml").write_text("- {id: needs, label: needs, question: 'Which needs?', ask: [worker]}\n")
    (folder / "responses.yaml").write_text(
        "".join(
            f"- {{id: {name}, label: {name}, meaning: m, tier: {tier}, lead: worker, decided_by: worker, "
            f"consent: seek, first_step: s, {BASIS}}}\n"
            for name, tier in _RESPONSES.items()
        )
    )
    values = ", ".join(f"{value}: d" for value in VALUES)
    (folder / "indicators" / "needs.yaml").write_text(
        "".join(
            f"- {{id: {need}, label: {need}, definition: d, kind: scale, values: {{{values}}}, absent: none, "
            f"worse: neither, area: child_development, topic: needs, {BASIS}}}\n"
            for need in NEEDS
        )
    )
    written = []
    for number in range(rules):
        needs = chance.sample(NEEDS, chance.choice((2, 2, 3)))
        tests = [f'{needs[0]}: ">= {chance.choice(VALUES[1:4])}"']
        for need in needs[1:]:
            comparison = chance.choice((">=", ">=", ">=", "<=", "="))
            value = chance.choice(VALUES[1:4])
            tests.append(f'{need}: "{value if comparison == "=" else f"{comparison} {value}"}"')
        response = chance.choice(tuple(_RESPONSES))
        written.append(
            f"- {{id: rule_{number:03d}, title: t, when: {{{', '.join(tests)}}}, "
            f"then: {response}, because: b, {BASIS}}}\n"
        )
    (folder / "rules" / "rules.yaml").write_text("".join(written))


def ruleset(folder: Path, rules: int) -> Ruleset:
    """Write and load one."""
    write(folder, rules)
    return thresholds.load(folder)


def assessments(count: int, seed: int = 11) -> list[Assessment]:
    """Children whose needs are drawn 70, 15, 8, 5 and 2 per cent from none to acute."""
    chance = random.Random(seed)
    return [
        Assessment(
            child={"age": 8},
            on="2017-03-01",
            looked_at="everything",
            observations=dict(zip(NEEDS, chance.choices(VALUES, WEIGHTS, k=len(NEEDS)), strict=True)),
        )
        for _ in range(count)
    ]
