"""Fuzzing: malformed requests, and malformed lines of a dialog."""
