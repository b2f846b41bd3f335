"""Reports: all that is said is there, as text and nothing else; headings in order; tables whole."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.present.drawn_blocks import HOSTILE, blocks, tables, texts, words_in
from thresholds.present.blocks import Banner, Block, Gap, Heading, Line, Sheet, Table, Title, carried
from thresholds.present.report import as_html, as_markdown

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "a", "main", "h1", "h2", "h3", "p", "strong", "div", "span"),
    *("nav", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "pre", "code"),
}
ATTRIBUTES = {
    *("lang", "charset", "name", "content", "class", "href", "id", "tabindex", "role", "scope", "data-label"),
    "aria-labelledby",
}
EMPTY = {"meta"}
WHOLE: list[Block] = [
    Title("llr: 1 of 2 statements is proved"),
    Line("One is refuted.", tone="strong"),
    Heading("Refuted"),
    Line("A bruise is referred.", mark="\u2022"),
    Line("refuted", lead="Result:", depth=1),
    Line("and why", depth=2, mark="1."),
    Line("Nobody is asked twice.", mark="\u2022"),
    Banner("REFER NOW", ("Do not wait.",)),
    Gap(),
    Table(("Rule", "Where"), (("baby_bruise", "rules/bruises.yaml:3:1"),), "Rules"),
    Sheet("child: {age: 8}\nobservations:\n  bruise: true", "yaml"),
]


class Page(HTMLParser):
    """What a page is made of; every element must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.headings: list[int] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in EMPTY:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_pi = unknown_decl = handle_comment

    @property
    def words(self) -> str:
        return " ".join("".join(self.texts).split())


def emptied(made: list[Block]) -> list[Block]:
    """The same blocks with one harmless word for each text."""
    out: list[Block] = []
    for block in made:
        match block:
            case Title():
                out.append(Title("x"))
            case Heading():
                out.append(Heading("x"))
            case Line(_, lead, mark, depth, tone):
                out.append(Line("x", "x" if carried(lead, "utf-8") else "", mark, depth, tone))
            case Banner(_, text):
                out.append(Banner("x", ("x",) * len(text)))
            case Table(columns, rows, caption):
                caption = "x" if caption else ""
                out.append(Table(("x",) * len(columns), (("x",) * len(columns),) * len(rows), caption))
            case Sheet():
                out.append(Sheet("x"))
            case _:
                out.append(block)
    return out


def uncoded(text: str) -> str:
    """As it is heard: without the backticks around what is code."""
    return re.sub(r"`([A-Za-z0-9_][A-Za-z0-9_ .:,/=\[\]{}-]*)`", r"\1", text)


@given(blocks(), texts())
def test_whatever_is_said_stands_on_the_page_as_text(made: list[Block], title: str) -> None:
    """Every text is there as text; no text adds an element or an attribute; the page can be written as UTF-8."""
    page = Page(as_html(made, title=title))
    assert all(" ".join(uncoded(part).split()) in page.words for part in words_in(made))
    assert " ".join(carried(title, "utf-8").split()) in page.words
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    harmless = Page(as_html(emptied(made), title="x"))
    assert page.tags - Counter(code=page.tags["code"]) == harmless.tags - Counter(code=harmless.tags["code"])
    assert [name for name, _ in page.attributes] == [name for name, _ in harmless.attributes]
    as_html(made, title=title).encode("utf-8")


@given(blocks())
def test_headings_never_skip_a_level(made: list[Block]) -> None:
    """One first heading, and each further one at most one level below the last."""
    headings = Page(as_html(made, title="x")).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_a_page_can_be_used_without_eyes_or_a_mouse() -> None:
    """A skip link to the main part, a language, tables with caption and scope, lists as lists; nothing from outside."""
    text = as_html(WHOLE, title="Proofs", language="cy")
    page = Page(text)
    given_ = page.attributes
    assert ("lang", "cy") in given_
    assert ("href", "#main") in given_
    assert ("id", "main") in given_
    assert page.tags["main"] == page.tags["caption"] == 1
    assert [value for name, value in given_ if name == "scope"] == ["col", "col", "row"]
    assert page.tags["ul"] == 2
    assert page.tags["li"] == 3
    assert not re.search(r"<script|<link|<img|src=|url\(|@import|https?:", text)
    assert "@media print" in text
    assert "\n  bruise: true</code></pre>" in text


def test_a_long_report_begins_with_its_contents() -> None:
    """Each heading is linked, after what is said in short; a short report has none. Backticks are shown as code."""
    made: list[Block] = [Title("Checked"), Line("In short."), *map(Heading, ("One", "Two `a_rule`", "Three"))]
    text = as_html(made, title="Check")
    assert re.findall(r'<a href="#(part-\d)">(.+)</a>', text) == [
        ("part-2", "One"),
        ("part-3", "Two <code>a_rule</code>"),
        ("part-4", "Three"),
    ]
    assert text.index("In short.") < text.index("<nav") < text.index("<h3 ")
    assert '<h3 id="part-3">Two <code>a_rule</code></h3>' in text
    assert "<nav" not in as_html(made[:-1], title="Check")


