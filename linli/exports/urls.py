"""Addresses of exports."""

from django.urls import path

from linli.exports import views

app_name = "exports"
urlpatterns = [
    path("", views.listed, name="list"),
    path("<uuid:key>/answer", views.answer, name="answer"),
    path("<uuid:key>/file", views.fetch, name="file"),
]
