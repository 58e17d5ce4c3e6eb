"""What follows an agreement: judicial confirmation, visits, call-backs by another unit."""

from datetime import date, datetime

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from linli.areas.codes import within
from linli.areas.models import Area
from linli.mediation.models.agreements import Agreement
from linli.mediation.models.bodies import Body, Mediator
from linli.mediation.models.disputes import Dispute
from linli.mediation.models.sealed import Sealed
from linli.mediation.rules.kinds import CallBackResult, CourtAnswer, VisitWhy
from linli.people.models import Person


class Confirmation(Sealed):
    """The thirty days to apply to the court together, and what it answered. Behind the seal: `court_no`, `words`."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="confirmations")
    agreement = models.OneToOneField(Agreement, models.CASCADE, related_name="confirmation")
    deadline_at = models.DateTimeField()
    court = models.CharField(max_length=100, blank=True)
    #: Keys of the parties that want to apply: both have to.
    wanted_by = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=CourtAnswer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dispute", "deadline_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="an_answer_of_a_court_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(applied_at__isnull=False), name="a_court_answers_what_was_applied_for"
            ),
        ]


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Named sets of visits."""

    def to_do(self) -> "FollowUpQuerySet":
        """Not done yet."""
        return self.filter(done_at__isnull=True)

    def to_tell(self, day: date) -> "FollowUpQuerySet":
        """Those whose day has come, and of which nobody was told."""
        return self.to_do().filter(told_at__isnull=True, due_on__lte=day)


class FollowUp(Sealed):
    """A visit afterwards (回访). Behind the seal: `words`, `risk` (in words)."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="follow_ups")
    why = models.CharField(max_length=15, choices=VisitWhy)
    due_on = models.DateField()
    #: When mediator and committee were told that its day had come.
    told_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: None: not done yet, or nobody could say.
    performed = models.BooleanField(null=True, blank=True)
    satisfied = models.BooleanField(null=True, blank=True)
    new_risk = models.BooleanField(default=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["dispute", "due_on", "key"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_at__isnull=True), name="visits_to_do"),
            models.Index(
                fields=["due_on", "key"], condition=Q(done_at__isnull=True, told_at__isnull=True), name="visits_to_tell"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(by__isnull=False), name="a_visit_was_made_by_somebody"
            ),
        ]


class CallBackDrawQuerySet(models.QuerySet["CallBackDraw"]):
    """Named sets of draws."""

    def overseen_by(self, person: Person, at: datetime) -> "CallBackDrawQuerySet":
        """Those of the areas, and of all within, whose committee this person heads."""
        heads = Mediator.objects.serving_on(timezone.localdate(at)).heads().filter(person=person)
        return self.filter(within(*heads.values_list("body__area", flat=True)))

    def counted(self) -> "CallBackDrawQuerySet":
        """With how many were drawn, how many wait, and how many came out how."""
        outcomes = {str(result): Count("call_backs", filter=Q(call_backs__result=result)) for result in CallBackResult}
        waiting = Count("call_backs", filter=Q(call_backs__done_at__isnull=True))
        return self.annotate(drawn=Count("call_backs"), waiting=waiting, **outcomes)


class CallBackDraw(models.Model):
    """One draw of disputes to be called back. List, seed and shares stay, so that anybody can draw it again."""

    id = models.BigAutoField(primary_key=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False)
    #: Of what came into force from one day to another, both included.
    from_on = models.DateField()
    to_on = models.DateField()
    #: Numbers of all disputes it was drawn from, sorted, and the SHA-256 of that list.
    population = models.JSONField(default=list)
    frozen = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    #: Of those with signs, and of all, in percent.
    of_flagged_percent = models.PositiveSmallIntegerField()
    of_all_percent = models.PositiveSmallIntegerField()
    at_most = models.PositiveSmallIntegerField()
    #: How many were drawn and had nobody else to call them.
    without_caller = models.PositiveSmallIntegerField(default=0)
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    objects = CallBackDrawQuerySet.as_manager()

    class Meta:
        ordering = ["area", "from_on", "id"]
        constraints = [models.UniqueConstraint(fields=["area", "from_on", "to_on"], name="one_draw_per_area_and_days")]


class CallBackQuerySet(models.QuerySet["CallBack"]):
    """Named sets of call-backs."""

    def waiting(self) -> "CallBackQuerySet":
        """Nobody has called yet."""
        return self.filter(done_at__isnull=True)

    def to_remind_of(self, at: datetime) -> "CallBackQuerySet":
        """Those of which the callers are to be told now."""
        return self.filter(next_at__lte=at)


class CallBack(Sealed):
    """Another unit calls the parties, drawn by lot (china.md §7.2). About the file, never about a person.

    Behind the seal: `words`.
    """

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="call_backs")
    draw = models.ForeignKey(CallBackDraw, models.PROTECT, related_name="call_backs")
    drawn_at = models.DateTimeField()
    #: Codes of `agreeing.suspicions.Sign`: what the file showed, and whether the lot from all fell on it.
    why = models.JSONField(default=list)
    #: Which body calls: never the one that mediated.
    body = models.ForeignKey(Body, models.PROTECT, related_name="call_backs")
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    result = models.CharField(max_length=15, choices=CallBackResult, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    #: When its callers are reminded next; none once they have called, or have been told that it is late.
    next_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        ordering = ["dispute", "drawn_at", "key"]
        indexes = [
            models.Index(fields=["next_at", "key"], condition=Q(next_at__isnull=False), name="call_backs_to_remind_of"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["draw", "dispute"], name="called_back_once_per_draw"),
            models.UniqueConstraint(
                fields=["dispute"], condition=Q(done_at__isnull=True), name="one_call_back_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(result="", done_at__isnull=True) | (~Q(result="") & Q(done_at__isnull=False)),
                name="a_call_back_done_has_a_result",
            ),
        ]
