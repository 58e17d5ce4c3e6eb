"""The values of which a party's page is made. None of them holds a row, so a template cannot read on from one."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from linli.mediation.agreeing.comparing import Span


@dataclass(frozen=True)
class Station:
    """One milestone. `at` is None while it is not reached."""

    words: str
    at: datetime | None
    is_now: bool = False


@dataclass(frozen=True)
class Choice:
    """A mediator who is proposed, and why; `by`: who of the parties has named them beyond the proposals."""

    mediator: int
    name: str
    body: str
    reasons: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True)
class Serving:
    """A mediator of the body who may be asked: what they know and speak, and how many open disputes they have."""

    mediator: int
    name: str
    body: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    load: int


@dataclass(frozen=True)
class Meeting:
    """A session to come or held, and the record of it for whoever was there."""

    key: UUID
    number: int
    planned_at: datetime
    minutes: int
    manner: str
    place: str
    link: str
    is_to_come: bool
    is_held: bool
    record: UUID | None = None
    text: str = ""
    undisputed: str = ""
    concessions: str = ""
    is_read: bool = False
    sounds: tuple["Sound", ...] = ()
    #: I agreed to its sound being kept, and may take that back.
    agreed_to_sound: bool = False


@dataclass(frozen=True)
class Sound:
    """A sound recording of a session. `deleted`: why it is gone, in words; empty while it is kept."""

    key: UUID
    number: int
    #: As players say it: 35:12.
    length: str
    added_at: datetime
    deleted_at: datetime | None
    deleted: str


@dataclass(frozen=True)
class Item:
    """A piece of evidence."""

    key: UUID
    number: int
    name: str
    words: str
    giver: str
    is_mine: bool
    given_at: datetime
    has_file: bool
    original_seen: bool
    #: Code of what I say of it; of mine, what the others say in words.
    stance: str
    said: tuple[str, ...]
    #: The other side does not see it.
    for_mediator: bool


@dataclass(frozen=True)
class Shown:
    """A proof that a promise was kept."""

    key: UUID
    at: datetime
    kind: str
    words: str
    amount: str
    denied: str
    is_confirmed: bool
    has_file: bool
    is_open: bool


@dataclass(frozen=True)
class Promise:
    """One promise, with what I may do about it now."""

    key: UUID
    number: int
    what: str
    amount: str
    place: str
    due_on: date | None
    other: str
    state: str
    state_words: str
    is_late: bool
    is_money: bool
    is_mine: bool
    may_claim: bool
    may_answer: bool
    may_breach: bool
    may_waive: bool
    proofs: tuple[Shown, ...] = field(default=())
    #: What is left of a payment of which a part was received; empty otherwise.
    rest: str = ""


@dataclass(frozen=True)
class Speaker:
    """A representative of my group, and whether they have signed."""

    number: int
    name: str
    has_signed: bool


@dataclass(frozen=True)
class Text:
    """A version of the agreement before the party."""

    key: UUID
    version: int
    words: str
    sha256: str
    is_offered: bool
    is_in_force: bool
    effective_at: datetime | None
    spans: tuple[Span, ...]
    before: int | None
    signed_at: datetime | None
    signers: tuple[tuple[str, datetime], ...]
    is_stamped: bool
    paper_wanted: bool
    #: Who signs for my group; empty for a party that signs itself.
    speakers: tuple[Speaker, ...] = field(default=())


@dataclass(frozen=True)
class Court:
    """Judicial confirmation, as far as it has come."""

    deadline_at: datetime
    days_left: int
    wanted: bool
    waits_for_others: bool
    is_open: bool
    applied_at: datetime | None
    court: str
    answer: str


@dataclass(frozen=True)
class Seen:
    """Somebody opened the file."""

    at: datetime
    who: str
    purpose: str
    was_identity: bool
    was_sound: bool = False


@dataclass(frozen=True)
class Complained:
    """What a party complained of, and what it was answered by whom; empty and None before."""

    at: datetime
    words: str
    #: When an answer is due; None for one of the time before that was promised.
    due_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    answer: str = ""
