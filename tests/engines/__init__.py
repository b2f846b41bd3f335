"""Tests of the engines: each gives the answer the meaning asks for."""
