"""Search in the words of events: our own bigrams of Chinese, the same on both stores.

What a person types and what is stored go through `tokens`: NFKC (so ＡＢ１ is ab1), case folded, split into runs.
A run of Chinese (Japanese, Korean) becomes its overlapping pairs and its last sign alone, any other run of letters or
digits is one word: 「村口3号水沟」 is 村口 口 3 号水 水沟 沟. So one sign is the beginning of some token, two are one
token, more are a phrase; words apart must all be there. The store's own parser is never asked: SQLite gets tokens
split at spaces, PostgreSQL a finished tsvector, and quotes or operators are only signs that part runs.

The index follows the journal, behind the commit (`bring_up_to_date`, a chore). What was done since then, up to
`TAIL` acts, is read and compared while searching, so a matter just reported is found at once. Contacts are not here.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.events.models import Event, EventQuerySet, IndexedUpTo
from linli.journal.models import ChainHead, Entry

#: Acts behind the index that a search still reads one by one.
TAIL = 300
#: Longer questions than this are cut: nobody types them, and each word costs.
MAX_WORDS = 8
_MAX_QUESTION = 200
#: Signs of a word that count; PostgreSQL takes 2,046 bytes at most.
_LONGEST = 60

_PAIRED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUNS = re.compile(f"([{_PAIRED}]+)|((?:(?![{_PAIRED}])[^\\W_])+)")


def matching(events: EventQuerySet, words: str) -> EventQuerySet:
    """Those of `events` that hold all these words, or whose number this is. No words: all of them."""
    question = Question.of(words)
    if not words.strip():
        return events
    if not question.parts:
        return events.none()
    found = Q(pk__in=_in_index(question))
    late = _in_tail(question)
    if late:
        found |= Q(pk__in=late)
    if question.number:
        found |= Q(number=question.number)
    return events.filter(found)


def holds(words: str, question: str) -> bool:
    """Whether these words hold all that is asked for, by the same rules."""
    parts = Question.of(question).parts
    found = tokens(words)
    return bool(parts) and all(_holds_part(found, part) for part in parts)


@dataclass(frozen=True)
class Part:
    """One thing asked for: tokens that follow each other; `is_start` if the last may be longer than typed."""

    tokens: tuple[str, ...]
    is_start: bool


@dataclass(frozen=True)
class Question:
    """What was typed, as parts that must all be there."""

    parts: tuple[Part, ...]
    #: What was typed if it may be the number of an event, else empty.
    number: str = ""

    @classmethod
    def of(cls, words: str) -> "Question":
        """Read a question as typed."""
        typed = _folded(words[:_MAX_QUESTION]).split()[:MAX_WORDS]
        parts = tuple(part for word in typed for part in _parts(word))
        number = typed[0] if len(typed) == 1 and re.fullmatch(r"[0-9]+-[0-9]{6}-[0-9]+", typed[0]) else ""
        return cls(tuple(dict.fromkeys(parts)), number)


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold()


def _parts(word: str) -> Iterable[Part]:
    for run in _RUNS.finditer(word):
        paired, single = run.groups()
        if single:
            # 「3号」 asks for the number 3; what ends the word may still be being typed.
            yield Part((single[:_LONGEST],), is_start=run.end() == len(word))
        elif len(paired) == 1:
            yield Part((paired,), is_start=True)
        else:
            yield Part(tuple(_pairs(paired)), is_start=False)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def tokens(words: str) -> list[str]:
    """The tokens of a text, in their order; see the head of this module."""
    found: list[str] = []
    for paired, single in _RUNS.findall(_folded(words)):
        found += [single[:_LONGEST]] if single else [*_pairs(paired), paired[-1]]
    return found


# --- asking the store ------------------------------------------------------------------------------------------------


def _in_index(question: Question) -> RawSQL:
    if connection.vendor == "postgresql":
        return RawSQL("SELECT event_id FROM event_words WHERE words @@ %s::tsquery", [_as_tsquery(question)])
    return RawSQL(
        "SELECT event_id FROM event_words WHERE id IN "
        "(SELECT rowid FROM event_words_index WHERE event_words_index MATCH %s)",
        [_as_fts5(question)],
    )


def _as_fts5(question: Question) -> str:
    return " AND ".join(f'"{" ".join(part.tokens)}"{"*" if part.is_start else ""}' for part in question.parts)


def _as_tsquery(question: Question) -> str:
    return " & ".join(
        " <-> ".join(f"'{token}'" for token in part.tokens) + (":*" if part.is_start else "") for part in question.parts
    )


# --- what the index does not know yet ---------------------------------------------------------------------------------


def _in_tail(question: Question) -> list[UUID]:
    late = _late_keys(TAIL)
    if not late:
        return []
    return [key for key, text in _texts(late) if _holds(tokens(text), question)]


def _late_keys(limit: int) -> list[UUID]:
    """Events with acts behind the index, the latest acts first."""
    keys: dict[UUID, None] = {}
    for chain, indexed, _length in _lags():
        acts = Entry.objects.filter(chain=chain, position__gt=indexed, on_kind="event").order_by("-position")
        keys.update(dict.fromkeys(UUID(key) for key in acts.values_list("on_key", flat=True)[:limit]))
    return list(keys)[:limit]


def _lags() -> list[tuple[str, int, int]]:
    """Chains that have grown since they were indexed: name, indexed up to, length."""
    indexed = IndexedUpTo.objects.filter(pk=OuterRef("pk")).values("position")
    heads = ChainHead.objects.annotate(indexed=Subquery(indexed)).filter(
        Q(indexed__isnull=True) | Q(length__gt=F("indexed"))
    )
    return [
        (chain, at or 0, length) for chain, at, length in heads.order_by("pk").values_list("pk", "indexed", "length")
    ]


def _holds(found: Sequence[str], question: Question) -> bool:
    return all(_holds_part(found, part) for part in question.parts)


def _holds_part(found: Sequence[str], part: Part) -> bool:
    count = len(part.tokens)
    if part.is_start:
        return any(token.startswith(part.tokens[0]) for token in found)
    return any(tuple(found[at : at + count]) == part.tokens for at in range(len(found) - count + 1))


# --- bringing the index up to date ------------------------------------------------------------------------------------


def lag() -> int:
    """How many acts the index is behind the journal."""
    return sum(length - indexed for _chain, indexed, length in _lags())


def bring_up_to_date(limit: int = 5000) -> int:
    """Follow the journal through at most so many acts of each chain; how many were followed."""
    return sum(_follow(chain, limit) for chain, _indexed, _length in _lags())


@transaction.atomic
def _follow(chain: str, limit: int) -> int:
    """The lock on the chain's mark keeps two workers from following it at once."""
    IndexedUpTo.objects.bulk_create([IndexedUpTo(chain=chain)], ignore_conflicts=True)
    mark = IndexedUpTo.objects.select_for_update().get(pk=chain)
    acts = Entry.objects.filter(chain=chain, position__gt=mark.position, position__lte=mark.position + limit)
    reached = acts.aggregate(reached=Max("position"))["reached"]
    if reached is None:
        return 0
    index_events({UUID(key) for key in acts.filter(on_kind="event").values_list("on_key", flat=True)})
    followed = reached - mark.position
    mark.position = reached
    mark.save(update_fields=["position"])
    return int(followed)


