"""Registering a dispute, through whichever door it came: one number for it from here to the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.areas.codes import contains
from linli.areas.models import Area
from linli.events.models import Event
from linli.events.rules import State as EventState
from linli.events.rules import clean_words
from linli.journal.actions import record
from linli.kit.keys import new_key
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import clocks, danger, telling
from linli.mediation.actions.files import keep_sealed
from linli.mediation.actions.numbers import next_number
from linli.mediation.actions.parties import make_link, store_party
from linli.mediation.models import Body, Dispute, EntrustmentLetter, Mediator, Party, sealed_words
from linli.mediation.rules import APPLIED, ClockKind, Door, Entruster, Kind, MediationType, Side, Way
from linli.mediation.rules.doors import REGISTERS
from linli.mediation.rules.parties import Particulars, not_a_choice
from linli.people.actions import scope_of
from linli.people.models import Person

#: GB/T 31000 allows 2,000; people who tell at a window need no limit below what a record has.
LONGEST_SUMMARY = 4000
_WAY_OF_DOOR = {Door.WINDOW: Way.IN_PERSON, Door.PHONE: Way.PHONE, Door.ONLINE: Way.ONLINE}


@dataclass(frozen=True, repr=False)
class Told:
    """What was told of a dispute. It shows nothing of itself in logs."""

    summary: str
    kind: str
    claims: str = ""
    place: str = ""
    parties: Sequence[Particulars] = field(default=())
    people_count: int = 0
    mediation_type: str = MediationType.PEOPLES
    is_public: bool = False
    #: It may turn violent: what was seen or heard; empty where nothing was. For staff who register it.
    risk: str = ""

    def __repr__(self) -> str:
        return f"<Told {self.kind}>"


@dataclass(frozen=True, repr=False)
class Registered:
    """A dispute that was registered. `secret` opens the own page of whoever applied online; it is not kept."""

    dispute: Dispute
    secret: str = ""

    def __repr__(self) -> str:
        return f"<Registered {self.dispute}>"


@transaction.atomic
def register(
    told: Told,
    *,
    area: Area,
    door: str,
    by: Person | None,
    at: datetime,
    body: Body | None = None,
    event: Event | None = None,
    parties_agree: bool = False,
    agreed_how: str = "",
    entruster: str = "",
    entrusted_by: str = "",
    letter: bytes | None = None,
    is_demo: bool = False,
) -> Registered:
    """Register a dispute. `by` is None for an application online alone.

    `letter` is the scan of the letter by which others entrust it.
    `event` for the door of that name: it has gone to mediation, or `parties_agree` to mediate it beside, and `agreed_how`
    says who of them said so and when. Raises `BadInput`, `NotYours`, and `Refused` for an event that is mediated already.
    """
    _check(told, area, door, entruster)
    _require_door(area, door, by, at)
    _check_event(event, door, parties_agree)
    if body is not None:
        require_body(body, area.code, at)
    dispute = _store(
        told,
        area=area,
        door=door,
        event=event,
        entruster=entruster,
        body=body,
        registered_at=at,
        registered_by=by,
        is_demo=is_demo,
        agreed_how=clean_words(agreed_how, field="agreed_how", longest=300),
        entrusted_by=clean_words(entrusted_by, field="entrusted_by", required=bool(entruster), longest=300),
    )
    if letter is not None:
        _keep_letter(dispute, letter, by, at)
    agreed = at if door in APPLIED else None
    stored = [
        store_party(dispute, one, applied_at=agreed if one.side == Side.APPLICANT else None, way=_way(door))
        for one in told.parties
    ]
    clocks.start(dispute, ClockKind.SCREENING, at)
    heads = telling.heads_of(dispute, at)
    beside = (event is not None and event.state != EventState.IN_MEDIATION) or None
    record(
        "dispute.registered",
        on=dispute,
        by=by,
        at=at,
        tell=heads,
        door=door,
        kind=told.kind,
        event=event,
        beside=beside,
    )
    _note_messages(dispute, stored, by, at)
    if told.risk.strip() and by is not None:
        danger.note(dispute, words=told.risk, by=by, at=at, field="risk")
    return Registered(dispute, _link(stored, at) if door == Door.ONLINE else "")


def _keep_letter(dispute: Dispute, content: bytes, by: Person | None, at: datetime) -> None:
    """The letter stays with the dispute as it came. Raises `BadInput`, also at doors where nobody entrusts."""
    if dispute.door != Door.TRANSFER:
        raise not_a_choice("letter")
    key = new_key()
    file = keep_sealed(content, model=EntrustmentLetter, key=key)
    EntrustmentLetter.objects.create(
        key=key,
        dispute=dispute,
        added_at=at,
        added_by=by,
        sealed=sealed_words(EntrustmentLetter, key, {}),
        **file.fields,
    )


def _note_messages(dispute: Dispute, stored: Sequence[Party], by: Person | None, at: datetime) -> None:
    for one in stored:
        if one.sms_agreed_at is not None:
            record("dispute.messages_wanted", on=dispute, by=by, at=at, party=one, way=one.sms_agreed_way)


def _way(door: str) -> str:
    return str(_WAY_OF_DOOR.get(Door(door), ""))


def _link(stored: Sequence[Party], at: datetime) -> str:
    return make_link(next(one for one in stored if one.side == Side.APPLICANT), at)


def _store(
    told: Told, *, area: Area, event: Event | None, entrusted_by: str, agreed_how: str, **columns: object
) -> Dispute:
    key = new_key()
    words = {
        "summary": clean_words(told.summary, field="summary", required=True, longest=LONGEST_SUMMARY),
        "claims": clean_words(told.claims, field="claims", longest=LONGEST_SUMMARY),
        "place": clean_words(told.place, field="place", longest=300),
        "entrusted_by": entrusted_by,
        **({"agreed_how": agreed_how} if agreed_how else {}),
    }
    at: datetime = columns["registered_at"]  # type: ignore[assignment]
    try:
        with transaction.atomic():
            return Dispute.objects.create(
                key=key,
                sealed=sealed_words(Dispute, key, words),
                number=next_number(area.code, at),
                area=area,
                event=event,
                kind=told.kind,
                mediation_type=told.mediation_type,
                is_public=told.is_public,
                people_count=told.people_count or max(2, sum(one.group_size for one in told.parties)),
                **columns,
            )
    except IntegrityError:
        if event is None:
            raise
        raise _mediated_already(event) from None


def _check(told: Told, area: Area, door: str, entruster: str) -> None:
    for value, choices, where in (
        (door, Door.values, "door"),
        (told.kind, Kind.values, "kind"),
        (told.mediation_type, MediationType.values, "mediation_type"),
    ):
        if value not in choices:
            raise not_a_choice(where)
    if (door == Door.TRANSFER) != (entruster in Entruster.values) or (entruster and door != Door.TRANSFER):
        raise BadInput(
            "entruster_missing",
            _("Say who entrusts this dispute, a court, the police or a department; at other doors nobody does."),
            field="entruster",
        )
    if not area.is_open:
        raise BadInput(
            "area_closed",
            _("%(area)s no longer exists. Choose the area that followed it."),
            area=area.name,
            field="area",
        )
    if not 0 <= told.people_count <= 100_000:
        raise BadInput(
            "bad_people_count", _("Say how many people are in this dispute, 2 to 100,000."), field="people_count"
        )
    if door in APPLIED and not any(one.side == Side.APPLICANT for one in told.parties):
        raise BadInput("applicant_missing", _("Say who applies for this mediation."), field="parties")


def _require_door(area: Area, door: str, by: Person | None, at: datetime) -> None:
    if (by is None) != (door == Door.ONLINE):
        raise not_a_choice("door")
    if by is None:
        return
    if scope_of(by, at).roles_in(area.code) & REGISTERS[door]:
        return
    serving = Mediator.objects.serving_on(timezone.localdate(at)).filter(person=by).values_list("body__area", flat=True)
    if not any(contains(code, area.code) for code in serving):
        raise NotYours(
            "not_your_door", _("Disputes of this place are registered by its desk and its mediators. Tell them of it.")
        )


def _check_event(event: Event | None, door: str, parties_agree: bool) -> None:
    if (event is not None) != (door == Door.EVENT):
        raise BadInput(
            "event_missing", _("Say from which event this dispute comes; at other doors from none."), field="event"
        )
    if event is None:
        return
    if event.state != EventState.IN_MEDIATION and not parties_agree:
        raise Refused(
            "event_not_for_mediation",
            _(
                "This event has not gone to mediation. Ask the parties first: with their consent it can be mediated beside."
            ),
        )
    if Dispute.objects.open().filter(event=event).exists():
        raise _mediated_already(event)


def _mediated_already(event: Event) -> Refused:
    number = Dispute.objects.open().filter(event=event).values_list("number", flat=True).first()
    return Refused(
        "mediated_already", _("This event is mediated already, under %(number)s. Go on there."), number=number or "-"
    )


def require_body(body: Body, area: str, at: datetime) -> None:
    """Raises `BadInput` unless the body still exists and its area includes the place."""
    if body.closed_on is not None and body.closed_on <= timezone.localdate(at):
        raise BadInput("body_closed", _("This body no longer exists. Choose another."), field="body")
    if not contains(body.area_id, area):
        raise BadInput(
            "body_elsewhere", _("This body does not mediate there. Choose one of the place or above it."), field="body"
        )
