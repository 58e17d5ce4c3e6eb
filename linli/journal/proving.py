"""Proving the journal untouched: every entry against the one before it, every chain against its head and its anchors.

Whatever was changed is found and told by its place. A chain is read in steps of bounded size, and how far it has come is
plain JSON: whoever is interrupted goes on. An entry that does not fit is judged by the next one, which has the digest of
both: so it is known whether the words of an entry, or its digest, or the whole row was replaced.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import Max, OuterRef, Subquery

from linli.journal.anchors import UNREADABLE, Anchor, Anchors, read_anchors
from linli.journal.digests import Stored, stored
from linli.journal.models import ChainHead, Entry

#: Entries of a step: some tens of milliseconds.
STEP = 2000
#: How far the numbers of a chain may have been shifted at one place and still be followed.
_SHIFTS = (1, -1, 2, -2, 3, -3)


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold. `why`: a key of `saying.SENTENCES`; `position` 0: the chain, or all of them."""

    chain: str
    position: int
    why: str
    #: The last position it is about, where it is about several.
    until: int = 0
    #: When the entry was written down, UTC; of one that is gone, the entry before it. Empty: not known.
    day: str = ""
    #: Days of anchors, of the last that fits and the first that does not; or of the anchors told of.
    since: str = ""
    to: str = ""
    #: What stands there now, for whoever looks it up: number of the row, and its verb.
    row: int = 0
    verb: str = ""

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass
class _Reading:
    """One chain, as far as it was read."""

    chain: str
    #: The head when it was begun: what is written meanwhile is not asked for.
    length: int
    head: str
    position: int = 0
    #: The digest stored last, the one its words have (None: not known), and the one before a doubtful entry.
    previous: str = bytes(32).hex()
    computed: str | None = None
    before: str = ""
    #: Numbers are so much higher than they were written.
    shift: int = 0
    row: int = 0
    row_before: int = 0
    day: str = ""
    doubt: dict[str, Any] | None = None

    def take(self, one: Stored) -> Iterator[Break]:
        """Read the next entry."""
        if one.position == self.position and self.row:
            yield self._break(one, "twice")
            return
        yield from self._order(one)
        position, expected = one.position, self.position + 1
        if position != expected:
            yield from self._settle("replaced")
            yield Break(self.chain, expected, "missing", position - 1, self.day)
            self._stand(one, None)
        elif self._fits(one, self.previous, self.shift):
            yield from self._settle("changed")
            self._stand(one, one.digest.hex())
        elif self.computed and self._fits(one, self.computed, self.shift):
            yield from self._settle("digest")
            self._stand(one, one.digest.hex())
        elif by := self._renumbered(one):
            yield from self._settle("replaced")
            yield self._break(one, "one_more" if by > 0 else "one_less", until=abs(by))
            self.shift += by
            self._stand(one, one.digest.hex())
        else:
            yield from self._doubt(one)

    def end(self) -> Iterator[Break]:
        """Compare what was read with the head."""
        if self.doubt:
            yield from self._settle(
                {self.previous: "changed", self.computed: "digest"}.get(self.head, "replaced")
                if self.position == self.length
                else "replaced"
            )
        if self.position < self.length:
            yield Break(self.chain, self.position + 1, "cut", self.length, self.day)
        elif self.head not in (self.previous, self.computed):
            yield Break(self.chain, self.position, "head", day=self.day)

    def _doubt(self, one: Stored) -> Iterator[Break]:
        follows = self.doubt is not None
        yield from self._settle("replaced")
        before, as_it_is = self.previous, self._digest(one, self.previous, self.shift)
        self.doubt = self._break(one, "unproven" if follows else "").kept()
        self._stand(one, as_it_is, keep=True)
        self.before = before

    def _settle(self, why: str) -> Iterator[Break]:
        """Say what is known by now of the entry in doubt."""
        if self.doubt:
            one = Break(**self.doubt)
            yield replace(one, why=one.why or why)

    def _stand(self, one: Stored, computed: str | None, *, keep: bool = False) -> None:
        self.position, self.day = one.position, one.recorded_at or self.day
        self.previous, self.computed = one.digest.hex(), computed
        if not keep:
            self.doubt, self.before = None, ""

    def _order(self, one: Stored) -> Iterator[Break]:
        """Rows are numbered by the store as they are written, and a chain is written by one at a time."""
        if one.row > self.row:
            self.row_before, self.row = self.row, one.row
        elif one.row > self.row_before:
            yield Break(self.chain, self.position, "row", day=self.day, row=self.row)
            self.row = one.row
        else:
            yield self._break(one, "row")

    def _renumbered(self, one: Stored) -> int:
        before = {self.previous, self.before} - {""}
        fitting = (by for by in _SHIFTS if any(self._fits(one, previous, self.shift + by) for previous in before))
        return next(fitting, 0)

    def _fits(self, one: Stored, previous: str, shift: int) -> bool:
        return self._digest(one, previous, shift) == one.digest.hex()

    def _digest(self, one: Stored, previous: str, shift: int) -> str | None:
        found = one.digest_as(self.chain, one.position - shift, bytes.fromhex(previous))
        return found.hex() if found else None

    def _break(self, one: Stored, why: str, until: int = 0) -> Break:
        verb = one.verb if isinstance(one.verb, str) else ""
        return Break(self.chain, one.position, why, until, one.recorded_at or self.day, row=one.row, verb=verb)


