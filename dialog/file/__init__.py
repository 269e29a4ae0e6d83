"""A dialog in one text file."""
