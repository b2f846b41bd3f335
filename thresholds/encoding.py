"""What is known of one child as ranges of segments: the facts every compiled engine is given."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache

from thresholds.assessment import Child
from thresholds.compiled import Program, Variable
from thresholds.knowledge import Knowledge
from thresholds.language.conditions import Truth
from thresholds.language.definition import BUILT_IN_INDICATORS
from thresholds.language.durations import Elapsed
from thresholds.observing import Events, Span, Words

Range = tuple[int, int]
_ANY_DAY = date(2000, 1, 1)  # where nothing was observed, the day makes no difference


class Encoder:
    """Turns Knowledge into a range of segments for each base variable of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        indicators = program.ruleset.indicators
        families: dict[str, list[str]] = {}
        for name in indicators:
            families.setdefault(_top(name, program), []).append(name)
        # One observation bears on all: a detail says that its parent is there, and so that its siblings can be.
        self._family = {name: tuple(family) for family in families.values() for name in family}
        self._about_child = tuple(
            number for name in BUILT_IN_INDICATORS for number in program.by_indicator.get(name, ())
        )
        self._defaults = lru_cache(maxsize=256)(self._unobserved)

    def encode(self, knowledge: Knowledge) -> list[Range]:
        """The range of each base variable, in order."""
        ranges = list(self._defaults(knowledge.looked_at))
        variables = self.program.variables
        touched = set(self._about_child)
        for name in (*knowledge.current, *knowledge.not_applicable):
            for relative in self._family[name]:
                touched.update(self.program.by_indicator.get(relative, ()))
        for number in touched:
            ranges[number] = read_range(variables[number], knowledge)
        return ranges

    def _unobserved(self, looked_at: frozenset[str]) -> tuple[Range, ...]:
        knowledge = Knowledge(self.program.ruleset, Child(), _ANY_DAY, looked_at, {})
        return tuple(read_range(variable, knowledge) for variable in self.program.variables[: self.program.base])


def _top(name: str, program: Program) -> str:
    """The indicator of which this one is, at last, a detail."""
    parent = program.ruleset.indicators[name].detail_of
    return name if parent is None else _top(parent, program)


def read_range(variable: Variable, knowledge: Knowledge) -> Range:
    """The lowest and the highest segment a base variable can be in."""
    source, cuts = variable.source, variable.cuts
    assert source is not None
    if source.aspect == "constant":
        return 0, 0
    assert cuts is not None
    last = cuts.count - 1
    if source.aspect == "events":
        quantity = knowledge.ruleset.quantities[source.name]
        assert quantity.count is not None
        assert quantity.count.events is not None
        assert quantity.count.within is not None
        possible = knowledge.possible(quantity.count.events)
        if possible.value is None:
            return 0, 0
        assert isinstance(possible.value, Events)
        window = knowledge.ruleset.window(quantity.count.within)
        low, high = possible.value.count(window, knowledge.on)
        return _segment(variable, 0 if possible.perhaps else low), last if high is None else _segment(variable, high)
    if source.aspect == "stated":
        stated = knowledge.ruleset.quantities[source.name].stated
        assert stated is not None
        value = knowledge.possible(stated).value
        if value is None:
            return 0, 0
        assert isinstance(value, Span)
        return cuts.segment(value.low), cuts.segment(value.high)
    if source.aspect == "present":
        return _flag(knowledge.present(source.name))
    if source.aspect == "unmet":
        return _flag(knowledge.unmet(source.name))
    aspect = knowledge.lasting(source.name) if source.aspect == "lasting" else knowledge.possible(source.name)
    if aspect.value is None:
        return (variable.segments - 1, variable.segments - 1) if variable.may_not_apply else (0, 0)
    if source.aspect == "words":
        assert isinstance(aspect.value, Words)
        inside = aspect.value.words & source.words
        low, high = int(inside == aspect.value.words), int(bool(inside))
        return 0 if aspect.perhaps else low, high
    if isinstance(aspect.value, Elapsed):
        low, high = cuts.span(aspect.value)
    else:
        assert isinstance(aspect.value, Span)
        low, high = cuts.segment(aspect.value.low), cuts.segment(aspect.value.high)
    # How long it lasts is read only beside whether it is there, and a known time is not lost to that doubt.
    return low, variable.segments - 1 if aspect.perhaps and source.aspect != "lasting" else high


def _flag(truth: Truth) -> Range:
    return (0, 1) if truth is None else (int(truth), int(truth))


def _segment(variable: Variable, count: int) -> int:
    assert variable.cuts is not None
    return variable.cuts.segment(Fraction(count))
