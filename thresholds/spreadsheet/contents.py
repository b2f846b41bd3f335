"""The tables that a ruleset makes: rules, numbers, indicators, topics, responses, findings and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from thresholds.language.conditions import counts_in, every_test
from thresholds.language.model import Basis, Entry, Indicator, Quantity, Rule
from thresholds.present.guide import AREA_NAMES, LEVEL_NAMES, RuleLine, ages_in_words, make_guide
from thresholds.present.sentences import rests_on
from thresholds.present.words import day, sentence
from thresholds.ruleset import Ruleset
from thresholds.spreadsheet.entries import Source
from thresholds.spreadsheet.tables import COMMENT, Cell, Column, Row, Table, shown, table
from thresholds.wording import CONSENT, plain

_E = TypeVar("_E", bound=Entry)
_MOST_NAMED = 6
_ADULTS = {"adult_with_plan": "with an EHC plan", "care_leaver": "care leavers"}
_LAYER, _FILE = Column("Layer", 10), Column("File and line", 44)
_RESTS_ON, _IN_FORCE = Column("Rests on", 28), Column("In force", 12)


def tables_of(ruleset: Ruleset) -> tuple[Table, ...]:
    """Every sheet, in the order in which a committee reads them; the ruleset's own layer can be changed."""
    contents = _Contents(ruleset)
    return (
        contents.rules(),
        contents.parameters(),
        contents.indicators(),
        contents.topics(),
        contents.responses(),
        contents.findings(),
    )


