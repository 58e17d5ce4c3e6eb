"""Figures: reads all rooms, and every number opens its rows."""
