"""Composes replies."""
