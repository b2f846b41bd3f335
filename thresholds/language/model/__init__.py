"""What a ruleset is made of: one model for each kind of entry in its files.

Scalars arrive as text and are typed here. Conditions and tests have been parsed before (reading.py).
"""

from thresholds.language.model.besides import Impossible, Invariant, NamedDocument, Reference, Subject, WorkedExample
from thresholds.language.model.catalogue import Indicator, Role, Source, Topic, rule_of_level
from thresholds.language.model.grounds import (
    CONFIDENCES,
    GROUPS,
    TIERS,
    UNKNOWN,
    WEIGHTS,
    Area,
    Basis,
    Cited,
    Confidence,
    Entry,
    EntryFault,
    Group,
    Identifier,
    Part,
    Text,
    Then,
    Tier,
    Weight,
)
from thresholds.language.model.header import Change, Header
from thresholds.language.model.numbers import Counted, Finding, Longest, Parameter, Quantity, Selector, Value, Where
from thresholds.language.model.responses import Response, Service, covered_by
from thresholds.language.model.rules import Level, Rule, Unless

__all__ = [
    "CONFIDENCES",
    "GROUPS",
    "TIERS",
    "UNKNOWN",
    "WEIGHTS",
    "Area",
    "Basis",
    "Change",
    "Cited",
    "Confidence",
    "Counted",
    "Entry",
    "EntryFault",
    "Finding",
    "Group",
    "Header",
    "Identifier",
    "Impossible",
    "Indicator",
    "Invariant",
    "Level",
    "Longest",
    "NamedDocument",
    "Parameter",
    "Part",
    "Quantity",
    "Reference",
    "Response",
    "Role",
    "Rule",
    "Selector",
    "Service",
    "Source",
    "Subject",
    "Text",
    "Then",
    "Tier",
    "Topic",
    "Unless",
    "Value",
    "Weight",
    "Where",
    "WorkedExample",
    "covered_by",
    "rule_of_level",
]
