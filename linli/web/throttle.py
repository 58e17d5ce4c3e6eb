"""Slowing down whoever guesses at a page: the count of linli/kit/throttle.py, and from where a request came."""

from linli.kit.senders import sender
from linli.kit.throttle import forget, too_many

__all__ = ["forget", "sender", "too_many"]
