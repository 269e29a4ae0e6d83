"""Everything that speaks HTTP: the page, the API and the delivery methods."""
