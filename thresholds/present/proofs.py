"""What came of proving a ruleset's statements, in words: how many hold, and a child for whom one does not."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from thresholds.decision import Decision
from thresholds.language.definition import InForce
from thresholds.language.model import Invariant, Weight
from thresholds.policy.prove import BROKEN_OFF, UNTRIED, Proof, in_force_with
from thresholds.policy.responsible import Responsible
from thresholds.present import words
from thresholds.present.assessment_file import as_yaml
from thresholds.present.blocks import Block, Gap, Heading, Line, Sheet, Table, Title
from thresholds.present.sentences import condition
from thresholds.ruleset import Ruleset
from thresholds.wording import plain

_WEIGHTS: dict[Weight, str] = {
    "points_to": "the answer points to {}",
    "consider": "the answer points to {}, or has a named person consider it",
    "offer": "the answer points to {}, has a named person consider it, or offers it",
}
_LEVELS = {
    "universal": "the level of need is universal or higher",
    "targeted": "the level of need is targeted or specialist",
    "specialist": "the level of need is specialist",
}


def proofs_in_words(
    ruleset: Ruleset,
    on: date,
    proofs: Sequence[Proof],
    rules: Mapping[str, Sequence[Responsible]],
    named: str,
    folder: str | None = None,
    everything: bool = True,
) -> Iterator[Block]:
    """How many are proved, refuted and not finished; then each of them.

    `rules`: those to look at, by statement. `named`: how the ruleset is named on the command line. `folder`: where the
    children were saved as files. Without `everything` a statement that is proved is only named.
    """
    if not proofs:
        yield Title(f"{ruleset.name}: there are no statements to prove")
        yield Line("Write them in invariants.yaml.")
        return
    in_force = ruleset.in_force(on)
    asked = {
        one.id: meaning(one, in_force_with(ruleset, one, on))
        for one in (ruleset.definition.invariants[proof.id] for proof in proofs)
    }
    by_verdict = {verdict: [one for one in proofs if one.verdict == verdict] for verdict in _SECTIONS}
    yield from _summary(ruleset, on, proofs)
    saved = sum(len(one.children) for one in proofs)
    if folder is not None:
        yield Line(f"{words.counted(saved, 'file')} in {folder}" if saved else "no child was found", lead="Saved:")
    for proof in by_verdict["refuted"]:
        yield Heading(f"Refuted: {proof.statement}")
        yield Line(asked[proof.id], lead="Asked:")
        yield Line(f"{words.sentence(proof.how)} {_where(proof)}", lead="Found:", tone="quiet")
        yield from _children(proof, named, folder)
        if rules.get(proof.id):
            rows = tuple((one.rule.title, str(one.rule.place), _standing(one, in_force)) for one in rules[proof.id])
            yield Table(("Rule", "File, line and column", "For this child"), rows, "The rules to look at")
    for verdict in ("about_nobody", "not_finished", "proved"):
        found = by_verdict[verdict]
        if found and not (verdict == "proved" and everything):
            yield Heading(_SECTIONS[verdict])
        if verdict == "proved" and not everything:
            yield from (Line(proof.statement, mark="\u2022") for proof in found)
            continue
        for subject, group in _by_subject(found):
            if verdict == "proved":
                yield Heading(f"{_SECTIONS[verdict]}: {subject} ({len(group)})")
            for proof in group:
                yield Line(proof.statement, mark="\u2022", tone="strong")
                yield Line(asked[proof.id], lead="Asked:", depth=1)
                yield Line(f"{words.sentence(proof.how)} {_where(proof)}", lead="Found:", depth=1, tone="quiet")
    if by_verdict["proved"] and not everything:
        yield Gap()
        yield Line("`--all` says what was asked of the rules for each of them, and how it was found.", tone="quiet")


def _by_subject(proofs: Sequence[Proof]) -> list[tuple[str, list[Proof]]]:
    """The proofs of each file, which is about one subject, with its name; in the order of the subjects."""
    found: dict[str, list[Proof]] = {}
    for proof in proofs:
        file = Path(proof.place.partition(":")[0])
        subject = plain(file.stem) if len(file.parts) > 2 else "other statements"
        found.setdefault(f"{subject}, {file.parts[0]}", []).append(proof)
    return sorted(found.items())


_SECTIONS = {
    "refuted": "",
    "about_nobody": "About nobody, so nothing was proved",
    "not_finished": "Not finished, so not proved",
    "proved": "Proved for every child of whom everything is known",
}


def _summary(ruleset: Ruleset, on: date, proofs: Sequence[Proof]) -> Iterator[Block]:
    proved, refuted = (sum(one.verdict == verdict for one in proofs) for verdict in ("proved", "refuted"))
    untried, broken_off = (sum(one.how == how for one in proofs) for how in (UNTRIED, BROKEN_OFF))
    nobody = sum(one.verdict == "about_nobody" for one in proofs)
    late = len(proofs) - proved - refuted - nobody - untried - broken_off
    yield Title(f"{ruleset.name}: {proved} of {words.counted(len(proofs), 'statement')} proved for every child")
    if refuted:
        text = f"{_are(refuted)} refuted. Below stands, for each, the simplest child for whom it does not hold."
        yield Line(text, tone="attention")
    if nobody:
        text = f"{_are(nobody)} about nobody: no child is so, as the ruleset says what is impossible."
        yield Line(text, tone="attention")
    if untried or broken_off:
        text = f"{untried} of {len(proofs)} {'was' if untried == 1 else 'were'} not tried"
        text += f", {broken_off} not finished" if broken_off else ""
        yield Line(f"{text}. What was not tried or not finished is not proved.", lead="Stopped:", tone="attention")
    if late:
        text = f"{_are(late)} not finished: neither proved nor refuted. `--seconds` gives each statement more time."
        yield Line(text, tone="attention")
    if proved:
        yield Line(
            "Proved means: every combination of answers was ruled out in which the rules would answer otherwise, for "
            "children of whom everything is known, apart from what the ruleset calls impossible. Where something is "
            "not known the answer may call for more, or for two things of which only one will do. It says what the "
            "rules do, not whether they are right.",
            tone="quiet",
        )
    header = ruleset.definition.header
    made = f"{header.title}, {header.edition}; as in force on {words.day(on)}; ruleset {ruleset.hash[:12]}"
    yield Line(made, tone="quiet")


def _are(number: int) -> str:
    return f"{number} {'is' if number == 1 else 'are'}"


def _where(proof: Proof) -> str:
    return f"{proof.place}, `{proof.id}`."


def _children(proof: Proof, named: str, folder: str | None) -> Iterator[Block]:
    for (name, text), decision in zip(files_of(proof), proof.decisions, strict=True):
        yield Sheet(text, "yaml")
        yield Line(answered(decision), lead="The answer:", tone="strong")
        file = name if folder is None else str(Path(folder) / name)
        saved = f"Save it as {file}" if folder is None else f"It is saved as {file}"
        yield Line(f"{saved}. This gives the whole answer:", tone="quiet")
        yield Sheet(f"thresholds assess {shlex.quote(file)} --ruleset {shlex.quote(named)}", "sh")


def files_of(proof: Proof) -> list[tuple[str, str]]:
    """Each child of a refuted statement as a file: its name and its text, which `thresholds assess` reads."""
    return [
        (_name(proof, number), as_yaml(child, _remarks(proof, number, decision)))
        for number, (child, decision) in enumerate(zip(proof.children, proof.decisions, strict=True), start=1)
    ]


def _name(proof: Proof, number: int) -> str:
    return f"{proof.id}.yaml" if len(proof.children) == 1 else f"{proof.id}_{number}.yaml"


def _remarks(proof: Proof, number: int, decision: Decision) -> tuple[str, ...]:
    which = "" if len(proof.children) == 1 else f"child {number} of {len(proof.children)}, who differ in nothing else. "
    return f"Refuted: {proof.statement}", f"{words.sentence(which)} The answer: {answered(decision)}".strip()


def answered(decision: Decision) -> str:
    """The answer for the child of a proof, in one line."""
    said = [f"level of need {decision.tier}" if decision.tier else "not enough is known to say"]
    for verb, weight in (("points to", "points_to"), ("to be considered", "consider"), ("may be offered", "offer")):
        labels = [one.label for one in decision.called_for if one.weight == weight]
        said += [f"{verb}: {', '.join(labels)}"] if labels else []
    return f"{'; '.join(said)}."


def _standing(one: Responsible, in_force: InForce) -> str:
    if one.holds:
        return "Holds."
    said = [f"not so: {condition(part, in_force)}" for part in one.failing]
    said += [f"an exception holds: {condition(part, in_force)}" for part in one.set_aside_by]
    if one.other_group:
        groups = words.either([words.GROUP[group] for group in one.rule.applies_to])
        said.append(f"is only for {groups}")
    return words.sentence("; ".join(said))


# What each kind of statement asks.


def meaning(invariant: Invariant, in_force: InForce) -> str:
    """What is asked of the rules, in the words of the indicators and with the numbers in force."""
    if invariant.kind == "worse_never_lowers":
        return "Every part of every rule that holds still holds when any value gets worse."
    if invariant.kind == "reads_no_context":
        return "No rule reads any sign that is marked as context."
    if invariant.kind == "never_changes":
        subject, reached = _subject(invariant, in_force), _reached(invariant, in_force)
        return f"Of two children who differ only in {subject}: if for one of them {reached}, then for the other too."
    whom = "For every child"
    if invariant.when is not None:
        whom = f"Where this is so \u2013 {condition(invariant.when, in_force)} \u2013"
    if invariant.kind == "never_together":
        labels = " and ".join(in_force.responses[name].label for name in invariant.responses)
        return f"{whom} the answer never points at once to {labels}."
    return f"{whom} {_reached(invariant, in_force)}."


def _reached(invariant: Invariant, in_force: InForce) -> str:
    if invariant.tier is not None:
        return _LEVELS[invariant.tier]
    assert invariant.response is not None
    return _WEIGHTS[invariant.weight].format(in_force.responses[invariant.response].label)


def _subject(invariant: Invariant, in_force: InForce) -> str:
    by = invariant.by
    assert by is not None
    if by.consent:
        return "whether the family agrees"
    named = ["protective factors"] if by.protective else []
    named += [f"signs tagged {tag}" for tag in by.tags]
    named += [in_force.indicators[name].label for name in by.ids]
    return words.either(named)
