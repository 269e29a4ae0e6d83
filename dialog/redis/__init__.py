"""A dialog in one stream of a Redis server."""
