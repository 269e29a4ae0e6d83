"""The picture gallery: the pictures in a folder, their thumbnails and their views."""
