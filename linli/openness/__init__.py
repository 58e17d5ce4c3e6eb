"""Openness (政务公开): the page of an area for everybody, its open figures, map, public matters, feeds and letters."""
