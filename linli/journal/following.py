"""Following the journal: a place in it from which one goes on without losing anything.

Entries get their keys when they are written and are seen when they are committed: on PostgreSQL a smaller key may appear
after a larger one. A chain is lengthened by one transaction at a time and has no gaps; so the lengths of the chains say
exactly what has been read, whichever transaction was the first to commit.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import QuerySet

from linli.journal.models import ChainHead, Entry
from linli.kit.prepared import Prepared

#: Chain to the position read last.
Place = dict[str, int]
_ONE = r"(-|[0-9]{1,30})\.[0-9]{1,18}"
_PLACE = re.compile(f"{_ONE}(,{_ONE})*", re.ASCII)


class Written(NamedTuple):
    """One entry, as much of it as whoever follows needs."""

    pk: int
    verb: str
    on_kind: str
    on_key: str
    area: str | None
    facts: dict[str, Any]


def place() -> Place:
    """The end of the journal as it is now."""
    return dict(_lengths())


@Prepared
def _lengths() -> QuerySet[Any, tuple[str, int]]:
    return ChainHead.objects.values_list("chain", "length")


def since(after: Mapping[str, int], most: int, until: Place | None = None) -> tuple[list[Written], Place]:
    """What was written after a place, at most so many entries of each chain, and the place of the last of them."""
    end = place() if until is None else until
    reached = {chain: min(length, after.get(chain, 0) + most) for chain, length in end.items()}
    written: list[Written] = []
    for chain, position in sorted(reached.items()):
        if position > after.get(chain, 0):
            written += [Written(*row) for row in _written(chain, after.get(chain, 0), position)]
    return written, dict(after) | reached


@Prepared
def _written(chain: str, after: int, until: int) -> QuerySet[Any, Any]:
    rows = Entry.objects.filter(chain=chain, position__gt=after, position__lte=until).order_by("position")
    return rows.values_list("pk", "verb", "on_kind", "on_key", "area_id", "facts")


def spelled(where: Mapping[str, int]) -> str:
    """A place as one word, e.g. `-.17,440881.2041`; for addresses and headers."""
    return ",".join(f"{chain}.{position}" for chain, position in sorted(where.items()))


def read(word: str) -> Place | None:
    """The place of such a word; None for anything else."""
    if not _PLACE.fullmatch(word):
        return None
    parts = (part.partition(".") for part in word.split(","))
    return {chain: int(position) for chain, _dot, position in parts}
