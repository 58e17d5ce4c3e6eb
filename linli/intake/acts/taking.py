"""An act that was kept becomes what it was meant for: done, a note because the matter had moved on, or refused with a sentence.

Each in a transaction of its own with its mark, so that whatever crashes in between it is done once or not yet. What cannot be
done yet, for its report or its photos are still on the way, is held and looked at again when they are there.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from linli.events import actions
from linli.events.actions.course import PAST, standing_of
from linli.events.forms import ACTS, PART_FORMS
from linli.events.models import Event
from linli.events.rules import MAX_TEXT, STEPS, To
from linli.intake.acts import form
from linli.intake.acts.form import KIND, Act
from linli.intake.acts.steps import OWN, Doing, do
from linli.intake.models import Kept, KeptState, Lacking, Outcome, PhoneAct, SenderKind, Upload, UploadState, estimated
from linli.journal.models import Entry
from linli.kit.media.checking import File
from linli.kit.refusal import BadInput, Refused, to_keep
from linli.people.actions import scope_of
from linli.people.models import Person
from linli.people.rules import Scope, not_yours

#: So long an act waits for what belongs to it; then it is taken in with what is there. As long as a part of a file is kept.
WAITS = timedelta(days=7)
_SLICE = 50


@transaction.atomic
def take(row: Kept, at: datetime) -> bool:
    """Take in one act, hold it or refuse it. False when another worker was quicker."""
    ours = Kept.objects.filter(pk=row.pk, state=KeptState.WAITING, digested_at__isnull=True)
    if not ours.update(state=KeptState.DIGESTED, digested_at=at, reason=None):
        return False
    act = form.read(bytes(row.content))
    what, _is_new = PhoneAct.objects.get_or_create(kept=row, defaults={"report": act.about.report})
    if what.outcome:  # a restored backup, say: what came of it is there, the mark was not
        return True
    lacking = _lacking(row, act) if row.received_at > at - WAITS else ""
    if lacking:
        Kept.objects.filter(pk=row.pk).update(state=KeptState.HELD, digested_at=None)
        PhoneAct.objects.filter(pk=what.pk).update(waits_for=lacking)
        return True
    _end(what, row, act, at)
    return True


def _end(what: PhoneAct, row: Kept, act: Act, at: datetime) -> None:
    """Do it, keep it as a note, or say why not; and remember which."""
    what.waits_for = ""
    try:
        doing = _doing(row, act, at)
        what.event = doing.event
        what.outcome = _done(what, doing, row)
    except Refused as why:
        what.outcome, what.reason = Outcome.REFUSED, to_keep(why)
    what.save()
    if what.outcome != Outcome.REFUSED:
        # What was found in its photos has gone over to the matter.
        Upload.objects.filter(kept=row).update(found=None)


# --- what it needs ----------------------------------------------------------------------------------------------------


def _lacking(row: Kept, act: Act) -> str:
    if act.about.report is not None:
        report = _report_of(row, act.about.report)
        # One that somebody else sent under this id is not waited for: the sender has none.
        if report is None and not Kept.objects.filter(device_id=act.about.report).exclude(kind=KIND).exists():
            return Lacking.REPORT
        if report is not None and report.state != KeptState.DIGESTED:
            return Lacking.REPORT
    ended = Upload.objects.filter(kept=row, state__in=(UploadState.RECEIVED, UploadState.REFUSED))
    here = set(ended.values_list("sha256", flat=True))
    return Lacking.PHOTOS if {one.sha256 for one in act.photos} - here else ""


def _report_of(row: Kept, report: UUID) -> Kept | None:
    """The report it is about, of the very sender. Locked: whoever is taking it in wakes this act or is waited for."""
    sender_key = row.sender_key
    if row.sender == SenderKind.PUBLIC:
        sender_key = form.own_key(msgspec.json.decode(bytes(row.content)))
    theirs = Kept.objects.select_for_update().filter(device_id=report, sender=row.sender, sender_key=sender_key)
    return theirs.exclude(kind=KIND).first()


def _doing(row: Kept, act: Act, at: datetime) -> Doing:
    """Raises `Refused` where there is nobody or nothing to act on."""
    by = _person(row)
    scope = scope_of(by, row.received_at)
    event = _event(row, act, scope)
    made_at = min(estimated(row.made_at, row.sent_at, row.received_at) or row.received_at, row.received_at)
    return Doing(act, event, by, scope, _moment(event, row), made_at, _photos(row, act))


def _person(row: Kept) -> Person | None:
    if row.sender != SenderKind.PERSON:
        return None
    person = Person.objects.filter(pk=row.sender_key, is_active=True).first()
    if person is None:
        raise Refused("left", _("This account is closed. Ask the system administrator."))
    return person


def _event(row: Kept, act: Act, scope: Scope) -> Event:
    events = Event.objects.select_related("area", "category")
    if act.about.report is not None:
        report = _report_of(row, act.about.report)
        event = events.filter(pk=_became(report)).first() if report else None
    else:
        event = events.filter(pk__in=[act.about.event]).visible_to(scope).first()
    if event is None:
        raise Refused("no_such_matter", _("You see no such matter. It may have gone to another area or department."))
    return event


def _became(report: Kept) -> Any:
    """The key of the matter a report became: its own, or of the number under which it was entered by hand."""
    number = (report.reason or {}).get("facts", {}).get("number") if report.state == KeptState.DIGESTED else None
    return Event.objects.filter(number=number).values("pk")[:1] if number else report.pk


def _moment(event: Event, row: Kept) -> datetime:
    """When it counts as done: on its arrival, as limits do; but never before what was done to the matter until then."""
    latest = (
        Entry.objects.filter(on_key=str(event.pk), on_kind="event").order_by("-id").values_list("at", flat=True).first()
    )
    return max(row.received_at, latest) if latest else row.received_at


def _photos(row: Kept, act: Act) -> list[File]:
    """Those that arrived, in the order in which the act names them."""
    received = Upload.objects.filter(kept=row, state=UploadState.RECEIVED, found__isnull=False)
    here = {one.sha256: msgspec.convert(one.found, File) for one in received}
    return [here[sha256] for sha256 in dict.fromkeys(one.sha256 for one in act.photos) if sha256 in here]


# --- done, or overtaken -----------------------------------------------------------------------------------------------


def _done(what: PhoneAct, doing: Doing, row: Kept) -> str:
    """Raises `Refused` for what is not to be."""
    with actions.coming_of(**_circumstances(doing, row)):
        try:
            with transaction.atomic():
                do(doing)
            return Outcome.DONE
        except Refused as why:
            doing.event.refresh_from_db()
            if not _is_theirs(doing) and why.code == "moved_on":
                raise not_yours() from None
            if not _was_overtaken(doing, why):
                raise
        what.meanwhile = _turn(doing.event)
        what.has_note = _keep(doing)
        return Outcome.NOTED


def _circumstances(doing: Doing, row: Kept) -> dict[str, str]:
    """For the journal: when it was made by our clock, and how far the phone's was off where that is worth telling."""
    return {"made_at": doing.made_at.isoformat(timespec="seconds")} | row.clock_off()


