"""What is not known and could change the answer, as questions: whom to ask, before whom not, most telling first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from thresholds.compiled import Derived, Stage, bits_of
from thresholds.decision import Question
from thresholds.engines.bitmap import Bitmaps, Worked
from thresholds.engines.reference import Reading, evaluate
from thresholds.knowledge import Knowledge, is_not_asked
from thresholds.language.conditions import every_test
from thresholds.language.definition import ABOUT_THE_CHILD, CHILD_AGE
from thresholds.language.model import GROUPS, TIERS, Group


@dataclass
class Unknown:
    """What is unknown in one topic, as bits: indicators, and the rules they could still change."""

    indicators: int = 0
    values: int = 0
    """Those of which the value itself is unknown; of the others, whether the need is met, or since when."""
    rules: int = 0


class Asker:
    """Makes the questions of one program."""

    def __init__(self, bitmaps: Bitmaps, reaching: Sequence[int]) -> None:
        """`reaching`: for each tier the bits of the rules that can give it or a higher one."""
        self.bitmaps, self.program, self.reaching = bitmaps, bitmaps.program, reaching
        ruleset = self.program.ruleset
        self.names = tuple(sorted(ruleset.indicators))
        self._number = {name: number for number, name in enumerate(self.names)}
        self._read = dict(self._variables())
        self._heads = [_heads_of(stage) for stage in self.program.stages]
        self._details = self._bits(one.id for one in ruleset.indicators.values() if one.detail_of)
        self._topic = [ruleset.indicators[name].topic for name in self.names]
        self._responses = {
            name: sum(1 << number for number, rule in enumerate(ruleset.rules) if name in rule.responses)
            for name in sorted(ruleset.responses)
        }
        self._of_an_age = {name: role for name, role in ruleset.roles.items() if role.ages is not None}
        self._of_topic = lru_cache(maxsize=4096)(self._make)
        self._called_by = lru_cache(maxsize=4096)(self._responses_of)

    def _variables(self) -> Iterator[tuple[int, tuple[int, bool]]]:
        """Each base variable with the indicator it is read from, and whether it is that indicator's value."""
        for variable in range(self.program.base):
            source = self.program.variables[variable].source
            for name in self.program.indicators_of(variable):
                value = source is None or source.aspect not in ("unmet", "lasting")
                yield variable, (self._number[name], value)

    def _bits(self, names: Iterable[str]) -> int:
        return sum(1 << number for number in {self._number[name] for name in names})

    def topics(self, knowledge: Knowledge, worked: Worked, settled: int) -> dict[str, Unknown]:
        """By topic, what is unknown there and could change the answer.

        `settled`: bits of rules that can change nothing any more.
        """
        undecided = worked.inference.possible & ~worked.inference.certain
        found: dict[str, Unknown] = {}
        self._trace(found, knowledge, worked, undecided, undecided & ~settled)
        for group in GROUPS:
            if worked.scope[group] is None:
                for name in self._deciding_scope(group, knowledge, worked.scope["under_18"] is True):
                    self._add(found, (self._number[name], True), undecided & ~settled, knowledge)
        if not knowledge.child.age_known:
            self._add(found, (self._number[CHILD_AGE], True), undecided & ~settled, knowledge)
        return found

    def _deciding_scope(self, group: Group, knowledge: Knowledge, may_be_child: bool) -> set[str]:
        """The indicators, not known well enough, that say whether the child belongs to a group.

        Of somebody who may be a child the age alone is asked.
        """
        if may_be_child:
            return {CHILD_AGE}
        reading = Reading(knowledge, {})
        tests = (test for test, _ in every_test(self.program.ruleset.scope.scope[group]))
        return {test.name for test in tests if evaluate(test, reading) is None}

    def _add(self, found: dict[str, Unknown], read: tuple[int, bool], rules: int, knowledge: Knowledge) -> str:
        """Note an unknown under its topic, which is given back.

        `read`: the indicator, and whether it is its value that is unknown. In place of a detail stands what it is a
        detail of, while that is itself unknown.
        """
        number, value = read
        if self._details >> number & 1:
            name = self.names[number]
            while (parent := self.program.ruleset.indicators[name].detail_of) and knowledge.present(parent) is None:
                name = parent
            number = self._number[name]
        topic = self._topic[number]
        unknown = found.get(topic)
        if unknown is None:
            unknown = found[topic] = Unknown()
        unknown.indicators |= 1 << number
        unknown.values |= value << number
        unknown.rules |= rules
        return topic

    def _trace(
        self, found: dict[str, Unknown], knowledge: Knowledge, worked: Worked, undecided: int, open_rules: int
    ) -> None:
        """Note each unknown that keeps open rules between true and false.

        Worked backwards from the last stage: an unknown literal bears on its conjunction while that is possible, and
        through a derived variable on all that it bears on.
        """
        rules, base = self.bitmaps.rules, self.program.base
        bearing = dict.fromkeys(range(base, len(self.program.variables)), 0)
        through: dict[int, int] = {}  # rule -> open rules that read a finding it concludes
        for number in reversed(range(len(self.program.stages))):
            stage, heads, counted = self.program.stages[number], self._heads[number], 0
            for derived in stage.derived:
                reached = bearing[derived.variable]
                if not reached:
                    continue
                counted |= derived.clauses
                for rule in bits_of(derived.rules & undecided):
                    through[rule] = through.get(rule, 0) | reached
                if derived.stated is not None:
                    self._add(found, self._read[derived.stated], reached, knowledge)
            carrying = sum(1 << rule for rule in through)

            def reached_by(
                loose: int, heads: list[Derived] = heads, counted: int = counted, carrying: int = carrying
            ) -> int:
                here = loose | loose >> rules
                reached = here & open_rules
                for rule in bits_of(here & carrying):
                    reached |= through[rule]
                left = loose >> 2 * rules & counted
                while left:
                    head = heads[(left & -left).bit_length() - 1]
                    reached |= bearing[head.variable]
                    left &= ~head.clauses
                return reached

            telling = open_rules | carrying
            telling = (telling | telling << rules | counted << 2 * rules) & worked.possible[number]
            together: dict[str, int] = {}  # of one topic, what is loose
            for table in self.bitmaps.tables[number]:
                low, high = worked.ranges[table.variable]
                loose = low != high and table.open[low * table.segments + high] & telling
                if not loose:
                    continue
                if table.variable >= base:
                    bearing[table.variable] |= reached_by(loose)
                else:
                    topic = self._add(found, self._read[table.variable], 0, knowledge)
                    together[topic] = together.get(topic, 0) | loose
            for topic, loose in together.items():
                found[topic].rules |= reached_by(loose)

    def questions(
        self, found: dict[str, Unknown], knowledge: Knowledge, urgent: int, refer_now: bool
    ) -> tuple[Question, ...]:
        """The questions to ask. Once an overriding rule is established, only what bears on safety this minute.

        `urgent`: bits of overriding rules of which a sign is known.
        """
        ruleset = self.program.ruleset
        topics = ruleset.topics
        overriding = self.bitmaps.overriding
        unborn, age = knowledge.child.unborn, knowledge.age
        not_asked = frozenset(name for name, role in self._of_an_age.items() if is_not_asked(role, ruleset, age))

        def telling(topic: str) -> tuple[bool, bool, int, bool, int, str]:
            rules = found[topic].rules
            less = not rules & urgent, not topics[topic].immediate, -self._reach(rules), not rules & overriding
            return *less, -rules.bit_count(), topic

        return tuple(
            question
            for topic in sorted(found, key=telling)
            if not refer_now or topics[topic].immediate or topic == ABOUT_THE_CHILD
            for question in self._of_topic(
                topic,
                topic in knowledge.looked_at,
                found[topic].indicators,
                found[topic].values,
                self._reach(found[topic].rules),
                self._called_by(found[topic].rules),
                bool(found[topic].rules & urgent),
                not_asked,
                unborn,
            )
        )

    def _responses_of(self, rules: int) -> tuple[str, ...]:
        return tuple(name for name, calling in self._responses.items() if calling & rules)

    def _reach(self, rules: int) -> int:
        """The position of the highest tier that some of these rules give; -1 for none."""
        return next((tier for tier in reversed(range(len(TIERS))) if rules & self.reaching[tier]), -1)

    def _make(
        self,
        topic_id: str,
        looked_at: bool,
        indicators: int,
        values: int,
        reach: int,
        responses: tuple[str, ...],
        ask_now: bool,
        not_asked: frozenset[str],
        unborn: bool,
    ) -> tuple[Question, ...]:
        """What to ask of one topic: one question where it was not looked at, else one for each unknown indicator.

        `not_asked`: whom one does not ask about a child of that age.
        """
        ruleset = self.program.ruleset
        topic = ruleset.topics[topic_id]
        names = tuple(self.names[number] for number in bits_of(indicators))
        whole = not looked_at and topic_id != ABOUT_THE_CHILD
        ask = [role for role in topic.ask if role not in not_asked] or topic.ask
        question = (topic.question_before_birth if unborn else None) or topic.question
        return tuple(
            Question(
                topic=topic_id,
                indicators=group,
                whole_topic=whole,
                question=question if whole else self._question(group[0], values),
                ask=tuple(ruleset.roles[role].label for role in ask),
                not_before=topic.not_before,
                ask_now=ask_now,
                could_reach=TIERS[reach] if reach >= 0 else None,
                could_change=responses,
            )
            for group in ((names,) if whole else tuple((name,) for name in names))
        )

    def _question(self, name: str, values: int) -> str:
        indicator = self.program.ruleset.indicators[name]
        if not values >> self._number[name] & 1:
            return f"Is somebody meeting this need already, and since when has it been so: {indicator.label}?"
        if indicator.question is not None:
            return indicator.question
        return f"What is known of this: {indicator.label}?"


def _heads_of(stage: Stage) -> list[Derived]:
    """For each clause of a stage the derived variable that it counts for."""
    heads = {clause: derived for derived in stage.derived for clause in bits_of(derived.clauses)}
    return [heads[clause] for clause in range(len(stage.clauses))]
