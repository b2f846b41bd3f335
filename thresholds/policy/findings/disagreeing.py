"""Rules that overlap and disagree.

Conclusions only ever add, and of two the stronger counts: so no rule contradicts another, and that more of a sign
leads to more is no disagreement. Two rules are said to disagree where they read the very same things, both hold for
some child, they give different levels of need or the same response at different weights, and neither is the
stricter one of the two:

* they hold for the very same children; or
* of children of the same ages they hold for the same, and each is also about ages that the other is not; or
* of children of the same ages each holds for some for whom the other does not.

Then whom the stronger is meant for, and whom the weaker, is left to chance where they overlap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations

from thresholds.language.conditions import every_test
from thresholds.language.definition import BUILT_IN_INDICATORS
from thresholds.language.model import TIERS
from thresholds.policy.findings.finding import Finding
from thresholds.policy.findings.ground import Ground
from thresholds.wording import plain


def findings(ground: Ground, out: Collection[int]) -> Iterator[Finding]:
    """A warning for each pair, one of them of the ruleset itself, with a child for whom both hold.

    `out`: rules of which something graver is told. Raises NotFinished.
    """
    reach = ground.ruleset.assessor(ground.on).decider.reach
    for one, other in _reading_alike(ground, out):
        differing = list(_differences(ground, one, other, reach))
        how = _overlap(ground, one, other) if differing else None
        if how is None:
            continue
        first, second = ground.rules[one], ground.rules[other]
        child, decision = ground.replayed([ground.holds(one), ground.holds(other)], [one, other])
        yield Finding(
            "disagree",
            "warning",
            first.id,
            f"rules `{first.id}` and `{second.id}` disagree: {how}, and {'; '.join(differing)}. "
            "Where both hold, the stronger counts",
            "say of one of them whom it is not about, or let both give the same",
            (first.place, second.place),
            (second.id,),
            (child,),
            (decision,),
        )


def _reading_alike(ground: Ground, out: Collection[int]) -> Iterator[tuple[int, int]]:
    """Pairs of rules that read the same things, whatever ages they are about."""
    alike: dict[frozenset[str], list[int]] = {}
    for number, rule in enumerate(ground.rules):
        names = {test.name for condition in rule.conditions() for test, _ in every_test(condition)}
        if number not in out and not names <= set(BUILT_IN_INDICATORS):
            alike.setdefault(frozenset(names - set(BUILT_IN_INDICATORS)), []).append(number)
    for numbers in alike.values():
        for one, other in combinations(numbers, 2):
            if ground.own in (ground.rules[one].layer, ground.rules[other].layer):
                yield one, other


def _differences(ground: Ground, one: int, other: int, reach: list[int]) -> Iterator[str]:
    """In what the outcomes of two rules differ, in words."""
    first, second = ground.rules[one], ground.rules[other]
    if reach[one] != reach[other] and min(reach[one], reach[other]) >= 0:
        yield f"the level of need is {TIERS[reach[one]]} by the first and {TIERS[reach[other]]} by the second"
    for name, weight in first.responses.items():
        given = second.responses.get(name)
        if given is not None and given != weight:
            label = ground.in_force.responses[name].label
            yield f"the first says `{plain(weight)}` and the second `{plain(given)}` of the same response, {label}"


def _overlap(ground: Ground, one: int, other: int) -> str | None:
    """How two rules lie to one another; None where they never meet, or one is the stricter."""
    here, there = ground.holds(one), ground.holds(other)
    groups = [ground.group(one), ground.group(other)]
    ages = [*groups, *_ages(ground, one), *_ages(ground, other)]
    if ground.model([here, there]) is None:
        return None
    only, others_only = (
        [ground.model([mine, -its, *beside]) is not None for beside in ((), groups, ages)]
        for mine, its in ((here, there), (there, here))
    )
    if not only[0] and not others_only[0]:
        return "they hold for the very same children"
    if only[2] and others_only[2]:
        return "they read the same things, and each holds for children for whom the other does not"
    if only[1] and others_only[1] and not only[2] and not others_only[2]:
        return "they say the same of children whose ages overlap"
    return None


def _ages(ground: Ground, number: int) -> Iterator[int]:
    """The literals that say whom a rule is about by age, or by not being born."""
    program = ground.program
    for literal in (*program.when[number], *program.spared[number]):
        source = program.variables[literal.variable].source
        if source is not None and source.name in BUILT_IN_INDICATORS:
            yield ground.copy.literal(literal)
