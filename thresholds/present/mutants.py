"""What came of changing a ruleset a little, in words: which changes its worked examples would not notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thresholds.language.yaml_text import Place
from thresholds.policy.answering import Answer
from thresholds.policy.mutants import Judged, Judgement, Verdict
from thresholds.policy.mutating import Kind, Mutant
from thresholds.present import words
from thresholds.present.assessment_file import as_yaml
from thresholds.present.blocks import Block, Gap, Heading, Line, Sheet, Table, Title
from thresholds.ruleset import Ruleset

_FEW = 20
KINDS: dict[Kind, str] = {
    "limit": "a limit one step lower or higher",
    "strictness": "an end let in or left out (< for <=)",
    "word": "a word more or less in a list",
    "at_least": "an at_least one more or less",
    "rule": "a rule dropped",
    "exception": "an exception dropped",
    "weight": "a weight lowered, or a response or finding dropped",
    "parameter": "a parameter one less or more",
    "counting": "what a quantity counts, and for how long",
    "level": "the level of a response lowered",
}


def judged_in_words(ruleset: Ruleset, judgement: Judgement, *, everything: bool) -> Iterator[Block]:
    """How many changes were tried and what noticed them; each that nothing noticed, with a child who shows it.

    Without `everything` only the first of those are shown that boundary pairs alone notice, or that change nothing.
    """
    yield from _summary(ruleset, judgement)
    if judgement.judged:
        yield Gap()
        yield _table(judgement)
    unnoticed = judgement.of("unnoticed")
    if unnoticed:
        yield Heading(f"Noticed by nothing ({len(unnoticed)})")
        yield Line("For each the plainest child who would be answered differently: a worked example to write.")
    for one in sorted(unnoticed, key=_place):
        yield from _unnoticed(one)
    by_pairs = judgement.of("noticed_by_pairs")
    if by_pairs:
        yield Heading(f"Noticed by boundary pairs only ({len(by_pairs)})")
        yield Line(
            "A boundary pair is made from the ruleset as it is: it shows that something changed, and cannot know that "
            "it was wrong before. Only a worked example can."
        )
        yield from _listed(by_pairs, everything=everything)
    equivalent = judgement.of("equivalent")
    if equivalent:
        yield Heading(f"Proved to change no answer ({len(equivalent)})")
        yield Line(
            "No child of whom everything is known is answered differently, so no example could tell. What the changed "
            "rule says may still stand among the reasons, or bear on what is asked while something is unknown."
        )
        yield from _listed(equivalent, everything=everything)
    unfinished = judgement.of("not_finished")
    if unfinished:
        yield Heading(f"Not finished ({len(unfinished)})")
        yield from _listed(unfinished, everything=everything)


def _summary(ruleset: Ruleset, judgement: Judgement) -> Iterator[Block]:
    tried = len(judgement.judged) - len(judgement.of("refused"))
    unnoticed, unfinished = len(judgement.of("unnoticed")), len(judgement.of("not_finished"))
    changes = words.counted(tried, "small change")
    if not tried:
        yield Title(f"{ruleset.name}: there is nothing to change")
        return
    if judgement.unnoticed_by_examples and not judgement.examples:
        yield Title(f"{ruleset.name}: there are no worked examples to notice any of {changes}")
    elif unnoticed:
        yield Title(f"{ruleset.name}: {unnoticed} of {changes} would go unnoticed")
    elif unfinished:
        yield Title(f"{ruleset.name}: of {changes} {unfinished} were not finished")
    else:
        yield Title(f"{ruleset.name}: none of {changes} would go unnoticed")
    if unfinished:
        yield Line(
            f"{unfinished} of {tried} were not finished: whether they would be noticed is not known.",
            lead="Stopped:",
            tone="attention",
        )
    by_example, by_pairs = len(judgement.of("noticed")), len(judgement.of("noticed_by_pairs"))
    pairs = f", {by_pairs} more by {words.counted(judgement.pairs, 'boundary pair')}" if judgement.pairs else ""
    yield Line(
        f"Each change is such as a slip of the pen would make. {by_example} would be noticed by "
        f"{words.counted(judgement.examples, 'worked example')}{pairs}; {len(judgement.of('equivalent'))} change no "
        "answer, which is proved."
    )
    refused = len(judgement.of("refused"))
    if refused:
        yield Line(
            f"{words.counted(refused, 'change')} besides no ruleset could have: it would not load.", tone="quiet"
        )
    header = ruleset.definition.header
    yield Line(f"{header.title}, {header.edition}; ruleset {ruleset.hash[:12]}", tone="quiet")


def _table(judgement: Judgement) -> Table:
    columns = ("Change", "Made", "Examples", "Pairs", "No effect", "Unnoticed")
    verdicts: tuple[Verdict, ...] = ("noticed", "noticed_by_pairs", "equivalent", "unnoticed")
    rows = []
    for kind, said in KINDS.items():
        made = [one.verdict for one in judgement.judged if one.mutant.kind == kind and one.verdict != "refused"]
        if made:
            rows.append((said, str(len(made)), *(str(sum(one == verdict for one in made)) for verdict in verdicts)))
    return Table(columns, tuple(rows))


def _unnoticed(one: Judged) -> Iterator[Block]:
    assert one.child is not None
    assert one.before is not None
    assert one.after is not None
    yield Gap()
    yield Line(change_in_words(one.mutant), mark="\u2022", tone="strong")
    yield Line(f"{one.mutant.place}", depth=1, tone="quiet")
    yield Sheet(as_yaml(one.child).rstrip("\n"), "yaml")
    yield Line(_answer(one.before), lead="Answered now:")
    yield Line(_answer(one.after), lead="With the change:")


def _listed(judged: Sequence[Judged], *, everything: bool) -> Iterator[Block]:
    shown = sorted(judged, key=_place)[: None if everything else _FEW]
    for one in shown:
        yield Line(f"{change_in_words(one.mutant)} ({one.mutant.place})", mark="\u2022")
    if len(shown) < len(judged):
        yield Line(f"and {len(judged) - len(shown)} more (`--all`)", tone="quiet")


def _place(one: Judged) -> Place:
    return one.mutant.place


def change_in_words(mutant: Mutant) -> str:
    """What was changed, in a line."""
    name, about, was, becomes = mutant.entry, mutant.about, mutant.was, mutant.becomes
    match mutant.kind:
        case "rule":
            return f"rule `{name}` dropped"
        case "exception":
            return f"rule `{name}` without the exception: {about.removeprefix('unless ')}"
        case "weight" if becomes == "dropped":
            return f"rule `{name}` without `{about}: {was}`"
        case "level":
            return f"response `{name}` {becomes} instead of {was}"
        case "parameter":
            return f"parameter `{name}`{f' ({about})' if about else ''} {becomes} instead of {was}"
        case "counting":
            return f"quantity `{name}`: `{about}: {becomes}` instead of `{was}`"
    if becomes == "never":
        return f"rule `{name}`: `{about}: {was}` met by nothing"
    if becomes == "-":
        return f"rule `{name}`: `{about}: {was}` met by any value"
    return f"rule `{name}`: `{about}: {becomes}` instead of `{was}`"


def _answer(answer: Answer) -> str:
    called = ", ".join(f"{name}: {weight}" for name, weight in answer.responses) or "nothing"
    return f"{answer.tier or 'no level'}; {called}"
