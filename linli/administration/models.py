"""What is stored of emergency access: who asked for what and why, the two who decided, and from when to when it was open."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from linli.administration.rules import DECIDES, LAPSES_AFTER, LONGEST_REASON, MOST_HOURS, Hand, State
from linli.areas.codes import lineage, within
from linli.areas.models import Area
from linli.events.models import Event
from linli.people.models import Person
from linli.people.rules import Lent, Role, Scope


class AccessQuerySet(models.QuerySet["Access"]):
    """Named sets of accesses."""

    def visible_to(self, scope: Scope, person: Person) -> "AccessQuerySet":
        """One's own, those one may decide on, and for an auditor those of the areas whose journal is theirs."""
        decided = [one.area for one in scope.held if one.role in DECIDES[Hand.SECURITY] | {Role.AUDITOR}]
        second = [
            one.area for one in scope.held if one.role in DECIDES[Hand.SECOND] and lineage(one.area) == [one.area]
        ]
        return self.filter(Q(person=person) | within(*decided, *second))

    def waiting(self, at: datetime) -> "AccessQuerySet":
        """Those that can still be decided."""
        return self.filter(ends_at__isnull=True, closed_at__isnull=True, asked_at__gt=at - LAPSES_AFTER)

    def open(self, at: datetime) -> "AccessQuerySet":
        """Those by which somebody can look at this moment."""
        return self.filter(closed_at__isnull=True, ends_at__gt=at)

    def over(self, at: datetime) -> "AccessQuerySet":
        """Those whose time has passed and of whose end nobody was told yet."""
        return self.filter(closed_at__isnull=True, ends_at__lte=at)


class Access(models.Model):
    """Somebody asked to look at what is not theirs. Open from the second decision until `ends_at` or `closed_at`."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    #: What it opens: all of an area, or only the matter, which then lies in this area.
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    reason = models.TextField(max_length=LONGEST_REASON)
    hours = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    security_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    security_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    second_at = models.DateTimeField(null=True)
    #: Set with the second of the two decisions.
    ends_at = models.DateTimeField(null=True)
    #: Refused, or ended; by nobody when its time had passed.
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)
    #: How often something was opened with it; the journal has each.
    looks = models.PositiveIntegerField(default=0)

    objects = AccessQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(closed_at__isnull=True), name="accesses_not_closed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(security_by__isnull=True) | ~Q(security_by=F("person")))
                & (Q(second_by__isnull=True) | ~Q(second_by=F("person")))
                & (Q(security_by__isnull=True) | Q(second_by__isnull=True) | ~Q(security_by=F("second_by"))),
                name="an_access_needs_three_persons",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(security_by__isnull=False, second_by__isnull=False),
                name="an_open_access_has_two_decisions",
            ),
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=MOST_HOURS), name="an_access_ends"),
        ]

    @property
    def lent(self) -> Lent:
        """What it puts into a scope."""
        return Lent(matter=self.event_id) if self.event_id else Lent(area=self.area_id)

    @property
    def what(self) -> str:
        """The number of the matter, or the name of the area."""
        return self.event.number if self.event else self.area.name

    def state(self, at: datetime) -> State:
        """How far it has come at a moment."""
        if self.ends_at is None:
            if self.closed_at is not None:
                return State.REFUSED
            return State.ASKED if self.asked_at > at - LAPSES_AFTER else State.LAPSED
        return State.ENDED if self.closed_at is not None or self.ends_at <= at else State.OPEN

    def decided_by(self, hand: Hand) -> Person | None:
        """Who has granted it as this one of the two."""
        return self.security_by if hand == Hand.SECURITY else self.second_by
