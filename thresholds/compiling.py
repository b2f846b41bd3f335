"""A ruleset in force into its compiled form: domains cut, conditions into conjunctions, stages in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from thresholds.compiled import Conjunction, Derived, Literal, Program, Source, Stage, Variable
from thresholds.language.conditions import AllOf, AnyOf, AtLeast, Condition, NoneOf, Test, every_test
from thresholds.language.cuts import Cuts, cut, runs
from thresholds.language.definition import BUILT_IN_INDICATORS, InForce
from thresholds.language.model import UNKNOWN, Group, Quantity, Where
from thresholds.language.unary import FLAG, Domain, Interval, ValueSet

_NEVER = Literal(0, 1, 1)  # the only segment of the constant is 0
_FLAG_TRUE = ValueSet((Interval(Fraction(1), True, Fraction(1), True),))


def compile_rules(ruleset: InForce, also: Sequence[Condition] = ()) -> Program:
    """Translate a sound ruleset; `also` are further conditions to be translated beside its rules."""
    return _Compiler(ruleset, also).compile()


class _Compiler:
    def __init__(self, ruleset: InForce, also: Sequence[Condition]) -> None:
        self.ruleset, self.further = ruleset, also
        self.variables: list[Variable] = [Variable(1, 0, Source("constant", ""))]
        self.stages: list[Stage] = []
        self.number = {rule.id: number for number, rule in enumerate(ruleset.rules)}
        self.when: list[Conjunction] = [()] * len(ruleset.rules)
        self.spared: list[Conjunction] = [()] * len(ruleset.rules)
        self.done: dict[str, int] = {}  # rule id -> its stage
        self.base: dict[Source, int] = {}
        self.derived: dict[object, int | None] = {}
        self.counted: dict[str, int] = {}
        self.sets: dict[tuple[str, str], list[ValueSet]] = {}
        self.concluding: dict[str, list[str]] = {}
        for rule in ruleset.rules:
            for finding in rule.findings:
                self.concluding.setdefault(finding, []).append(rule.id)

    def compile(self) -> Program:
        self._collect()
        self._all_base_variables()
        base = len(self.variables)
        for rule in self.ruleset.rules:
            self._rule(rule.id)
        also = tuple(self._literals(condition, True) for condition in self.further)
        scopes: dict[frozenset[Group], int] = {}
        for number, rule in enumerate(self.ruleset.rules):
            groups = frozenset(rule.applies_to)
            scopes[groups] = scopes.get(groups, 0) | 1 << number
        return Program(
            self.ruleset,
            tuple(self.variables),
            base,
            tuple(self.stages),
            tuple(self.when),
            tuple(self.spared),
            tuple(scopes.items()),
            self.counted,
            also,
        )

    # --- which sets are tested -------------------------------------------------------------------

    def _collect(self) -> None:
        """Every set that some test uses, so that each domain is cut once."""
        read = set()
        conditions = [condition for rule in self.ruleset.rules for condition in rule.conditions()]
        for condition in (*conditions, *self.further):
            for test, _ in every_test(condition):
                read.add(test.name)
                if test.name not in self.ruleset.findings:
                    accepted = self.ruleset.accepted(test.name, test.test)
                    self.sets.setdefault(("value", test.name), []).append(accepted)
        for name in sorted(read & set(self.ruleset.quantities)):
            for member, where in self._elements(self.ruleset.quantities[name]):
                accepted_value = counts_when(self.ruleset, member, where)
                if accepted_value is not None:
                    self.sets.setdefault(("value", member), []).append(accepted_value)
                if where.lasting is not None:
                    self.sets.setdefault(("lasting", member), []).append(lasting_set(self.ruleset, where))
                if self.ruleset.quantities[name].longest is not None:
                    self.sets.setdefault(("lasting", member), []).extend(self.sets["value", name])

    def _elements(self, quantity: Quantity) -> Iterator[tuple[str, Where]]:
        where = quantity.longest.where if quantity.longest else quantity.count.where if quantity.count else Where()
        if quantity.count is None or (quantity.count.events is None and quantity.count.findings is None):
            yield from ((member, where) for member in self.ruleset.members(quantity))

    def _all_base_variables(self) -> None:
        """Lay out the base variables first, so that derived ones follow them."""
        for (aspect, name), sets in sorted(self.sets.items()):
            quantity = self.ruleset.quantities.get(name)
            if aspect == "lasting":
                self._base_variable(Source("lasting", name))
            elif quantity is None:
                if self.ruleset.indicators[name].domain.kind == "choice":
                    for words in sorted({one.words or frozenset() for one in sets}, key=sorted):
                        self._base_variable(Source("words", name, words))
                else:
                    self._base_variable(Source("value", name))
            else:
                if quantity.count is not None and quantity.count.events is not None:
                    self._base_variable(Source("events", name))
                if quantity.stated is not None:
                    self._base_variable(Source("stated", name))
                for member, where in self._elements(quantity):
                    if where.need is not None:
                        self._base_variable(Source("unmet", member))
                    if counts_when(self.ruleset, member, where) is None:
                        self._base_variable(Source("present", member))

    def _base_variable(self, source: Source) -> int:
        if source not in self.base:
            self.base[source] = len(self.variables)
            self.variables.append(self._new_base(source))
        return self.base[source]

    def _new_base(self, source: Source) -> Variable:
        if source.aspect in ("words", "present", "unmet"):
            return Variable(2, 0, source, cut(FLAG, ()))
        if source.aspect in ("events", "stated"):
            cuts = self._cuts("value", source.name)
            return Variable(cuts.count, 0, source, cuts)
        cuts = self._cuts(source.aspect, source.name)
        indicator = self.ruleset.indicators[source.name]
        may_not = (
            indicator.detail_of is not None
            or indicator.may_not_apply
            or source.aspect == "lasting"
            or source.name in BUILT_IN_INDICATORS
        )
        return Variable(cuts.count + may_not, 0, source, cuts, may_not)

    def _cuts(self, aspect: str, name: str) -> Cuts:
        domain = Domain("duration") if aspect == "lasting" else self.ruleset.domain(name)
        return cut(domain, self.sets[aspect, name])

    # --- conditions into literals ----------------------------------------------------------------

    def _rule(self, rule_id: str) -> int:
        """Translate a rule, and what it reads before it; its stage."""
        if rule_id in self.done:
            return self.done[rule_id]
        number = self.number[rule_id]
        rule = self.ruleset.rules[number]
        self.when[number] = self._all([rule.when], True)
        self.spared[number] = self._all([exception.when for exception in rule.unless], False)
        stage = self._level((*self.when[number], *self.spared[number]))
        self._stage(stage).rules |= 1 << number
        self.done[rule_id] = stage
        return stage

    def _level(self, literals: Iterable[Literal]) -> int:
        return max((self.variables[literal.variable].level for literal in literals), default=0)

    def _stage(self, number: int) -> Stage:
        while len(self.stages) <= number:
            self.stages.append(Stage())
        return self.stages[number]

    def _all(self, conditions: Iterable[Condition], positive: bool) -> Conjunction:
        found: dict[Literal, None] = {}
        for condition in conditions:
            found.update(dict.fromkeys(self._literals(condition, positive)))
        return tuple(found)

    def _literals(self, condition: Condition, positive: bool) -> Conjunction:
        """A conjunction that says the same as the condition, or (not `positive`) as its negation."""
        if isinstance(condition, Test):
            return self._test(condition, positive)
        if isinstance(condition, NoneOf):
            return self._all(condition.parts, False) if positive else self._any(condition.parts, True)
        if isinstance(condition, AtLeast):
            number = self.ruleset.whole_number(condition.number)
            needed = number if positive else len(condition.parts) - number + 1
            return self._threshold([self._literals(part, positive) for part in condition.parts], needed)
        assert isinstance(condition, AllOf | AnyOf)
        if isinstance(condition, AllOf) == positive:
            return self._all(condition.parts, positive)
        return self._any(condition.parts, positive)

    def _any(self, parts: Sequence[Condition], positive: bool) -> Conjunction:
        return self._threshold([self._literals(part, positive) for part in parts], 1)

    def _threshold(self, alternatives: list[Conjunction], needed: int) -> Conjunction:
        """At least `needed` of these hold."""
        if needed == 1 and len(alternatives) == 1:
            return alternatives[0]
        if needed <= 0:
            return ()
        key = (tuple(alternatives), needed)
        if key not in self.derived:
            self.derived[key] = self._derive(alternatives, 2, needed=needed)
        variable = self.derived[key]
        assert variable is not None
        return (Literal(variable, 1, 1),)

    def _derive(
        self,
        alternatives: Sequence[Conjunction],
        segments: int,
        needed: int | None = None,
        cuts: Cuts | None = None,
        stated: int | None = None,
    ) -> int:
        level = max((self._level(literals) for literals in alternatives), default=0)
        stage = self._stage(level)
        bits = 0
        for literals in alternatives:
            bits |= 1 << len(stage.clauses)
            stage.clauses.append(literals)
        variable = len(self.variables)
        self.variables.append(Variable(segments, level + 1, cuts=cuts))
        stage.derived.append(Derived(variable, bits, needed, stated))
        return variable

    def _test(self, test: Test, positive: bool) -> Conjunction:
        ruleset, name = self.ruleset, test.name
        accepted = ruleset.accepted(name, test.test)
        if name in ruleset.findings:
            if all(accepted.holds(Fraction(truth)) for truth in (0, 1)):  # "-"
                return () if positive else (_NEVER,)
            return self._finding(name, accepted.holds(Fraction(1)) == positive)
        if name not in ruleset.quantities:
            return self._value(name, accepted, positive)
        quantity = ruleset.quantities[name]
        if quantity.longest is not None:
            return self._longest(quantity, accepted, positive)
        assert quantity.count is not None
        if quantity.count.events is not None:
            variable = self._base_variable(Source("events", name))
        else:
            variable = self._count(quantity)
        return self._in_mask(variable, self._cuts("value", name).mask(accepted), positive)

    def _value(self, name: str, accepted: ValueSet, positive: bool) -> Conjunction:
        if accepted.words is not None:
            variable = self._base_variable(Source("words", name, accepted.words))
            return (Literal(variable, int(positive), int(positive)),)
        variable = self._base_variable(Source("value", name))
        return self._in_mask(variable, self._cuts("value", name).mask(accepted), positive)

    def _in_mask(self, variable: int, mask: int, positive: bool) -> Conjunction:
        segments = self.variables[variable].segments
        if not positive:
            mask = (1 << segments) - 1 & ~mask
        stretches = [(Literal(variable, low, high),) for low, high in runs(mask)]
        if not stretches:
            return (_NEVER,)
        if mask == (1 << segments) - 1:
            return ()
        return self._threshold(list(stretches), 1)

    def _finding(self, name: str, made: bool = True) -> Conjunction:
        if name not in self.derived:
            rules = self.concluding.get(name, [])
            if not rules:
                self.derived[name] = None
            else:
                stage = max(self._rule(rule_id) for rule_id in rules)
                variable = len(self.variables)
                self.variables.append(Variable(2, stage + 1))
                bits = sum(1 << self.number[rule_id] for rule_id in rules)
                self._stage(stage).derived.append(Derived(variable, rules=bits, needed=1, finding=True))
                self.derived[name] = variable
        found = self.derived[name]
        if found is None:
            return (_NEVER,) if made else ()
        return (Literal(found, int(made), int(made)),)

    def _count(self, quantity: Quantity) -> int:
        if quantity.id not in self.counted:
            cuts = self._cuts("value", quantity.id)
            stated = self._base_variable(Source("stated", quantity.id)) if quantity.stated else None
            self.counted[quantity.id] = self._derive(self._members(quantity), cuts.count, cuts=cuts, stated=stated)
        return self.counted[quantity.id]

    def _members(self, quantity: Quantity) -> list[Conjunction]:
        """What is counted, each as a conjunction; with `distinct`, one for each group."""
        assert quantity.count is not None
        if quantity.count.findings is not None:
            return [self._finding(name) for name in self.ruleset.members(quantity)]
        groups: dict[str, list[Conjunction]] = {}
        for member, where in self._elements(quantity):
            groups.setdefault(group_of(self.ruleset, quantity, member), []).append(self._element(member, where))
        return [self._threshold(members, 1) for _, members in sorted(groups.items())]

    def _element(self, member: str, where: Where) -> Conjunction:
        literals: list[Literal] = []
        accepted = counts_when(self.ruleset, member, where)
        if accepted is None:
            literals.append(Literal(self._base_variable(Source("present", member)), 1, 1))
        else:
            literals.extend(self._value(member, accepted, True))
        if where.need is not None:
            literals.append(Literal(self._base_variable(Source("unmet", member)), 1, 1))
        if where.lasting is not None:
            literals.extend(self._lasting(member, lasting_set(self.ruleset, where)))
        return tuple(literals)

    def _lasting(self, member: str, accepted: ValueSet) -> Conjunction:
        variable = self._base_variable(Source("lasting", member))
        return self._in_mask(variable, self._cuts("lasting", member).mask(accepted), True)

    def _longest(self, quantity: Quantity, accepted: ValueSet, positive: bool) -> Conjunction:
        """Some of them has lasted so long: soundness lets `longest` be tested upward only."""
        assert positive
        alternatives = [
            (*self._element(member, where), *self._lasting(member, accepted))
            for member, where in self._elements(quantity)
        ]
        return self._threshold(alternatives, 1)


def counts_when(ruleset: InForce, member: str, where: Where) -> ValueSet | None:
    """The values at which an indicator counts: those of `where.value`, or any but its `absent` one.

    None where that cannot be said as a set of values (events, an `absent` that is unknown): then it counts
    when it is there.
    """
    indicator = ruleset.indicators[member]
    if where.value is not None and ruleset.fits(member, where.value):
        return ruleset.accepted(member, where.value)
    if indicator.kind in ("events", "since"):
        return None
    if indicator.absent == UNKNOWN:
        return _FLAG_TRUE if indicator.kind == "flag" else None
    domain = indicator.domain
    if domain.kind == "choice":
        return ValueSet(words=frozenset(domain.values) - {indicator.absent})
    absent = indicator.absent_position
    return ValueSet((Interval(absent, True, absent, True),), negated=True)


def lasting_set(ruleset: InForce, where: Where) -> ValueSet:
    """The lengths of time that `where.lasting` accepts."""
    assert where.lasting is not None
    return ruleset.durations(where.lasting)


def group_of(ruleset: InForce, quantity: Quantity, member: str) -> str:
    """Members with the same word here count as one."""
    indicator = ruleset.indicators[member]
    if quantity.distinct == "need_group":
        return indicator.groups_with
    if quantity.distinct == "area":
        return indicator.area
    return indicator.dimension if quantity.distinct == "dimension" else member
