"""Rules as sentences: a condition in the words of its indicators, and what an entry rests on."""

from __future__ import annotations

from thresholds.language.conditions import Condition
from thresholds.language.definition import InForce
from thresholds.language.model import Basis, Confidence
from thresholds.present.clauses import clause

CONFIDENCE_NAMES: dict[Confidence, str] = {
    "statute": "statute or statutory guidance",
    "seed": "the two Rutland documents",
    "llr": "pages of Leicester, Leicestershire and Rutland bodies",
    "statute_unchecked": "statute from general knowledge, not yet checked against its text",
    "comparable": "threshold documents of comparable areas",
    "inferred": "this project's own proposal",
}


def condition(tree: Condition, ruleset: InForce) -> str:
    """A condition in words, nested parts in brackets."""
    return clause(tree, ruleset).text


def rests_on(basis: Basis) -> str:
    """What an entry rests on, in words with its sources."""
    cited = f" ({', '.join(basis.sources)})" if basis.sources else ""
    if basis.test.confidence == basis.response.confidence:
        return f"{CONFIDENCE_NAMES[basis.test.confidence]}{cited}"
    test, response = CONFIDENCE_NAMES[basis.test.confidence], CONFIDENCE_NAMES[basis.response.confidence]
    return f"the test: {test}; the response: {response}{cited}"
