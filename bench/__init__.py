"""Measurements, storms and fuzzing: what takes too long for a test."""
