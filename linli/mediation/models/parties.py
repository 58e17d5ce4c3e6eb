"""Who is in a dispute: parties behind a seal, whoever helps them, and the mediators asked."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from linli.mediation.models.bodies import Mediator
from linli.mediation.models.disputes import Dispute
from linli.mediation.models.sealed import Sealed
from linli.mediation.rules.kinds import (
    AssignmentState,
    Chosen,
    CompanionKind,
    Consent,
    Interest,
    Language,
    PersonKind,
    Side,
    Way,
)
from linli.people.models import Department, Person

#: A mediator is asked, or has taken it on.
IN_FORCE = Q(state__in=[AssignmentState.ASKED, AssignmentState.ACCEPTED])


class PartyQuerySet(models.QuerySet["Party"]):
    """Named sets of parties."""

    def present(self) -> "PartyQuerySet":
        """Those who have not left the dispute, in their order."""
        return self.filter(left_at__isnull=True).order_by("position")


class Party(Sealed):
    """One party. Behind the seal: `name`, `telephone`, `address`, `mail`, `id_number` (for confirmation only),
    `representatives` (a list of `{name, telephone, post}`: of a legal person one, of a group at most five).
    """

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="parties", db_index=False)
    position = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=10, choices=Side)
    kind = models.CharField(max_length=15, choices=PersonKind, default=PersonKind.NATURAL)
    #: The unit of this house that is the party, if one is: its own people do not mediate then.
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    #: Digests under this home's key, so that the same person or telephone is found without being read; empty without.
    mark = models.CharField(max_length=64, blank=True)
    telephone_mark = models.CharField(max_length=64, blank=True)
    speaks_for_group = models.BooleanField(default=False)
    group_size = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=10, choices=Language, default=Language.MANDARIN)
    consent = models.CharField(max_length=10, choices=Consent, default=Consent.UNASKED)
    consent_at = models.DateTimeField(null=True, blank=True)
    consent_way = models.CharField(max_length=10, choices=Way, blank=True)
    rights_told_at = models.DateTimeField(null=True, blank=True)
    #: An identity paper was shown and looked at; no copy is kept.
    identity_seen_at = models.DateTimeField(null=True, blank=True)
    identity_seen_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    #: Of the secret in the link to their own page; empty: no link was given, or it was taken back.
    secret_sha256 = models.BinaryField(null=True, blank=True)
    link_given_at = models.DateTimeField(null=True, blank=True)
    #: Since when, and how, it agreed to be told by text message on the number it left; empty: it did not, or no longer.
    sms_agreed_at = models.DateTimeField(null=True, blank=True)
    sms_agreed_way = models.CharField(max_length=10, choices=Way, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["dispute", "position"]
        indexes = [models.Index(fields=["mark"], condition=~Q(mark=""), name="parties_by_mark")]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "position"], name="one_party_per_place"),
            models.UniqueConstraint(
                fields=["secret_sha256"], condition=Q(secret_sha256__isnull=False), name="one_party_per_link"
            ),
            models.CheckConstraint(
                condition=~Q(consent__in=["agreed", "refused"]) | Q(consent_at__isnull=False),
                name="a_consent_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(sms_agreed_at__isnull=True, sms_agreed_way="")
                | Q(sms_agreed_at__isnull=False) & ~Q(sms_agreed_way=""),
                name="a_yes_to_messages_says_how",
            ),
            models.CheckConstraint(condition=Q(group_size__gte=1), name="a_party_is_somebody"),
        ]


class Companion(Sealed):
    """Somebody who helps a party or the mediation (art. 20). Behind the seal: `name`, `telephone`, `tie`, `powers`."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="companions")
    #: Whom they help; empty: the mediation itself, such as an expert.
    party = models.ForeignKey(Party, models.CASCADE, null=True, blank=True, related_name="companions", db_index=False)
    kind = models.CharField(max_length=15, choices=CompanionKind)
    #: Keys of the parties that agreed to it.
    agreed_by = models.JSONField(default=list)
    added_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dispute", "added_at", "key"]


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Named sets of assignments."""

    def before_asking(self) -> "AssignmentQuerySet":
        """Those proposed, or named by a side: of no weight once one is asked."""
        return self.filter(state__in=[AssignmentState.PROPOSED, AssignmentState.NAMED])

    def in_force(self) -> "AssignmentQuerySet":
        """Whoever is asked, or has taken it on."""
        return self.filter(IN_FORCE)


class Assignment(models.Model):
    """A mediator is proposed or named, asked and mediates. Why not, in words, is behind the seal of the dispute's notes."""

    id = models.BigAutoField(primary_key=True)
    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="assignments")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="assignments", db_index=False)
    state = models.CharField(max_length=10, choices=AssignmentState, default=AssignmentState.PROPOSED)
    chosen = models.CharField(max_length=15, choices=Chosen, blank=True)
    #: Who named or chose them, and how they said so: `Way` by key of the party; empty where the committee named.
    named_by = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    #: The party that chose by its own page; empty where the committee wrote it down.
    chosen_by = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    #: Codes of `Suits`, and how many open disputes they had when they were proposed.
    reasons = models.JSONField(default=list)
    load = models.PositiveIntegerField(default=0)
    #: Numbers of matters that this mediator took on before and in which one of the sides was a party: for them to declare.
    earlier = models.JSONField(default=list, blank=True)
    interest = models.CharField(max_length=10, choices=Interest, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    #: The party that objected: each may do so once.
    objected_by = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    from_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["dispute", "id"]
        indexes = [models.Index(fields=["mediator", "dispute"], condition=IN_FORCE, name="disputes_of_a_mediator")]
        constraints = [
            models.UniqueConstraint(fields=["dispute"], condition=IN_FORCE, name="one_mediator_in_force"),
            models.UniqueConstraint(
                fields=["objected_by"], condition=Q(objected_by__isnull=False), name="one_objection_per_party"
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(from_at__isnull=False, declared_at__isnull=False, interest="none"),
                name="a_mediator_has_declared_no_interest",
            ),
        ]


def keys_of(listed: list[str]) -> list[UUID]:
    """Keys as a JSON list keeps them."""
    return [UUID(one) for one in listed]
