"""Whole numbers that somebody typed or a program sent: only plain digits, and never more than are meant."""


def whole_number(said: str, most: int) -> int | None:
    """The number from 0 to `most`; None for anything else, be it a thousand digits or the “²” that Python calls a digit."""
    if not (said.isascii() and said.isdigit() and len(said) <= len(str(most))):
        return None
    return found if (found := int(said)) <= most else None
