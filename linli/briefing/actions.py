"""Keeping schedules and templates, asking for briefings, and making them: what can be done here."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import lineage, numbering
from linli.areas.models import Area
from linli.briefing.composing import TooEarly, compose
from linli.briefing.models import Briefing, PaperTemplate, Schedule
from linli.briefing.papers import set_papers
from linli.briefing.rules import Rhythm, State, Whole, over, whole
from linli.events.rules import EARLIEST_YEAR
from linli.journal.actions import record
from linli.journal.models import Entry
from linli.kit.media.storing import original, store
from linli.kit.papers.asking import available
from linli.kit.papers.templates import check_template
from linli.kit.refusal import BadInput, Refused, to_keep
from linli.kit.workdays import WorkCalendar, stored_calendar
from linli.people.actions import scope_of, scopes_of
from linli.people.models import Person
from linli.people.rules import KEEPS_REGISTER, SEES_AREA, Scope, not_yours

#: After the offices have opened on the first working day, so that sums and limits of the period are in.
AFTER_OPENING = timedelta(hours=2)
#: A worker that was killed holds a briefing no longer; after so many tries somebody has to look.
LEASE, TRIES = timedelta(minutes=5), 3


# --- who may ------------------------------------------------------------------------------------------------------------


def may_keep(scope: Scope, area: str) -> bool:
    """Whoever keeps the register of an area and sees its matters."""
    return scope.sees(area) and bool(scope.roles_in(area) & KEEPS_REGISTER)


def require_keeper(by: Person, area: Area, at: datetime) -> None:
    """Raises `NotYours`; `BadInput` for a grid, which is the work of one person."""
    if not may_keep(scope_of(by, at), area.code):
        raise not_yours()
    require_larger_than_a_grid(area)


def has_briefings(area: Area) -> bool:
    """A grid has none: its figures would be those of one person."""
    level = numbering().level(area.code)
    return level is not None and level != "grid"


def require_larger_than_a_grid(area: Area) -> None:
    """Raises `BadInput`."""
    if not has_briefings(area):
        raise BadInput("grid_has_no_briefing", _("A grid is the work of one person: there is no briefing of it."))


def possible_readers(area: Area, at: datetime) -> list[Person]:
    """Everybody whose appointment opens all matters of the area, by name."""
    above = lineage(area.code)
    held = Person.objects.filter(is_active=True, appointments__area__in=above, appointments__role__in=sorted(SEES_AREA))
    people = list(held.distinct())
    scopes = scopes_of([one.pk for one in people], at)
    return sorted((one for one in people if scopes[one.pk].sees(area.code)), key=lambda one: (one.name, one.pk))


# --- schedules ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_schedule(
    area: Area,
    *,
    rhythm: str,
    language: str,
    office: str,
    readers: Sequence[Person],
    by: Person | None,
    at: datetime,
    since: date | None = None,
) -> Schedule:
    """From now on a briefing in this rhythm; what was set for it before is changed. `by` None: whoever has the machine.

    `since`: the day from which periods that end are made; None: today. Raises `NotYours`, `BadInput`.
    """
    if by is not None:
        require_keeper(by, area, at)
    allowed = {one.pk for one in possible_readers(area, at)}
    if not readers or not {one.pk for one in readers} <= allowed:
        raise BadInput(
            "no_readers", _("Choose who is told, of those who may see all matters of the area."), field="readers"
        )
    said = {"language": language, "office": office.strip(), "set_by": by, "set_at": at}
    schedule, is_new = Schedule.objects.update_or_create(
        area=area,
        rhythm=Rhythm(rhythm),
        ended_at=None,
        defaults=said,
        create_defaults={**said, "since_on": since or timezone.localdate(at)},
    )
    schedule.readers.set(readers)
    facts: dict[str, Any] = {"rhythm": rhythm, "language": language, "readers": [one.pk for one in readers]}
    record("briefing.scheduled" if is_new else "briefing.schedule_changed", on=schedule, by=by, at=at, **facts)
    return schedule


@transaction.atomic
def end_schedule(schedule: Schedule, *, by: Person, at: datetime) -> None:
    """No briefing more from now on; those that were made stay."""
    require_keeper(by, schedule.area, at)
    if not Schedule.objects.filter(pk=schedule.pk, ended_at__isnull=True).update(ended_at=at):
        raise Refused("schedule_ended", _("This schedule was ended already."))
    record("briefing.schedule_ended", on=schedule, by=by, at=at, rhythm=schedule.rhythm)


def due_at(one: Whole, calendar: WorkCalendar | None = None) -> datetime:
    """When the briefing of a period is made: after the offices have opened on the first working day that follows it."""
    known = calendar or stored_calendar(one.last)
    day = known.nth_working_day(one.last, 1)
    zone = ZoneInfo(timezone.get_current_timezone_name())
    return datetime.combine(day, known.office_hours[0][0], zone) + AFTER_OPENING


def plan_due(at: datetime) -> int:
    """Ask for the briefing of every period that is over and has none; how many. Again is fine: each has its place once."""
    wanted = [
        (schedule, one)
        for schedule in Schedule.objects.filter(ended_at__isnull=True)
        for one in over(Rhythm(schedule.rhythm), timezone.localdate(at), schedule.since_on)
    ]
    if not wanted:
        return 0
    calendar = stored_calendar(min(one.last for _schedule, one in wanted))
    # Made by hand or by another worker before it was due: there is one already.
    there = set(
        Briefing.objects.filter(first_on__gte=min(one.first for _schedule, one in wanted))
        .order_by()
        .values_list("area", "rhythm", "first_on")
    )
    rows = [
        Briefing(
            area_id=schedule.area_id,
            rhythm=one.rhythm,
            first_on=one.first,
            last_on=one.last,
            language=schedule.language,
            office=schedule.office,
            asked_at=at,
        )
        for schedule, one in wanted
        if (schedule.area_id, one.rhythm, one.first) not in there and due_at(one, calendar) <= at
    ]
    # Two workers may ask at once: a place is taken once.
    Briefing.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


# --- by hand ------------------------------------------------------------------------------------------------------------


def make_now(area: Area, *, rhythm: str, day: date, language: str, by: Person, at: datetime) -> Briefing:
    """Ask for a new edition of the whole period in which a day lies. Raises `NotYours`, `BadInput`, `Refused`."""
    require_keeper(by, area, at)
    if day.year < EARLIEST_YEAR:
        words = _("There is nothing before the year %(year)s.")
        raise BadInput("day_too_early", words, year=EARLIEST_YEAR, field="day")
    today = timezone.localdate(at)
    # Asked first: of the last days a calendar has there is no whole period.
    one = whole(Rhythm(rhythm), min(day, today))
    if one.last >= today:
        raise BadInput("period_not_over", _("This period is not over yet. Choose an earlier day."), field="day")
    place = {"area": area, "rhythm": one.rhythm, "first_on": one.first}
    if Briefing.objects.filter(**place, state=State.WAITING).exists():
        raise Refused(
            "briefing_waits", _("The briefing of this period is being made just now. Look again in a minute.")
        )
    last = Briefing.objects.filter(**place).aggregate(last=Max("edition"))["last"] or 0
    office = Schedule.objects.filter(area=area, rhythm=one.rhythm, ended_at__isnull=True).values_list(
        "office", flat=True
    )
    try:
        with transaction.atomic():
            briefing = Briefing.objects.create(
                **place,
                last_on=one.last,
                edition=last + 1,
                language=language,
                office=office.first() or "",
                asked_by=by,
                asked_at=at,
            )
            record("briefing.asked", on=briefing, by=by, at=at, **_facts(briefing))
    except IntegrityError:
        raise Refused("briefing_waits", _("Somebody asked for the same briefing just now. Look at the list.")) from None
    return briefing


@transaction.atomic
def make_again(briefing: Briefing, *, by: Person, at: datetime) -> None:
    """Try again to make one that failed, or the files of one that has none. What it says stays, if it says it already."""
    require_keeper(by, briefing.area, at)
    unfinished = Q(state=State.FAILED) | Q(state=State.MADE, pdf_sha256="")
    changed = Briefing.objects.filter(unfinished, pk=briefing.pk).update(
        state=State.WAITING, attempts=0, claimed_until=None, failure=None
    )
    if not changed:
        raise Refused("nothing_to_make", _("There is nothing left to make here. Load the page again."))
    record("briefing.tried_again", on=briefing, by=by, at=at, **_facts(briefing))


def _facts(briefing: Briefing) -> dict[str, Any]:
    return {"rhythm": briefing.rhythm, "first": briefing.first_on.isoformat(), "edition": briefing.edition}


# --- making -------------------------------------------------------------------------------------------------------------


def work(at: datetime) -> bool:
    """Make one briefing that waits; whether more may. An error gives it back for the next turn."""
    briefing = _claimed(at)
    if briefing is None:
        return False
    try:
        make(briefing, at)
    except TooEarly:
        # The worker still counts the period: the lease ends, and nothing counts as tried.
        Briefing.objects.filter(pk=briefing.pk).update(attempts=briefing.attempts)
        return False
    except Refused as refusal:
        _fail(briefing, to_keep(refusal))
    except BaseException:
        Briefing.objects.filter(pk=briefing.pk, state=State.WAITING).update(claimed_until=None)
        raise
    return True


def waits(at: datetime) -> bool:
    """Whether a briefing is asked for that nobody has in hand."""
    return _waiting(at).exists()


def _waiting(at: datetime) -> "QuerySet[Briefing]":
    return Briefing.objects.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=at), state=State.WAITING)


def _claimed(at: datetime) -> Briefing | None:
    """The oldest that waits, for this worker alone. One that was tried too often is set aside."""
    for briefing in _waiting(at).select_related("area").order_by("pk")[:5]:
        if briefing.attempts >= TRIES:
            _fail(briefing, to_keep(_tried_too_often()))
            continue
        changes = {"claimed_until": at + LEASE, "attempts": briefing.attempts + 1}
        if _waiting(at).filter(pk=briefing.pk).update(**changes):
            return briefing
    return None


def _tried_too_often() -> Refused:
    return Refused(
        "tried_too_often",
        _("It was tried three times and failed. The log of the worker says why; then try again."),
    )


def _fail(briefing: Briefing, failure: dict[str, Any]) -> None:
    Briefing.objects.filter(pk=briefing.pk, state=State.WAITING).update(
        state=State.FAILED, failure=failure, claimed_until=None
    )


def make(briefing: Briefing, at: datetime) -> None:
    """Say it, set both papers, keep them, and tell the readers; killed anywhere, it is done anew and told once.

    What it says is kept first: files that are made again later say the same. Raises `TooEarly`, `Refused`.
    """
    if not briefing.content:
        briefing.content, briefing.made_at = compose(briefing, at), at
        Briefing.objects.filter(pk=briefing.pk).update(content=briefing.content, made_at=at)
    kept = _kept_papers(briefing, at) if available() else {}
    with transaction.atomic():
        done = Briefing.objects.filter(pk=briefing.pk, state=State.WAITING)
        if not done.update(state=State.MADE, claimed_until=None, failure=None, **kept):
            return
        facts: dict[str, Any] = {**_facts(briefing), **kept}
        if Entry.objects.filter(on_key=str(briefing.pk), on_kind="briefing", verb="briefing.made").exists():
            # Its readers know of it: only its papers are new.
            record("briefing.papers_made", on=briefing, by=None, at=at, **facts)
            return
        record("briefing.made", on=briefing, by=None, at=at, tell=readers_of(briefing, at), **facts)


def _kept_papers(briefing: Briefing, at: datetime) -> dict[str, str]:
    papers = set_papers(briefing.content, template_bytes(briefing.area_id), at=briefing.made_at or at)
    return {"pdf_sha256": _keep(papers.pdf), "docx_sha256": _keep(papers.docx)}


def _keep(content: bytes) -> str:
    """Under the name of its content: again is fine."""
    digest = hashlib.sha256(content).hexdigest()
    store().put(original(digest), content)
    return digest


def readers_of(briefing: Briefing, at: datetime) -> list[Person]:
    """Those the schedule names, as far as they may see the area still; and whoever asked for it by hand."""
    named = Person.objects.filter(is_active=True).filter(Q(pk__in=_named(briefing)) | Q(pk=briefing.asked_by_id))
    people = list(named)
    scopes = scopes_of([one.pk for one in people], at)
    return [one for one in people if scopes[one.pk].sees(briefing.area_id)]


def _named(briefing: Briefing) -> Iterable[int]:
    schedules = Schedule.objects.filter(area=briefing.area_id, rhythm=briefing.rhythm, ended_at__isnull=True)
    return schedules.values_list("readers", flat=True)


# --- templates ----------------------------------------------------------------------------------------------------------


def put_template(area: Area, content: bytes, *, by: Person, at: datetime) -> PaperTemplate:
    """Set papers of this area and all inside it by an office's own DOCX. It is tried first, on the newest briefing.

    Raises `NotYours`, `BadInput`, `Refused`.
    """
    require_keeper(by, area, at)
    check_template(content)
    set_papers(_newest(area) or _trial(area, at), content, at=at, pdf=False)
    digest = _keep(content)
    with transaction.atomic():
        PaperTemplate.objects.filter(area=area, ended_at__isnull=True).update(ended_at=at)
        template = PaperTemplate.objects.create(area=area, sha256=digest, put_by=by, put_at=at)
        record("briefing.template_put", on=template, by=by, at=at, sha256=digest)
    return template


def _newest(area: Area) -> dict[str, Any]:
    said = Briefing.objects.filter(area=area).exclude(content={}).order_by("-last_on", "-edition")
    return said.values_list("content", flat=True).first() or {}


def _trial(area: Area, at: datetime) -> dict[str, Any]:
    """The month before, said for the trial alone."""
    one = whole(Rhythm.MONTH, timezone.localdate(at)).before
    draft = Briefing(
        area=area, rhythm=one.rhythm, first_on=one.first, last_on=one.last, language=settings.LANGUAGE_CODE
    )
    return compose(draft, at, is_trial=True)


@transaction.atomic
def end_template(area: Area, *, by: Person, at: datetime) -> None:
    """Back to linli's own, or to that of the area above."""
    require_keeper(by, area, at)
    template = template_of(area.code)
    if template is None or template.area_id != area.code:
        raise Refused("no_template", _("This area has no template of its own."))
    PaperTemplate.objects.filter(pk=template.pk).update(ended_at=at)
    record("briefing.template_ended", on=template, by=by, at=at)


def template_of(area: str) -> PaperTemplate | None:
    """The one in use here: of the area itself, or of the nearest above; None: linli's own."""
    found = PaperTemplate.objects.filter(area__in=lineage(area), ended_at__isnull=True).select_related("area")
    return max(found, key=lambda one: len(one.area_id), default=None)


def template_bytes(area: str) -> bytes | None:
    """Its content."""
    template = template_of(area)
    if template is None:
        return None
    with store().open(original(template.sha256)) as file:
        return file.read()