class _Contents:
    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset, self.definition = ruleset, ruleset.definition

    def source(self, kind: str, identifier: str) -> Source:
        raw = self.ruleset._layers.entries[kind][identifier]
        return Source(raw, raw.layer == self.definition.layers[-1])

    # --- rules -----------------------------------------------------------------------------------

    def rules(self) -> Table:
        columns = (
            *(Column("Rule", 24), Column("Title", 24, True), Column("Level of need", 13), Column("Area", 15)),
            *(Column("When, in words", 46), Column("Unless, in words", 24), Column("Leads to, in words", 26)),
            *(Column("Because", 36, True), Column("Ages", 15), _IN_FORCE, _RESTS_ON, COMMENT),
            *(Column("When, in rule language", 48, True), Column("Unless, in rule language", 40, True)),
            *(Column("Leads to, in rule language", 36, True), _LAYER, _FILE),
        )
        about = "what is looked for in a child's life, and what it leads to, one rule a row"
        return table("Rules", about, columns, self._rules())

    def _rules(self) -> Iterator[Row]:
        in_words = self._in_words()
        of_level = {
            level.id or f"{indicator.id}_level_{number + 1}": (indicator, number)
            for indicator in self.definition.indicators.values()
            for number, level in enumerate(indicator.levels)
        }
        rules = {rule.id: rule for rule in self.definition.rules}
        for name in dict.fromkeys((*in_words, *rules)):
            rule, (level, words) = rules[name], in_words.get(name, ("", None))
            if name in self.definition.plain_rules:
                source = self.source("rule", name)
                when = source.lines("when")
            else:
                indicator, number = of_level[name]
                source = self.source("indicator", indicator.id).part("levels", number)
                at = source.text("at").lines
                test = Cell(tuple(type(line)(f"{indicator.id}:", line.text, line.spot) for line in at))
                when = Cell((*test.lines, *source.lines("when").lines))
            cells = (
                *(shown(name), source.text("title") if source.part("title").tree else shown(rule.title)),
                *(shown(_level(rule, level)), shown(AREA_NAMES[words.area] if words else "")),
                *(shown(sentence(words.when) if words else ""), shown("\n".join(words.unless) if words else "")),
                *(shown("\n".join(words.then) if words else ""), source.text("because")),
                *(shown(_ages(rule, words)), shown(_days(rule)), shown(_rests_on(rule.basis)), Cell()),
                *(when, source.lines("unless"), source.then()),
                *_where(source),
            )
            yield Row(f"rule {name}", source.raw.layer, source.place, cells)

    def _in_words(self) -> dict[str, tuple[str, RuleLine]]:
        """Each rule with its level as the thresholds document has it, on the last day on which it is in force."""
        found: dict[str, tuple[str, RuleLine]] = {}
        for last in reversed(self.definition.changes):
            missing = {rule.id for rule in self.definition.rules if rule.id not in found and rule.in_force(last)}
            if missing:
                parts = make_guide(self.ruleset, last).levels
                lines = ((part.level, line) for part in parts for _, inside in part.areas for line in inside)
                found.update({line.id: (level, line) for level, line in lines if line.id in missing})
        return found

    # --- numbers ---------------------------------------------------------------------------------

    def parameters(self) -> Table:
        columns = (
            *(Column("Number", 34), Column("Title", 48, True), Column("Value", 14, True), Column("Unit", 18)),
            *(Column("From", 18), _RESTS_ON, Column("Rules and counts that name it", 40), COMMENT, _LAYER, _FILE),
        )
        about = "the numbers that rules name; where one changed over time, a row for each of its values"
        return table("Numbers", about, columns, self._parameters())

    def _parameters(self) -> Iterator[Row]:
        named = self._naming()
        for name, parameter in self.definition.parameters.items():
            source = self.source("parameter", name)
            of_it = list(named.get(name, ()))
            more = [f"and {len(of_it) - _MOST_NAMED} more"] if len(of_it) > _MOST_NAMED else []
            naming = shown(", ".join((*of_it[:_MOST_NAMED], *more)))
            values: list[tuple[date | None, Basis, Source]] = [(None, parameter.basis, source)]
            if parameter.history:
                values = [
                    (value.from_, value.basis or parameter.basis, source.part("history", number))
                    for number, value in enumerate(parameter.history)
                ]
            for number, (begins, basis, part) in enumerate(values):
                key = name if begins is None else f"{name} from {begins}"
                title = shown(parameter.title) if number else source.text("title")
                cells = (
                    *(shown(key), title, part.text("value"), shown(parameter.unit)),
                    *(shown(day(begins) if begins else "always"), shown(_rests_on(basis)), naming, Cell()),
                    *_where(part),
                )
                yield Row(f"number {key}", source.raw.layer, part.place, cells)

    def _naming(self) -> dict[str, dict[str, None]]:
        """The rules and counts that name each number."""
        named: dict[str, dict[str, None]] = {}
        for rule in self.definition.rules:
            for condition in rule.conditions():
                words = [word for test, _ in every_test(condition) for word in test.test.names]
                for word in (*words, *(counted.number for counted in counts_in(condition))):
                    named.setdefault(word, {})[rule.id] = None
        for quantity in self.definition.quantities.values():
            count = quantity.count
            where = quantity.longest.where if quantity.longest else count.where if count else None
            tests = [test for test in (where.value, where.lasting) if test] if where else []
            window = [count.within] if count and count.within else []
            for word in (*(name for test in tests for name in test.names), *window):
                named.setdefault(word, {})[quantity.id] = None
        return named

    # --- what is looked at -----------------------------------------------------------------------

    def indicators(self) -> Table:
        columns = (
            *(Column("Indicator", 26), Column("Label", 26, True), Column("Definition", 44, True)),
            *(Column("What each value looks like", 56, True), Column("Question", 30, True), Column("Area", 15)),
            *(Column("Topic", 16), Column("Kind", 10), Column("Worse", 10), Column("Rules of its own", 30)),
            *(_RESTS_ON, COMMENT, Column("In practice", 40, True)),
            *(Column("Where nothing is found", 14), _IN_FORCE, _LAYER, _FILE),
        )
        about = (
            "the signs of need, strengths and circumstances that rules read, and what each of their values looks like"
        )

        def cells(source: Source, one: Indicator) -> tuple[Cell, ...]:
            own = [level.id or f"{one.id}_level_{number}" for number, level in enumerate(one.levels, start=1)]
            return (
                *(source.text("label"), source.text("definition"), source.lines("values"), source.text("question")),
                *(shown(AREA_NAMES[one.area]), shown(self.definition.topics[one.topic].label), shown(one.kind)),
                *(shown(one.worse), shown("\n".join(own)), shown(_rests_on(one.basis)), Cell()),
                *(source.text("practice"), shown(plain(one.absent)), shown(_days(one))),
            )

        return table("Indicators", about, columns, self._each("indicator", self.definition.indicators.values(), cells))

    def topics(self) -> Table:
        columns = (
            *(Column("Topic", 26), Column("Label", 30, True), Column("Question", 60, True), Column("Whom to ask", 40)),
            *(Column("Not in front of", 30), Column("At what ages", 18), _IN_FORCE, COMMENT, _LAYER, _FILE),
        )
        about = "what a practitioner asks about, and of whom"
        roles = self.definition.roles
        rows = self._each(
            "topic",
            self.definition.topics.values(),
            lambda source, one: (
                *(
                    source.text("label"),
                    source.text("question"),
                    shown(", ".join(roles[name].label for name in one.ask)),
                ),
                *(shown("; ".join(one.not_before)), shown(one.ages.text if one.ages else "every age")),
                *(shown(_days(one)), Cell()),
            ),
        )
        return table("Topics", about, columns, rows)

    # --- what follows ----------------------------------------------------------------------------

    def responses(self) -> Table:
        columns = (
            *(Column("Response", 28), Column("Label", 30, True), Column("Level of need", 14)),
            *(Column("Meaning", 46, True), Column("First step", 46, True), Column("Agreement", 28)),
            *(Column("On agreement", 36, True), Column("Assessment", 26, True), Column("Led by", 18)),
            *(Column("Decided by", 18), Column("Also covers", 28), _RESTS_ON, COMMENT, _IN_FORCE, _LAYER, _FILE),
        )
        about = "what is called for, who leads it, and the first step"
        roles, responses = self.definition.roles, self.definition.responses
        rows = self._each(
            "response",
            responses.values(),
            lambda source, one: (
                *(
                    source.text("label"),
                    shown(LEVEL_NAMES[one.tier]),
                    source.text("meaning"),
                    source.text("first_step"),
                ),
                *(shown(CONSENT[one.consent]), source.text("consent_note"), source.text("assessment")),
                *(shown(roles[one.lead].label), shown(roles[one.decided_by].label)),
                *(shown(", ".join(responses[name].label for name in one.absorbs)), shown(_rests_on(one.basis))),
                *(Cell(), shown(_days(one))),
            ),
        )
        return table("Responses", about, columns, rows)

    def findings(self) -> Table:
        columns = (
            *(Column("Name", 34), Column("Kind", 12), Column("Label", 36, True), Column("Definition", 56, True)),
            *(Column("What is counted", 48), _RESTS_ON, COMMENT, _IN_FORCE, _LAYER, _FILE),
        )
        about = "conditions with a name of their own, and what is counted or timed: rules read both"
        found = self._each(
            "finding",
            self.definition.findings.values(),
            lambda source, one: (
                *(shown("finding"), source.text("label"), source.text("definition"), Cell()),
                *(shown(_rests_on(one.basis)), Cell(), shown(_days(one))),
            ),
        )
        counted = self._each(
            "quantity",
            self.definition.quantities.values(),
            lambda source, one: (
                *(
                    shown("time" if one.longest else "count"),
                    source.text("label"),
                    Cell(),
                    shown(_counted(source, one)),
                ),
                *(shown(_rests_on(one.basis)), Cell(), shown(_days(one))),
            ),
        )
        return table("Findings and counts", about, columns, (*found, *counted))

    def _each(self, kind: str, entries: Iterable[_E], cells: Callable[[Source, _E], tuple[Cell, ...]]) -> Iterator[Row]:
        for one in entries:
            source = self.source(kind, one.id)
            whole = (shown(one.id), *cells(source, one), *_where(source))
            yield Row(f"{kind} {one.id}", source.raw.layer, source.place, whole)


def _level(rule: Rule, level: str) -> str:
    name = LEVEL_NAMES.get(level, "")
    return f"{name}\n(nothing outweighs it)" if rule.overriding else name


def _ages(rule: Rule, words: RuleLine | None) -> str:
    adults = [said for group, said in _ADULTS.items() if group in rule.applies_to]
    return "\n".join((*([ages_in_words(words.ages)] if words else []), *adults))


def _days(entry: Entry) -> str:
    begins = [f"from {day(entry.from_)}"] if entry.from_ else []
    ends = [f"until {day(entry.until)}"] if entry.until else []
    return " ".join((*begins, *ends)) or "always"


def _rests_on(basis: Basis) -> str:
    return sentence(rests_on(basis))


def _counted(source: Source, quantity: Quantity) -> str:
    distinct = [f"each {plain(quantity.distinct)} once"] if quantity.distinct else []
    return "\n".join((source.lines("longest" if quantity.longest else "count").text, *distinct))


def _where(source: Source) -> tuple[Cell, Cell]:
    return shown(source.raw.layer), shown(f"{source.place.file}:{source.place.line}")
