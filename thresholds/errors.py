"""Every exception this library raises, in one tree.

ThresholdsError            a message (what, where) and a help (what would be right)
├── RulesetError           a ruleset cannot be used
│   ├── RulesetNotFound    no ruleset of that name or at that path
│   ├── RulesetInvalid     the files hold problems, each with file, line and column
│   ├── RulesetNotInForce  the date lies before the ruleset begins, or its status is not the one required
│   ├── SignOffRefused     a sign-off lacks something, or the ruleset is not fit to be put in force
│   └── NothingToCompare   two rulesets leave no child whom both could be asked about
├── AssessmentInvalid      an assessment holds faults, each naming its field
├── SpreadsheetError       a spreadsheet cannot be written, read, or taken over into rule files
└── EngineError            an inference engine could not answer
    ├── EngineUnavailable  it is unknown, or not installed here
    └── DurableFault       durable_rules refused a ruleset or a fact

No message ever holds a value of a child's assessment beyond the few characters needed to name a fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thresholds.language.yaml_text import Problem


class ThresholdsError(Exception):
    """Root of the tree: `message` says what and where, `help` what would be right."""

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002 - the word users know
        super().__init__(message)
        self.message = message
        self.help = help

    def __str__(self) -> str:
        return f"{self.message}\n    {self.help}" if self.help else self.message

    def __reduce__(self) -> tuple[object, ...]:
        """So that it reaches another process as it is, whatever its constructor takes."""
        return _restored, (type(self), self.__dict__, self.args)


def _restored(kind: type[ThresholdsError], fields: Mapping[str, object], args: tuple[object, ...]) -> ThresholdsError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(fields)
    return error


class RulesetError(ThresholdsError):
    """A ruleset cannot be used."""


class RulesetNotFound(RulesetError):
    """No ruleset of that name is bundled, and nothing lies at that path."""


class RulesetInvalid(RulesetError):
    """The files of a ruleset hold problems: those found are in `problems`, in the order of the files.

    `help` says where there may be more: meaning is looked at only once all fields and names are in order.
    """

    def __init__(self, name: str, problems: Sequence[Problem], help: str = "") -> None:  # noqa: A002
        self.problems = tuple(problems)
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        super().__init__(
            f"ruleset {name}: {count}\n" + "\n".join(str(problem) for problem in self.problems),
            help,
        )

    def __str__(self) -> str:
        """The help in a line of its own: it is not that of the last problem."""
        return f"{self.message}\n{self.help}" if self.help else self.message


class RulesetNotInForce(RulesetError):
    """The ruleset does not answer for that date, or has not the status that was required."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in an assessment: the field, what is wrong with it, what is accepted."""

    field: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" + (f"\n    {self.help}" if self.help else "")


class SignOffRefused(RulesetError):
    """Nothing was signed: every reason is in `faults`, each naming what it is about."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.name, self.faults = name, tuple(faults)
        super().__init__(f"ruleset {name} was not signed off\n" + "\n".join(str(fault) for fault in self.faults))


class NothingToCompare(RulesetError):
    """Two rulesets leave no child whom both could be asked about, so nothing could be proved of any."""


class AssessmentInvalid(ThresholdsError):
    """An assessment cannot be read: all faults are in `faults`, each naming its field."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__(f"assessment: {count}\n" + "\n".join(str(fault) for fault in self.faults))


class SpreadsheetError(ThresholdsError):
    """A spreadsheet cannot be written, read, or taken over into the files of a ruleset."""


class EngineError(ThresholdsError):
    """An inference engine could not answer."""


class EngineUnavailable(EngineError):
    """The engine is unknown, or cannot be installed or imported here."""


class DurableFault(EngineError):
    """durable_rules answered with an error code; `code` is that number, None where it gave none."""

    def __init__(self, message: str, help: str = "", code: int | None = None) -> None:  # noqa: A002
        super().__init__(message, help)
        self.code = code
