"""The field app: its one page, and what a phone keeps at hand: the ground, the categories, what waits for its holder."""
