"""What a check found, in words: each thing with its place, the lines of values, the limits that examples test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from thresholds.language.definition import Definition, InForce
from thresholds.language.model import Entry, Weight
from thresholds.policy.findings.finding import (
    SEVERITIES,
    Finding,
    Findings,
    Kind,
    Led,
    Severity,
    TestedLimit,
    ValueLine,
)
from thresholds.policy.rest import Rest
from thresholds.present import words
from thresholds.present.assessment_file import as_yaml
from thresholds.present.blocks import Block, Gap, Heading, Line, Sheet, Table, Title, Tone

_FEW = 10
_SECTIONS: dict[Kind, str] = {
    "never_holds": "Rules that can never hold",
    "example_differs": "Worked examples that are answered otherwise",
    "sign_off": "Sign-off",
    "contact_missing": "Whom to reach",
    "not_finished": "Not finished",
    "never_decides": "Rules that never decide",
    "disagree": "Rules that disagree",
    "response_unreached": "Responses that are never called for",
    "indicator_unread": "Indicators that change no answer",
    "read_in_exceptions_only": "Indicators that can only take away",
    "inferred_alone": "Rules that rest on nothing but inference",
    "source_uncited": "Sources that are never cited",
}
_SEVERITIES: dict[Severity, str] = {"problem": "To be mended:", "warning": "Look at:", "note": "Note:"}
_ID = re.compile(r"`([a-z][a-z0-9_]*)`")
_WEIGHTS: dict[Weight, str] = {"points_to": "{}", "consider": "consider {}", "offer": "offer {}"}


def checked_in_words(rest: Rest, findings: Findings | None, *, everything: bool) -> Iterator[Block]:
    """How much was found of what, the problems of the files, what was left out for them, then what else was found.

    Without `everything` notes are only named, and of the lines of values only those with gaps are shown.
    """
    yield from _summary(rest, findings)
    if rest.problems:
        yield from _problems(rest, everything=everything)
    if rest.ruleset is None or findings is None:
        yield Heading("Nothing else was checked")
        yield Line(words.sentence(rest.why))
        return
    for kind, heading in _SECTIONS.items():
        found = list(findings.of(kind))
        if found:
            yield Heading(f"{heading} ({len(found)})")
            yield from _section(found, rest.ruleset.definition, everything=everything)
    if findings.lines:
        yield from _lines(findings.lines, rest.ruleset.in_force(findings.on), everything=everything)
    if findings.limits:
        yield from _limits(findings.limits, findings.examples, everything=everything)


def _summary(rest: Rest, findings: Findings | None) -> Iterator[Block]:
    found = findings.findings if findings is not None else ()
    numbers = {severity: sum(one.severity == severity for one in found) for severity in SEVERITIES}
    problems = len(rest.problems) + numbers["problem"]
    said = [words.counted(problems, "problem") if problems else "no problem found"]
    said += [words.counted(numbers["warning"], "thing to look at", "things to look at")] if numbers["warning"] else []
    said += [words.counted(numbers["note"], "note")] if numbers["note"] else []
    yield Title(f"{rest.name}: {', '.join(said)}")
    if rest.ruleset is None or findings is None:
        return
    definition = rest.ruleset.definition
    yield Line(f"{definition.header.title}, {rest.ruleset.edition}; {words.RULESET_STATUS[rest.ruleset.status]}")
    kinds: list[tuple[Iterable[Entry], str]] = [
        (definition.rules, "rule"),
        (definition.indicators.values(), "indicator"),
    ]
    kinds.append((definition.worked_examples.values(), "worked example"))
    own = [[one for one in entries if _is_own(one, definition, findings.on)] for entries, _ in kinds]
    of = ", ".join(words.counted(len(found), name) for found, (_, name) in zip(own, kinds, strict=True))
    its = f" of its own, beside those of {' and '.join(definition.layers[:-1])}" if len(definition.layers) > 1 else ""
    yield Line(f"{of}{its}; as in force on {words.day(findings.on)}; {rest.ruleset.hash[:12]}")


def _is_own(entry: Entry, definition: Definition, on: date) -> bool:
    """Does the ruleset say it itself, and is it in force?"""
    return entry.layer == definition.layers[-1] and entry.in_force(on)


def _problems(rest: Rest, *, everything: bool) -> Iterator[Block]:
    yield Heading(f"To be mended ({len(rest.problems)})")
    for problem in rest.problems:
        yield Line(f"{problem.place}: {problem.message}", tone="strong")
        yield Line(problem.help, depth=2)
        yield Gap()
    if not rest.left_out:
        return
    own = [one for one in rest.left_out if one.problem in rest.problems]
    others = [one for one in rest.left_out if one.problem not in rest.problems]
    yield Heading("Left out, to check the rest")
    yield Line(
        f"{words.counted(len(own), 'entry has a problem', 'entries have problems')}, and "
        f"{words.counted(len(others), 'depends', 'depend')} on what was left out. What follows is about the rest. "
        "Worked examples, and what nothing reads or cites, are looked at once the problems are mended."
    )
    for heading, left in (("With problems:", own), ("Depending on them:", others)):
        if left:
            names = [f"{one.kind} {one.id}{' (its levels)' if one.part else ''}" for one in left]
            yield Line(_some(names, everything=everything), lead=heading)


def _section(found: Sequence[Finding], definition: Definition, *, everything: bool) -> Iterator[Block]:
    if not everything and all(one.severity == "note" and one.subject for one in found):
        yield Line(_some([one.subject for one in found], everything=False))
        return
    for one in found:
        message = _titled(one.message, definition) if everything else one.message
        tone: Tone = "plain" if one.severity == "note" else "strong"
        yield Line(words.sentence(message), lead=_SEVERITIES[one.severity], mark="\u2022", tone=tone)
        for place in one.places if everything else one.places[:1]:
            yield Line(str(place), depth=1, tone="quiet")
        yield Line(words.sentence(one.help), depth=1)
        for child, decision in zip(one.children, one.decisions, strict=True) if everything else ():
            from thresholds.present.proofs import answered  # where there is no solver there are no children

            yield Sheet(as_yaml(child, ["For example this child.", f"The answer: {answered(decision)}"]), "yaml")


def _titled(message: str, definition: Definition) -> str:
    """What is named by its id is named by its title too."""
    titles = {rule.id: rule.title for rule in definition.rules}
    for group in (definition.indicators, definition.responses):
        titles |= {name: one.label for name, one in group.items()}

    def title(match: re.Match[str]) -> str:
        found = titles.get(match[1])
        return match[0] if found is None else f"\u201c{found}\u201d ({match[0]})"

    return _ID.sub(title, message)


def _some(names: Sequence[str], *, everything: bool) -> str:
    shown = names if everything else names[:_FEW]
    more = f" and {len(names) - len(shown)} more (`--all`)" if len(shown) < len(names) else ""
    return ", ".join(shown) + more


def _lines(lines: Sequence[ValueLine], in_force: InForce, *, everything: bool) -> Iterator[Block]:
    """A table for each line; or one of those parts that are worse than nothing and lead to nothing."""
    yield Heading("What each value leads to by itself")
    counted = words.counted(len(lines), "sign with a line of values", "signs with a line of values")
    gaps = sorted((line for line in lines if line.gaps), key=lambda line: line.leads_somewhere)
    yield Line(
        f"{counted}, each held against children in whom there is nothing else. Of {len(gaps)} some values are worse "
        "than none and lead to nothing by themselves: that may be meant, or be a gap."
    )
    if everything:
        yield from (_line(line, in_force) for line in lines)
        return
    rows = tuple((_subject(line), _gap(line), _first(line)) for line in gaps[:_FEW])
    if rows:
        yield Table(("Sign", "Leads to nothing", "The first to lead somewhere"), rows)
    more = f"{len(gaps) - _FEW} more of them, and every" if len(gaps) > _FEW else "Every"
    yield Line(f"{more} line with what each value leads to: `--all`.", tone="quiet")


def _gap(line: ValueLine) -> str:
    return "; ".join(one.values for one in line.gaps) if line.leads_somewhere else "every value"


def _subject(line: ValueLine) -> str:
    within = f", in {line.within}" if line.within else ""
    return f"{line.label[0].upper()}{line.label[1:]}{within}{f' (with: {line.detail_of})' if line.detail_of else ''}"


def _first(line: ValueLine) -> str:
    """The mildest values that lead to something."""
    return next((one.values for one in line.segments if not one.leads_nowhere), "none does")


def _line(line: ValueLine, in_force: InForce) -> Table:
    rows = []
    for segment in line.segments:
        values = f"{segment.values}{' (nothing recorded)' if segment.absent else ''}"
        rows += [(values, led.ages or "any age", led.tier, _called_for(led, in_force)) for led in segment.led]
    return Table(("Value", "Age", "Level of need", "Leads to"), tuple(rows), _subject(line))


def _called_for(led: Led, in_force: InForce) -> str:
    called = [_WEIGHTS[weight].format(in_force.responses[name].label) for name, weight in led.responses.items()]
    return "; ".join(called) or "nothing"


def _limits(limits: Sequence[TestedLimit], examples: int, *, everything: bool) -> Iterator[Block]:
    untested = [one for one in limits if not one.tested]
    drawn = words.counted(len(limits), "limit that its rules draw", "limits that its rules draw")
    yield Heading("Limits that worked examples test")
    yield Line(
        f"{words.counted(examples, 'worked example')}; {len(limits) - len(untested)} of {drawn} have an example "
        "directly below and one directly above."
    )
    shown = untested if everything else untested[:_FEW]
    for one in shown:
        yield Line(f"{one.label}: {_missing(one)}", mark="\u2022")
        yield Line(f"{one.place}, {', '.join(one.rules)}", depth=1, tone="quiet")
    if len(shown) < len(untested):
        yield Line(f"and {len(untested) - len(shown)} more (`--all`)", tone="quiet")


def _missing(limit: TestedLimit) -> str:
    """On which side of a limit no example stands."""
    sides: Iterable[tuple[bool, str]] = ((limit.tested_below, limit.below), (limit.tested_above, limit.above))
    return f"no example at {words.either([values for tested, values in sides if not tested])}"
