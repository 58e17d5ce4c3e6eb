"""The dispute: one row and one number from the first word to the end, and the series its numbers come from."""

from dataclasses import dataclass
from datetime import date, datetime

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from linli.areas.codes import lineage, numbering, within
from linli.areas.models import Area
from linli.events.models import Event
from linli.mediation.models.bodies import Body, Mediator, MediatorQuerySet
from linli.mediation.models.sealed import Sealed
from linli.mediation.rules.course import ENDED, State
from linli.mediation.rules.kinds import (
    AssignmentState,
    Door,
    Ending,
    Entruster,
    Kind,
    MediationType,
    NotAccepted,
)
from linli.people.models import Person
from linli.people.rules import Scope

_ENDED = sorted(ENDED)
#: The same as a state that is not ended (a constraint below), but a condition which both stores prove of an index.
IS_OPEN = Q(ended_at__isnull=True)


class NumberSeries(models.Model):
    """The last number given to a holder in a year; raised in the transaction that uses it, so without gaps."""

    id = models.BigAutoField(primary_key=True)
    #: `township CODE` for disputes, `body KEY` for case numbers.
    holder = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["holder", "year"], name="one_series_per_holder_and_year")]


@dataclass(frozen=True)
class Outline:
    """All that others may know of a dispute: no row, no key, nothing of the matter itself."""

    number: str
    kind: str
    #: Code of the village; of the township or county for a dispute that lies in no village.
    village: str
    state: str


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Named sets of disputes."""

    def visible_to(self, person: Person, at: datetime) -> "DisputeQuerySet":
        """Those whose file this person may open: those they keep, and for a while some of other committees.

        While another unit is to call the parties back, the heads of that one may, and those of the committee above that a
        complaint about a head went to. No other role opens a file.
        """
        if not isinstance(person, Person) or not person.is_active:
            return self.none()
        serving = Mediator.objects.serving_on(timezone.localdate(at)).filter(person=person)
        heads = serving.heads()
        calls = _rows("CallBack").filter(dispute=OuterRef("pk"), body__in=heads.values("body"), done_at__isnull=True)
        complained = Q(complaints_to__in=heads.values("body"), archived_at__isnull=True)
        # Few wait for an answer: found by their index, and not asked of every dispute.
        unanswered = _rows("Complaint").filter(body__in=heads.values("body"), answered_at__isnull=True)
        complained |= Q(pk__in=unanswered.values("dispute"))
        return self.filter(_kept(serving, timezone.localdate(at)) | Exists(calls) | complained)

    def kept_by(self, person: Person, at: datetime) -> "DisputeQuerySet":
        """Those on which this person has something to do: as its mediator, as head of the body that has it, or to screen it.

        Before a body has it, the heads of the bodies around its place screen it; what a closed body had, the heads around that
        body keep.
        """
        day = timezone.localdate(at)
        return self.filter(_kept(Mediator.objects.serving_on(day).filter(person=person), day))

    def outlines(self, scope: Scope, *, most: int, after: str = "") -> list[Outline]:
        """What those who see an area may know of its disputes, the latest first; at most so many.

        `after` is the number where the page before ended; one that is not among them is as none.
        """
        seen = self.filter(within(*scope.area_codes))
        rows = seen
        if last := seen.filter(number=after).values_list("registered_at", "pk").first() if after else None:
            moment, key = last
            rows = seen.filter(Q(registered_at__lte=moment) & (Q(registered_at__lt=moment) | Q(pk__lt=key)))
        found = rows.order_by("-registered_at", "-pk").values_list("number", "kind", "area", "state")
        return [Outline(number, kind, village_of(area), state) for number, kind, area, state in found[:most]]

    def open(self) -> "DisputeQuerySet":
        """Disputes somebody still has to act on. Written as the partial indexes are, so that they serve it."""
        return self.filter(IS_OPEN)

    def overdue_at(self, at: datetime) -> "DisputeQuerySet":
        """Open ones whose term of mediation, or of screening, is over."""
        return self.open().filter(due_at__lt=at)


def _kept(serving: MediatorQuerySet, day: date) -> Q:
    mine = _rows("Assignment").filter(
        dispute=OuterRef("pk"), mediator__in=serving, state__in=[AssignmentState.ASKED, AssignmentState.ACCEPTED]
    )
    heads = serving.heads()
    headed = Q(body__in=heads.values("body"))
    areas = list(heads.values_list("body__area", flat=True))
    screened = Q(body__isnull=True) & within(*areas)
    if areas:
        headed |= Q(body__in=Body.objects.left_to(*areas, day=day).values("pk"))
    return Q(Exists(mine)) | headed | screened


def village_of(area: str) -> str:
    """The code as far as the village: the grid of a dispute may be somebody's doorstep."""
    levels = numbering()
    return area[: levels.width("village")] if "village" in levels.levels else lineage(area)[-1]


def _rows(model: str) -> models.QuerySet[models.Model]:
    """Rows of a model that stands after this one and refers to it."""
    return apps.get_model("mediation", model)._default_manager.all()


