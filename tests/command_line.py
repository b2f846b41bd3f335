"""The command as tests run it: in this process or in a shell, on files made for the test."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.cases import folder
from thresholds.cli import main
from thresholds.engines import network

ROOT = Path(__file__).parent.parent
SECRET = "Zebedee"
CASE = {
    "child": {"age": 8},
    "on": "2017-03-01",
    "looked_at": ["school"],
    "observations": {"attendance": {"attended": 19, "possible": 25}, "hitting": {"value": "low", "basis": "seen"}},
    "views": {"child": f"{SECRET} shouts", "parents": ""},
    "consent": "given",
}
AS_YAML = f"""\
child: {{age: 8}}
on: 2017-03-01
looked_at: [school]
observations:
  attendance: {{attended: 19, possible: 25}}
  hitting: {{value: low, basis: seen, on: null, since: ~}}
  caring:
  bruise: null
views:
  child: "{SECRET} shouts"
  parents:
consent: given
reference:
reporter_role: null
"""


NOTE = "thresholds: durable_rules is not installed here, so the bitmap engine serves; the answers are the same\n"
"""Said once where durable_rules is not installed; taken out of what the helpers below give."""
ENGINES = (
    pytest.param("durable", marks=pytest.mark.skipif(not network.available(), reason="durable_rules is not here")),
    "bitmap",
    "reference",
)
needs_shell = pytest.mark.skipif(not Path("/bin/sh").exists(), reason="needs a POSIX shell")


def run(*arguments: object) -> tuple[int, str, str]:
    """The command in this process: exit status, standard output, standard error; never a traceback."""
    out, error = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(error):
        status = main([str(argument) for argument in arguments])
    assert "Traceback" not in out.getvalue() + error.getvalue()
    return status, out.getvalue(), error.getvalue().replace(NOTE, "")


def assess(*arguments: object) -> tuple[int, str, str]:
    """The same for `assess` with the small ruleset."""
    return run("assess", *arguments, "--ruleset", folder())


def case(path: Path, content: object = CASE) -> Path:
    """A file that holds a case; text and bytes as they are, all else as JSON."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def in_shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as people run it; a `thresholds` without a folder stands for this interpreter's."""
    command = re.sub(r"(?<!/)\bthresholds (?!-)", f"{sys.executable} -W error -m thresholds ", command)
    keep = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")}
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, cwd=ROOT, timeout=60, env=keep | environment, check=False
    )
    done.stderr = done.stderr.replace(NOTE.encode(), b"")
    return done
