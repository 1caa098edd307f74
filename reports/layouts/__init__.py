"""Layouts: pure functions from figures to a Document, one module a kind."""
