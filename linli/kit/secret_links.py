"""Keeps links whose address is a key out of the logs: what stands behind these beginnings is left out of every line."""

import logging
import re

#: A party's page of a dispute, and the link of a letter.
_SECRET = re.compile(r"(/(?:mediation/party|follow)/)[^/\s?#\"']+")


class Masked(logging.Filter):
    """Masks such addresses in a record before anybody writes it; every record passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the message and its arguments."""
        if isinstance(record.msg, str):
            record.msg = _masked(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(one) if isinstance(one, str) else one for one in record.args)
        return True


def _masked(words: str) -> str:
    return _SECRET.sub(r"\1…", words)
