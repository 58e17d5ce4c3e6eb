"""Addresses of the programming interface, made of its table; whatever else is asked for is told no in JSON."""

from django.urls import path, re_path

from linli.intake.api import pages
from linli.intake.api.door import door, nothing_here
from linli.intake.api.operations import OPERATIONS

app_name = "api"
urlpatterns = [
    path("docs", pages.docs, name="docs"),
    path("openapi.json", pages.openapi, name="openapi"),
    *(path(one.route, door(one), name=one.name) for one in OPERATIONS),
    re_path(r"^(?P<rest>[\s\S]*)$", nothing_here, name="nothing_here"),
]
