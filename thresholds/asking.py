"""What is not known and could change the answer, as questions: whom to ask, before whom not, most telling first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from thresholds.compiled import Conjunction, Derived, Program, Stage
from thresholds.decision import Question
from thresholds.encoding import Range
from thresholds.engines.inference import Inference
from thresholds.knowledge import Knowledge
from thresholds.language.conditions import Condition, tests_in
from thresholds.language.definition import ABOUT_THE_CHILD, BUILT_IN_INDICATORS, CHILD_AGE
from thresholds.language.model import TIERS, Group, Indicator


@dataclass
class _Unknown:
    """What one topic could still change."""

    indicators: set[str] = field(default_factory=set)
    rules: int = 0
    reach: int = -1
    responses: set[str] = field(default_factory=set)
    ask_now: bool = False


class Unknowns:
    """Walks a program for what is unknown: which indicators keep a rule from being settled."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._deriving: dict[int, tuple[Derived, Stage]] = {
            derived.variable: (derived, stage) for stage in program.stages for derived in stage.derived
        }

    @cached_property
    def in_scope(self) -> dict[Group, tuple[str, ...]]:
        """The indicators that say whether the child belongs to a group."""
        return {group: tuple(_names(condition)) for group, condition in self.program.ruleset.scope.scope.items()}

    def of_rule(self, number: int, ranges: Sequence[Range], memo: dict[int, frozenset[str]]) -> frozenset[str]:
        """The indicators whose unknown values keep rule `number` between true and false."""
        program = self.program
        return self._of(program.when[number], ranges, memo) | self._of(program.spared[number], ranges, memo)

    def _of(self, literals: Conjunction, ranges: Sequence[Range], memo: dict[int, frozenset[str]]) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for literal in literals:
            low, high = ranges[literal.variable]
            if not (low >= literal.low and high <= literal.high):
                found |= self._of_variable(literal.variable, ranges, memo)
        return found

    def _of_variable(self, variable: int, ranges: Sequence[Range], memo: dict[int, frozenset[str]]) -> frozenset[str]:
        found = memo.get(variable)
        if found is None:
            if variable < self.program.base:
                found = frozenset(self.program.indicators_of(variable))
            else:
                found = frozenset().union(*self._of_derived(variable, ranges, memo))
            memo[variable] = found
        return found

    def _of_derived(
        self, variable: int, ranges: Sequence[Range], memo: dict[int, frozenset[str]]
    ) -> Iterator[frozenset[str]]:
        derived, stage = self._deriving[variable]
        if derived.finding:
            for number in bits_of(derived.rules):
                conjunction = (*self.program.when[number], *self.program.spared[number])
                if _possible(conjunction, ranges):
                    yield self._of(conjunction, ranges, memo)
            return
        for number in bits_of(derived.clauses):
            if _possible(stage.clauses[number], ranges):
                yield self._of(stage.clauses[number], ranges, memo)
        if derived.stated is not None and ranges[derived.stated][0] != ranges[derived.stated][1]:
            yield frozenset(self.program.indicators_of(derived.stated))


def _possible(literals: Conjunction, ranges: Sequence[Range]) -> bool:
    return all(
        ranges[literal.variable][1] >= literal.low and ranges[literal.variable][0] <= literal.high
        for literal in literals
    )


def bits_of(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, from the lowest."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _names(condition: Condition) -> Iterable[str]:
    return dict.fromkeys(test.name for test, _ in tests_in(condition))


class Asker:
    """Makes the questions of one program."""

    def __init__(self, program: Program, reach: Sequence[int]) -> None:
        """`reach`: by rule, the position of the highest tier it can give; -1 for none."""
        self.program, self.reach = program, reach
        self.unknowns = Unknowns(program)
        ruleset = program.ruleset
        self._responses = [frozenset(rule.responses) for rule in ruleset.rules]
        self._in_order = sorted(ruleset.topics)

    def topics(
        self,
        knowledge: Knowledge,
        inference: Inference,
        ranges: Sequence[Range],
        scope_unknown: Iterable[Group],
        urgent: int,
        settled: int,
    ) -> dict[str, _Unknown]:
        """By topic, what is unknown there and could change the answer.

        `urgent`: bits of overriding rules with a known sign; `settled`: of rules that can change nothing any more.
        """
        found: dict[str, _Unknown] = {}
        memo: dict[int, frozenset[str]] = {}
        by_names: dict[frozenset[str], list[tuple[str, list[str]]]] = {}
        extra = frozenset(name for group in scope_unknown for name in self.unknowns.in_scope[group])
        for number in bits_of(inference.possible & ~inference.certain & ~settled):
            names = self.unknowns.of_rule(number, ranges, memo) | extra
            grouped = by_names.get(names)
            if grouped is None:
                grouped = by_names[names] = self._by_topic(names, knowledge)
            for topic, indicators in grouped:
                unknown = found.get(topic)
                if unknown is None:
                    unknown = found[topic] = _Unknown()
                unknown.indicators.update(indicators)
                unknown.rules += 1
                unknown.reach = max(unknown.reach, self.reach[number])
                unknown.responses |= self._responses[number]
                unknown.ask_now |= bool(urgent >> number & 1)
        if not knowledge.child.age_known:
            about = found.setdefault(ABOUT_THE_CHILD, _Unknown())
            about.indicators.add(CHILD_AGE)
            about.reach = max(about.reach, 0)
        return found

    def _by_topic(self, names: frozenset[str], knowledge: Knowledge) -> list[tuple[str, list[str]]]:
        indicators = self.program.ruleset.indicators
        topics: dict[str, list[str]] = {}
        for name in names:
            indicator = indicators[name]
            while indicator.detail_of is not None and knowledge.present(indicator.detail_of) is None:
                indicator = indicators[indicator.detail_of]
            topics.setdefault(indicator.topic, []).append(indicator.id)
        return list(topics.items())

    def questions(self, found: dict[str, _Unknown], knowledge: Knowledge, refer_now: bool) -> tuple[Question, ...]:
        """The questions to ask. Once an overriding rule is established, only what bears on safety this minute."""
        ruleset = self.program.ruleset
        questions = []
        for topic_id, unknown in found.items():
            topic = ruleset.topics[topic_id]
            if refer_now and not (topic.immediate or topic_id == ABOUT_THE_CHILD):
                continue
            whole = topic_id not in knowledge.looked_at and topic_id != ABOUT_THE_CHILD
            groups = [tuple(sorted(unknown.indicators))] if whole else [(name,) for name in sorted(unknown.indicators)]
            for names in groups:
                asked = topic.question if whole else _question(ruleset.indicators[names[0]])
                questions.append(
                    Question(
                        topic=topic_id,
                        indicators=names,
                        whole_topic=whole,
                        question=asked,
                        ask=tuple(ruleset.roles[role].label for role in topic.ask),
                        not_before=topic.not_before,
                        ask_now=unknown.ask_now,
                        could_reach=TIERS[unknown.reach] if unknown.reach >= 0 else None,
                        could_change=tuple(sorted(unknown.responses)),
                    )
                )
        order = {
            topic: (not one.ask_now, not ruleset.topics[topic].immediate, -one.reach, -one.rules, topic)
            for topic, one in found.items()
        }
        return tuple(sorted(questions, key=lambda question: (order[question.topic], question.indicators)))


def _question(indicator: Indicator) -> str:
    if indicator.question is not None:
        return indicator.question
    if indicator.id in BUILT_IN_INDICATORS:
        return f"What is the {indicator.label}?"
    return f"What is known of this: {indicator.label}?"
