"""Blocks that hold any text, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import strategies as st

from thresholds.present.blocks import Banner, Block, Gap, Heading, Line, Sheet, Table, Title, carried_block

HOSTILE = (
    "<script>alert(1)</script>",
    "</title><b>",
    "</code></pre><i>",
    '" onclick="x',
    "a | b || c\\| d \\",
    "``` `x` ````",
    "```\n# out\n```",
    "# not a heading #",
    "1. not a list",
    "- not a list",
    "===",
    "---",
    "> not quoted",
    "*a* **b** _c_ __d__ ~~e~~ snake_case_word",
    "[link](http://example.org) ![image](x) [ref]: x [^1]",
    "&lt; &amp; &#124; &nbsp;",
    "\x1b[31mred\x07 \u202eturned\u202c \ud800",
    "{{ 7 * 7 }} {% raw %}",
    "two\nlines\r\nand\tmore",
    "    code",
    "",
    "   ",
    "\u4e2d\u6587",
)


def texts() -> st.SearchStrategy[str]:
    """Any text, and what has a meaning to a reader of HTML or Markdown."""
    characters = st.characters()  # single surrogates among them
    meaningful = st.text("<>&\"'`|\\*_[]()#!~-+=:$ \n\t0123.ab", max_size=24)
    return st.one_of(st.text(characters, max_size=24), meaningful, st.sampled_from(HOSTILE))


def tables() -> st.SearchStrategy[Table]:
    def of_width(width: int) -> st.SearchStrategy[Table]:
        row = st.tuples(*[texts()] * width)
        return st.builds(Table, row, st.lists(row, max_size=4).map(tuple), texts())

    return st.integers(1, 4).flatmap(of_width)


def blocks() -> st.SearchStrategy[list[Block]]:
    tones = st.sampled_from(("plain", "strong", "quiet", "attention"))
    marks = st.sampled_from(("", "", "\u2022", "1.", "2. ", "*", "<b>"))
    lines = st.builds(Line, texts(), st.just("") | texts(), marks, st.integers(0, 3), tones)
    one = st.one_of(
        st.builds(Title, texts()),
        st.builds(Heading, texts()),
        lines,
        lines,
        st.builds(Banner, texts(), st.lists(texts(), max_size=3).map(tuple)),
        tables(),
        st.builds(Sheet, texts(), st.sampled_from(("", "yaml", "`x`\n<"))),
        st.just(Gap()),
    )
    return st.lists(one, max_size=8)


def words_in(made: Sequence[Block]) -> Iterator[str]:
    """Every text that a reader must find, as UTF-8 carries it, with single blanks."""
    for block in made:
        match carried_block(block, "utf-8"):
            case Title(text) | Heading(text) | Sheet(text):
                found = [text]
            case Line() as line:
                found = [line.lead, line.text]
            case Banner(title, text):
                found = [title, *text]
            case Table(columns, rows, caption):
                found = [*columns, *(cell for row in rows for cell in row), caption]
            case _:
                found = []
        yield from (" ".join(text.split()) for text in found)
