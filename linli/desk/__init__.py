"""What makes a desk quick: ready texts, macros, commands, acts on many matters at once, notes between shifts."""
