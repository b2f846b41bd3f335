"""Rules that hold for no child: proved, with what in them cannot go together."""

from __future__ import annotations

from collections.abc import Iterator

from thresholds.language.conditions import AllOf, Condition, every_test
from thresholds.language.model import Rule
from thresholds.policy.findings.finding import Finding
from thresholds.policy.findings.ground import Ground, smallest_clash
from thresholds.present import sentences, words


def never_holding(ground: Ground) -> tuple[int, ...]:
    """The numbers of the rules that hold for no real child whom the ruleset covers. Raises NotFinished."""
    return tuple(number for number in range(len(ground.rules)) if ground.model([ground.holds(number)]) is None)


def findings(ground: Ground, dead: tuple[int, ...]) -> Iterator[Finding]:
    """A problem for each rule that never holds. Raises NotFinished."""
    for number in dead:
        rule = ground.rules[number]
        yield Finding(
            "never_holds",
            "problem",
            rule.id,
            f"rule `{rule.id}` can never hold: {_why(ground, number)}{_through_others(ground, number, dead)}",
            "correct what cannot go together, or take the rule out",
            (rule.place,),
        )


def _why(ground: Ground, number: int) -> str:
    """The fewest parts of a rule that no child meets at once, in words."""
    rule, ruleset = ground.rules[number], ground.in_force
    parts, exceptions = _parts(rule), [one.when for one in rule.unless]
    apart = Ground(ground.ruleset, ground.on, ground.patience, [*parts, *exceptions])
    told = {apart.copy.inside: "the ruleset covers the child"}
    for literal, one in zip(apart.impossible, ruleset.impossible, strict=True):
        told[-literal] = f"what cannot be is left out ({one.because})"
    told[apart.group(number)] = f"it is about {words.either([words.GROUP[one] for one in rule.applies_to])}"
    for literal, condition in zip(apart.conditions, [*parts, *exceptions], strict=True):
        said = f"\u201c{sentences.condition(condition, ruleset)}\u201d"
        told |= {literal: said} if condition in parts else {-literal: f"no exception is made: {said}"}
    clash = [told[literal] for literal in smallest_clash(apart.search, list(told))]
    if len(clash) == 1:
        return f"no child meets this: {clash[0]}"
    return f"no child meets all of this: {'; '.join(reversed(clash))}"


def _through_others(ground: Ground, number: int, dead: tuple[int, ...]) -> str:
    """Which of the findings that a rule needs only rules conclude that never hold themselves."""
    idle = {name for one in dead for name in ground.rules[one].findings}
    idle -= {name for one, rule in enumerate(ground.rules) if one not in dead for name in rule.findings}
    read = {test.name for test, positive in every_test(ground.rules[number].when) if positive}
    return "".join(f" (no rule that can hold concludes `{name}`)" for name in sorted(idle & read))


def _parts(rule: Rule) -> list[Condition]:
    return list(rule.when.parts) if isinstance(rule.when, AllOf) else [rule.when]
