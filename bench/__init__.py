"""Measurements: every line is a ratio within one run, with the processor time per unit."""