@dataclass
class Course:
    """A verification of all chains, or one, as far as it has come. `since`: a day; older entries are left to their anchor."""

    only: str = ""
    since: str = ""
    chain: str = ""
    reading: dict[str, Any] | None = None
    read: int = 0
    is_over: bool = False
    _anchors: Anchors | None = field(default=None, repr=False)

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def step(self, most: int = STEP) -> list[Break]:
        """Read on, `most` entries at most, and say what does not hold. `is_over` once all is read."""
        if self.reading is None:
            return self._next_chain()
        reading = _Reading(**self.reading)
        found: list[Break] = []
        count = 0
        for one in stored(reading.chain, reading.position, most, reading.length):
            found += reading.take(one)
            count += 1
        self.read += count
        self.reading = vars(reading)
        if count < most:
            found += [*reading.end(), *_row_never_given(reading), *_beyond(reading.chain)]
            found += self._against_anchors(reading.chain)
            self.reading = None
        return found

    @property
    def anchors(self) -> Anchors:
        """The anchors, read once."""
        if self._anchors is None:
            self._anchors = read_anchors()
        return self._anchors

    def _next_chain(self) -> list[Break]:
        heads = ChainHead.objects.filter(chain__gt=self.chain).order_by("chain")
        head = (heads.filter(chain=self.only) if self.only else heads).first()
        if head is None:
            self.is_over = True
            return [] if self.only else [*_without_head(), *self._of_file()]
        self.chain = head.chain
        reading = _Reading(head.chain, head.length, bytes(head.digest).hex())
        if start := self._start(head.chain):
            reading.position, reading.previous = start.number, start.digest
            reading.day = start.day
        self.reading = vars(reading)
        return []

    def _start(self, chain: str) -> Anchor | None:
        """The last anchor before the day asked for."""
        before = [one for one in self.anchors.of(chain) if self.since and one.day < self.since]
        return before[-1] if before else None

    def _against_anchors(self, chain: str) -> Iterator[Break]:
        """The chain holds in itself; whether it is the one that was anchored, only its anchors tell."""
        anchors = [one for one in self.anchors.of(chain) if one.number and one.day >= self.since]
        length = Entry.objects.filter(chain=chain).aggregate(last=Max("position"))["last"] or 0
        fits_until = self._start(chain)
        for part in (anchors[start : start + 500] for start in range(0, len(anchors), 500)):
            numbers = [one.number for one in part]
            rows = Entry.objects.filter(chain=chain, position__in=numbers).values_list("position", "digest")
            there = {position: bytes(digest).hex() for position, digest in rows}
            for one in part:
                since, after = (fits_until.day, fits_until.number) if fits_until else ("", 0)
                if one.number > length:
                    yield Break(chain, length + 1, "cut_anchored", one.number, since=since, to=one.day)
                    return
                if one.number in there and there[one.number] != one.digest:
                    yield Break(chain, after + 1, "rewritten", one.number, since=since, to=one.day)
                    return
                fits_until = one

    def _of_file(self) -> Iterator[Break]:
        """What is the matter with the file of anchors itself."""
        for fault in self.anchors.faults:
            if fault.day >= self.since or not fault.day:
                yield Break("", fault.line, fault.why, fault.until, to=fault.day)
        if any(fault.why == UNREADABLE for fault in self.anchors.faults):
            return
        lines, told = self.anchors.lines, 0
        acts = Entry.objects.filter(verb="journal.anchored").order_by("pk")
        for day, facts in acts.values_list("on_key", "facts").iterator(chunk_size=500):
            if day < self.since or not isinstance(facts.get("lines"), int):
                continue
            told = facts["lines"]
            if told > len(lines):
                why = "anchors_short" if lines else "anchors_missing"
                yield Break("", len(lines) + 1, why, told, to=day)
                return
            if lines[told - 1].sha256 != facts.get("last"):
                yield Break("", told, "anchors_other", told, to=day)
                return


def _beyond(chain: str) -> Iterator[Break]:
    """Entries behind the end of a chain, by one question: others may be writing."""
    last = Entry.objects.filter(chain=OuterRef("chain")).order_by("-position").values("position")[:1]
    head = ChainHead.objects.filter(pk=chain).annotate(last=Subquery(last)).values_list("length", "last").first()
    if head and isinstance(head[1], int) and head[1] > head[0]:
        yield Break(chain, head[0] + 1, "beyond", head[1])


def _row_never_given(one: "_Reading") -> Iterator[Break]:
    """The last row of a chain may have a number that the store has not come to yet."""
    asked = {
        "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = 'journal_entry'",
        "postgresql": "SELECT last_value FROM journal_entry_id_seq",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        given = cursor.fetchone()
    if given and one.row > given[0]:
        yield Break(one.chain, one.position, "row", day=one.day, row=one.row)


def _without_head() -> Iterator[Break]:
    """Entries of chains that have no head: one question a chain, each served by an index."""
    after: Any = None
    with connection.cursor() as cursor:
        while True:
            sign, asked = ("", []) if after is None else (" WHERE chain > %s", [after])
            cursor.execute(f"SELECT chain FROM journal_entry{sign} ORDER BY chain LIMIT 1", asked)
            row = cursor.fetchone()
            if row is None:
                return
            after = row[0]
            if not isinstance(after, str) or not ChainHead.objects.filter(pk=after).exists():
                cursor.execute("SELECT MIN(position), MAX(position) FROM journal_entry WHERE chain = %s", [after])
                first, last = cursor.fetchone()
                yield Break(str(after), int(first), "no_head", int(last))


def verify_chain(chain: str | None = None, since: str = "") -> Iterator[Break]:
    """Read the journal (or one chain of it) and tell each place where it was changed. Flat memory.

    `since`, a day: only what was written from the last anchor before it.
    """
    course = Course(only=chain or "", since=since)
    while not course.is_over:
        yield from course.step()
