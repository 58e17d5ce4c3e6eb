"""Which mailboxes are looked into, as `LINLI_MAIL_IN` says it."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput


@dataclass(frozen=True)
class Box:
    """A mailbox, and the area to whose desk its reports go. Its connection is always encrypted from the first byte."""

    host: str
    port: int
    user: str
    folder: str
    area: str
    password_file: Path
    #: Certificates of the county's own authority; None for those of the system.
    ca_file: Path | None = None

    @property
    def name(self) -> str:
        """As people and logs know it."""
        return f"{self.user} {self.folder}"

    @property
    def password(self) -> str:
        """Read when it is needed, so that a new one needs no restart. Raises `BadInput`."""
        try:
            return self.password_file.read_text("utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise BadInput(
                "mail_password", _("The password file of the mailbox %(name)s cannot be read."), name=self.name
            ) from None


def boxes() -> list[Box]:
    """All of them. Raises `BadInput` naming the one that cannot be understood, never its whole address."""
    return [_box(address, number) for number, address in enumerate(settings.MAIL_IN, 1)]


def _box(address: str, number: int) -> Box:
    try:
        parts = urlsplit(address)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        port, host, user = parts.port or 993, parts.hostname, unquote(parts.username or "")
    except ValueError:
        raise _unusable(number) from None
    known = {"area", "password_file", "ca_file"}
    is_whole = parts.scheme == "imaps" and host and user and parts.password is None and query.get("password_file")
    if not is_whole or not query.get("area") or query.keys() - known:
        raise _unusable(number)
    ca_file = query.get("ca_file")
    return Box(
        host=str(host),
        port=port,
        user=user,
        folder=unquote(parts.path.strip("/")) or "INBOX",
        area=query["area"],
        password_file=Path(query["password_file"]),
        ca_file=Path(ca_file) if ca_file else None,
    )


def _unusable(number: int) -> BadInput:
    return BadInput(
        "mail_setting",
        _(
            "LINLI_MAIL_IN, mailbox %(number)s: it must read imaps://user@host/INBOX?area=CODE&password_file=PATH, "
            "without a password in it."
        ),
        number=number,
    )
