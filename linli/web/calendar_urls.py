"""Addresses of the calendar of working days, below `/desk/`."""

from django.urls import path

from linli.web import calendar

urlpatterns = [
    path("calendar/", calendar.year, name="calendar"),
    path("calendar/hours", calendar.hours, name="calendar_hours"),
    path("calendar/bring-in", calendar.bring_in, name="calendar_bring_in"),
    path("calendar/changes/<int:pk>/take-back", calendar.take_back, name="calendar_take_back"),
    path("calendar/<str:on>", calendar.day, name="calendar_day"),
]
