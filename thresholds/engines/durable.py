"""The durable engine: what is established is inferred by durable_rules (Rete), one stratum after another.

Exceptions, counts and what is certain or possible are worked out by the host between the strata.
"""

from __future__ import annotations

from collections.abc import Sequence

from thresholds.compiled import Conjunction, Program
from thresholds.encoding import Range
from thresholds.engines.network import Body, Condition, NetworkPool


class Strata:
    """A program's stages as Rete networks. EngineUnavailable where durable_rules is not installed."""

    def __init__(self, program: Program) -> None:
        self._strata = [_Stratum(program, number) for number in range(len(program.stages))]

    def established(self, stage: int, ranges: Sequence[Range]) -> int:
        """The conjunctions of a stage that hold: bit `i` the `when` of rule `i`, then the clauses."""
        return self._strata[stage].held(ranges)


class _Stratum:
    """One stage's conjunctions as a Rete network."""

    def __init__(self, program: Program, number: int) -> None:
        stage, rules = program.stages[number], len(program.ruleset.rules)
        conjunctions = [(bit, program.when[bit]) for bit in range(rules) if stage.rules >> bit & 1]
        conjunctions += [(2 * rules + place, clause) for place, clause in enumerate(stage.clauses)]
        self.always = sum(1 << bit for bit, conjunction in conjunctions if not conjunction)
        bodies: list[Body] = []
        self.bits: list[int] = []
        for bit, conjunction in conjunctions:
            body = _body(program, conjunction)
            if body:
                bodies.append(body)
                self.bits.append(1 << bit)
        self.network = NetworkPool(bodies) if bodies else None
        self.limits: dict[int, frozenset[tuple[int, int]]] = {}
        for body in bodies:
            for condition in body:
                top = program.variables[condition.variable].segments - 1
                limit = (condition.at_least or 0, top if condition.at_most is None else condition.at_most)
                self.limits[condition.variable] = self.limits.get(condition.variable, frozenset()) | {limit}

    def held(self, ranges: Sequence[Range]) -> int:
        if self.network is None:
            return self.always
        facts = {}
        for variable, limits in self.limits.items():
            low, high = known = ranges[variable]
            for at_least, at_most in limits:
                if low >= at_least and high <= at_most:
                    facts[variable] = known
                    break
        bits = self.always
        if facts:
            for number in self.network.matches(facts):
                bits |= self.bits[number]
        return bits


def _body(program: Program, conjunction: Conjunction) -> Body | None:
    """A conjunction for the network, one condition a variable; None where it is empty or can never hold."""
    limits: dict[int, tuple[int, int]] = {}
    for literal in conjunction:
        low, high = limits.get(literal.variable, (0, program.variables[literal.variable].segments - 1))
        limits[literal.variable] = (max(low, literal.low), min(high, literal.high))
    if any(low > high for low, high in limits.values()):
        return None
    return tuple(
        Condition(
            variable,
            low or None,
            None if high == program.variables[variable].segments - 1 else high,
        )
        for variable, (low, high) in sorted(limits.items())
    )