def test_the_page_shares_its_looks_with_the_guide() -> None:
    """What both pages look like is written once."""
    from tests.cases import ON, ruleset
    from thresholds.present.guide import make_guide
    from thresholds.present.layout import as_html as guide_page

    first = r":root \{[^}]*\}"
    found = [re.search(first, page) for page in (as_html(WHOLE, title="x"), guide_page(make_guide(ruleset(), ON)))]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0][0] == found[1][0]


# --- Markdown -------------------------------------------------------------------------------------------------------

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(text: str) -> list[Token]:
    """What a reader of Markdown makes of it, in one row."""
    return [inner for token in MARKDOWN.parse(text) for inner in (token, *(token.children or ()))]


def said(text: str) -> str:
    """All text and files in it, with single blanks."""
    parts = [token.content for token in tokens(text) if token.type in ("text", "text_special", "fence", "softbreak")]
    return " ".join(" ".join(parts).split())


PLAIN = {
    *("inline", "text", "text_special", "softbreak", "paragraph_open", "paragraph_close", "heading_open"),
    *("heading_close", "strong_open", "strong_close", "blockquote_open", "blockquote_close", "fence"),
    *("bullet_list_open", "bullet_list_close", "ordered_list_open", "ordered_list_close", "list_item_open"),
    *("list_item_close", "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"),
    *("tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"),
}


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(blocks())
def test_whatever_is_said_is_only_text_in_markdown(made: list[Block]) -> None:
    """Every text is there as text; none becomes a heading, list, link, image, code, rule or HTML of its own."""
    text = as_markdown(made)
    words = squeezed(said(text))
    assert all(squeezed(part) in words for part in words_in(made))
    found = Counter(token.type for token in tokens(text))
    assert set(found) <= PLAIN
    harmless = Counter(token.type for token in tokens(as_markdown(emptied(made))))
    for kind in ("heading_open", "table_open", "tr_open", "td_open", "th_open"):
        assert found[kind] <= harmless[kind]
    for kind in ("ordered_list_open", "bullet_list_open", "blockquote_open", "fence"):
        assert found[kind] <= harmless[kind]


@given(tables())
def test_a_markdown_table_keeps_its_columns(table: Table) -> None:
    """Whatever its cells hold, each row of a table has as many cells as there are columns, in order."""
    text = as_markdown([table])
    rows: list[list[str]] = []
    for token in tokens(text):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append("")
        elif token.type in ("text", "text_special") and rows and rows[-1]:
            rows[-1][-1] += token.content
    wanted = [table.columns, *table.rows]
    assert [[squeezed(cell) for cell in row] for row in rows] == [
        [squeezed(carried(cell, "utf-8")) for cell in row] for row in wanted
    ]


def test_markdown_reads_well_as_it_is() -> None:
    """Headings, lists, tables and fenced files as a reviewer would write them; names in the rules stay readable."""
    assert as_markdown(WHOLE) == (
        "# llr: 1 of 2 statements is proved\n\n**One is refuted.**\n\n## Refuted\n\n- A bruise is referred.\n\n"
        "  **Result:** refuted\n\n  1. and why\n\n- Nobody is asked twice.\n\n> **REFER NOW**\n>\n> Do not wait.\n\n"
        "**Rules**\n\n| Rule | Where |\n| --- | --- |\n| baby_bruise | rules/bruises.yaml:3:1 |\n\n"
        "```yaml\nchild: {age: 8}\nobservations:\n  bruise: true\n```\n"
    )


@pytest.mark.parametrize("text", [*HOSTILE, "+ not a list", "7) not a list", "#", "***", "  - x"])
def test_a_line_is_a_paragraph_whatever_it_begins_with(text: str) -> None:
    """Marks of lists, headings, rules and quotations at the start of a line are text."""
    found = [token for token in tokens(as_markdown([Line(text)])) if token.level == 0 and token.nesting == 1]
    assert {token.type for token in found} <= {"paragraph_open"}
    assert squeezed(said(as_markdown([Line(text)]))) == squeezed(carried(text, "utf-8"))


def test_hostile_text_does_not_break_out_of_a_fence() -> None:
    """A file that holds fences is fenced by more."""
    for text in HOSTILE:
        fences = [token for token in tokens(as_markdown([Sheet(text)])) if token.type == "fence"]
        blank = not text.strip()
        assert blank or len(fences) == 1
