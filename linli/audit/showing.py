"""Entries as an auditor reads them: sentences, accounts, numbers and keys; no words of a matter, no contact."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.audit.rules import LOOKS
from linli.events.models import Event
from linli.events.telling import SENTENCES
from linli.journal.models import Entry
from linli.kit.tables import harmless
from linli.mediation.models import Dispute
from linli.statistics.taking_away import MARK

#: Written down so much later than done: said beside it. Acts from phones without a network are.
_LATER = timedelta(minutes=5)
_LONGEST = 300


@dataclass(frozen=True)
class Line:
    """One entry."""

    entry: Entry
    what: str
    is_look: bool
    on: str
    facts: list[str]
    was_later: bool

    @property
    def who(self) -> str:
        """The account; empty: a resident, or the clock."""
        return self.entry.by.username if self.entry.by else ""


def lines_of(entries: Iterable[Entry]) -> list[Line]:
    """As they are shown, by two questions more however many."""
    entries = list(entries)
    numbers = _numbers(entries)
    return [_line(one, numbers) for one in entries]


def _line(entry: Entry, numbers: dict[tuple[str, str], str]) -> Line:
    return Line(
        entry=entry,
        what=str(SENTENCES.get(entry.verb, entry.verb)),
        is_look=entry.verb in LOOKS,
        on=numbers.get((entry.on_kind, entry.on_key)) or f"{entry.on_kind} {entry.on_key}",
        facts=[f"{name}={_said(value)}" for name, value in sorted(entry.facts.items()) if value != []],
        was_later=entry.recorded_at - entry.at > _LATER,
    )


def _said(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _numbers(entries: list[Entry]) -> dict[tuple[str, str], str]:
    """The numbers people know matters and disputes by."""
    keys = {kind: {one.on_key for one in entries if one.on_kind == kind} for kind in ("event", "dispute")}
    events = Event.objects.filter(pk__in=list(_uuids(keys["event"]))).values_list("pk", "number")
    disputes = Dispute.objects.filter(pk__in=list(_uuids(keys["dispute"]))).values_list("pk", "number")
    return {("event", str(pk)): number for pk, number in events} | {
        ("dispute", str(pk)): number for pk, number in disputes
    }


def _uuids(keys: Iterable[str]) -> Iterator[UUID]:
    for key in keys:
        try:
            yield UUID(key)
        except ValueError:
            continue


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def table_of(entries: Iterable[Entry], *, masked: bool = False) -> Iterator[str]:
    """The same as a table to take away, line by line; no cell is taken for a formula. `masked`: numbers instead of accounts."""
    writer = csv.writer(_Echo())
    head = (_("Done at"), _("Written down at"), _("Account"), _("Verb"), _("Act or look"), _("Look"), _("On"))
    yield MARK + writer.writerow([*head, _("Key"), _("Area code"), _("Facts"), _("Chain"), _("Number"), _("Digest")])
    part: list[Entry] = []
    for entry in entries:
        part.append(entry)
        if len(part) == 500:
            yield from _rows(writer, part, masked)
            part = []
    yield from _rows(writer, part, masked)


def _rows(writer: object, part: list[Entry], masked: bool) -> Iterator[str]:
    for line in lines_of(part):
        one = line.entry
        cells = [
            _local(one.at),
            _local(one.recorded_at),
            (str(one.by_id or "") if masked else line.who),
            one.verb,
            line.what,
            _("yes") if line.is_look else "",
        ]
        cells += [line.on, one.on_key, one.area_id or "", " ".join(line.facts), one.chain, str(one.position)]
        yield writer.writerow([harmless(cell) for cell in (*cells, bytes(one.digest).hex())])  # type: ignore[attr-defined]


def _local(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
