"""Tests of the language: rule files and what they mean."""
