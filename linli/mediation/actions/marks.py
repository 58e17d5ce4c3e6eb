"""Digests by which the same person or telephone is found without being read: under this home's key, so useless elsewhere."""

import hashlib
import hmac

from django.conf import settings

from linli.mediation.rules.parties import Particulars, normal_name


def mark_of(told: Particulars) -> str:
    """Of name and telephone, or name and address where no telephone was given; empty with the name alone.

    A name alone is no person: many have it.
    """
    beside = told.telephone or normal_name(told.address)
    return _digest("party", f"{normal_name(told.name)} {beside}") if beside else ""


def telephone_mark_of(telephone: str) -> str:
    """Of a telephone number; empty for none."""
    return _digest("telephone", telephone) if telephone else ""


def _digest(what: str, words: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), f"linli dispute {what} {words}".encode(), hashlib.sha256).hex()
