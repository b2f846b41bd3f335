"""Engines: each a translation of the one meaning, each with the same answer."""
