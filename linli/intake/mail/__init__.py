"""E-mail as a door: the worker looks into the mailboxes that the setting names, and each message becomes a kept report.

A message stays where it is until its report is committed, and is then moved to a folder of the same mailbox, never deleted.
It is known by its Message-ID: whatever crashes in between, it becomes one matter. What no person wrote, and what cannot be
read, is moved to another folder, and the desk is told why.
"""

import logging
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections, connection

from linli.intake.doors import MailApart
from linli.intake.mail.boxes import Box, boxes
from linli.intake.mail.fetching import Fetched, fetch
from linli.kit.refusal import Refused

__all__ = ["Box", "Fetched", "boxes", "fetch", "look_in"]

log = logging.getLogger(__name__)
#: The list of what was set apart is for the desk of these days; the messages themselves stay in their mailbox.
_TOLD_FOR = timedelta(days=90)
#: The worker waits so long for its mail, then goes on with reports while a slow server takes its time.
_PATIENCE_S = 0.5
_looking: threading.Thread | None = None


def look_in(at: datetime) -> bool:
    """Look into every mailbox, in a thread of its own: no server may hold up the worker. Nothing without the setting."""
    global _looking
    if not settings.MAIL_IN or (_looking is not None and _looking.is_alive()):
        return False
    _looking = threading.Thread(target=_look, args=(at,), name="mail")
    _looking.start()
    _looking.join(_PATIENCE_S)
    return False


def _look(at: datetime) -> None:
    close_old_connections()
    try:
        fetch_all(at)
    finally:
        connection.close()


def fetch_all(at: datetime) -> Fetched:
    """Take in what lies in the mailboxes; a mailbox that cannot be reached is told in the log and tried again."""
    total = Fetched()
    try:
        named = boxes()
    except Refused as refused:
        log.error("%s", refused.message)
        return total
    for box in named:
        try:
            total += fetch(box, at)
        except Refused as refused:
            log.error("Mailbox %s: %s", box.name, refused.message)
        except Exception as error:
            # A server says whatever it says, and may repeat what is in a message: only the kind of trouble is told.
            log.error("Mailbox %s: %s", box.name, type(error).__name__)
    MailApart.objects.filter(set_apart_at__lt=at - _TOLD_FOR).delete()
    return total
