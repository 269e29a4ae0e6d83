"""The picture gallery: which pictures there are, their thumbnails and their views."""
