"""Addresses of areas, below `/desk/`."""

from django.urls import path

from linli.web.areas import listing, showing

urlpatterns = [
    path("areas/", listing.areas, name="areas"),
    path("areas/<str:code>", showing.area, name="area"),
]
