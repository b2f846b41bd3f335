"""What policy staff ask of a ruleset."""

from thresholds.policy.examples import ExampleResult, run_examples, unexercised
from thresholds.policy.findings import Finding, Findings, check

__all__ = ["ExampleResult", "Finding", "Findings", "check", "run_examples", "unexercised"]
