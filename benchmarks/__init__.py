"""Measurements, kept apart from the tests: run `python -m benchmarks.measure`."""
