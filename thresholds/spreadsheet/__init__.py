"""A ruleset as a spreadsheet that a committee reads and marks, and what was changed in it as a change of the files."""

from __future__ import annotations

from importlib.util import find_spec

from thresholds.errors import SpreadsheetError

if find_spec("openpyxl") is None or find_spec("defusedxml") is None:
    raise SpreadsheetError(
        "spreadsheets need openpyxl and defusedxml, which are not installed", "pip install 'thresholds[spreadsheet]'"
    )
