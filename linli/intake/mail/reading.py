"""Reading a message without believing it: subject, words, photos and sender, whatever is broken about it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser

from linli.events.rules import MAX_PHOTOS

#: GB2312 and GBK lie within GB18030, and programs that say one mean the other.
_CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "gb_2312-80": "gb18030"}
#: More parts than a person would send.
_MOST_PARTS = 200
_PHOTO_TYPES = ("image/jpeg", "image/jpg", "image/pjpeg", "image/png", "image/webp", "image/heic", "image/heif")


@dataclass(frozen=True)
class Mail:
    """What a message says. `photos` are the bytes of attached pictures, unchecked; `left`: attachments of other kinds."""

    key: str
    subject: str
    text: str
    sender: str
    photos: list[bytes] = field(default_factory=list)
    left: int = 0


def read(content: bytes) -> tuple[Mail, Message]:
    """The mail, and the message as parsed. Never raises for anything a message may hold."""
    message = message_from_bytes(content)
    plain: list[str] = []
    marked: list[str] = []
    photos: list[bytes] = []
    left = 0
    for part in _leaves(message):
        # A mail that says it has parts and has none is taken as the words it is.
        kind = "text/plain" if part.get_content_maintype() == "multipart" else part.get_content_type()
        if part.get_content_disposition() != "attachment" and kind in ("text/plain", "text/html"):
            (plain if kind == "text/plain" else marked).append(_words(part))
        elif kind in _PHOTO_TYPES and len(photos) < MAX_PHOTOS:
            photos.append(_bytes(part))
        else:
            left += 1
    text = "\n\n".join(one for one in map(_tidy, plain) if one)
    if not text:
        text = "\n\n".join(one for one in (_tidy(_readable(html)) for html in marked) if one)
    mail = Mail(_key(message, content), header(message, "Subject"), text, _sender(message), photos, left)
    return mail, message


def header(message: Message, name: str) -> str:
    """A header as people read it, on one line; empty if there is none."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        pieces = decode_header(value)
        found = "".join(
            _decoded(piece, charset) if isinstance(piece, bytes) else _undone(piece) for piece, charset in pieces
        )
    except (HeaderParseError, ValueError, LookupError):
        found = _undone(str(value))
    return " ".join(_storable(found).split())


def _undone(words: str) -> str:
    """Bytes that were no ASCII, which the parser kept aside, read after all."""
    return _decoded(words.encode("ascii", "surrogateescape"), None) if _is_ascii_or_kept(words) else words


def _is_ascii_or_kept(words: str) -> bool:
    return all(ord(sign) < 128 or 0xDC80 <= ord(sign) <= 0xDCFF for sign in words)


def _key(message: Message, content: bytes) -> str:
    """What a message is known by: its own id, else its content."""
    own = "".join(str(message.get("Message-ID", "")).split())
    return own if 3 <= len(own) <= 500 else "sha256:" + hashlib.sha256(content).hexdigest()


def _sender(message: Message) -> str:
    """The address to answer to; empty if there is none that could be one."""
    for name in ("Reply-To", "From"):
        for _name, address in getaddresses([str(message.get(name, ""))]):
            if re.fullmatch(r"[^\s@<>]{1,100}@[^\s@<>]{1,90}", address) and address.isprintable():
                return address
    return ""


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in their order; a mail within a mail is left as it is."""
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            waiting[:0] = [one for one in inside if isinstance(one, Message)]
        else:
            yield part


def _bytes(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    return content if isinstance(content, bytes) else b""


def _words(part: Message) -> str:
    return _decoded(_bytes(part), part.get_content_charset())


def _decoded(content: bytes, charset: str | None) -> str:
    """The words of these bytes: as it says, else as it can be, else with marks where it cannot."""
    said = _CODECS.get((charset or "").lower(), charset or "utf-8")
    for codec in (said, "utf-8", "gb18030"):
        try:
            return content.decode(codec)
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def _storable(words: str) -> str:
    """Without what neither store can hold."""
    return words.replace("\0", "").encode("utf-8", "replace").decode()


def _tidy(words: str) -> str:
    lines = [line.rstrip() for line in _storable(words).replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# --- words out of HTML ------------------------------------------------------------------------------------------------

_UNREAD = frozenset({"script", "style", "head", "title", "template", "noscript", "svg"})
_BREAKS = frozenset(
    {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "hr", "blockquote"}
)


class _Reader(HTMLParser):
    """Keeps the words and where lines break; nothing else of a page gets any further."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in _UNREAD
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD and self._unread:
            self._unread -= 1
        elif tag in _BREAKS and tag != "br":
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.words.append(re.sub(r"\s+", " ", data))


def _readable(html: str) -> str:
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # the parser's own, for markup it gives up on; what came before it stays
        pass
    text = "".join(reader.words)
    if not text.strip() and reader._unread:  # a tag that was never closed must not swallow a report
        text = re.sub(r"<[^>]*>", " ", html)
    return "\n".join(line.strip() for line in text.split("\n"))
