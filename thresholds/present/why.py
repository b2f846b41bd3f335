"""Why: each rule that holds, with what is known, what could still undo it, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from thresholds.decision import Decision, Evidence, Reason
from thresholds.present import words
from thresholds.present.blocks import Block, Heading, Line
from thresholds.wording import plain

_MOST_REASONS = 10
_MOST_EVIDENCE = 6
_VERBS = (("Points to:", "points_to"), ("Consider:", "consider"), ("May be offered:", "offer"))


def why(decision: Decision, everything: bool) -> Iterator[Block]:
    yield Heading("Why")
    if not decision.reasons:
        if decision.awaiting:
            yield Line("A sign of a danger is known, and the danger itself is not ruled out.")
        else:
            yield Line("No rule of these thresholds holds for what is known.")
        return
    labels = {one.response: one.label for one in decision.called_for} | decision.findings
    telling = _most_telling_first(decision)
    shown = telling if everything else telling[:_MOST_REASONS]
    for reason in shown:
        yield from _reason(reason, labels, everything)
    hidden = len(decision.reasons) - len(shown)
    if hidden:
        yield Line(f"{words.counted(hidden, 'more reason')}: `--all` shows them (in Python: decision.reasons).")


def _most_telling_first(decision: Decision) -> list[Reason]:
    """Reasons for what is called for before those for what it covers, each in its weight."""
    uncovered = [one.response for one in decision.called_for if one.response not in decision.absorbed]
    order = {name: number for number, name in enumerate(uncovered)}

    def rank(reason: Reason) -> tuple[bool, int]:
        carried = [name for name, weight in reason.responses.items() if weight == decision.responses.get(name)]
        return not reason.overriding, min((order.get(name, len(order)) for name in carried), default=len(order))

    return sorted(decision.reasons, key=rank)


def _reason(reason: Reason, labels: dict[str, str], everything: bool) -> Iterator[Block]:
    remarks = [*(["nothing outweighs this"] if reason.overriding else []), *([] if reason.certain else ["not certain"])]
    title = f"{reason.title} ({', '.join(remarks)})" if remarks else reason.title
    yield Line(title, mark="•", tone="strong")
    yield Line(words.sentence(reason.because), depth=1)
    for verb, weight in _VERBS:
        named = [labels.get(name, plain(name)) for name, one in reason.responses.items() if one == weight]
        if named:
            yield Line(f"{'; '.join(named)}.", lead=verb, depth=1)
    if reason.findings:
        yield Line(
            f"{'; '.join(labels.get(name, plain(name)) for name in reason.findings)}.", lead="Counts as:", depth=1
        )
    shown = reason.evidence if everything else reason.evidence[:_MOST_EVIDENCE]
    hidden = len(reason.evidence) - len(shown)
    known = "; ".join([_known(one) for one in shown] + ([f"{hidden} more (`--all`)"] if hidden else []))
    if known:
        yield Line(f"{known}.", lead="Known:", depth=1)
    for exception in reason.unless:
        yield Line(f"{exception}. If that is so, this rule does not hold.", lead="Not known:", depth=1)
    if not reason.certain and not reason.unless:
        yield Line("the age or status of the child, on which this rule depends.", lead="Not known for sure:", depth=1)
    yield Line(_sources(reason), lead="Rests on:", depth=1, tone="quiet")


def _known(one: Evidence) -> str:
    told = [words.OBSERVED[one.basis]] if one.basis else []
    told += [words.day(one.on)] if one.on else []
    told += ["accounts differ and the worst counts"] if one.disagreement else []
    return f"{one.label}: {one.value}" + (f" ({', '.join(told)})" if told else "")


def _sources(reason: Reason) -> str:
    test, response = words.CONFIDENCE[reason.test_confidence], words.CONFIDENCE[reason.response_confidence]
    confidence = test if test == response else f"{test}, for the test; {response}, for the response"
    ids = ", ".join(source.id for source in reason.sources)
    return f"{ids} ({confidence})" if ids else confidence
