"""Addresses of the field app, below `/m/`."""

from django.urls import path

from linli.field import pages, ringing, views

app_name = "field"
urlpatterns = [
    path("", pages.shell, name="shell"),
    path("report", pages.public_shell, name="public"),
    path("sw.js", pages.worker, name="worker"),
    path("manifest.webmanifest", pages.manifest, name="manifest"),
    path("reference", views.reference, name="reference"),
    path("reference/public", views.reference_public, name="reference_public"),
    path("tasks", views.tasks, name="tasks"),
    path("grid", views.grid, name="grid"),
    path("push", ringing.key, name="push"),
    path("push/<str:act>", ringing.act, name="push_act"),
]
