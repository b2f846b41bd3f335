"""The thresholds document: complete, the same each time, and one page that a reader can use without a mouse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import thresholds
from tests.cases import telling
from tests.small_rulesets import entry, load
from thresholds.cli import main
from thresholds.language.definition import ABOUT_THE_CHILD, BUILT_IN_INDICATORS
from thresholds.language.model import TIERS
from thresholds.present.applying import ages_in_words
from thresholds.present.because import because
from thresholds.present.counted import groups, how_counted
from thresholds.present.guide import Guide, make_guide
from thresholds.present.layout import as_html, as_markdown, sections

ON = date(2017, 3, 1)


@pytest.fixture(scope="module")
def llr() -> Guide:
    return make_guide(thresholds.load("llr"), ON)


@pytest.fixture(scope="module")
def html(llr: Guide) -> str:
    return as_html(llr)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


@pytest.fixture(scope="module")
def markdown(llr: Guide) -> str:
    return as_markdown(llr)


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
        self.texts: list[str] = []
        self.tags: Counter[str] = Counter()
        self.feed(text)
        self.text = " ".join(" ".join(self.texts).split())

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
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


def test_every_rule_in_force_has_one_line(llr: Guide, page: Page, markdown: str) -> None:
    """Each rule stands in the document once, with a number of its own, and in both layouts."""
    rules = {rule.id for rule in llr.in_force.rules}
    assert sorted(line.id for line in llr.lines) == sorted(rules)
    assert len({line.number for line in llr.lines}) == len(rules)
    assert all(f"`{rule}`" in markdown for rule in rules)
    assert set(page.ids) >= rules


def test_whatever_is_in_force_is_told(llr: Guide, page: Page, markdown: str) -> None:
    """Quantities, findings, responses, signs, topics, services and what cannot be, in both layouts."""
    there, day = llr.in_force, llr.on
    services = {name for name, one in llr.ruleset.definition.services.items() if one.in_force(day)}
    assert services
    told: dict[str, Iterable[str]] = {
        "quantity": there.quantities,
        "finding": there.findings,
        "response": there.responses,
        "sign": set(there.indicators) - set(BUILT_IN_INDICATORS),
        "topic": set(there.topics) - {ABOUT_THE_CHILD},
        "service": services,
        "impossible": [one.id for one in there.impossible],
        "source": llr.ruleset.definition.sources,
        "reference": llr.ruleset.definition.reference,
    }
    for kind, names in told.items():
        assert {f"{kind}-{name}" for name in names} == {one for one in page.ids if one.startswith(f"{kind}-")}
        if kind not in ("response", "source", "reference"):
            assert all(f"`{name}`" in markdown for name in names), kind
    assert all(quantity.label in page.text.casefold() or quantity.label in page.text for quantity in llr.quantities)


def test_a_count_says_what_it_counts(llr: Guide) -> None:
    """Its members, the values that count, the window, and what counts once."""
    quantities = llr.in_force.quantities
    said = {name: how_counted(one, llr.in_force) for name, one in quantities.items()}
    assert (
        said["self_harm_recent"] == "How many of these happened in the last 90 days, up to the day of the assessment."
    )
    assert "counted from \u201clow\u201d up" in said["neglect_signs_that_last"]
    assert "each for at least 90 days" in said["neglect_signs_that_last"]
    assert "count once together" in said["unmet_need_count"]
    for name, one in quantities.items():
        members = [member.target for group in groups(one, llr.in_force) for member in group.members]
        assert len(members) == len(llr.in_force.members(one)) > 0, name


def test_what_a_rule_reads_is_linked_to_what_it_means(llr: Guide, page: Page) -> None:
    """Each sign, count and named condition of a rule leads to its definition."""
    linked = {link[1:] for link in page.links}
    for line in llr.lines:
        assert line.reads
        assert set(line.reads) <= set(page.ids)
    assert {f"quantity-{name}" for name in llr.in_force.quantities} <= linked
    assert {f"finding-{name}" for name in llr.in_force.findings} <= linked


@pytest.mark.parametrize("name", ["llr", "england"])
def test_every_rule_says_why(name: str) -> None:
    """On every day on which something changes, no reason is left out, and none keeps a name in braces."""
    ruleset = thresholds.load(name)
    for day in ruleset.definition.changes:
        in_force = ruleset.in_force(day)
        for rule in in_force.rules:
            said = because(rule, in_force)
            assert said.strip(" .;"), rule.id
            assert not set("{}") & set(said), rule.id
            assert "()" not in said, rule.id


def test_a_reason_reads_as_a_sentence(llr: Guide) -> None:
    """What only a child has is said as the rule asks for it."""
    reasons = {line.id: line.because for line in llr.lines}
    assert reasons["absence_is_persistent"] == "attendance is at or below 90%"
    assert any(said.startswith("3 or more signs of neglect stand together") for said in reasons.values())
    assert any(said.startswith("a baby of that age was left alone") for said in reasons.values())


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


def test_the_document_is_the_same_each_time(html: str, markdown: str) -> None:
    """Loading the same files again gives the same bytes."""
    again = make_guide(thresholds.load("llr"), ON)
    assert as_html(again) == html
    assert as_markdown(again) == markdown


def test_both_layouts_have_the_same_parts_and_contents_lead_to_them(llr: Guide, html: str, markdown: str) -> None:
    """The same headings in the same order; every entry of the contents is a link to one of them."""
    html_parts = [re.sub("<[^>]+>", "", one) for one in re.findall(r"<h2[^>]*>(.*?)</h2>", html)]
    markdown_parts = re.findall(r"^## (.+)$", markdown, re.MULTILINE)
    assert html_parts == ["Read this first", *markdown_parts]
    slugs = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in markdown_parts}
    listed = re.findall(r"^- \[.+\]\(#(.+)\)$", markdown, re.MULTILINE)
    assert len(listed) == len(list(sections(llr)))
    assert set(listed) <= slugs


def test_long_conditions_are_lists_and_dates_are_words(llr: Guide, page: Page, html: str) -> None:
    """No paragraph of a condition is long; no date is written in figures, but in what a source is called."""
    assert max(len(re.sub("<[^>]+>", "", one)) for one in re.findall(r"<p><strong>When.*?</p>", html)) < 260
    assert "The rules as they stand on 1 March 2017, last changed on" in page.text
    assert not re.search(r"year years|days days", page.text)
    assert not re.search(r"(?:from|on|until|before) \d{4}-\d\d-\d\d", page.text)
    dated = [line for line in llr.lines if line.days]
    assert dated
    assert all(f"In force {line.days}." in page.text for line in dated)


def test_a_rule_is_found_under_every_area_of_what_it_reads(llr: Guide) -> None:
    """Counts are looked into: signs of neglect are about care, not about the help so far."""
    for line in llr.read_by["quantity-neglect_signs"]:
        assert {"parenting_capacity", "family_and_environment"} <= set(line.areas)
        assert line.area == line.areas[0] != "process"


def test_the_page_says_first_that_it_is_a_reconstruction(html: str, markdown: str) -> None:
    """The notice stands before the rules in both layouts."""
    for text, first_rule in ((html, "<article"), (markdown, "\n#### S1 ")):
        assert 0 < text.index("reconstruction from two Rutland") < text.index(first_rule)


def test_the_page_needs_nothing_else_and_is_accessible(page: Page, html: str) -> None:
    """No outside resource, one first heading, no level skipped, every field labelled, no link that leads nowhere."""
    assert page.tags["main"] == page.tags["nav"] == page.tags["header"] == page.tags["footer"] == 1
    assert html.index("<main") < html.index("<nav") < html.index('id="sources"') < html.index("</main>")
    assert '<main id="main" class="wrap" tabindex="-1">' in html
    assert html.count("<table") == html.count('<table role="table"')
    assert len(re.findall(r"<td(?! role=\"cell\")", html)) == 0
    assert page.outside == []
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert set(page.fields) <= set(page.labels)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_markdown_reads_as_it_is_written(llr: Guide, markdown: str) -> None:
    """Lists of conditions are lists that end before what follows; each rule has a heading and its four parts."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    listed = {token.content for token in tokens if token.type == "inline" and token.level > 2}
    assert not [text for text in listed if text.startswith("→") or "\n(" in text]
    assert [token.tag for token in tokens if token.type == "heading_open"].count("h4") == len(llr.lines)
    assert markdown.count("\n→ **") == markdown.count("\n**Because** ") == len(llr.lines)
    assert markdown.count("\n**Unless** ") == sum(len(line.exceptions) for line in llr.lines)


