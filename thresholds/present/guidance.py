"""A decision as guidance that a practitioner can read and a parent can follow, in plain text or in colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from thresholds.decision import Awaiting, Decision, Evidence, Reason, ResponseCalled
from thresholds.language.model import TIERS
from thresholds.present import asked, words
from thresholds.present.blocks import WIDTH, Banner, Block, Gap, Heading, Line, Title, plain_text
from thresholds.wording import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST_REASONS = 10
_MOST_EVIDENCE = 6
_VERBS = (("Points to:", "points_to"), ("Consider:", "consider"), ("May be offered:", "offer"))
_JUDGEMENT = "It supports professional judgement and never replaces it."


def as_text(decision: Decision, *, width: int = WIDTH, everything: bool = False) -> str:
    """The guidance as plain English text; `everything` leaves out no question and no reason."""
    return plain_text(guidance(decision, everything=everything), width)


def as_rich(decision: Decision, *, everything: bool = False) -> RenderableType:
    """The guidance for a terminal that rich can draw on."""
    from thresholds.present.terminal import InColour

    return InColour(list(guidance(decision, everything=everything)))


def guidance(decision: Decision, *, everything: bool = False) -> Iterator[Block]:
    """What is to be read, the level of need first."""
    yield from _level(decision)
    yield from _banner(decision)
    if decision.status != "outside_scope":
        yield from _responses(decision)
        yield from _awaiting(decision)
        yield from _why(decision, everything)
        yield from asked.questions(decision, everything)
    yield from _listed("What does not fit together", decision.conflicts)
    if decision.strengths:
        yield from _listed("Strengths to build on", decision.strengths)
        yield Line("They matter for the help that is planned. They outweigh no danger.", tone="quiet")
    yield from _consent(decision)
    yield from _basis(decision, everything)


def _level(decision: Decision) -> Iterator[Block]:
    if decision.status == "outside_scope":
        yield Title("Outside the children's thresholds")
        yield Line(decision.scope_note)
        yield Line(_JUDGEMENT, tone="quiet")
        return
    if decision.tier is None:
        yield Title("Level of need: not enough is known to say")
        yield Line("No danger has been ruled out that the questions below ask about. All may be well, or far from it.")
    else:
        yield Title(f"Level of need: {decision.tier}")
        yield Line(words.POINTS_TOWARDS[decision.tier])
    if decision.awaiting:
        named = "; ".join(f"{one.label} (the {one.decided_by} decides)" for one in decision.awaiting)
        text = f"{named}." + ("" if decision.tier == "specialist" else " Until then take the level above as the least.")
        yield Line(text, lead="Specialist, to be considered:", tone="attention")
    yield from _could_still_be(decision)
    if not decision.scope:
        yield Line("It is not known whether these thresholds cover this person; until it is, the answer is as if so.")
        yield Line(decision.scope_note, tone="quiet")
    yield Line(_JUDGEMENT, tone="quiet")


def _could_still_be(decision: Decision) -> Iterator[Block]:
    if not decision.provisional:
        if not decision.awaiting:
            text = "If what was recorded is right, nothing that is still unknown could change this level."
            if decision.questions:
                text += " What is asked below could still change what is called for."
            yield Line(text)
        return
    low, high = (TIERS.index(tier or "universal") for tier in (decision.floor, decision.ceiling))
    others = [tier for tier in TIERS[low : high + 1] if tier != decision.tier]
    text = f"With what is not yet known it could still be: {words.either(others[::-1])}."
    tier = -1 if decision.tier is None else TIERS.index(decision.tier)
    if tier == high:
        text += f" Until that is known, go by {decision.tier}."
    elif tier >= 0:
        text += " Do not treat it as settled."
    yield Line(text, lead="Provisional.", tone="attention")


def _banner(decision: Decision) -> Iterator[Block]:
    if decision.refer_now:
        yield Banner(
            "REFER NOW",
            (
                "Do not investigate, and do not delay to complete this form.",
                "What is known points to a danger that nothing else outweighs.",
                "If somebody is in immediate danger, call 999.",
            ),
        )
        return
    now = [question for question in decision.questions if question.ask_now]
    if now:
        yield Banner(
            "ASK NOW",
            (
                "A danger cannot be ruled out, and a sign of it is known.",
                *dict.fromkeys(question.question for question in now[: asked.MOST_URGENT]),
                "Whom to ask stands below. If the answer confirms it, refer at once; do not investigate.",
            ),
        )


def _responses(decision: Decision) -> Iterator[Block]:
    yield Heading("What this points to")
    shown = [one for one in decision.called_for if one.response not in decision.absorbed]
    if not shown:
        yield Line(
            "Nothing yet: too little is known." if decision.tier is None else "No response beyond usual services."
        )
    covered: dict[str, list[str]] = {}
    for one in decision.called_for:
        cover = one.response
        while cover in decision.absorbed:
            cover = decision.absorbed[cover]
        covered.setdefault(cover, []).append(one.label)
    for one in shown:
        yield from _response(one, covered[one.response][1:])


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
    yield Line(one.meaning, lead="" if firm else "What it would mean:", depth=1)
    yield Line(one.first_step, lead="First step:" if firm else "First step, if it goes ahead:", depth=1)
    yield Line(words.sentence(one.lead), lead="Who leads:", depth=1)
    if one.assessment:
        yield Line(words.sentence(one.assessment), lead="Assessment:", depth=1)
    yield Line(words.sentence(one.consent), lead="Agreement:", depth=1)
    if covered:
        yield Line(f"{'; '.join(covered)}.", lead="Covers as well:", depth=1, tone="quiet")
    yield Gap()


def _awaiting(decision: Decision) -> Iterator[Block]:
    if not decision.awaiting:
        return
    yield Heading("Waiting for a person's decision")
    yield Line('Until it is made nothing may be closed or stepped down, and "no further action" cannot be chosen.')
    titles = {reason.rule: reason.title for reason in decision.reasons}
    for one in decision.awaiting:
        yield Line(f"the {one.decided_by} decides.", lead=f"{one.label}:", mark="•")
        yield from _grounds(one, titles)


def _grounds(one: Awaiting, titles: dict[str, str]) -> Iterator[Block]:
    holding = [titles[rule] for rule in one.rules if rule in titles]
    open_ = [plain(rule) for rule in one.rules if rule not in titles]
    if holding:
        yield Line(f"{'; '.join(holding)}.", lead="Because of:", depth=1)
    if open_:
        yield Line(f"{'; '.join(open_)}.", lead="Not ruled out, while a sign of it is known:", depth=1)


def _why(decision: Decision, everything: bool) -> Iterator[Block]:
    yield Heading("Why")
    if not decision.reasons:
        if decision.awaiting:
            yield Line("A sign of a danger is known, and the danger itself is not ruled out.")
        else:
            yield Line("No rule of these thresholds holds for what is known.")
        return
    labels = {one.response: one.label for one in decision.called_for} | decision.findings
    shown = decision.reasons if everything else decision.reasons[:_MOST_REASONS]
    for reason in shown:
        yield from _reason(reason, labels, everything)
    hidden = len(decision.reasons) - len(shown)
    if hidden:
        yield Line(f"{words.counted(hidden, 'reason')} more: `--all` shows them (in Python: decision.reasons).")


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
    told += ["what is known of it disagrees, and the worst counts"] if one.disagreement else []
    return f"{one.label}: {one.value}" + (f" ({', '.join(told)})" if told else "")


def _sources(reason: Reason) -> str:
    test, response = words.CONFIDENCE[reason.test_confidence], words.CONFIDENCE[reason.response_confidence]
    confidence = test if test == response else f"{test}, for the test; {response}, for the response"
    ids = ", ".join(source.id for source in reason.sources)
    return f"{ids} ({confidence})" if ids else confidence


def _listed(heading: str, texts: tuple[str, ...]) -> Iterator[Block]:
    if texts:
        yield Heading(heading)
        for text in texts:
            yield Line(words.sentence(text), mark="•")


def _consent(decision: Decision) -> Iterator[Block]:
    if decision.status == "outside_scope":
        return
    yield Heading("Agreement (consent)")
    yield Line(f"{words.CONSENT[decision.consent]} {decision.consent_note}")
    if decision.called_for:
        yield Line("It bears on what can be done, never on the level of need.", tone="quiet")


def _basis(decision: Decision, everything: bool) -> Iterator[Block]:
    record = decision.record
    yield Heading("What this rests on")
    yield Line(record.notice)
    yield Line(f"{record.title} ({record.ruleset}), {record.edition}", lead="Thresholds:")
    yield Line(words.RULESET_STATUS[record.ruleset_status], lead="Their status:")
    yield Line(record.authority, lead="Who answers for them:")
    if decision.weakest_basis is not None:
        yield Line(words.CONFIDENCE[decision.weakest_basis], lead="The weakest ground used here:")
    cited = {source.id: source for reason in decision.reasons for source in reason.sources}
    if cited and everything:
        for name in sorted(cited):
            yield Line(f"{cited[name].title}" + _address(cited[name].address), lead=f"{name}:", depth=1, tone="quiet")
    elif cited:
        yield Line(f"{', '.join(sorted(cited))} (`--all` gives their titles)", lead="Sources:")
    about = [words.GROUP[group] for group in decision.scope]
    about += [f"reference {decision.reference}"] if decision.reference else []
    about += [f"told by: {decision.reporter_role}"] if decision.reporter_role else []
    if about:
        yield Line("; ".join(about), lead="About:")
    made = [f"for {words.day(record.on)}"]
    made += [f"by the thresholds as of {words.day(record.as_at)}"] if record.as_at else []
    made += [f"engine {record.engine}", f"thresholds {record.library}", f"ruleset {record.hash[:12]}"]
    yield Line(", ".join(made), lead="Made:", tone="quiet")


def _address(address: str | None) -> str:
    return f", {address}" if address else ""
