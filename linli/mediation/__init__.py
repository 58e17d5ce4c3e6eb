"""Mediating disputes: one thread from the first word to the promise kept, open only to those whose dispute it is."""
