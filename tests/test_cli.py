"""The command as a whole: misuse, faults of our own, ends of pipes, and how it looks."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

import thresholds
from tests.cases import folder
from tests.command_line import AS_YAML, NOTE, SECRET, assess, case, in_shell, needs_shell, run
from thresholds.cli import main
from thresholds.engines import network


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["asses", "x"], "invalid choice: 'asses'"),
        (["assess"], "the following arguments are required: FILE"),
        (["assess", "x", "--engine", "fast"], "invalid choice: 'fast'"),
        (["assess", "x", "--as-at", "yesterday"], "is not a date: write it as 2017-03-01"),
        (["assess", "x", "--as-at", "2017-02-30"], "is not a date"),
        (["assess", "x", "--jso"], "unrecognized arguments: --jso"),
        (["indicators"], "the following arguments are required: WORD"),
        (["schema", "ruleset"], "argument MODEL: invalid choice: 'ruleset'"),
        (["schema", "ruleset"], "`thresholds schema --help` says what it takes"),
        (["check"], "the following arguments are required: RULESET"),
        (["check", "no_such"], "there is no ruleset `no_such`"),
        (["check", "\0"], "there is no ruleset"),
        (["check", "x" * 5000], "there is no ruleset"),
        (["examples", "no_such"], "bundled are england, llr"),
        (["indicators", "word", "--ruleset", "/"], "there is no ruleset.yaml in it"),
    ],
)
def test_misuse_is_told_in_words(arguments: list[str], words: str) -> None:
    """Status 2, what is wrong, and where help is."""
    status, out, error = run(*arguments)
    assert (status, out) == (2, "")
    assert words in error
    assert error.startswith("thresholds: ")


def test_alone_it_prints_help() -> None:
    """`thresholds` and `thresholds --help` say the same."""
    alone, asked = run(), run("--help")
    assert alone == asked
    assert alone[0] == 0
    for command in ("assess", "examples", "indicators", "schema", "check"):
        assert command in alone[1]
        assert run(command, "--help")[0] == 0


def test_the_version_is_the_one_in_every_record() -> None:
    """`--version` names what a decision's record names."""
    assert run("--version") == (0, f"thresholds {thresholds.ruleset.VERSION}\n", "")


def test_a_fault_of_our_own_is_one_line_without_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The traceback, which may show the case, comes only where it is asked for."""

    def broken(*_: object, **__: object) -> None:
        raise KeyError(SECRET)

    file = case(tmp_path / "case.yaml", AS_YAML)
    monkeypatch.setattr(thresholds.Ruleset, "assess", broken)
    status, out, error = assess(file)
    assert (status, out) == (2, "")
    assert error.count("\n") == 1
    assert "this is a fault of the library (KeyError)" in error
    assert SECRET not in error
    monkeypatch.setenv("THRESHOLDS_DEBUG", "1")
    assert main(["assess", str(file), "--ruleset", str(folder())]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_ends_quietly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C gives status 130 and not a word."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(thresholds.Ruleset, "assess", interrupted)
    assert assess(case(tmp_path / "case.yaml", AS_YAML)) == (130, "", "")


def test_a_missing_engine_is_one_plain_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where durable_rules is not installed that is said once, without a warning's trappings, and the answer comes."""
    from thresholds import assessing

    monkeypatch.setattr(network, "available", lambda: False)
    assessing._said.clear()
    file = case(tmp_path / "case.yaml", AS_YAML)
    for told in (NOTE, ""):
        assert main(["assess", str(file), "--ruleset", str(folder())]) == 0
        out, error = capsys.readouterr()
        assert out.startswith("Level of need: ")
        assert error == told


@needs_shell
def test_a_closed_pipe_is_quiet_and_keeps_the_status() -> None:
    """`| head` gives its lines and nothing else, in colour too."""
    for colour in ("", "1"):
        done = in_shell("thresholds schema decision | head -n 1", FORCE_COLOR=colour)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"{\n", b"")
        done = in_shell(f"thresholds indicators e --all --ruleset {folder()} | head -n 1", FORCE_COLOR=colour)
        assert done.stdout.count(b"\n") == 1
        assert done.stderr == b""


@needs_shell
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_answer_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A full disk or a closed output is no success."""
    file = case(tmp_path / "case.yaml", AS_YAML)
    for target in ("> /dev/full", ">&-"):
        done = in_shell(f"thresholds assess {file} --ruleset {folder()} {target}")
        assert done.returncode == 2
        assert done.stderr.startswith(b"thresholds: the answer cannot be written")
        assert done.stderr.count(b"\n") == 1


@needs_shell
def test_the_console_script_gives_the_status(tmp_path: Path) -> None:
    """What `main` returns is what the shell sees."""
    script = Path(sys.executable).parent / "thresholds"
    commands = ["thresholds"] + ([str(script)] if script.exists() else [])
    good, bad = case(tmp_path / "good.yaml", AS_YAML), case(tmp_path / "bad.yaml", "- x")
    for command in commands:
        assert in_shell(f"{command} assess {good} --ruleset {folder()}").returncode == 0
        assert in_shell(f"{command} assess {bad} --ruleset {folder()}").returncode == 2
        assert in_shell(f"cat {good} | {command} assess - --ruleset {folder()}").returncode == 0


@needs_shell
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_lines_fit_the_screen_with_and_without_colour(tmp_path: Path, columns: int) -> None:
    """No line is longer than the screen, nor than a hundred characters."""
    file = case(tmp_path / "case.yaml", AS_YAML)
    for colour in ("", "1"):
        done = in_shell(f"thresholds assess {file} --ruleset {folder()}", COLUMNS=str(columns), FORCE_COLOR=colour)
        text = done.stdout.decode()
        assert bool(colour) is ("\x1b[" in text)
        lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
        assert max(map(len, lines)) <= min(columns, 100)


@needs_shell
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_screen_without_utf_8_gets_what_it_can_show(tmp_path: Path, encoding: str) -> None:
    """In words and as JSON, which is escaped there."""
    file = case(tmp_path / "case.yaml", AS_YAML.replace("reporter_role: null", "reporter_role: Zoë\u2019s “aunt”"))
    for colour in ("", "1"):
        done = in_shell(f"thresholds assess {file} --ruleset {folder()}", PYTHONIOENCODING=encoding, FORCE_COLOR=colour)
        assert (done.returncode, done.stderr) == (0, b"")
        assert "Level of need: targeted" in done.stdout.decode(encoding)
    done = in_shell(f"thresholds assess {file} --json --ruleset {folder()}", PYTHONIOENCODING=encoding)
    assert json.loads(done.stdout.decode("ascii"))["reporter_role"] == "Zoë\u2019s “aunt”"


@needs_shell
def test_help_loads_nothing_heavy() -> None:
    """Pydantic, rich and the engines are loaded by the commands that need them."""
    check = (
        "import sys; from thresholds.cli import main; main([]); "
        "sys.exit(any(name in sys.modules for name in ('pydantic', 'rich', 'yaml', 'durable_rules_engine')))"
    )
    assert in_shell(f'{sys.executable} -c "{check}"').returncode == 0
