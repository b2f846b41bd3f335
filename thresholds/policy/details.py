"""Details and the sign they belong to: whether an answer can go down because a sign appears, or worsens away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from thresholds.assessment import Assessment
from thresholds.compiled import Literal, Program
from thresholds.engines.solver import Clauses, Copy, World
from thresholds.language.definition import InForce
from thresholds.language.model import UNKNOWN, Indicator
from thresholds.policy.answering import answer_in
from thresholds.policy.searching import Patience, Search


def lowered(
    in_force: InForce, on: date, program: Program, reaching: Sequence[int], patience: Patience
) -> tuple[Assessment, ...] | None:
    """Two children of whom the second is worse off, or has a sign more, and is answered less; None: proved, nobody.

    They differ in signs with details alone: in all else the shape of the rules decides. A detail of a sign that only
    one of the two has may be anything. Raises NotFinished.
    """
    families = _families(in_force, program)
    if not families:
        return None
    one = World(Clauses(), in_force, on=on)
    other = World(one.formula, in_force, one, frozenset(families), on=on)
    copies = Copy(program, one), Copy(program, other)
    for name in sorted(other.apart):
        _no_better(name, one, other)
    answers = zip(*(answer_in(copy, reaching) for copy in copies), strict=True)
    less = one.formula.any_of([one.formula.all_of([before, -after]) for before, after in answers])
    held = [literal for copy in copies for literal in (copy.inside, -copy.impossible)]
    return Search([one, other], on, patience).simplest([*held, less])


def _families(in_force: InForce, program: Program) -> set[str]:
    """The signs whose appearance, or worsening, could make a literal about them or a detail of theirs false."""
    found = set()
    for conjunction in (
        *program.when,
        *program.spared,
        *(clause for stage in program.stages for clause in stage.clauses),
    ):
        for literal in conjunction:
            source = program.variables[literal.variable].source
            indicator = in_force.indicators.get(source.name) if source is not None else None
            if indicator is None:
                continue
            top = indicator
            while top.detail_of is not None:
                top = in_force.indicators[top.detail_of]
            if _worsens_away(top) or (top is not indicator and _holds_without(literal, program)):
                found.add(top.id)
    return found


def _holds_without(literal: Literal, program: Program) -> bool:
    """Does a literal hold where what it reads cannot apply, and not for every value besides?"""
    variable = program.variables[literal.variable]
    assert variable.source is not None
    if variable.source.aspect == "words":
        return literal.low == 0
    return variable.may_not_apply and literal.high == variable.segments - 1 and literal.low > 0


def _worsens_away(indicator: Indicator) -> bool:
    """Can it get worse and thereby be no longer there: does `absent` lie elsewhere than at the better end?"""
    higher, position = indicator.worse_is_higher, indicator.absent_position
    if higher is None or position is None or indicator.absent == UNKNOWN or indicator.kind in ("flag", "events"):
        return False
    domain = indicator.domain
    last = len(domain.values) - 1 if domain.kind == "scale" else domain.high
    first = 0 if domain.kind == "scale" else domain.low
    return position != (first if higher else last)


def _no_better(name: str, one: World, other: World) -> None:
    """Where an indicator can apply to both children, the second has it no better than the first."""
    formula, indicator = one.formula, one.ruleset.indicators[name]
    for world in (one, other):
        world.present(name)
    both = formula.all_of([one.applies(name), other.applies(name)])

    def alike(pairs: Iterable[tuple[int, int]]) -> None:
        for before, after in pairs:
            formula.add(-both, -before, after)
            formula.add(-both, before, -after)

    for key in [key for key in one.steps if key[1] == name]:
        pairs = [(literal, other.at_or_above(key, step)) for step, literal in list(one.steps[key].items())]
        pairs += [(one.at_or_above(key, step), literal) for step, literal in list(other.steps[key].items())]
        worse_is_higher = indicator.worse_is_higher if key[0] == "value" else True
        if worse_is_higher is None:
            alike(pairs)
        for before, after in pairs if worse_is_higher is not None else ():
            formula.add(-both, *((-before, after) if worse_is_higher else (before, -after)))
    if name in one.choices:
        alike((one.choice(name, [word]), other.choice(name, [word])) for word in one.choices[name])
    if indicator.may_not_apply:
        said = [world.recorded_as_applying(name) for world in (one, other)]
        if said[0] is not None and said[1] is not None:
            formula.add(-said[0], said[1])
            formula.add(said[0], -said[1])
    some = [world.some_event(name) for world in (one, other)]
    if some[0] is not None and some[1] is not None:
        formula.add(-both, -some[0], some[1])
    unmet = [dict(world.unmet_facts()).get(name) for world in (one, other)]
    if unmet[0] is not None and unmet[1] is not None:
        formula.add(-both, -unmet[0], unmet[1])
