"""From a file to clean text: whatever is no ordinary UTF-8 text is refused before a parser sees it."""

import os
import re
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path

from thresholds.language.yaml_traps import Finding, Findings, GiveUpError, shown

LARGEST = 2_000_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # how such a file begins


def content(path: Path) -> tuple[bytes, str]:
    """What an ordinary file holds, at most a byte more than is allowed; otherwise what is wrong with it."""
    try:
        if fault := _not_a_file(os.lstat(path).st_mode):
            return b"", fault
        # It may have been exchanged since: opened without following or waiting, and looked at again.
        flags = ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY")
        handle = os.open(path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))
        with open(handle, "rb") as file:
            fault = _not_a_file(os.fstat(handle).st_mode)
            return (b"", fault) if fault else (file.read(LARGEST + 1), "")
    except FileNotFoundError:
        return b"", "there is no such file"
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        return b"", f"the file cannot be read ({getattr(error, 'strerror', None) or 'no usable name'})"


def _not_a_file(mode: int) -> str:
    if stat.S_ISREG(mode):
        return ""
    if stat.S_ISDIR(mode):
        return "this is a folder, not a file"
    if stat.S_ISLNK(mode):
        return "this is a link to another file, and links are not followed"
    return "this is a device or a pipe, not a file"


_ODD_BLANK = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Control characters, invisible ones (two names would look the same and differ), private ones (shown as boxes;
# traps are mended with them) and the sign that stands for a lost letter.
_UNWANTED = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff"
    "\ufff0-\ufffb\ufffd-\uffff\U000e0000-\U000e007f\U000f0000-\U0010ffff"
)
UNWANTED = re.compile(f"[{_UNWANTED}]")
_UNWANTED_OR_TABS = re.compile(f"\t++|[{_UNWANTED}]++")
_TEXT_FOLLOWS = re.compile(r"[ \t]*+\S")
# An odd blank in the indentation, after a key, or at the end of a line.
_ODD = re.compile(
    rf"^[ -]*+(?:[\w.]++: *+)?+([{_ODD_BLANK}]++)|(?<![{_ODD_BLANK}])([{_ODD_BLANK}]++)(?= *+$)", re.MULTILINE
)
# A test in the quotes that word processors make.
_CURLED = re.compile('^[ -]*+[\\w.]++: *+([\u2018-\u201f][<>\\[(=][^\n"\u2018-\u201f]*+[\u2018-\u201f]) *+$', re.M)


def decoded(source: str | bytes, findings: Findings) -> str:
    """The text, its line ends, blanks and quotes made ordinary; GiveUpError where it cannot be read."""
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        message = f"the file is larger than {LARGEST // 1_000_000} MB"
        raise findings.stop(0, 0, message, "split it into several smaller files")
    if ("\0" in source) if isinstance(source, str) else (b"\0" in source and source[:2] not in _UTF_16):
        message = "this is no text file: it holds NUL characters"
        raise findings.stop(0, 0, message, "put a YAML text file here")
    text = source if isinstance(source, str) else _from_utf8(source, findings)
    text = _line_feeds(text.removeprefix("\ufeff"))
    fatal = False
    for match in _UNWANTED_OR_TABS.finditer(text):
        line, column = _spot(text, match.start())
        indents = not text[match.start() - column : match.start()].strip()
        if match[0][0] != "\t":
            message, help_ = f"{named(match[0][0])} stands here", "delete it, or type the line anew"
            fatal = True
        elif indents and _TEXT_FOLLOWS.match(text, match.end()):
            # How deep such a line is meant to stand cannot be known.
            message, help_ = "the line is indented with a tab", "indent with blanks, two for each step"
            fatal = True
        else:
            message, help_ = "a tab stands here", "put blanks in place of the tab"
        findings.note(Finding(line, column, message, help_))
    if fatal:
        raise GiveUpError
    text = text.replace("\t", " ").removesuffix("\n") + "\n"  # parsers differ on a last line that has no end
    if not text.isascii():
        text = _exchanged(_ODD, text, findings, _ordinary_blank)
        text = _exchanged(_CURLED, text, findings, _straight_quotes)
    return text


def named(character: str) -> str:
    """A character that cannot be shown, by its number and name."""
    kind = {"Cc": "a control character", "Cf": "an invisible character", "Zs": "an odd blank"}
    what = kind.get(unicodedata.category(character), "an unreadable character")
    name = unicodedata.name(character, "")
    return f"{what} (U+{ord(character):04X}{', ' + name.lower() if name else ''})"


def _exchanged(
    pattern: re.Pattern[str], text: str, findings: Findings, by: Callable[[str], tuple[str, str, str]]
) -> str:
    """The text with every match exchanged for something as long, and told."""
    pieces, done = [], 0
    for match in pattern.finditer(text):
        start, end = match.span(match.lastindex or 0)
        right, message, help_ = by(text[start:end])
        findings.note(Finding(*_spot(text, start), message, help_))
        pieces += [text[done:start], right]
        done = end
    return "".join(pieces) + text[done:]


def _ordinary_blank(odd: str) -> tuple[str, str, str]:
    help_ = "delete it and press the space bar: such blanks are copied from Word or the web"
    return " " * len(odd), f"{named(odd[0])} stands here", help_


def _straight_quotes(curled: str) -> tuple[str, str, str]:
    straight = f'"{curled[1:-1]}"'
    return (
        straight,
        f"{shown(curled)} stands in curly quotes, which YAML does not know",
        f"write {straight[:60]}",
    )


def _from_utf8(source: bytes, findings: Findings) -> str:
    if source[:2] in _UTF_16:
        raise findings.stop(0, 0, "the file is saved as UTF-16", "save it with the encoding UTF-8")
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        before = _line_feeds(source[: error.start].decode("utf-8").removeprefix("\ufeff"))
        message = f"the file is not UTF-8 text: byte 0x{source[error.start]:02X} stands here"
        raise findings.stop(*_spot(before, len(before)), message, "save it with the encoding UTF-8") from None


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _spot(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1)
