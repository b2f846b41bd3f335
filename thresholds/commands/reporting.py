"""What a policy command answers: on the screen, as data, or as a report in a file."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

from thresholds.commands.answer import Answer
from thresholds.errors import ThresholdsError
from thresholds.present.blocks import Block, Gap, Line, Title
from thresholds.writing import write_whole


def report(arguments: argparse.Namespace, status: int, *, title: str, blocks: Iterable[Block], data: object) -> Answer:
    """The answer of a command that has the options `--html`, `--markdown` and `--json`.

    With either file, that is written whole, and the screen gets only what stands before the first heading and where
    the report is. With `--json` the screen gets `data`, whatever else is written. Without any, all blocks.
    Raises ThresholdsError where a file cannot be written.
    """
    shown = list(blocks)
    written = _written(arguments, title, shown)
    if arguments.json:
        return Answer(status, data=data)
    if not written:
        return Answer(status, blocks=shown)
    short = takewhile(lambda block: isinstance(block, Title | Line | Gap), shown)
    return Answer(status, blocks=[*short, Gap(), *(Line(f"written to {file}", lead="Report:") for file in written)])


def report_files(arguments: argparse.Namespace) -> list[str]:
    """The files that are to be written. Raises ThresholdsError, before any work, where they cannot be."""
    files = [file for file in (arguments.html, arguments.markdown) if file is not None]
    if len({Path(file).absolute() for file in files}) < len(files):
        raise ThresholdsError("--html and --markdown name the same file", "name two")
    for file in files:
        if not Path(file).absolute().parent.is_dir():
            raise ThresholdsError(
                f"{file} cannot be written: there is no such folder", "name a file in one that exists"
            )
    return files


def _written(arguments: argparse.Namespace, title: str, blocks: list[Block]) -> list[str]:
    files = report_files(arguments)
    if not files:
        return []
    from thresholds.present.report import as_html, as_markdown

    texts = []
    if arguments.html is not None:
        texts.append(as_html(blocks, title=title))
    if arguments.markdown is not None:
        texts.append(as_markdown(blocks))
    for file, text in zip(files, texts, strict=True):
        write(Path(file), text)
    return files


def write(path: Path, text: str) -> None:
    """Write a file whole. Raises ThresholdsError, which names the file and what would be right."""
    if path.exists() and not path.is_file():
        raise ThresholdsError(f"{path} cannot be written: it is no file", "name a file, in a folder that exists")
    try:
        write_whole(path, text)
    except OSError as error:
        said = error.strerror or type(error).__name__
        help_ = "name a file in a folder that exists, where you may write"
        raise ThresholdsError(f"{path} cannot be written ({said})", help_) from None
