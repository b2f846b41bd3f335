"""Tests of the rulesets that come with the library."""
