"""Addresses of the tools of the desk, below `/desk/`."""

from django.urls import URLPattern

app_name = "tools"
urlpatterns: list[URLPattern] = []
