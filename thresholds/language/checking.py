"""All checks of a ruleset, in order: typing, names, meaning, and what an overlay may not weaken."""

from __future__ import annotations

from thresholds.language.counting import check_counting
from thresholds.language.definition import Definition
from thresholds.language.loading import Layers, define
from thresholds.language.overlays import check_overlay
from thresholds.language.references import References
from thresholds.language.soundness import check_soundness
from thresholds.language.yaml_text import Problem


def check_layers(layers: Layers, problems: list[Problem]) -> Definition | None:
    """The definition that the layers make; every problem found is added to the list.

    Meaning is checked only once every name is known.
    """
    references = check_names(layers, problems)
    if references is None:
        return None
    if not problems:
        check_meaning(references, problems)
    return references.definition


def check_names(layers: Layers, problems: list[Problem]) -> References | None:
    """The definition that the layers make, with its names; what is wrong with fields and names is added to the list."""
    definition = define(layers, problems)
    if definition is None:
        return None
    references = References(definition, layers)
    problems.extend(references.run())
    return references


def check_meaning(references: References, problems: list[Problem]) -> None:
    """Add what is wrong with a definition in which every name is known."""
    definition, layers = references.definition, references.layers
    problems.extend((*references.unused(), *check_soundness(definition)))
    if not problems:
        problems.extend(check_counting(definition))
    if not problems and layers.changed:
        for base in layers.bases:
            beneath: list[Problem] = []
            under = check_layers(base, beneath)  # what is replaced here was not looked at above
            problems.extend(beneath)
            if under is not None and not beneath:
                problems.extend(check_overlay(under, definition, layers.withdrawn))
