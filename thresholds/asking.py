"""What is not known and could change the answer, as questions: whom to ask, before whom not, most telling first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from thresholds.compiled import Conjunction, Derived, Program, Stage
from thresholds.decision import Question
from thresholds.encoding import Range
from thresholds.engines.inference import Inference
from thresholds.knowledge import Knowledge
from thresholds.language.conditions import Condition, tests_in
from thresholds.language.definition import ABOUT_THE_CHILD, BUILT_IN_INDICATORS, CHILD_AGE
from thresholds.language.model import TIERS, Group, Indicator


@dataclass
class Unknown:
    """What one topic could still change: indicators and responses as bits, the position of the highest tier."""

    indicators: int = 0
    rules: int = 0
    reach: int = -1
    responses: int = 0
    ask_now: bool = False

    @property
    def asked(self) -> tuple[int, int, int, bool]:
        """What the wording of its questions depends on."""
        return self.indicators, self.reach, self.responses, self.ask_now


class Unknowns:
    """Walks a program for what is unknown: which indicators, as bits, keep a rule from being settled."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names = tuple(sorted(program.ruleset.indicators))
        self.number = {name: number for number, name in enumerate(self.names)}
        self._base = [self.bits(program.indicators_of(variable)) for variable in range(program.base)]
        self._deriving: dict[int, tuple[Derived, Stage]] = {
            derived.variable: (derived, stage) for stage in program.stages for derived in stage.derived
        }

    def bits(self, names: Iterable[str]) -> int:
        """Indicators as bits."""
        return sum(1 << number for number in {self.number[name] for name in names})

    @cached_property
    def in_scope(self) -> dict[Group, int]:
        """The indicators that say whether the child belongs to a group."""
        scope = self.program.ruleset.scope.scope
        return {group: self.bits(_names(condition)) for group, condition in scope.items()}

    def of_rule(self, number: int, ranges: Sequence[Range], memo: dict[int, int]) -> int:
        """The indicators whose unknown values keep rule `number` between true and false."""
        program = self.program
        return self._of(program.when[number], ranges, memo) | self._of(program.spared[number], ranges, memo)

    def _of(self, literals: Conjunction, ranges: Sequence[Range], memo: dict[int, int]) -> int:
        found = 0
        for literal in literals:
            variable = literal.variable
            low, high = ranges[variable]
            if low >= literal.low and high <= literal.high:
                continue
            if variable < self.program.base:
                found |= self._base[variable]
            else:
                if variable not in memo:
                    memo[variable] = self._of_derived(variable, ranges, memo)
                found |= memo[variable]
        return found

    def _of_derived(self, variable: int, ranges: Sequence[Range], memo: dict[int, int]) -> int:
        derived, stage = self._deriving[variable]
        found = 0
        if derived.finding:
            for number in bits_of(derived.rules):
                conjunction = (*self.program.when[number], *self.program.spared[number])
                if _possible(conjunction, ranges):
                    found |= self._of(conjunction, ranges, memo)
            return found
        for number in bits_of(derived.clauses):
            if _possible(stage.clauses[number], ranges):
                found |= self._of(stage.clauses[number], ranges, memo)
        if derived.stated is not None and ranges[derived.stated][0] != ranges[derived.stated][1]:
            found |= self._base[derived.stated]
        return found


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
        self.unknowns = unknowns = Unknowns(program)
        ruleset = program.ruleset
        self.responses = tuple(sorted(ruleset.responses))
        number = {name: number for number, name in enumerate(self.responses)}
        self._responses = [sum(1 << number[name] for name in rule.responses) for rule in ruleset.rules]
        members: dict[str, list[str]] = {}
        for indicator in ruleset.indicators.values():
            members.setdefault(indicator.topic, []).append(indicator.id)
        topics = {topic: (topic, unknowns.bits(names)) for topic, names in members.items()}
        self._topic_of = [topics[ruleset.indicators[name].topic] for name in unknowns.names]
        self._of_topic = lru_cache(maxsize=4096)(self._make)
        self._details = unknowns.bits(one.id for one in ruleset.indicators.values() if one.detail_of)

    def topics(
        self,
        knowledge: Knowledge,
        inference: Inference,
        ranges: Sequence[Range],
        scope_unknown: Iterable[Group],
        urgent: int,
        settled: int,
    ) -> dict[str, Unknown]:
        """By topic, what is unknown there and could change the answer.

        `urgent`: bits of overriding rules with a known sign; `settled`: of rules that can change nothing any more.
        """
        found: dict[str, Unknown] = {}
        memo: dict[int, int] = {}
        grouped: dict[int, list[tuple[Unknown, int]]] = {}
        extra = 0
        for group in scope_unknown:
            extra |= self.unknowns.in_scope[group]
        for number in bits_of(inference.possible & ~inference.certain & ~settled):
            indicators = self.unknowns.of_rule(number, ranges, memo) | extra
            topics = grouped.get(indicators)
            if topics is None:
                topics = grouped[indicators] = self._by_topic(indicators, knowledge, found)
            reach, responses, ask_now = self.reach[number], self._responses[number], bool(urgent >> number & 1)
            for unknown, here in topics:
                unknown.indicators |= here
                unknown.rules += 1
                unknown.responses |= responses
                if reach > unknown.reach:
                    unknown.reach = reach
                if ask_now:
                    unknown.ask_now = True
        if not knowledge.child.age_known:
            about = found.setdefault(ABOUT_THE_CHILD, Unknown())
            about.indicators |= self.unknowns.bits([CHILD_AGE])
            about.reach = max(about.reach, 0)
        return found

    def _by_topic(self, indicators: int, knowledge: Knowledge, found: dict[str, Unknown]) -> list[tuple[Unknown, int]]:
        """Split by topic; in place of a detail stands what it is a detail of, while that is itself unknown."""
        for number in bits_of(indicators & self._details):
            name = self.unknowns.names[number]
            while (parent := self.program.ruleset.indicators[name].detail_of) and knowledge.present(parent) is None:
                name = parent
            indicators = indicators & ~(1 << number) | 1 << self.unknowns.number[name]
        split: dict[str, int] = {}
        while indicators:
            lowest = indicators & -indicators
            topic, members = self._topic_of[lowest.bit_length() - 1]
            split[topic] = indicators & members
            indicators &= ~members
        return [(found.setdefault(topic, Unknown()), here) for topic, here in split.items()]

    def questions(self, found: dict[str, Unknown], knowledge: Knowledge, refer_now: bool) -> tuple[Question, ...]:
        """The questions to ask. Once an overriding rule is established, only what bears on safety this minute."""
        ruleset = self.program.ruleset

        def telling(topic: str) -> tuple[bool, bool, int, int, str]:
            one = found[topic]
            return not one.ask_now, not ruleset.topics[topic].immediate, -one.reach, -one.rules, topic

        asked = [
            topic
            for topic in sorted(found, key=telling)
            if not refer_now or ruleset.topics[topic].immediate or topic == ABOUT_THE_CHILD
        ]
        return tuple(
            question
            for topic in asked
            for question in self._of_topic(topic, topic in knowledge.looked_at, *found[topic].asked)
        )

    def _make(
        self, topic_id: str, looked_at: bool, indicators: int, reach: int, responses: int, ask_now: bool
    ) -> tuple[Question, ...]:
        """What to ask of one topic: one question where it was not looked at, else one for each unknown indicator."""
        ruleset = self.program.ruleset
        topic = ruleset.topics[topic_id]
        names = tuple(self.unknowns.names[number] for number in bits_of(indicators))
        whole = not looked_at and topic_id != ABOUT_THE_CHILD
        return tuple(
            Question(
                topic=topic_id,
                indicators=group,
                whole_topic=whole,
                question=topic.question if whole else _question(ruleset.indicators[group[0]]),
                ask=tuple(ruleset.roles[role].label for role in topic.ask),
                not_before=topic.not_before,
                ask_now=ask_now,
                could_reach=TIERS[reach] if reach >= 0 else None,
                could_change=tuple(self.responses[number] for number in bits_of(responses)),
            )
            for group in ((names,) if whole else tuple((name,) for name in names))
        )


def _question(indicator: Indicator) -> str:
    if indicator.question is not None:
        return indicator.question
    if indicator.id in BUILT_IN_INDICATORS:
        return f"What is the {indicator.label}?"
    return f"What is known of this: {indicator.label}?"
