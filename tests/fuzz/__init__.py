"""Fuzzing: malformed requests, lines of a dialog, and captions."""
