"""What a quantity counts, in words: of which signs, from which value, in what time, and what counts once only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from thresholds import wording
from thresholds.language.definition import InForce
from thresholds.language.model import Quantity, Where
from thresholds.language.unary import UnaryTest
from thresholds.present.clauses import Piece, label_of, target_of, time
from thresholds.present.naming import AREA_NAMES

_ONCE = {
    "need_group": "Signs of one group of needs count once together.",
    "area": "Each area of the child's life counts once.",
    "dimension": "Signs of one dimension count once together.",
}


@dataclass(frozen=True)
class Group:
    """Members of a quantity that count once together; `title` is empty where each counts for itself."""

    title: str
    members: tuple[Piece, ...]


def how_counted(quantity: Quantity, ruleset: InForce) -> str:
    """What is counted and how, as sentences."""
    return " ".join(_sentences(quantity, ruleset))


def _sentences(quantity: Quantity, ruleset: InForce) -> Iterator[str]:
    members = ruleset.members(quantity)
    counted = quantity.count
    if counted is not None and counted.events is not None:
        assert counted.within is not None
        window = ruleset.window(counted.within)
        yield f"How many of these happened in the last {window}, up to the day of the assessment."
        return
    if counted is not None and counted.findings is not None:
        yield "How many of these named conditions hold."
        return
    where = quantity.longest.where if quantity.longest else counted.where if counted else Where()
    which = "this sign" if len(members) == 1 else "any of these signs" if quantity.longest else "these signs"
    begin = f"How long {which} has lasted" if quantity.longest else f"How many of {which} there are"
    begin = f"The longest time that {which} has lasted" if quantity.longest and len(members) > 1 else begin
    yield "".join((begin, *_conditions(where, members, ruleset), "."))
    if quantity.distinct is not None:
        yield _ONCE[quantity.distinct]
    if quantity.stated is not None:
        label = label_of(quantity.stated, ruleset)
        yield f"Where the number itself is stated (\u201c{label}\u201d), the larger of the two counts."


def _conditions(where: Where, members: tuple[str, ...], ruleset: InForce) -> Iterator[str]:
    if where.need == "unmet":
        yield ", where nobody meets the need yet"
    if where.lasting is not None:
        yield f", each for {time(ruleset.durations(where.lasting), '')}"
    if where.value is not None:
        yield from _value(where.value, members, ruleset)


def _value(test: UnaryTest, members: tuple[str, ...], ruleset: InForce) -> Iterator[str]:
    fitting = [name for name in members if ruleset.fits(name, test) and not ruleset.domain(name).is_flag]
    mildest = dict.fromkeys(_mildest(name, test, ruleset) for name in fitting if ruleset.domain(name).kind == "scale")
    if mildest:
        from_ = " or ".join(f"\u201c{value}\u201d" for value in mildest)
        others = "; those without such a value count when they are there" if len(fitting) < len(members) else ""
        yield f", counted from {from_} up{others}"


def _mildest(name: str, test: UnaryTest, ruleset: InForce) -> str:
    accepted, values = ruleset.accepted(name, test), ruleset.domain(name).values
    return next(wording.plain(value) for place, value in enumerate(values) if accepted.holds(Fraction(place)))


def groups(quantity: Quantity, ruleset: InForce) -> tuple[Group, ...]:
    """What it looks at, by what counts once together."""
    found: dict[str, list[Piece]] = {}
    for name in sorted(ruleset.members(quantity), key=lambda one: label_of(one, ruleset).casefold()):
        member = Piece(label_of(name, ruleset), target_of(name, ruleset))
        found.setdefault(_group(name, quantity, ruleset), []).append(member)
    return tuple(Group(title, tuple(members)) for title, members in sorted(found.items()))


def _group(name: str, quantity: Quantity, ruleset: InForce) -> str:
    if quantity.distinct is None or name not in ruleset.indicators:
        return ""
    indicator = ruleset.indicators[name]
    if quantity.distinct == "area":
        return AREA_NAMES[indicator.area]
    if quantity.distinct == "dimension":
        return wording.plain(indicator.dimension)
    return wording.plain(indicator.need_group or "")
