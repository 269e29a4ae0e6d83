"""Remarks: what the robot says on its own."""
