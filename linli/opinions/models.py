"""What is stored of complaints and suggestions about linli: words, the page they are about, and the answer."""

from django.db import models
from django.db.models import Q

from linli.opinions.rules import LONGEST_PAGE, LONGEST_WORDS, Kind
from linli.people.models import Person
from linli.people.rules import Role, Scope


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Named sets of opinions."""

    def visible_to(self, scope: Scope, person: Person) -> "OpinionQuerySet":
        """All of them for a system administrator: they are about the system, not about an area. For others their own."""
        return self if scope.holds(Role.SYSTEM_ADMIN) else self.filter(by=person)

    def waiting(self) -> "OpinionQuerySet":
        """Not answered yet."""
        return self.filter(answered_at__isnull=True)


class Opinion(models.Model):
    """One complaint or suggestion about linli. Whoever left it has a code, under which the answer can be read."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.TextField(max_length=LONGEST_WORDS)
    #: The page it was written on: a path of this home, without its query.
    page = models.CharField(max_length=LONGEST_PAGE, blank=True)
    app = models.CharField(max_length=20, blank=True)
    left_at = models.DateTimeField()
    #: Empty: somebody who was not signed in.
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="opinions")
    #: SHA-256 of the code.
    code_sha256 = models.CharField(max_length=64, unique=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], condition=Q(answered_at__isnull=True), name="opinions_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="an_answer_has_words_and_a_person",
            ),
        ]
