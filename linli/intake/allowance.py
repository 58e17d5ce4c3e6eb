"""How much may be sent in an hour: so that nobody floods a desk, and no village is turned away in a typhoon.

Counted by sliding hours in the memory of each front process: several fronts let through as many times as much, which a desk
still survives, and none has to ask another or the store. What could not be kept is not counted. The numbers, and why:

- One phone 60: more than one person can see. It is known by its token, or by the `device` it names.
- One address 480 with tokens and 120 without: a whole village may share one, as mobile networks put thousands behind one.
  Of IPv6 the network counts, for one line has endless addresses in it.
- One area 400: one from every household of a grid, or from most of a village. Of them one address has 150 at most, so that
  one or two sources do not use up what the neighbours need. Beyond that each address may add 30, and 60 more from phones that
  are known: whose token is a day old, and which have sent no more than five. So few sources add little, however much they
  send, while neighbours who report once are still heard: of a village behind a single address some 200 households an hour.
- Tokens 60 an hour and address. Whoever gathers them ahead is still counted by address.
- One of the staff 3000, acts included, on all their phones: weeks without signal come at once, and a phone in other hands ends.
- One key or webhook of another system a million: a county moves its years over in one go, and what runs wild there ends somewhere
  though nobody has revoked the key yet (`LINLI_KEY_REPORTS`).

A flood from thousands of addresses cannot be told from a typhoon, and is let in.
"""

import time
from functools import lru_cache
from ipaddress import IPv6Address
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.intake.tokens import Token
from linli.intake.turned import Turned
from linli.kit.throttle import Throttle

PER_PHONE, PER_ADDRESS, PER_ADDRESS_BARE = 60, 480, 120
PER_AREA, PER_AREA_AND_ADDRESS = 400, 150
#: Beyond these two, from each address into an area.
MORE_NEW, MORE_KNOWN = 30, 60
#: A phone is known so many hours after its token was made, as long as it sends no more than so many.
KNOWN_AFTER_H, KNOWN_SENDS = 24, 5
TOKENS_PER_ADDRESS = 60
PER_PERSON = 3000
_HOUR_S = 3600.0
#: Seconds after which a phone is told to ask again.
_SOONEST_S, _LATEST_S = 60, 900

_throttle = Throttle(40_000)
forget = _throttle.forget


def spend(*, token: Token | None, address: str, device: UUID | None, area: str) -> None:
    """Count one report of a resident for this area. Raises `Turned` when it is one too many; then it is not counted.

    Without an area it is an act on a report of theirs, which burdens no area anew.
    """
    source = _source(address)
    taken: list[str] = []
    for key, most in _own(token, source, device):
        if not _take(key, most):
            _give_back(taken)
            raise Turned(429, "too_many", _MANY_FROM_HERE, retry_after=_again_after(key))
        taken.append(key)
    if area and not (_shares(area, source) or _take(*_more(area, source, token))):
        _give_back(taken)
        raise Turned(429, "too_many_there", _MANY_FROM_THERE, retry_after=_again_after(_in(area)))


def spend_of_staff(person: int) -> None:
    """Count one report or act of somebody signed in. Raises `Turned` when it is one too many; then it is not counted."""
    key = _staff(person)
    if not _take(key, PER_PERSON):
        raise Turned(
            429,
            "too_many",
            _("Very much has been sent by you within the hour. The rest stays on this phone and is sent later."),
            retry_after=_again_after(key),
        )


def give_back_of_staff(person: int) -> None:
    """What was counted could not be kept after all."""
    _throttle.give_back(_staff(person))


def spend_of_system(who: str) -> None:
    """Count one report of another system: of its key (`key 7`), or of its webhook (`hook 7`). Raises `Turned` when it is one too
    many; then it is not counted.
    """
    if not _take(who, settings.KEY_REPORTS):
        raise Turned(
            429,
            "too_many",
            _("Very much has been sent with this key within the hour. Keep the rest, and send it later."),
            retry_after=_again_after(who),
        )


def give_back_of_system(who: str) -> None:
    """What was counted could not be kept after all."""
    _throttle.give_back(who)


def give_back(*, token: Token | None, address: str, area: str) -> None:
    """A report that was counted could not be kept after all."""
    source = _source(address)
    if not area:
        _give_back([key for key, _most in _own(token, source, None)])
        return
    more, _most = _more(area, source, token)
    # Which of the two it was counted under nobody has noted; whoever has had more of late was very likely given more.
    there = [more] if _throttle.count(more) else [_in(area), _share(area, source)]
    _give_back([*(key for key, _most in _own(token, source, None)), *there])


def spend_token(address: str) -> None:
    """Count one token asked for. Raises `Turned`."""
    key = f"tokens {_source(address)}"
    if not _take(key, TOKENS_PER_ADDRESS):
        raise Turned(
            429,
            "too_many_tokens",
            _(
                "Many phones have asked for a token from here within the hour. Send the report without one; "
                "in danger call 110, 119 or 120."
            ),
            retry_after=_again_after(key),
        )


_MANY_FROM_HERE = _(
    "Many reports have come from here within the hour. Wait a little, then send it again; in danger call 110, 119 or 120."
)
_MANY_FROM_THERE = _(
    "Very many reports have come for this area within the hour. Yours is not kept yet: wait a little, then send it "
    "again; in danger call 110, 119 or 120."
)


def _own(token: Token | None, source: str, device: UUID | None) -> list[tuple[str, int]]:
    """What the sender's own reports are counted under, and how many there may be."""
    if token is not None:
        return [(f"from {source}", PER_ADDRESS), (_phone(token), PER_PHONE)]
    counted = [(f"bare {source}", PER_ADDRESS_BARE)]
    if device is not None:
        counted.append((f"device {device}", PER_PHONE))
    return counted


def _shares(area: str, source: str) -> bool:
    """Whether it finds room in what an area has for all, which no address may use up alone."""
    if not _take(_share(area, source), PER_AREA_AND_ADDRESS):
        return False
    if _take(_in(area), PER_AREA):
        return True
    _throttle.give_back(_share(area, source))
    return False


def _more(area: str, source: str, token: Token | None) -> tuple[str, int]:
    """What is counted beyond that, and how many there may be."""
    if _is_known(token):
        return f"known in {area} from {source}", MORE_KNOWN
    return f"new in {area} from {source}", MORE_NEW


def _is_known(token: Token | None) -> bool:
    if token is None or time.time() // 3600 - token.made_in_hour < KNOWN_AFTER_H:
        return False
    return _throttle.count(_phone(token)) <= KNOWN_SENDS


def _staff(person: int) -> str:
    return f"staff {person}"


def _phone(token: Token) -> str:
    return f"phone {token.number.hex()}"


def _in(area: str) -> str:
    return f"in {area}"


def _share(area: str, source: str) -> str:
    return f"in {area} from {source}"


def _take(key: str, most: int) -> bool:
    return _throttle.take(key, most, _HOUR_S)


def _give_back(keys: list[str]) -> None:
    for key in keys:
        _throttle.give_back(key)


def _again_after(key: str) -> int:
    return int(min(max(_throttle.wait_s(key), _SOONEST_S), _LATEST_S))


def _source(address: str) -> str:
    return _network(address) if ":" in address else address


@lru_cache(maxsize=10_000)
def _network(address: str) -> str:
    """Of an IPv6 address the 64 bits that one line has; an IPv4 address written as one, plainly."""
    try:
        found = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
