"""Finds the topics of a message, with what was learnt from the files in bot/topics/."""
