"""An assessment as the file that `thresholds assess` reads."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

import yaml

from thresholds.assessment import Assessment
from thresholds.present.blocks import carried

_WIDTH = 78
_MAP = "tag:yaml.org,2002:map"
_NULL = "tag:yaml.org,2002:null"


class _Dumper(yaml.SafeDumper):
    """Scalars are texts for the reader of assessments; only what it would take for no value needs quotes."""


_Dumper.yaml_implicit_resolvers = {
    first: [resolver for resolver in resolvers if resolver[0] == _NULL]
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


class _Open(dict[str, object]):
    """Written with one line for each of its keys; all else stands in one line where it can."""


_Dumper.add_representer(_Open, lambda dumper, data: dumper.represent_mapping(_MAP, data.items(), flow_style=False))


def as_data(child: Assessment) -> dict[str, Any]:
    """What was given, as plain data."""
    data = child.model_dump(mode="json", exclude_defaults=True, exclude={"observations"})
    given = {
        name: [one.model_dump(mode="json", exclude_defaults=True) for one in observations]
        for name, observations in child.observations.items()
    }
    return {**data, "observations": {name: ones[0] if len(ones) == 1 else ones for name, ones in given.items()}}


def as_yaml(child: Assessment, remarks: Iterable[str] = ()) -> str:
    """The file: each remark as a comment of its own, then what was given."""
    comments = [
        line
        for remark in remarks
        for line in textwrap.wrap(
            " ".join(carried(remark, "utf-8").split()), _WIDTH, initial_indent="# ", subsequent_indent="# "
        )
    ]
    data = _Open((name, _texts(given)) for name, given in as_data(child).items())
    observations = ((name, _texts(_shortened(given))) for name, given in as_data(child)["observations"].items())
    data["observations"] = _Open(observations)
    return "".join(f"{line}\n" for line in comments) + yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, width=_WIDTH, default_flow_style=None
    )


def _shortened(given: object) -> object:
    """An observation of which nothing but the value is known, as that value."""
    return given["value"] if isinstance(given, dict) and set(given) == {"value"} else given


def _texts(data: object) -> object:
    """The same with every scalar as the text that a file would hold."""
    if isinstance(data, dict):
        return {str(key): _texts(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_texts(one) for one in data]
    if isinstance(data, bool):
        return "true" if data else "false"
    return data if data is None else str(data)
