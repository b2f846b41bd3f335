"""The thresholds document: complete, the same each time, and one page that a reader can use without a mouse."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

import thresholds
from tests.cases import ruleset as small_ruleset
from thresholds.cli import main
from thresholds.language.model import TIERS
from thresholds.present.guide import Guide, ages_in_words, make_guide
from thresholds.present.layout import as_html, as_markdown

ON = date(2017, 3, 1)


@pytest.fixture(scope="module")
def llr() -> Guide:
    return make_guide(thresholds.load("llr"), ON)


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.labels: list[str] = []
        self.fields: list[str] = []
        self.outside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "label":
            self.labels.append(given.get("for", ""))
        if tag in ("input", "select"):
            self.fields.append(given.get("id", ""))
        self.outside += [given[name] for name in ("src", "action") if name in given]
        if tag in ("link", "img", "iframe"):
            self.outside.append(tag)


def test_every_rule_in_force_has_one_line(llr: Guide) -> None:
    """Each rule stands in the document once, with a number of its own, and in both layouts."""
    rules = {rule.id for rule in llr.in_force.rules}
    assert sorted(line.id for line in llr.lines) == sorted(rules)
    assert len({line.number for line in llr.lines}) == len(rules)
    markdown, html = as_markdown(llr), as_html(llr)
    assert all(f"`{rule}`" in markdown for rule in rules)
    assert set(Page(html).ids) >= rules


def test_each_rule_stands_under_the_level_that_it_gives_alone(llr: Guide) -> None:
    """What answers make of a rule by itself is where it is printed; the filter finds it under all it can give."""
    decider = llr.ruleset.assessor(llr.on).decider
    given = {
        rule.id: "beside" if reach < 0 else TIERS[reach]
        for rule, reach in zip(decider.ruleset.rules, decider.reach, strict=True)
    }
    printed = {line.id: part.level for part in llr.levels for _, lines in part.areas for line in lines}
    assert printed == given
    rules = {rule.id: rule for rule in llr.in_force.rules}
    for line in llr.lines:
        called = {llr.in_force.responses[name]: weight for name, weight in rules[line.id].responses.items()}
        decided = [one.label for one, weight in called.items() if weight == "consider" and one.tier == "specialist"]
        assert printed[line.id] in line.levels
        assert not decided or "specialist" in line.levels
        assert {f"for a named person to decide: specialist, {label}" for label in decided} <= set(line.then)


def test_each_rule_counts_once_by_what_it_rests_on(llr: Guide) -> None:
    """The list by confidence holds every rule exactly once, under the weaker of its two grounds."""
    listed = [line.id for _, lines in llr.by_confidence() for line in lines]
    assert sorted(listed) == sorted(line.id for line in llr.lines)


def test_the_document_is_the_same_each_time(llr: Guide) -> None:
    """Loading the same files again gives the same bytes."""
    again = make_guide(thresholds.load("llr"), ON)
    assert as_html(again) == as_html(llr)
    assert as_markdown(again) == as_markdown(llr)


def test_the_page_says_first_that_it_is_a_reconstruction(llr: Guide) -> None:
    """The notice stands before the rules in both layouts."""
    for text, first_rule in ((as_html(llr), "<article"), (as_markdown(llr), "\nS1. ")):
        assert 0 < text.index("reconstruction from two Rutland") < text.index(first_rule)


def test_the_page_needs_nothing_else_and_is_accessible(llr: Guide) -> None:
    """No outside resource, one first heading, no level skipped, every field labelled, no link that leads nowhere."""
    page = Page(as_html(llr))
    assert page.outside == []
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert set(page.fields) <= set(page.labels)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_what_a_ruleset_says_is_never_markup() -> None:
    """Angle brackets and ampersands in rule files are shown, not obeyed."""
    guide = make_guide(small_ruleset(), ON)
    first = guide.in_force.indicators["bruise"]
    hostile = first.model_copy(update={"label": "<script>alert(1)</script>"})
    object.__setattr__(guide.in_force, "indicators", {**guide.in_force.indicators, "bruise": hostile})
    remade = make_guide(guide.ruleset, ON)
    assert "<script>alert" not in as_html(remade)
    assert "&lt;script&gt;alert" in as_html(remade)


def test_ages_are_those_a_rule_can_hold_for(llr: Guide) -> None:
    """A rule on school attendance is for school ages, and one on private fostering ends at 18."""
    ages = {line.id: line.ages for line in llr.lines}
    assert ages["absence_is_persistent"] == tuple(str(age) for age in range(5, 18))
    assert "18" not in ages["private_fostering"]
    assert ages_in_words(("unborn", "0", "1", "2", "7")) == "unborn, 0 to 2, 7"


def test_the_command_writes_a_whole_file_or_none(tmp_path: Path) -> None:
    """`--html` writes the page; where it cannot, nothing is left behind."""
    file = tmp_path / "guide.html"
    assert main(["guide", "england", "--html", str(file)]) == 0
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert main(["guide", "england", "--html", str(tmp_path / "nowhere" / "guide.html")]) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["guide.html"]
