"""E-mail through the county's own mail server, by Django's mail on the standard library."""

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput
from linli.notices.course import Parcel
from linli.notices.rules import Result, Verdict

_TIMEOUT_S = 15
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_BROKEN = (OSError, smtplib.SMTPException)


@dataclass(frozen=True)
class Server:
    """Where mail is handed in."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    is_ssl: bool
    is_plain: bool


def server() -> Server | None:
    """From `LINLI_MAIL_OUT`: `smtps://user@host:465?from=…&password_file=…`; `smtp://` asks for STARTTLS; None: none is set."""
    if not settings.MAIL_OUT:
        return None
    parts = urlsplit(settings.MAIL_OUT)
    query = dict(parse_qsl(parts.query))
    is_ssl = parts.scheme == "smtps"
    user = unquote(parts.username or "")
    file = query.get("password_file")
    password = Path(file).read_text().strip() if file else ""
    port = parts.port or (465 if is_ssl else 587)
    return Server(
        parts.hostname or "", port, user, password, query.get("from", user), is_ssl, query.get("tls") == "none"
    )


def read_mail(text: str) -> dict[str, str]:
    """An address that somebody typed. Raises `BadInput`."""
    if not _ADDRESS.fullmatch(text.strip()) or len(text) > 200:
        raise BadInput("bad_mail", _("An e-mail address looks like name@county.example."), field="address")
    return {"to": text.strip()}


def send(parcel: Parcel) -> Result:
    """Hand it in. The key is the Message-ID, so that mail programs show a repeat once."""
    try:
        ours = server()
    except OSError:
        return Result(Verdict.AGAIN, "no_password")
    if ours is None:
        return Result(Verdict.AGAIN, "no_server")
    connection: Any = get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=ours.host,
        port=ours.port,
        username=ours.user if ours.password else "",
        password=ours.password,
        use_ssl=ours.is_ssl,
        use_tls=not ours.is_ssl and not ours.is_plain,
        timeout=_TIMEOUT_S,
    )
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        return Result(Verdict.AGAIN, "not_let_in")
    except _BROKEN:
        return Result(Verdict.AGAIN, "not_reached")
    try:
        return _hand_in(connection, parcel, ours)
    finally:
        with suppress(*_BROKEN):
            connection.close()


def _hand_in(connection: Any, parcel: Parcel, ours: Server) -> Result:
    words = parcel.words
    message = EmailMessage(
        subject=words.sentence,
        body="\n\n".join(part for part in (words.sentence, words.link, words.more) if part) + "\n",
        from_email=ours.sender,
        to=[parcel.address["to"]],
        connection=connection,
        headers={
            "Message-ID": f"<{parcel.key}@{ours.sender.rpartition('@')[2] or 'linli'}>",
            "Auto-Submitted": "auto-generated",
            **words.headers,
        },
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(next(iter(error.recipients.values()), (550, b""))[0])
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code)
    except _BROKEN:
        # The line broke between the first word and the answer.
        return Result(Verdict.UNKNOWN, "no_answer")
    return Result(Verdict.DELIVERED, "250")


def _refused(status: int) -> Result:
    """4xx is for now, 5xx for good (RFC 5321 §4.2.1)."""
    return Result(Verdict.REFUSED if 500 <= status < 600 else Verdict.AGAIN, str(status))
