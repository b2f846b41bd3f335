"""What a check finds, one by one and together: how grave it is, where it stands, a child who shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from thresholds.assessment import Assessment
from thresholds.decision import Decision
from thresholds.language.model import Tier, Weight
from thresholds.language.yaml_text import Place

Severity = Literal["problem", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "note")
"""The gravest first: what must be mended, what somebody should look at, what is worth knowing."""
Kind = Literal[
    "never_holds",
    "example_differs",
    "contact_missing",
    "sign_off",
    "never_decides",
    "disagree",
    "response_unreached",
    "indicator_unread",
    "read_in_exceptions_only",
    "source_uncited",
    "inferred_alone",
    "not_finished",
]
Step = Literal[
    "rules that can never hold",
    "rules that never decide",
    "rules that disagree",
    "lines of values",
    "worked examples",
    "limits that examples test",
    "what is read, reached and cited",
    "sign-off and contacts",
]
STEPS: tuple[Step, ...] = get_args(Step)
"""What is looked at, in this order."""
BY_PROOF = STEPS[:4]
"""All that is looked at in a half-edited ruleset."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found; where it names a child, the reference engine has confirmed it of that child."""

    kind: Kind
    severity: Severity
    subject: str
    """The id of the entry that it is about; empty where it is about the whole."""
    message: str
    help: str
    places: tuple[Place, ...] = ()
    """Where it stands, the entry itself foremost."""
    others: tuple[str, ...] = ()
    """The ids of further entries that it names."""
    children: tuple[Assessment, ...] = ()
    decisions: tuple[Decision, ...] = ()
    """How each of the children is answered."""


@dataclass(frozen=True)
class Led:
    """What a value leads to for children of some ages in whom there is nothing else."""

    ages: str
    """In words; empty where the age makes no difference."""
    responses: Mapping[str, Weight]
    """Those that the same child without it would not have, or not so strongly."""
    tier: Tier


@dataclass(frozen=True)
class Segment:
    """A stretch of values between two limits."""

    values: str
    """In words, with the unit."""
    led: tuple[Led, ...]
    absent: bool
    """Is it the value that silence stands for?"""

    @property
    def leads_nowhere(self) -> bool:
        """For no age to anything?"""
        return not any(led.responses for led in self.led)


@dataclass(frozen=True)
class ValueLine:
    """All values of one indicator, the best first, cut wherever some rule draws a line."""

    indicator: str
    label: str
    detail_of: str
    """The label of what it is a detail of, which is then there as mildly as can be; empty for none."""
    within: str
    """Of events: in what time they are counted."""
    segments: tuple[Segment, ...]
    worse_is_known: bool
    """Is one end worse than the other?"""

    @property
    def leads_somewhere(self) -> bool:
        """Does any value lead to anything?"""
        return not all(one.leads_nowhere for one in self.segments)

    @property
    def gaps(self) -> tuple[Segment, ...]:
        """What is worse than nothing at all, and leads to nothing."""
        if not self.worse_is_known:
            return ()
        first = next((number for number, one in enumerate(self.segments, start=1) if one.absent), 1)
        return tuple(one for one in self.segments[first:] if one.leads_nowhere)


@dataclass(frozen=True)
class TestedLimit:
    """A limit that some rule draws on a number, scale, age, time or count, and whether examples stand beside it."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    """The indicator or quantity."""
    label: str
    below: str
    """The values directly below it, in words."""
    above: str
    tested_below: bool
    """Has some worked example a known value directly below?"""
    tested_above: bool
    rules: tuple[str, ...]
    """Those that draw it."""
    place: Place

    @property
    def tested(self) -> bool:
        """Are there examples on both sides?"""
        return self.tested_below and self.tested_above


@dataclass(frozen=True)
class Findings:
    """Everything that a check found, the gravest first."""

    on: date
    findings: tuple[Finding, ...]
    lines: tuple[ValueLine, ...]
    limits: tuple[TestedLimit, ...]
    examples: int
    """How many worked examples were run."""
    complete: bool
    """False where it was stopped, or something it needs is not installed."""
    seconds: float

    def of(self, *kinds: Kind) -> Iterator[Finding]:
        """Those of some kinds."""
        return (one for one in self.findings if one.kind in kinds)

    def of_severity(self, severity: Severity) -> tuple[Finding, ...]:
        """Those that are so grave."""
        return tuple(one for one in self.findings if one.severity == severity)
