"""The delivery methods, one file each, and the hub that they share."""
