"""The thresholds document laid out: Markdown, and one self-contained HTML page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from jinja2 import Environment

from thresholds import wording
from thresholds.language.conditions import Condition
from thresholds.language.definition import InForce, endpoint_of
from thresholds.language.model import Indicator, Parameter, Quantity, Reference, Role, Source
from thresholds.language.unary import UnaryTest
from thresholds.present import applying, clauses, counted, naming, sentences, templating, words
from thresholds.present.guide import Guide

_READ = {"whole": "all of it", "opening": "its opening", "contents": "its contents page", "not_read": "not read"}
_AFTER_THE_RULES = (
    ("counted", "What is counted"),
    ("conditions", "Named conditions"),
    ("numbers", "Numbers"),
    ("signs", "The catalogue of signs"),
    ("topics", "What we ask, and whom"),
    ("services", "Services by level and age"),
    ("impossible", "What cannot be"),
    ("confidence", "Rules by what they rest on"),
    ("reference", "What the source documents also say"),
    ("sources", "Sources"),
)


def as_markdown(guide: Guide) -> str:
    """The document as Markdown: plain text for a review or a repository."""
    return re.sub(r"\n{3,}", "\n\n", _rendered("md", guide)).strip() + "\n"


def as_html(guide: Guide) -> str:
    """The document as one HTML page that needs nothing else: filters by age, area and level; made to be printed."""
    return _rendered("html", guide)


def sections(guide: Guide) -> Iterator[tuple[str, str]]:
    """Where each part of the document begins, and what it is called."""
    for level in guide.levels:
        yield level.level, f"{naming.LEVEL_NAMES[level.level]}: {words.counted(level.rules, 'rule')}"
    for name, title in _AFTER_THE_RULES:
        if name != "reference" or guide.ruleset.definition.reference:
            yield name, title


def _rendered(kind: str, guide: Guide) -> str:
    environment = templating.environment(html=kind == "html")
    environment.globals.update(
        level_names=naming.LEVEL_NAMES,
        level_meanings=naming.LEVEL_MEANINGS,
        area_names=naming.AREA_NAMES,
        confidence_names=sentences.CONFIDENCE_NAMES,
        read_names=_READ,
        oldest=applying.OLDEST,
        heads=naming.LEVEL_NAMES,
    )
    _speak(environment)
    _speak_of(environment, guide.in_force)
    return environment.get_template(f"guide.{kind}.jinja").render(guide=guide, sections=list(sections(guide)))


def _speak(environment: Environment) -> None:
    """How texts are set."""
    environment.filters.update(
        plain=wording.plain,
        agreement=wording.CONSENT.__getitem__,
        ages=applying.ages_in_words,
        rests_on=sentences.rests_on,
        days=naming.in_force,
        date=words.day,
        cell=_cell,
        css=_css,
        capital=_capital,
        begun=_begun,
        sentence=_sentence,
        stopped=_stopped,
        slug=_slug,
        is_web=_is_web,
        numerically=lambda names: sorted(names, key=_numerically),
        in_order=_in_order,
        in_kinds=_in_kinds,
        figure=_figure,
    )


def _speak_of(environment: Environment, ruleset: InForce) -> None:
    """How the entries of a ruleset are told, with the numbers in force."""

    def told(tree: Condition) -> clauses.Clause:
        return clauses.clause(tree, ruleset)

    def how(quantity: Quantity) -> str:
        return counted.how_counted(quantity, ruleset)

    def groups(quantity: Quantity) -> tuple[counted.Group, ...]:
        return counted.groups(quantity, ruleset)

    def span(test: UnaryTest | None) -> str:
        return applying.span(test, ruleset)

    def role(one: Role) -> str:
        return one.label if one.ages is None else f"{one.label} ({_ages_of_role(one, ruleset)})"

    def value_now(parameter: Parameter) -> str:
        value = ruleset.parameters.get(parameter.id)
        return "not in force" if value is None else wording.endpoint(value, parameter.unit)

    def value(name: str, indicator: Indicator) -> str:
        return clauses.value_in_words(name, indicator)

    environment.filters.update(
        value=value,
        clause=told,
        how_counted=how,
        groups=groups,
        span=span,
        role=role,
        value_now=value_now,
        value_of=_value_of,
    )


def _ages_of_role(role: Role, ruleset: InForce) -> str:
    """For which ages somebody is asked; before birth too where that is so."""
    ages = applying.span(role.ages, ruleset)
    return f"{ages}, and before birth" if role.before_birth else ages


def _value_of(text: str, parameter: Parameter) -> str:
    """A value of a parameter's history with its unit."""
    value = endpoint_of(text)
    return text if value is None else wording.endpoint(value, parameter.unit)


def _cell(text: str) -> str:
    """Text that cannot break a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def _css(text: str) -> str:
    """Text that can stand in a string of a style sheet."""
    return "".join(letter if letter.isalnum() or letter in " .,;:()-/" else " " for letter in text)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _begun(line: tuple[clauses.Piece, ...]) -> tuple[clauses.Piece, ...]:
    """A line with its first letter large."""
    return tuple(replace(piece, text=_capital(piece.text)) if not at else piece for at, piece in enumerate(line))


def _sentence(text: str) -> str:
    """The first letter large, a full stop at the end."""
    return _capital(_stopped(text))


def _stopped(text: str) -> str:
    """A full stop at the end."""
    text = " ".join(text.split())
    return text + ("" if text.endswith((".", "?", "!")) else ".")


def _slug(heading: str) -> str:
    """The name that a heading of a Markdown file can be linked by."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _is_web(address: str) -> bool:
    return re.match(r"https?://\S+$", address) is not None


def _numerically(text: str) -> list[tuple[str, int]]:
    """So that L2 comes before L10."""
    return [(letters, int(digits or 0)) for letters, digits in re.findall(r"(\D*)(\d*)", text)]


def _in_order(sources: Iterable[Source]) -> list[Source]:
    return sorted(sources, key=lambda one: _numerically(one.id))


def _figure(entry: Reference) -> str:
    """The figure of an entry with its unit; of a contact what it is first: `telephone: 01572 722577`."""
    if not entry.unit:
        return entry.value or ""
    return f"{_capital(entry.unit)}: {entry.value}" if entry.kind == "contact" else f"{entry.value} {entry.unit}"


def _in_kinds(entries: Iterable[Reference]) -> list[Reference]:
    """By kind, and within a kind by name, numbers in their order."""
    return sorted(entries, key=lambda one: (one.kind, _numerically(one.label)))
