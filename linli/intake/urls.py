"""Addresses of the reports that were set aside."""

from django.urls import path

from linli.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:pk>/retake", views.retake, name="retake"),
    path("<uuid:pk>/settle", views.settle, name="settle"),
]
