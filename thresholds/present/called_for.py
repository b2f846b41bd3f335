"""What is called for, with what each response means for the family, and what a person must decide."""

from __future__ import annotations

from collections.abc import Iterator

from thresholds.decision import Awaiting, Decision, ResponseCalled
from thresholds.present import words
from thresholds.present.blocks import Block, Gap, Heading, Line

_CAUTION = {
    "unsafe_to_seek": "Asking the family was judged unsafe. Whatever is said below about talking to parents or asking "
    "for agreement waits until advice has been taken.",
    "refused": "The family does not agree. What needs agreement cannot start as voluntary help; see Agreement, below.",
}


def responses(decision: Decision) -> Iterator[Block]:
    yield Heading("What this points to")
    if decision.consent in _CAUTION and decision.called_for:
        yield Line(_CAUTION[decision.consent], tone="attention")
    shown = [one for one in decision.called_for if one.response not in decision.absorbed]
    if not shown:
        nothing = "Nothing yet: too little is known." if decision.tier is None else "No response beyond usual services."
        yield Line(nothing)
    for one in shown:
        covered = [other.label for other in decision.called_for if one.response in _covers(other.response, decision)]
        yield from _response(one, covered)


def _covers(response: str, decision: Decision) -> list[str]:
    """What covers a response, what covers that, and so on."""
    covers: list[str] = []
    while (response := decision.absorbed.get(response, "")) and response not in covers:
        covers.append(response)
    return covers


def _response(one: ResponseCalled, covered: list[str]) -> Iterator[Block]:
    match one.weight:
        case "points_to":
            yield Line(one.label, lead="Points to:", mark="•", tone="strong")
        case "consider":
            text = f"{one.label} — the {one.decided_by} must decide"
            yield Line(text, lead="Consider:", mark="•", tone="strong")
            yield Line(f"Put it to the {one.decided_by}.", lead="Next:", depth=1)
        case _:
            yield Line(one.label, lead="May be offered:", mark="•", tone="strong")
    firm = one.weight == "points_to"
    yield Line(one.meaning, lead="" if firm else "What it is:", depth=1)
    yield Line(one.first_step, lead="First step:" if firm else "First step, if it goes ahead:", depth=1)
    yield Line(words.sentence(one.lead), lead="Who leads:", depth=1)
    if one.assessment:
        yield Line(words.sentence(one.assessment), lead="Assessment:", depth=1)
    yield Line(words.sentence(one.consent), lead="Agreement:", depth=1)
    if covered:
        yield Line(f"{'; '.join(covered)}.", lead="Covers as well:", depth=1, tone="quiet")
    yield Gap()


def awaiting(decision: Decision) -> Iterator[Block]:
    if not decision.awaiting:
        return
    yield Heading("Waiting for a person's decision")
    yield Line('Until it is made nothing may be closed or stepped down, and "no further action" cannot be chosen.')
    for one in decision.awaiting:
        yield Line(f"the {one.decided_by} decides.", lead=f"{one.label}:", mark="•")
        yield from _grounds(one)


def _grounds(one: Awaiting) -> Iterator[Block]:
    if one.because:
        yield Line(f"{'; '.join(one.because)}.", lead="Because of:", depth=1)
    if one.not_ruled_out:
        yield Line(f"{'; '.join(one.not_ruled_out)}.", lead="Not ruled out:", depth=1)
    if one.signs:
        yield Line(f"{'; '.join(one.signs)}.", lead="A sign that is known:", depth=1)
