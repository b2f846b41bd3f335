"""Where templates are found, and that what a ruleset says is shown in them, never obeyed."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(*, html: bool) -> Environment:
    """Templates of this package; in HTML every text is escaped."""
    return Environment(
        loader=PackageLoader("thresholds.present"),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
