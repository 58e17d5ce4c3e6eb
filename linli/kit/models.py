"""The calendar of working days, as data that a county can correct."""

from django.db import models


class CalendarDay(models.Model):
    """A day that differs from its weekday: a statutory holiday, or a weekend day made up for one (调休).

    A year with a whole notice of such days counts as published; deadlines beyond the last such year are provisional.
    """

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["day"]
