"""Addresses of bringing in tables."""

from django.urls import path

from linli.intake.bulk import views

app_name = "bulk"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:pk>/", views.run, name="run"),
    path("<uuid:pk>/look", views.look, name="look"),
    path("<uuid:pk>/begin", views.begin, name="begin"),
    path("<uuid:pk>/cancel", views.cancel, name="cancel"),
    path("<uuid:pk>/refused.csv", views.refused, name="refused"),
]
