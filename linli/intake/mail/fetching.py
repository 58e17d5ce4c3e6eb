"""The conversation with a mailbox (IMAP4rev1 over TLS): one message after the other, moved only once it is committed."""

import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext_lazy as _

from linli.intake.answering import Answering
from linli.intake.doors import MailApart
from linli.intake.mail.apart import why_apart
from linli.intake.mail.boxes import Box
from linli.intake.mail.keeping import keep
from linli.intake.mail.reading import read
from linli.intake.stores import Store, open_store
from linli.kit.media.keeping import NotKept
from linli.kit.refusal import BadInput, Refused

log = logging.getLogger(__name__)
KEPT_IN, APART_IN = "linli-kept", "linli-apart"
#: Where a server can neither move nor copy, a message is marked instead.
_MARK = "$LinliTaken"
MOST_BYTES = 20_000_000
#: Messages of one visit; the next one is a minute later.
_MOST = 100
_TIMEOUT_S = 20


@dataclass(frozen=True)
class Fetched:
    """What a visit brought."""

    kept: int = 0
    apart: int = 0

    def __add__(self, other: "Fetched") -> "Fetched":
        return Fetched(self.kept + other.kept, self.apart + other.apart)


def fetch(box: Box, at: datetime) -> Fetched:
    """Take in what lies in this mailbox. Raises `BadInput` for a setting that cannot be, `OSError` and `imaplib.IMAP4.error`."""
    answering = Answering()
    answering.renew()
    if box.area not in answering.areas:
        raise BadInput("unknown_area", _("There is no area %(code)s. Choose one of the list."), code=box.area)
    found = Fetched()
    store: Store = open_store()
    try:
        with _signed_in(box) as server:
            for number, size in _waiting(server):
                found += _take(server, number, size, box, answering, store, at)
    finally:
        store.close()
    return found


@contextmanager
def _signed_in(box: Box) -> Iterator[imaplib.IMAP4_SSL]:
    trusted = ssl.create_default_context(cafile=str(box.ca_file) if box.ca_file else None)
    server = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=trusted, timeout=_TIMEOUT_S)
    try:
        server.login(box.user, box.password)
        # Many servers say what they can only to those they know.
        server.capabilities = tuple(str(server.capability()[1][-1], "ascii", "replace").upper().split())
        status, _said = server.select(_quoted(box.folder))
        if status != "OK":
            raise Refused("no_such_folder", _("The mailbox has no folder %(name)s."), name=box.folder)
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _waiting(server: imaplib.IMAP4_SSL) -> list[tuple[str, int]]:
    """Number and size of what is to be taken in, the oldest first."""
    _status, found = server.uid("SEARCH", "UNDELETED", "UNKEYWORD", _MARK)
    numbers = (found[0] or b"").decode().split()[:_MOST]
    if not numbers:
        return []
    _status, lines = server.uid("FETCH", ",".join(numbers), "(UID RFC822.SIZE)")
    sizes = {}
    for line in lines:
        text = (line[0] if isinstance(line, tuple) else line or b"").decode("ascii", "replace")
        number, size = re.search(r"UID (\d+)", text), re.search(r"RFC822\.SIZE (\d+)", text)
        if number and size:
            sizes[number[1]] = int(size[1])
    return [(number, sizes[number]) for number in numbers if number in sizes]


def _take(
    server: imaplib.IMAP4_SSL, number: str, size: int, box: Box, answering: Answering, store: Store, at: datetime
) -> Fetched:
    """One message: kept or set apart, committed, and only then moved."""
    if size > MOST_BYTES:
        return _apart(server, number, f"{box.name} {number} {size}", "too_large", box, at)
    content = _content(server, number)
    if content is None:  # somebody moved it meanwhile
        return Fetched()
    try:
        mail, message = read(content)
        why = why_apart(mail, message, box)
        if why is None:
            keep(mail, area=box.area, answering=answering, store=store, at=at)
            _move(server, number, KEPT_IN)
            return Fetched(kept=1)
        return _apart(server, number, mail.key, why, box, at)
    except (DatabaseError, InterfaceError, OSError, NotKept, imaplib.IMAP4.error):
        raise  # the store or the line is away: the message stays where it is
    except Exception as error:
        if type(error).__module__.startswith(("psycopg", "sqlite3")):
            raise
        log.error("A message in %s cannot be read: %s", box.name, type(error).__name__)
        return _apart(server, number, f"{box.name} {number} {size}", "unreadable", box, at)


def _content(server: imaplib.IMAP4_SSL, number: str) -> bytes | None:
    _status, lines = server.uid("FETCH", number, "(BODY.PEEK[])")
    return next((line[1] for line in lines if isinstance(line, tuple)), None)


def _apart(server: imaplib.IMAP4_SSL, number: str, key: str, why: str, box: Box, at: datetime) -> Fetched:
    """Tell the desk why, then move it. The same message is told once."""
    MailApart.objects.bulk_create(
        [
            MailApart(
                message=uuid5(NAMESPACE_URL, f"mid:{key}"),
                mailbox=box.name[:200],
                area=box.area,
                reason=why,
                set_apart_at=at,
            )
        ],
        ignore_conflicts=True,
    )
    _move(server, number, APART_IN)
    return Fetched(apart=1)


def _move(server: imaplib.IMAP4_SSL, number: str, folder: str) -> None:
    """Into a folder of the same mailbox: moved, or copied and marked as deleted, or only marked. It is never lost."""
    with suppress(imaplib.IMAP4.error):
        server.create(folder)  # refused where it is already
    if "MOVE" in server.capabilities and _done(server, "MOVE", number, folder):
        return
    if _done(server, "COPY", number, folder) and _done(server, "STORE", number, "+FLAGS.SILENT", r"(\Deleted \Seen)"):
        if "UIDPLUS" in server.capabilities:
            _done(server, "EXPUNGE", number)
        return
    _done(server, "STORE", number, "+FLAGS.SILENT", rf"({_MARK} \Seen)")


def _done(server: imaplib.IMAP4_SSL, command: str, *arguments: str) -> bool:
    try:
        return server.uid(command, *arguments)[0] == "OK"
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        return False


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
