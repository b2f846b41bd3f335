"""What policy staff ask of a ruleset."""

from thresholds.policy.examples import ExampleResult, run_examples, unexercised

__all__ = ["ExampleResult", "run_examples", "unexercised"]
