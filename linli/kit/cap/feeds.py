"""Files with alerts: one message, or feeds and lists (Atom, RSS, anything in XML) that carry some or say where they lie.

Nothing is fetched here: whoever fetches an address reads the answer with `read_alerts` again.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from gzip import BadGzipFile
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.kit.cap.problems import shown
from linli.kit.cap.reading import Message, read_message
from linli.kit.cap.trees import LARGEST, Element, read_tree
from linli.kit.cap.values import is_address
from linli.kit.refusal import BadInput
from linli.kit.tables import open_binary

#: Of one file.
MOST_MESSAGES, _MOST_POINTERS = 1000, 1000
_CAP_TYPE = "application/cap+xml"
_LONGEST_TITLE = 500


@dataclass(frozen=True)
class Pointer:
    """An entry that says where a message lies, and what it is about."""

    address: str
    title: str
    line: int


@dataclass(frozen=True)
class Found:
    """What is in a file: messages as they come, and addresses of others."""

    messages: tuple[Message, ...]
    pointers: tuple[Pointer, ...]


def read_file(path: Path, zone: tzinfo | None = None) -> Found:
    """The alerts of a file, unpacked if it is gzipped. Raises `BadInput` as `read_alerts` does, and if it cannot be read."""
    with open_binary(path) as file:
        try:
            content = file.read(LARGEST + 1)
        except (EOFError, BadGzipFile, zlib.error):
            words = _("%(file)s is damaged or was not copied to its end. Fetch it again.")
            raise BadInput("alert_damaged_gzip", words, file=path.name) from None
    return read_alerts(content, zone)


def read_alerts(content: bytes, zone: tzinfo | None = None) -> Found:
    """The alerts of what was sent or fetched. `zone` (that of the home) is taken for moments that name none.

    Raises `BadInput` where the file as a whole cannot be read: no XML, a DOCTYPE, an encoding that does not hold, more than the
    limits of `trees.py`, or neither alert nor address of one in it. A message that cannot be used is no such case: see `Message`.
    """
    root = read_tree(content)
    found = [root] if root.name == "alert" else list(_messages(root))
    if len(found) > MOST_MESSAGES:
        raise BadInput(
            "alert_too_many", _("More than %(most)s alerts in one file. Send it in parts."), most=MOST_MESSAGES
        )
    pointers = tuple(_pointers(root))
    if not found and not pointers:
        words = _("There is no alert in it and no address of one: its root is “%(root)s”.")
        raise BadInput("alert_none", words, root=shown(root.name))
    zone = zone or timezone.get_default_timezone()
    return Found(tuple(read_message(one, zone) for one in found), pointers)


def _messages(element: Element) -> Iterator[Element]:
    """Alerts in whatever carries them; what lies inside of one is part of it."""
    for child in element.children:
        if child.name == "alert":
            yield child
        else:
            yield from _messages(child)


def _pointers(root: Element) -> Iterator[Pointer]:
    """Entries (Atom, RFC 4287) and items (RSS) that carry no message themselves."""
    entries = [one for one in root.walk() if one.name in ("entry", "item")]
    for entry in entries[:_MOST_POINTERS]:
        if any(True for _each in _messages(entry)):
            continue
        address = _address(entry)
        if address:
            titles = (child.text for child in entry.children if child.name == "title")
            yield Pointer(address, next(titles, "")[:_LONGEST_TITLE], entry.line)


def _address(entry: Element) -> str:
    """Its link: one that says that an alert lies there goes first."""
    links = [child for child in entry.children if child.name == "link" and _leads_there(child)]
    links.sort(key=lambda link: link.attributes.get("type") != _CAP_TYPE)
    addresses = (link.attributes.get("href", "").strip() or link.text for link in links)
    return next((one for one in addresses if is_address(one)), "")


def _leads_there(link: Element) -> bool:
    """RFC 4287 §4.2.7.2: a link without a relation is to the thing itself."""
    return link.attributes.get("rel", "alternate") in ("alternate", "related", "enclosure")
