"""What a person keeps of the queue, and how far the search has come."""

from django.db import models

from linli.people.models import Person


class SavedView(models.Model):
    """A filter of the queue under a name, kept by a person."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="view_name_once")]


class IndexedUpTo(models.Model):
    """How far along each chain of the journal the search index has been brought."""

    chain = models.CharField(max_length=30, primary_key=True)
    position = models.PositiveBigIntegerField(default=0)
