"""Addresses of the limits of the steps, below `/desk/`."""

from django.urls import path

from linli.web import limits

urlpatterns = [
    path("limits/", limits.listing, name="limits"),
    path("limits/<slug:kind>/<slug:urgency>", limits.edit, name="limit_edit"),
]
