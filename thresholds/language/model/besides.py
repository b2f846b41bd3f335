"""What stands beside the rules: documents, reference data, statements to prove, examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from thresholds.language.conditions import Condition
from thresholds.language.model.grounds import Basis, Entry, EntryFault, Identifier, Part, Text, Tier, Weight


class NamedDocument(Entry):
    """A document that the ruleset or its sources name: strategies, statutes, guidance, procedures."""

    title: Text
    publisher: str | None = None
    dated: str | None = None
    standing: Literal["current", "superseded", "historic", "unknown"] = "unknown"
    address: str | None = None
    items: tuple[Annotated[int, Field(ge=1, le=999)], ...] = ()
    """Numbers of the checklist of what the seed documents name (section 6 of the domain facts)."""
    basis: Basis


class Reference(Entry):
    """Something the source documents say that is no rule: shown beside the rules, read by none."""

    kind: Literal[
        "vision",
        "aspiration",
        "statistic",
        "aim",
        "action",
        "expectation",
        "message",
        "principle",
        "performance_indicator",
        "success_criterion",
        "theme",
        "feature",
        "definition",
        "process",
        "law",
        "role",
        "body",
        "contact",
        "data_source",
        "note",
    ]
    label: Text
    text: Text
    value: str | None = None
    """A statistic's figure, a contact's number or address, as text."""
    unit: str | None = None
    as_of: str | None = None
    """The day or period a figure is for, as the source gives it."""
    conflicts_with: tuple[Identifier, ...] = ()
    """Other entries that give another figure for the same thing: both are kept, with their dates."""
    historic: bool = False
    """No longer to be used: shown as such."""
    items: tuple[Annotated[int, Field(ge=1, le=999)], ...] = ()
    """Numbers of the checklist of what the seed documents name (section 6 of the domain facts)."""
    modelled_as: tuple[str, ...] = ()
    """Where the ruleset models it: ids of topics, indicators, rules, responses, services or roles."""
    contact_for: tuple[Literal["duty", "out_of_hours"], ...] = ()
    """Who is to be reached there: a ruleset is put in force only with both."""
    basis: Basis

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Reference:
        if self.contact_for and (self.kind != "contact" or not self.value):
            help_ = "say `kind: contact` and give the number or address under `value`"
            raise EntryFault("`contact_for` belongs to a contact that can be reached", help_, "contact_for")
        return self


class Impossible(Entry):
    """A combination that cannot be, so that no example or counterexample is unreal."""

    when: Condition
    because: Text


class Subject(Part):
    """Indicators by id, by tag, or all that protect; or consent."""

    ids: tuple[Identifier, ...] = ()
    tags: tuple[str, ...] = ()
    protective: bool = False
    consent: bool = False


class Invariant(Entry):
    """What must hold for every child: a statement that is proved, or refuted with the simplest child."""

    statement: Text
    kind: Literal["leads_to", "never_together", "never_changes", "worse_never_lowers", "reads_no_context"]
    when: Condition | None = None
    """leads_to, never_together: for whom; left out, for everybody."""
    tier: Tier | None = None
    """leads_to, never_changes: at least this level of need."""
    response: Identifier | None = None
    weight: Weight = "points_to"
    """leads_to, never_changes: this response, at least so strongly."""
    responses: tuple[Identifier, ...] = ()
    """never_together: no child is pointed to all of these at once."""
    by: Subject | None = None
    """never_changes: what makes no difference."""
    basis: Basis

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Invariant:
        target = (self.tier is not None) + (self.response is not None)
        if self.kind in ("leads_to", "never_changes") and target != 1:
            raise ValueError(f"kind {self.kind} needs either `tier` or `response`")
        if self.kind not in ("leads_to", "never_changes") and target:
            raise ValueError(f"`tier` and `response` do not belong to kind {self.kind}")
        if (self.kind == "never_changes") != (self.by is not None):
            raise ValueError("`by` belongs to kind never_changes, and to it alone")
        if (self.kind == "never_together") != (len(self.responses) > 1):
            raise ValueError("`responses` names two or more, for kind never_together alone")
        if self.when is not None and self.kind not in ("leads_to", "never_together"):
            raise ValueError(f"`when` does not belong to kind {self.kind}")
        return self


class WorkedExample(Entry):
    """A child, and the answer the ruleset must give: its own regression test."""

    title: Text
    assessment: dict[str, Any]
    expect: dict[str, Any]
    because: Text
    basis: Basis | None = None
