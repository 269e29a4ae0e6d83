"""Reads a message: its words, its clauses and sentences, and its typos."""
