"""Persons and their appointments as the security administrator keeps them, and emergency access by two persons."""
