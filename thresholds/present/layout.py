"""The thresholds document laid out: Markdown, and one self-contained HTML page."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment

from thresholds import wording
from thresholds.present import guide as parts
from thresholds.present import sentences, templating
from thresholds.present.guide import Guide


def as_markdown(guide: Guide) -> str:
    """The document as Markdown: plain text for a review or a repository."""
    return _environment("md").get_template("guide.md.jinja").render(guide=guide)


def as_html(guide: Guide) -> str:
    """The document as one HTML page that needs nothing else: filters by age, area and level; made to be printed."""
    return _environment("html").get_template("guide.html.jinja").render(guide=guide)


@lru_cache(maxsize=2)
def _environment(kind: str) -> Environment:
    environment = templating.environment(html=kind == "html")
    environment.globals.update(
        level_names=parts.LEVEL_NAMES,
        level_meanings=parts.LEVEL_MEANINGS,
        area_names=parts.AREA_NAMES,
        confidence_names=sentences.CONFIDENCE_NAMES,
        oldest=parts.OLDEST,
    )
    environment.filters.update(
        plain=wording.plain,
        agreement=wording.CONSENT.__getitem__,
        ages=parts.ages_in_words,
        rests_on=sentences.rests_on,
        cell=_cell,
        sentence=_sentence,
    )
    return environment


def _cell(text: str) -> str:
    """Text that cannot break a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def _sentence(text: str) -> str:
    """The first letter large, a full stop at the end."""
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")
