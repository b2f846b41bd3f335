"""The public face of a loaded ruleset: load it, ask it, change a number in it."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from thresholds.errors import AssessmentInvalid, EngineUnavailable, Fault, RulesetNotFound, RulesetNotInForce
from thresholds.language.checking import check_meaning, check_names
from thresholds.language.definition import Definition, InForce
from thresholds.language.loading import Layers, raise_if_any, read_layers
from thresholds.language.sign_offs import SignOffs
from thresholds.language.standing import OnDay, Standing, Status, standing_of
from thresholds.language.yaml_text import Problem
from thresholds.language.yaml_traps import shown

if TYPE_CHECKING:
    from thresholds.assessing import Assessor, EngineName
    from thresholds.assessment import Assessment
    from thresholds.decision import Decision, Record

VERSION = "0.1.0"
_MORE = "there may be more: meaning is looked at after these, or already now by `thresholds check FOLDER`"


def bundled() -> Path:
    """The folder of the rulesets that come with the library."""
    here = Path(__file__).parent
    inside = here / "rulesets"
    return inside if inside.is_dir() else here.parent / "rulesets"


def load(name_or_path: str | Path, *, as_at: date | None = None, require: Literal["in_force"] | None = None) -> Ruleset:
    """A ruleset by the name of a bundled one or by the path of its folder, checked throughout.

    `as_at` pins one date: what was in force then answers whatever the assessment's date. `require="in_force"`
    refuses what no sign-off puts in force: drafts, withdrawn rulesets, those changed since they were signed, and a
    pinned date before the one they take effect on; without a pinned date the ruleset refuses such days when it is
    asked. Raises RulesetNotFound, RulesetInvalid (with every problem at its file, line and column) or
    RulesetNotInForce.
    """
    if require not in (None, "in_force"):
        raise RulesetNotInForce(f"`require={require!r}` is not known", 'write require="in_force", or leave it out')
    if as_at is not None and (not isinstance(as_at, date) or isinstance(as_at, datetime)):
        raise RulesetNotInForce("`as_at` is not a date", "write datetime.date(2017, 3, 1)")
    folder = folder_of(name_or_path)
    problems: list[Problem] = []
    layers = read_layers(folder, problems, (bundled(),))
    return _checked(folder.name, layers, problems, as_at, required=require is not None, help_=_MORE)


def folder_of(name_or_path: str | Path) -> Path:
    """Where a bundled ruleset, or the one at a path, lies. RulesetNotFound where it lies nowhere."""
    if not isinstance(name_or_path, str | Path) or not str(name_or_path):
        raise RulesetNotFound("no ruleset is named", "give the name of a bundled one, or the path of a folder")
    folder = Path(name_or_path)
    if not os.path.isdir(folder) and str(name_or_path) == folder.name:
        folder = bundled() / folder.name
    if not os.path.isdir(folder):  # unlike Path.is_dir this raises for no name, however odd
        known = sorted(path.name for path in bundled().iterdir() if (path / "ruleset.yaml").is_file())
        raise RulesetNotFound(
            f"there is no ruleset `{shown(str(name_or_path), 100)[1:-1]}`",
            f"bundled are {', '.join(known)}; or give the path of a folder",
        )
    return Path(os.path.abspath(folder))  # so that `.` has a name, and neighbours


def _checked(
    name: str,
    layers: Layers | None,
    problems: list[Problem],
    as_at: date | None,
    *,
    required: bool = False,
    help_: str = "",
) -> Ruleset:
    """`help_`: what to say where the meaning could be looked at, and is not for problems before it."""
    references = check_names(layers, problems) if layers is not None else None
    raise_if_any(name, problems, help_ if references is not None else "")
    assert layers is not None
    assert references is not None
    check_meaning(references, problems)
    raise_if_any(name, problems)
    definition = references.definition
    header = definition.header
    if as_at is not None and as_at < header.from_:
        raise RulesetNotInForce(f"ruleset {header.name} begins on {header.from_}", "pin a later date")
    ruleset = Ruleset(layers, definition, as_at, required=required)
    if required and ruleset.standing.why_not is not None:
        why, help_ = ruleset.standing.why_not
        message = f"ruleset {header.name}, edition {header.edition}, is {ruleset.status}: {why}"
        raise RulesetNotInForce(message, f"only one in force was asked for: {help_}")
    if as_at is not None:
        ruleset.in_force(as_at)
    return ruleset


class Ruleset:
    """A loaded ruleset. Unchanging, and safe to use from several threads at once."""

    def __init__(self, layers: Layers, definition: Definition, as_at: date | None, *, required: bool = False) -> None:
        self._layers, self.definition, self.as_at, self._required = layers, definition, as_at, required
        self.other_values: Mapping[str, str] = {}
        """Values of parameters that are not those of the files: see `with_parameters`."""
        self._assessors: dict[int, Assessor] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Ruleset {self.name} {self.edition}, {self.status}, {self.hash[:12]}>"

    @property
    def name(self) -> str:
        return self.definition.header.name

    @property
    def edition(self) -> str:
        return self.definition.header.edition

    @property
    def status(self) -> Status:
        """The status in effect: what its sign-off bears out, not what ruleset.yaml claims."""
        return self.standing.status

    @cached_property
    def standing(self) -> Standing:
        """The status in effect, what it rests on, and whatever is wrong with the sign-off."""
        return standing_of(self._layers)

    def standing_on(self, on: date) -> OnDay:
        """How it stands for an assessment or document of that day; a pinned date counts as the day of the rules."""
        return self.standing.on(self.as_at or on, on)

    @property
    def sign_offs(self) -> SignOffs:
        """The records of its signoff.yaml."""
        return self._layers.sign_offs

    @cached_property
    def content_hash(self) -> str:
        """SHA-256, in hexadecimal, of what the ruleset and what it extends say: what a sign-off is bound to.

        The order of entries, files, layout, comments, the `status` and the sign-off itself make no difference.
        """
        return self._layers.digest()

    @property
    def base_hashes(self) -> dict[str, str]:
        """The same of each ruleset that it extends, by name."""
        return {base.names[-1]: base.digest() for base in self._layers.bases}

    @cached_property
    def hash(self) -> str:
        """The content hash, or where a date is pinned the SHA-256 of both: what an answer was made with."""
        if self.as_at is None:
            return self.content_hash
        return hashlib.sha256(f"{self.content_hash} {self.as_at}".encode()).hexdigest()

    def in_force(self, on: date) -> InForce:
        """The entries and parameter values that answer for a day.

        RulesetNotInForce before the ruleset's first day; where it was loaded with `require="in_force"`, before the
        day from which it was signed to be in force.
        """
        day = self.as_at or on
        if day < self.definition.header.from_:
            first = self.definition.header.from_
            raise RulesetNotInForce(
                f"ruleset {self.name} begins on {first}, and does not answer for {day}",
                "use an assessment date from then on, or an older ruleset",
            )
        approval = self.standing.approval if self._required else None
        if approval is not None and day < approval.effective_from:
            raise RulesetNotInForce(
                f"ruleset {self.name}, edition {self.edition}, is in force from {approval.effective_from} only, "
                f"and {day} lies before",
                "use the edition that was in force on that day",
            )
        return self.definition.in_force(day)

    def assess(self, assessment: Assessment, *, engine: EngineName | None = None) -> Decision:
        """The decision for one child.

        `engine`: durable (the default where durable_rules is installed), bitmap (the default elsewhere) or
        reference; the answer is the same. Raises AssessmentInvalid with every fault, RulesetNotInForce, or
        EngineUnavailable.
        """
        from thresholds.assessing import ENGINES, default_engine
        from thresholds.assessment import Assessment

        if not isinstance(assessment, Assessment):
            help_ = "make one: thresholds.Assessment(...), or Assessment.read(data)"
            raise AssessmentInvalid([Fault("assessment", f"is a {type(assessment).__name__}", help_)])
        if engine is not None and engine not in ENGINES:
            raise EngineUnavailable("there is no such engine", f"engines: {', '.join(ENGINES)}")
        assessor = self.assessor(assessment.on)
        chosen = engine or default_engine()
        return assessor.assess(assessment, self._record(assessment.on, chosen), chosen)

    def assessor(self, on: date) -> Assessor:
        """What answers for a day, compiled; the same object until something in the ruleset changes."""
        from thresholds.assessing import Assessor

        ruleset = self.in_force(on)
        with self._lock:
            if id(ruleset) not in self._assessors:
                self._assessors[id(ruleset)] = Assessor(self.definition, ruleset)
            return self._assessors[id(ruleset)]

    def _record(self, on: date, engine: EngineName) -> Record:
        from thresholds.decision import Record

        header = self.definition.header
        status, notes = self.standing_on(on)
        notes += tuple(f"answered with another value: {name} {value}" for name, value in self.other_values.items())
        return Record(
            ruleset=header.name,
            title=header.title,
            edition=header.edition,
            authority=header.authority,
            ruleset_status=status,
            status_notes=notes,
            hash=self.hash,
            as_at=self.as_at,
            on=on,
            library=VERSION,
            engine=engine,
            notice=header.notice,
        )

    def with_parameters(self, **values: int | str | Fraction) -> Ruleset:
        """The same ruleset with other values for some parameters, from its first day on.

        Numbers, or text such as "28 days". It is a draft, for trying out, whatever was required of this ruleset, and
        each answer's record tells the values. Raises RulesetInvalid where a value does not fit, RulesetNotFound for an
        unknown parameter.
        """
        for name in values:
            if name not in self.definition.parameters:
                from thresholds.observing import suggestion

                known = self.definition.parameters
                raise RulesetNotFound(f"there is no parameter `{name}`", suggestion(name, known) or ", ".join(known))
        given = {name: _digits(value) for name, value in values.items()}
        changed = _checked(self.name, self._layers.with_parameter_values(given), [], self.as_at)
        changed.other_values = {**self.other_values, **given}
        return changed


def _digits(value: int | str | Fraction) -> str:
    """A parameter's value as a file would say it; a fraction that no decimal equals stays one, and is refused."""
    if isinstance(value, Fraction) and (value * 10**12).denominator == 1:
        return format(Decimal(value.numerator) / Decimal(value.denominator), "f")
    return str(value)