class Dispute(Sealed):
    """One dispute. Behind the seal: `summary`, `claims`, `place`, `entrusted_by`, `agreed_how` (to mediate beside an event),
    `why` (of its end, in words), `ends` (those before it was opened again, and why it was).
    """

    #: For people, given at registration: township, year, running number, e.g. `440881103-2026-00012`.
    number = models.CharField(max_length=40, unique=True)
    #: Given at acceptance, e.g. `(2026)石人调字第12号`; empty before.
    case_no = models.CharField(max_length=60, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="disputes", db_index=False)
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="disputes", db_index=False)
    kind = models.CharField(max_length=2, choices=Kind)
    mediation_type = models.CharField(max_length=15, choices=MediationType, default=MediationType.PEOPLES)
    door = models.CharField(max_length=10, choices=Door)
    #: The committee above whose heads read complaints, where a head of its own mediates; none where nobody complained so.
    complaints_to = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="disputes", db_index=False)
    entruster = models.CharField(max_length=10, choices=Entruster, blank=True)
    state = models.CharField(max_length=15, choices=State, default=State.REGISTERED)

    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    screened_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    #: When the clock that binds now runs out: to answer the application, then to mediate; none once it is concluded.
    due_at = models.DateTimeField(null=True, blank=True)
    due_is_provisional = models.BooleanField(default=False)
    #: Milestones of the whole life, written by the act that reaches them and not cleared when it is opened again: when the
    #: first session began; when the first agreement came into force; when it first came back after an agreement.
    first_session_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    fell_at = models.DateTimeField(null=True, blank=True)
    #: When nothing of the agreement in force was outstanding any more; none again only with a new one that owes something.
    performed_at = models.DateTimeField(null=True, blank=True)
    #: When the mediation was over last, with an agreement or without; when the dispute ended last.
    concluded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=20, choices=Ending, blank=True)
    not_accepted_for = models.CharField(max_length=20, choices=NotAccepted, blank=True)
    #: Codes of `NextWay` that the parties were told of.
    ways_told = models.JSONField(default=list, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    reopened_at = models.DateTimeField(null=True, blank=True)

    #: The parties may ask for a public mediation (art. 23); not public otherwise.
    is_public = models.BooleanField(default=False)
    people_count = models.PositiveIntegerField(default=2)
    #: The situation may turn violent (art. 25), and when those who must know were told.
    may_intensify = models.BooleanField(default=False)
    informed_at = models.DateTimeField(null=True, blank=True)
    #: Judicial confirmation is wanted: only then an identity number may be kept.
    wants_confirmation = models.BooleanField(default=False)
    retention_until = models.DateField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-registered_at"]
        indexes = [
            # What a body has on its desk, the most urgent first.
            models.Index(fields=["body", "due_at", "key"], condition=IS_OPEN, name="open_disputes_of_body"),
            # To be screened: no body has it yet.
            models.Index(fields=["area", "key"], condition=Q(body__isnull=True), name="disputes_without_body"),
            # Ledgers: what an area has over time, and pages of it, the newest first. Where a county asks for a year, an index
            # that begins with the area finds everything and sorts it; one that begins with the time stops after a page.
            # The times of the other figures of a matrix behind it: of a township by its villages no row is read. Each of
            # them is written with the state, so that an act pays for one entry as before.
            models.Index(
                fields=["area", "registered_at", "kind", "state", "accepted_at", "concluded_at", "settled_at"],
                name="disputes_of_an_area_by_time",
            ),
            models.Index(fields=["registered_at", "key", "area", "kind", "state", "body"], name="disputes_by_time"),
            # Of one kind and in one state: few of a year, which are counted, too.
            models.Index(fields=["kind", "state", "registered_at", "key", "area"], name="disputes_by_kind_and_state"),
            *(
                models.Index(
                    fields=[f"{done}_at", "key", "area"],
                    condition=Q(**{f"{done}_at__isnull": False}),
                    name=f"disputes_by_{done}",
                )
                for done in ("accepted", "settled", "concluded")
            ),
            models.Index(fields=["area", "registered_at", "key"], condition=IS_OPEN, name="open_disputes_by_area"),
            models.Index(fields=["body", "registered_at"], name="dispute_by_body_and_time"),
            models.Index(
                fields=["complaints_to", "key"],
                condition=Q(complaints_to__isnull=False),
                name="disputes_complained_above",
            ),
            # How many terms are over: limits are few and of open disputes alone, and nothing is counted ahead of them.
            models.Index(
                fields=["due_at", "area"], condition=IS_OPEN & Q(due_at__isnull=False), name="open_disputes_by_limit"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(event__isnull=False, ended_at__isnull=True),
                name="one_open_dispute_per_event",
            ),
            models.UniqueConstraint(fields=["case_no"], condition=~Q(case_no=""), name="a_case_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=_ENDED, ended_at__isnull=False)
                | (~Q(state__in=_ENDED) & Q(ended_at__isnull=True)),
                name="ended_disputes_have_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="not_accepted") & ~Q(not_accepted_for="")
                | (~Q(state="not_accepted") & Q(not_accepted_for="")),
                name="not_accepted_disputes_say_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "withdrawn", "terminated", "closed"]) | ~Q(ending=""),
                name="ended_mediations_say_how",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "mediating", "settled", "failed", "terminated", "closed"])
                | (Q(body__isnull=False, accepted_at__isnull=False) & ~Q(case_no="")),
                name="accepted_disputes_have_a_body_and_number",
            ),
            models.CheckConstraint(
                condition=Q(door="transfer") & ~Q(entruster="") | (~Q(door="transfer") & Q(entruster="")),
                name="entrusted_disputes_say_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(may_intensify=False) | Q(informed_at__isnull=False),
                name="whoever_must_know_of_a_risk_was_told",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Somebody still has to act."""
        return self.state not in ENDED
