"""Where this home may send to: public addresses over https; those of networks that a setting names, also inside and over http.

The connection goes to the very address that was looked at: a name that answers otherwise the next time changes nothing.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput

Address = IPv4Address | IPv6Address
#: Ways to write an IPv4 address as one of IPv6: behind them may be anything (NAT64, 6to4, Teredo).
_CARRIERS = [ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]
_LONGEST = 500


@dataclass(frozen=True)
class Target:
    """An address to send to, taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_plain(self) -> bool:
        """Not encrypted."""
        return self.scheme == "http"

    @property
    def authority(self) -> str:
        """Host and port as the header `Host` has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_usual = self.port == (80 if self.is_plain else 443)
        return host if is_usual else f"{host}:{self.port}"


def read_address(text: str) -> Target:
    """An address that somebody typed. Raises `BadInput`."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError):
        parts, port, host = SplitResult("", "", "", "", ""), None, ""
    is_odd = len(text) > _LONGEST or not text.isascii() or any(sign <= " " or sign == "\x7f" for sign in text)
    if parts.scheme not in ("https", "http") or not host or is_odd:
        raise BadInput("bad_address", _("An address begins with https:// and names a host."), field="address")
    if parts.username is not None or parts.fragment:
        raise BadInput(
            "bad_address", _("An address holds no user name, password or #. The secret signs instead."), field="address"
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or (80 if parts.scheme == "http" else 443), path)


class Forbidden(Exception):
    """None of the addresses behind a name may be reached from here."""


def own_address(path: str) -> str:
    """An address of this home as others reach it."""
    host = f"https://{settings.HOSTS[0]}" if settings.HOSTS else f"http://127.0.0.1:{settings.PORT}"
    return host + path


def allowed_networks() -> list[IPv4Network | IPv6Network]:
    """The networks of `LINLI_WEBHOOK_NETWORKS`."""
    return [ip_network(one, strict=False) for one in settings.WEBHOOK_NETWORKS]


def resolve(target: Target) -> str:
    """The first address behind the name that may be reached. Raises `Forbidden`, or `OSError` for an unknown name."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    allowed = allowed_networks()
    for one in addresses:
        if may_reach(one, allowed, is_plain=target.is_plain):
            return one
    raise Forbidden(", ".join(addresses[:4]))


def may_reach(text: str, allowed: Iterable[IPv4Network | IPv6Network], *, is_plain: bool) -> bool:
    """Whether anything may be sent to this address."""
    address = _unwrapped(ip_address(text.partition("%")[0]))
    if any(address.version == one.version and address in one for one in allowed):
        return True
    return not is_plain and _is_public(address)


def _unwrapped(address: Address) -> Address:
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and any(address in one for one in _CARRIERS):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
