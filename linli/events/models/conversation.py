"""What those who see a matter say to each other about it, and who was called on by name."""

from django.db import models
from django.db.models import Q

from linli.events.rules import HeardBy
from linli.people.models import Department, Person
from linli.people.rules import Scope


class MessageQuerySet(models.QuerySet["Message"]):
    """Named sets of messages."""

    def heard_by(self, scope: Scope, area: str) -> "MessageQuerySet":
        """Of a matter in this area: what everybody reads, and what is said within a unit of theirs."""
        mine = Q(department__in=scope.departments)
        if scope.sees(area):
            mine |= Q(department__isnull=True)
        return self.filter(Q(heard_by=HeardBy.EVERYONE) | mine)


class Message(models.Model):
    """One thing said. Never changed; whoever said it may take it back at once, and then its words are gone."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey("Event", models.CASCADE, related_name="messages", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    words = models.TextField(blank=True)
    heard_by = models.CharField(max_length=10, choices=HeardBy, default=HeardBy.EVERYONE)
    #: The department they spoke for; empty: those who see the matter by its area.
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["event", "id"], name="messages_of_event")]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(words=""), name="withdrawn_messages_have_no_words"
            )
        ]


class Mention(models.Model):
    """Somebody was called on by name in a message, and told of it."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="mention_once_per_message")]