def _was_overtaken(doing: Doing, why: Refused) -> bool:
    """Somebody was quicker: it is theirs to do, and was open when they did it."""
    if isinstance(why, BadInput):
        return False
    expected, state = doing.act.expected_state, doing.event.state
    return (why.code == "moved_on" or bool(expected and expected != state)) and _is_theirs(doing)


def _is_theirs(doing: Doing) -> bool:
    """The step is one that somebody standing as they do takes in some state."""
    step = doing.act.step
    if step in OWN or step in PART_FORMS:
        return step in OWN or doing.by is not None
    standing = standing_of(doing.event, doing.by, doing.at, doing.scope)
    return any(row.name == step and row.roles & standing.roles for row in STEPS)


def _turn(event: Event) -> Entry | None:
    """The latest act that may have led to where the matter stands now."""
    led = {f"event.{PAST[row.name]}" for row in STEPS if row.target in (event.state, To.BACK)} | _ALSO
    acts = Entry.objects.filter(on_key=str(event.pk), on_kind="event", verb__in=led)
    return acts.order_by("-id").first()


_ALSO = {"event.taken_back", "event.ran_on", "event.reported"}


def _keep(doing: Doing) -> bool:
    """What they wrote and photographed, as a note; False where there is neither."""
    words, step = _words(doing)[:MAX_TEXT], doing.act.step
    if not words and not doing.photos:
        return False
    actions.note(doing.event, text=words, photos=doing.photos, step=step, overtaken=True, by=doing.by, at=doing.at)
    return True


def _words(doing: Doing) -> str:
    """What was written in the fields of the form, each under its name where it is not the main one."""
    said = [doing.value("text")]
    labels = _labels(doing.act.step)
    for name in doing.act.values:
        value = doing.value(name)
        if value and name not in ("text", "as_it_is", "part"):
            said.append(gettext_now("%(name)s: %(words)s") % {"name": labels.get(name, name), "words": value})
    if doing.act.step == "take_back":
        said.append(gettext_now("The reporter wanted to take the report back."))
    return "\n".join(one for one in said if one)


def _labels(step: str) -> dict[str, str]:
    """The names of the fields of its form, as far as they stand without the matter."""
    act = ACTS.get(step) or PART_FORMS.get(step)
    fields = getattr(act.form, "base_fields", {}) if act else {}
    return {name: str(field.label or name) for name, field in fields.items()} | (
        {"place": gettext_now("Place")} if step == "place" else {}
    )


# --- those that wait --------------------------------------------------------------------------------------------------


def wake_about(reports: list[Kept]) -> None:
    """These reports are taken in: what was waiting for them is looked at. Part of their transaction."""
    held = PhoneAct.objects.waiting().filter(report__in=[row.device_id for row in reports], waits_for=Lacking.REPORT)
    _wake(list(held.values_list("pk", flat=True)))


def arrived(upload: Upload, at: datetime) -> None:
    """A file of an act has come to its end. Part of the transaction that says so.

    The act is looked at again; one that waited no longer gets the photo beside it.
    """
    # Locked whatever its state: who is about to hold it is waited for.
    row = Kept.objects.select_for_update().get(pk=upload.kept_id)
    if row.state == KeptState.DIGESTED:
        _add(row, upload, at)
    _wake([row.pk])


def _add(row: Kept, upload: Upload, at: datetime) -> None:
    what = PhoneAct.objects.select_related("event").filter(kept=row).first()
    if what is None or what.event is None or what.outcome == Outcome.REFUSED or upload.state != UploadState.RECEIVED:
        return
    step = form.read(bytes(row.content)).step if row.content else ""
    photo = msgspec.convert(upload.found, File)
    # Somebody who has left since, say: the act stands without it.
    with suppress(Refused), transaction.atomic():
        actions.note(what.event, photos=[photo], step=step, by=_person(row), at=at)


def wake_old(at: datetime) -> int:
    """What has waited too long is taken in with what is there; how many, at most fifty."""
    old = Kept.objects.filter(state=KeptState.HELD, digested_at__isnull=True, received_at__lte=at - WAITS)
    return _wake(list(old.order_by("id").values_list("pk", flat=True)[:_SLICE]))


def _wake(keys: list[UUID]) -> int:
    return Kept.objects.filter(pk__in=keys, state=KeptState.HELD).update(state=KeptState.WAITING)
