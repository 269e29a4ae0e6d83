"""Learns from examples which topic a sentence has."""
