"""The calendar of working days and the hours of the office, as data that a county can correct."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    """Where it is known from that a day differs from its weekday."""

    NOTICE = "notice", _("Notices that come with linli")
    FILE = "file", _("A file that was brought in")
    COUNTY = "county", _("Entered by the county")


class CalendarDay(models.Model):
    """A day that differs from its weekday: a statutory holiday, or a weekend day made up for one (调休).

    A year with a whole notice of such days counts as published; deadlines beyond the last such year are provisional.
    """

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.NOTICE)
    #: The reason the county gave, or the name of the file.
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["day"]


class OfficeHours(models.Model):
    """When offices are open on a working day, if the county has said so: one row, or none."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    #: `08:30-12:00,14:30-17:30`, in their order.
    hours = models.CharField(max_length=47)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="office_hours_once")]
