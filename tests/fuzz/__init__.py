"""Fuzzing: requests that no client sends, and lines that no writer writes."""
