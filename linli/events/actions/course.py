"""How a step is taken: check it against the table, change the event, write it down, tell who must know. One transaction."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.events.actions import clocks, drawing, promise, verifying
from linli.events.actions.telling_reporters import tell_reporters
from linli.events.models import (
    Clock,
    Deferral,
    Event,
    Hand,
    Milestone,
    Objection,
    Part,
    Picture,
    PictureKind,
    Reinspection,
    Remark,
    Supervision,
    Voice,
    Whistle,
)
from linli.events.rules import (
    BEFORE_DISPATCH,
    ENDED,
    INDEPENDENT_ROLES,
    INDEPENDENT_STATES,
    MAX_PHOTOS,
    NEEDS_CLOSED,
    NEEDS_OPEN,
    PAUSED,
    SOLVED,
    TOLD,
    Audience,
    MilestoneState,
    Question,
    Standing,
    State,
    To,
    clean_words,
    marks_of,
    moved_on,
    require,
    steps_open,
)
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.media.checking import File
from linli.kit.media.keeping import keep
from linli.kit.prepared import Prepared
from linli.kit.refusal import BadInput
from linli.people.actions import Posts, officers_of, scope_of
from linli.people.models import Person
from linli.people.rules import Role, Scope

P = ParamSpec("P")
T = TypeVar("T")
Photos = Sequence[bytes]


#: What the acts come of that are taken now: facts for the journal, ids alone.
_COMES_OF: ContextVar[dict[str, str]] = ContextVar("comes_of", default={})  # noqa: B039


@contextmanager
def coming_of(**facts: str) -> Iterator[None]:
    """The steps taken within say in the journal what they came of: the run of many matters, the macro. Ids alone."""
    token = _COMES_OF.set(facts)
    try:
        yield
    finally:
        _COMES_OF.reset(token)


def comes_of() -> dict[str, str]:
    """What the acts taken now come of, for an entry that is no step."""
    return dict(_COMES_OF.get())


def act(function: Callable[P, T]) -> Callable[P, T]:
    """One act in one transaction, at whose end the clocks follow.

    Its photos are checked and kept first: that is slow, and nobody should wait for the lock.
    """

    @functools.wraps(function)
    def acted(*args: P.args, **kwargs: P.kwargs) -> T:
        if "photos" in kwargs:
            kwargs["photos"] = kept(kwargs["photos"])
        with transaction.atomic():
            done = function(*args, **kwargs)
            if args and isinstance(event := args[0], Event):
                clocks.follow(event, kwargs["at"], kwargs.get("by"))  # type: ignore[arg-type]
            return done

    return acted


def kept(photos: Any) -> list[File]:
    """Photos checked and stored; a voice note among them was before. Raises `BadInput`."""
    if sum(not _is_voice(photo) for photo in photos) > MAX_PHOTOS:
        raise BadInput("too_many_photos", _("Nine photos at most. Choose the ones that show it best."), field="photos")
    return [photo if isinstance(photo, File) else keep(photo) for photo in photos]


def _is_voice(photo: Any) -> bool:
    return isinstance(photo, File) and photo.is_voice


def standing_of(event: Event, by: Person | None, at: datetime, scope: Scope | None = None) -> Standing:
    """What somebody is to an event. `by=None` is whoever holds its receipt. `scope` if the caller has it already."""
    if by is None:
        return Standing(frozenset({Role.RESIDENT}))
    scope = scope if scope is not None else scope_of(by, at)
    roles = set(scope.roles_in(event.area_id))
    # All of them, not `acting()`: a page that has read the parts already asks nothing here.
    parts = [part for part in parts_of(event) if part.is_acting and part.department_id in scope.departments]
    if parts:
        roles.add(Role.HANDLER)
    if event.state == State.OBJECTED and (waiting := waiting_objection(event, coordinated=True)):
        # Whoever was named to settle it stands as a leader does.
        roles |= {Role.LEADER} if waiting.coordinator == by else set()
    handled = bool(_hands_of(event.pk, by.pk))
    is_asked = not handled and event.state in INDEPENDENT_STATES and roles & INDEPENDENT_ROLES
    unit, instead = verifying.own_unit(event, by, scope, at) if is_asked else ("", "")
    not_again = drawing.barred_from_looking(event, by, at) if event.state in SOLVED else None
    return Standing(
        frozenset(roles),
        handled=handled,
        unit=unit,
        instead=instead,
        leads=any(part.leads for part in parts),
        signed=bool(parts) and all(part.signed_at for part in parts),
        barred={"reinspect": not_again} if not_again else {},
    )


def parts_of(event: Event) -> list[Part]:
    """Its parts; asked for nothing where they were read with it."""
    read = getattr(event, "_prefetched_objects_cache", {})
    return list(event.parts.all()) if "parts" in read else _parts_of(event.pk)


@Prepared
def _parts_of(event: UUID) -> QuerySet[Part]:
    return Part.objects.filter(event=event)


@Prepared
def _hands_of(event: UUID, person: int) -> QuerySet[Any, int]:
    return Hand.objects.filter(event=event, person=person).values_list("person", flat=True)


def steps_for(event: Event, by: Person | None, at: datetime, scope: Scope | None = None) -> list[str]:
    """The steps this person may take now on this event, in the order of the table."""
    return steps_open(event.state, standing_of(event, by, at, scope), questions=questions_of(event))


def questions_of(event: Event, *, supervised: bool | None = None, whistled: bool | None = None) -> set[Question]:
    """What is open on an event beside its state. `supervised`, `whistled`: if the caller has read it already."""
    asked = {Question.EXTENSION} if event.extension_asked_until else set()
    if supervised is None:
        supervised = bool(_supervised(event.pk))
    bounced = event.state == State.OBJECTED and waiting_objection(event, coordinated=True) is not None
    if whistled is None:
        whistled = bool(_whistled(event.pk))
    asked |= {Question.WHISTLE} if whistled else set()
    drawn = event.state in SOLVED and Reinspection.objects.waiting().filter(event=event).exists()
    asked |= {Question.DRAWN} if drawn else set()
    return asked | ({Question.SUPERVISION} if supervised else set()) | ({Question.BOUNCED} if bounced else set())


@Prepared
def _supervised(event: UUID) -> QuerySet[Any, int]:
    return Supervision.objects.filter(event=event, ended_at__isnull=True).values_list("pk", flat=True)


@Prepared
def _whistled(event: UUID) -> QuerySet[Any, int]:
    return Whistle.objects.filter(event=event, ended_at__isnull=True).values_list("pk", flat=True)


def waiting_objection(event: Event, *, coordinated: bool = False) -> Objection | None:
    """The objection that waits for its answer; `coordinated`: only one that a coordinator has to settle."""
    waiting = Objection.objects.of_leads().waiting().filter(event=event)
    if coordinated:
        waiting = waiting.filter(coordinator__isnull=False)
    return waiting.select_related("coordinator", "department", "next_owner").last()


def take_step(
    event: Event,
    name: str,
    *,
    by: Person | None,
    at: datetime,
    text: str = "",
    reason_needed: bool = False,
    for_reporter: bool = False,
    photos: Iterable[File] = (),
    picture_kind: str = PictureKind.REPORT,
    set_before: Callable[[Event], None] | None = None,
    tell: Iterable[Person] = (),
    **facts: Any,
) -> Entry:
    """Take one step of the table on `event`, which is brought up to date with it.

    `set_before` changes further fields of the event before it is stored. Raises `Refused` when the event has moved on
    since the caller read it, `NotYours` when the step is not theirs, `BadInput` for words that are missing or too many.
    """
    words = clean_words(text, field="text", required=reason_needed)
    seen = event.state
    _lock(event)
    row = require(name, seen, standing_of(event, by, at), questions=questions_of(event) if name in _ASKS else ())
    if event.state != seen:
        raise moved_on()
    told = people_told(event, TOLD.get(name, ()), at)
    # A clock set back at the door must not put an act before the report it is about; the journal keeps the time as given.
    _enter(event, row.target, max(at, event.reported_at))
    if set_before is not None:
        set_before(event)
    _store(event, seen)
    if event.ended_at is not None:
        Supervision.objects.filter(event=event, ended_at__isnull=True).update(ended_at=at, next_at=None)
    if event.ended_at is not None or event.state in BEFORE_DISPATCH:
        # Of departments that have nothing to do with it any more, nobody is called to the spot.
        Whistle.objects.filter(event=event, ended_at__isnull=True).update(ended_at=at)
        Objection.objects.of_parts().filter(event=event).lapse(at)
    entry = record(f"event.{PAST[name]}", on=event, by=by, at=at, tell=[*told, *tell], **facts, **_COMES_OF.get())
    write_beside(event, entry, words=words, for_reporter=for_reporter, photos=photos, kind=picture_kind)
    tell_reporters(event, entry)
    return entry


def sent_as(as_it_is: Sequence[str]) -> dict[str, Any]:
    """The facts of words that were sent though something was found in them (rules.replies): its codes, never the words."""
    return {"as_it_is": [str(one) for one in as_it_is]} if as_it_is else {}


@transaction.atomic
def end_pause(key: UUID, at: datetime) -> bool:
    """A pause that has lasted as long as it may: the matter goes back to where it was and its clocks run on.

    False when it has moved on meanwhile.
    """
    event = Event.objects.select_for_update(of=("self",)).select_related("category").get(pk=key)
    seen = event.state
    ended = Clock.objects.filter(event=event, paused_until__lte=at).values_list("pause_reason", flat=True).first()
    if seen not in PAUSED or not ended:
        return False
    _enter(event, To.BACK, max(at, event.reported_at))
    event.review_on = None
    _store(event, seen)
    told = people_told(event, (Audience.DESK, Audience.HANDLERS, Audience.REPORTER), at)
    tell_reporters(event, record("event.ran_on", on=event, by=None, at=at, tell=told, reason=ended))
    clocks.follow(event, at)
    return True


def _lock(event: Event) -> None:
    """Bring it up to date with its row, which nobody else changes until the transaction ends."""
    (stored,) = _locked(event.pk)
    for field in Event._meta.concrete_fields:
        setattr(event, field.attname, getattr(stored, field.attname))
    event._state.fields_cache = stored._state.fields_cache
    event.__dict__.pop("_prefetched_objects_cache", None)


@Prepared
def _locked(pk: UUID) -> QuerySet[Event]:
    return Event.objects.select_for_update(of=("self",)).select_related("area", "category").filter(pk=pk)


#: Steps for which it matters what else is open.
_ASKS = NEEDS_OPEN.keys() | NEEDS_CLOSED.keys()


def _enter(event: Event, target: str, at: datetime) -> None:
    before = event.state
    if target == To.SAME:
        return
    after = event.state_before if target == To.BACK else target
    event.state = after
    event.state_before = before if after in PAUSED or after == "merged" else ""
    if before == State.DEFERRED:
        _end_deferral(event, at)
    if before in PAUSED:
        promise.resume(event, at)
    if after in PAUSED:
        promise.pause(event, at)
    event.ended_at = at if after in ENDED else None


def _end_deferral(event: Event, at: datetime) -> None:
    """What was to be done after this day is no longer waited for; what was to be done by it and is not will be told as missed."""
    open_now = Deferral.objects.filter(event=event, ended_at__isnull=True)
    later = Milestone.objects.filter(deferral__in=open_now, state=MilestoneState.WAITING)
    later.filter(due_on__gt=timezone.localdate(at)).update(state=MilestoneState.DROPPED)
    open_now.update(ended_at=at)


def _store(event: Event, before: str) -> None:
    """A conditional update: if no row changed, somebody was quicker."""
    fields = {
        field.attname: getattr(event, field.attname) for field in Event._meta.concrete_fields if not field.primary_key
    }
    if not Event.objects.filter(pk=event.pk, state=before).update(**fields):
        raise moved_on()


def write_beside(
    event: Event, entry: Entry, *, words: str, for_reporter: bool, photos: Iterable[File], kind: str
) -> None:
    """Keep the words, photos and voice note that belong to an act."""
    if words:
        Remark.objects.create(event=event, entry=entry, text=words, for_reporter=for_reporter)
    files = list(photos)
    kept = [picture_of(event, entry, photo, kind) for photo in files if not photo.is_voice]
    heard = [voice_of(event, entry, voice, kind) for voice in files if voice.is_voice]
    # The same file sent twice is one.
    if kept:
        Picture.objects.bulk_create(kept, ignore_conflicts=True)
    if heard:
        Voice.objects.bulk_create(heard, ignore_conflicts=True)


def picture_of(event: Event, entry: Entry, file: File, kind: str) -> Picture:
    """The picture of a kept file, not stored."""
    return Picture(
        event=event,
        entry=entry,
        kind=kind,
        sha256=file.sha256,
        media_type=file.type,
        width=file.width,
        height=file.height,
        size=file.size,
        duration_s=file.duration_s,
        taken_at=file.taken_at,
        lon=file.position[0] if file.position else None,
        lat=file.position[1] if file.position else None,
        from_album=file.from_album,
        **dict(zip(("mark_1", "mark_2", "mark_3", "mark_4"), marks_of(file.likeness), strict=True)),
    )


def voice_of(event: Event, entry: Entry, file: File, kind: str) -> Voice:
    """The voice note of a kept file, not stored."""
    facts = {"sha256": file.sha256, "media_type": file.type, "size": file.size, "duration_s": file.duration_s or 0.0}
    return Voice(event=event, entry=entry, kind=kind, **facts)


def note_hand(event: Event, by: Person | None) -> None:
    """This person has handled the event and will never verify it."""
    if by is not None:
        Hand.objects.get_or_create(event=event, person=by)


def people_told(event: Event, audiences: Iterable[Audience], at: datetime) -> list[Person]:
    """The people behind the audiences of a step, for this event at this moment."""
    asked = list(audiences)
    roles = [_ROLES[audience] for audience in asked if audience in _ROLES]
    posts = Posts(event.area_id, at, *roles) if roles else None
    told: list[Person] = []
    for audience in asked:
        if posts is not None and audience in _ROLES:
            told += [turn.person for turn in posts.on_duty(_ROLES[audience])]
        else:
            told += _AUDIENCE[audience](event, at)
    return told


def _handlers(event: Event, at: datetime) -> list[Person]:
    departments = [part.department_id for part in _parts_of(event.pk) if part.is_acting]
    return officers_of(departments, at) if departments else []


#: Audiences that are whoever is on duty in a role.
_ROLES: dict[Audience, Role] = {
    Audience.GRID: Role.GRID_WORKER,
    Audience.DESK: Role.DESK,
    Audience.CHECKERS: Role.VERIFIER,
}
_AUDIENCE: dict[Audience, Callable[[Event, datetime], list[Person]]] = {
    Audience.HANDLERS: _handlers,
    Audience.REPORTER: lambda event, at: [event.reported_by] if event.reported_by else [],
}

#: Journal verbs are past.
PAST: dict[str, str] = {
    "ask_check": "check_asked",
    "check_truth": "truth_checked",
    "accept": "accepted",
    "reject": "rejected",
    "self_handle": "self_handled",
    "dispatch": "dispatched",
    "whistle": "whistled",
    "end_whistle": "whistle_ended",
    "add_part": "part_added",
    "sign_for": "signed_for",
    "object": "objected",
    "uphold_objection": "objection_upheld",
    "dismiss_objection": "objection_dismissed",
    "settle": "objection_settled",
    "handle": "handling_begun",
    "hand_back": "handed_back",
    "submit_result": "result_submitted",
    "verify": "verified",
    "rework": "rework_asked",
    "close": "closed",
    "follow_up": "followed_up",
    "reinspect": "reinspected",
    "reopen": "reopened",
    "ask_supplement": "supplement_asked",
    "supplement": "supplemented",
    "ask_extension": "extension_asked",
    "extend": "extended",
    "refuse_extension": "extension_refused",
    "defer": "deferred",
    "resume": "resumed",
    "classify": "classified",
    "move": "moved",
    "void": "voided",
    "refer_out": "referred_out",
    "to_mediation": "sent_to_mediation",
    "merge": "merged",
    "remind": "reminded",
    "supervise": "supervised",
    "end_supervision": "supervision_ended",
    "escalate": "raised",
    "separate": "separated",
    "split": "split",
}
