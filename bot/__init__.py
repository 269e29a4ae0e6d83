"""The robot: its loops, and what it says.

Replies come from rules, remarks from a schedule. Both use facts, such as the time or the weather.
"""
