"""Macros: named series of steps with fixed values, kept by desks and run by a person, never by themselves."""
