"""The register of mediation bodies and of who mediates there."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.models import Area
from linli.journal.actions import record
from linli.kit.refusal import BadInput, Refused
from linli.mediation.models import Assignment, Body, Dispute, Mediator
from linli.mediation.rules import BodyKind, Kind, Language, Level, State
from linli.mediation.rules.parties import not_a_choice
from linli.people.actions import require_register, scope_of
from linli.people.models import Person


def seats_of(person: Person, at: datetime) -> list[Mediator]:
    """As what somebody mediates now."""
    serving = Mediator.objects.serving_on(timezone.localdate(at)).filter(person=person)
    return list(serving.select_related("body"))


@transaction.atomic
def add_body(
    *,
    area: Area,
    name: str,
    level: str,
    prefix: str,
    by: Person,
    at: datetime,
    kind: str = BodyKind.PEOPLE,
    name_en: str = "",
    court_name: str = "",
) -> Body:
    """Enter a body. Raises `BadInput`, or `NotYours` for whoever does not keep the register there."""
    require_register(by, area.code, at)
    if level not in Level.values or kind not in BodyKind.values:
        raise not_a_choice("level")
    if not area.is_open:
        raise BadInput(
            "area_closed",
            _("%(area)s no longer exists. Choose the area that followed it."),
            area=area.name,
            field="area",
        )
    words = " ".join(prefix.split())
    if not name.strip() or not words or len(words) > 20 or len(name) > 100:
        raise BadInput(
            "body_unnamed",
            _("A body has a name of 100 characters at most, and words of 20 at most for its case numbers."),
            field="name",
        )
    try:
        with transaction.atomic():
            body = Body.objects.create(
                area=area,
                name=name.strip(),
                name_en=name_en.strip()[:100],
                level=level,
                kind=kind,
                prefix=words,
                court_name=court_name.strip()[:100],
            )
    except IntegrityError:
        raise BadInput(
            "prefix_taken", _("Another body numbers its cases with these words. Choose others."), field="prefix"
        ) from None
    record("mediation.body_added", on=body, by=by, at=at, level=level, kind=kind)
    return body


@transaction.atomic
def close_body(body: Body, *, on: date, by: Person, at: datetime) -> None:
    """The body is no more from that day on. Raises `Refused` while it has open disputes: hand them over first."""
    require_register(by, body.area_id, at)
    if Dispute.objects.open().filter(body=body).exists():
        raise Refused("body_has_disputes", _("This body still has open disputes. Hand them over to another one first."))
    body.closed_on = on
    body.save(update_fields=["closed_on"])
    record("mediation.body_closed", on=body, by=by, at=at, day=on)


@transaction.atomic
def add_mediator(
    body: Body,
    *,
    person: Person,
    from_on: date,
    by: Person,
    at: datetime,
    is_head: bool = False,
    skills: Sequence[str] = (),
    languages: Sequence[str] = (Language.MANDARIN,),
) -> Mediator:
    """Let a person mediate in a body. Raises `BadInput`, `NotYours`."""
    require_register(by, body.area_id, at)
    if scope_of(person, at).administers:
        words = _("Auditors and administrators read no files and mediate nowhere. Choose somebody else.")
        raise BadInput("administrators_see_nothing", words, field="person")
    if not set(skills) <= set(Kind.values) or not set(languages) <= set(Language.values):
        raise not_a_choice("skills")
    try:
        with transaction.atomic():
            mediator = Mediator.objects.create(
                body=body,
                person=person,
                is_head=is_head,
                skills=sorted(set(skills)),
                languages=sorted(set(languages)),
                from_on=from_on,
            )
    except IntegrityError:
        raise Refused(
            "mediates_already", _("This person mediates in this body already. Change what is entered there.")
        ) from None
    record("mediation.mediator_added", on=mediator, by=by, at=at, area=body.area_id, body=body, is_head=is_head)
    return mediator


@transaction.atomic
def end_mediator(mediator: Mediator, *, on: date, by: Person, at: datetime) -> None:
    """They mediate until the day before. Raises `Refused` while they have disputes: give those to somebody else first.

    What is settled is looked after by the heads of the body from then on.
    """
    body = mediator.body
    require_register(by, body.area_id, at)
    if on < mediator.from_on:
        raise BadInput("ends_before_start", _("The last day lies before the first. Correct the dates."), field="on")
    mediates = Assignment.objects.in_force().filter(mediator=mediator, dispute__ended_at__isnull=True)
    if mediates.exclude(dispute__state=State.SETTLED).exists():
        raise Refused(
            "mediator_has_disputes", _("This mediator still has open disputes. Name somebody else for them first.")
        )
    mediator.to_on = on
    mediator.save(update_fields=["to_on"])
    record("mediation.mediator_ended", on=mediator, by=by, at=at, area=body.area_id, body=body, day=on)


def bodies_around(area: str, at: datetime) -> list[Body]:
    """The bodies that may take a dispute at this place, the nearest first."""
    found = Body.objects.open_on(timezone.localdate(at)).above(area)
    return sorted(found, key=lambda body: (-len(body.area_id), body.pk))
