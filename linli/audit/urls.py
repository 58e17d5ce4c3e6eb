"""Addresses of the auditor, below `/audit/`."""

from django.urls import path

from linli.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.search, name="search"),
    path("journal.csv", views.export, name="export"),
    path("chains/", views.chains, name="chains"),
    path("chains/verify", views.verify, name="verify"),
    path("chains/anchors.jsonl", views.anchors, name="anchors"),
]
