"""The pattern language of the rules: what a pattern consists of, and where a text matches it."""