def test_it_is_made_for_paper(html: str) -> None:
    """A4 with margins and page numbers; contents are printed; rows and rules stay whole; sizes follow the text."""
    assert "@page { size: A4; margin:" in html
    assert 'content: "Page " counter(page) " of " counter(pages)' in html
    printed = " ".join(re.findall(r"@media print \{(.*)\}", html))
    assert not re.search(r"nav[^{]*\{[^}]*display: none", printed)
    assert "tr, li, .notice { break-inside: avoid; }" in printed
    assert not re.search(r"font-size: [\d.]+pt", printed.replace("body { font-size: 9pt;", ""))
    assert re.search(r'<span class="n">S1</span> \S', html)
    assert re.search(r' <span class="tag">overriding</span>', html)


def test_a_source_with_an_address_is_a_link(llr: Guide, page: Page) -> None:
    """Each on the web can be followed; sources stand in the order of their numbers."""
    addresses = {one.address for one in llr.ruleset.definition.sources.values() if one.address}
    assert {one for one in addresses if one.startswith(("http://", "https://"))} <= set(page.links)
    order = [one.removeprefix("source-") for one in page.ids if one.startswith("source-")]
    assert order.index("L2") < order.index("L10") < order.index("N1")


def test_what_the_filters_look_at_is_on_the_page(llr: Guide, html: str) -> None:
    """Each rule carries its levels, areas, ages and what to search beside its own words; none is out of reach."""
    for line in llr.lines:
        assert f'id="{line.id}" data-levels=" {" ".join(line.levels)} " data-areas=" {" ".join(line.areas)} "' in html
        assert line.ages, line.id
    assert "No rule fits all of this." in html
    signs = llr.in_force.indicators.values()
    tagged = next(one for one in signs if one.tags)
    assert f'data-tags="{" ".join(tag.replace("_", " ") for tag in tagged.tags)}"' in html


def test_ages_follow_what_is_asked_about(llr: Guide) -> None:
    """A rule that reads only what is not asked about at an age does not stand for that age."""
    asked_from = {name: llr.in_force.asked_at(topic) for name, topic in llr.in_force.topics.items() if topic.ages}
    assert asked_from
    for line in llr.lines:
        topics = {one.removeprefix("topic-") for one in line.reads if one.startswith("topic-")}
        if topics and topics <= {"weapons", "online_life", "own_relationship", "sexual_health", "adult_life"}:
            assert not {"0", "1", "2", "3"} & set(line.ages), line.id


def test_what_a_ruleset_says_is_never_markup(tmp_path: Path) -> None:
    """Angle brackets and ampersands in rule files are shown, not obeyed."""
    files = telling()
    entry(files, "bruise")["label"] = "<script>alert(1)</script>"
    remade = make_guide(load(files, tmp_path), ON)
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