@transaction.atomic
def index_events(keys: Iterable[UUID]) -> None:
    """Write the words of these events anew."""
    pending = sorted(keys)
    for start in range(0, len(pending), 500):
        rows = [(_stored(key), _as_words(tokens(text))) for key, text in _texts(pending[start : start + 500])]
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO event_words (event_id, words) VALUES (%s, %s) "
                "ON CONFLICT (event_id) DO UPDATE SET words = excluded.words",
                rows,
            )


def _stored(key: UUID) -> Any:
    return Event._meta.pk.get_db_prep_value(key, connection)


def _as_words(found: Sequence[str]) -> str:
    """Tokens as the store wants them: apart from one space, or as a tsvector with positions (16383 is its last)."""
    if connection.vendor == "postgresql":
        return " ".join(f"'{token}':{min(at, 16383)}" for at, token in enumerate(found, 1))
    return " ".join(found)


_WORDS = ("number", "title", "text", "place", "outcome", "category__name", "category__name_en")


def _texts(keys: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """All that may be searched of these events. Lines end where a field ends, so that no pair crosses it."""
    rows = list(Event.objects.filter(pk__in=keys).values_list("pk", "area_id", *_WORDS))
    names = _area_names({area for _key, area, *_words in rows})
    return [
        (key, "\n".join([*map(str, filter(None, words)), names[area], _running(words[0])]))
        for key, area, *words in rows
    ]


def _area_names(codes: Iterable[str]) -> dict[str, str]:
    # Not the top: its name would be in every text of the county.
    above = {code: lineage(code)[1:] for code in codes}
    names = dict(
        Area.objects.filter(pk__in={one for codes in above.values() for one in codes}).values_list("pk", "name")
    )
    return {code: "\n".join(names.get(one, "") for one in line) for code, line in above.items()}


def _running(number: str) -> str:
    """The last part of a number without its zeros, as people say it."""
    return number.rpartition("-")[2].lstrip("0")
