"""How hard the tests try: HYPOTHESIS_PROFILE is `default`, `ci` (the same), `brief` or `thorough`."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# Whole rulesets are drawn, and loaded from files: slow and large by Hypothesis's measure, and meant so.
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

for name, examples in (("default", 50), ("ci", 50), ("brief", 25)):
    settings.register_profile(
        name, max_examples=examples, deadline=None, derandomize=True, suppress_health_check=_CHECKS, print_blob=True
    )
settings.register_profile(
    "thorough", max_examples=5_000, deadline=None, derandomize=False, suppress_health_check=_CHECKS, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes many seconds")
