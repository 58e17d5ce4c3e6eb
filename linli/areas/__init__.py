"""The ground: area codes, boundaries, and which area a point lies in."""
