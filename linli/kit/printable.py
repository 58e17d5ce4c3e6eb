"""Words from outside on a terminal: whatever a file is called or says, a line stays a line and nothing of it is a command."""

import os


def printable(words: str) -> str:
    """The words with signs that move, colour, turn or hide a line written out, and names that are no text as well."""
    shown = "".join(one if one.isprintable() or one == " " else repr(one)[1:-1] for one in words)
    return os.fsencode(shown).decode("utf-8", "backslashreplace")
