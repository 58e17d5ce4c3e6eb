"""Addresses of the public pages."""

from django.urls import path

from linli.web import public

urlpatterns = [
    path("", public.home, name="home"),
    path("report", public.report, name="report"),
    path("report/areas.json", public.report_areas, name="report_areas"),
    path("report/villages", public.villages, name="report_villages"),
    path("receipt", public.receipt, name="receipt"),
    path("photos/<str:sha256>.jpg", public.public_photo, name="public_photo"),
    path("status", public.look_up, name="look_up"),
    path("status/<str:number>", public.status, name="status"),
    path("status/<str:number>/photos/<str:sha256>.jpg", public.status_photo, name="status_photo"),
    path("status/<str:number>/photos/<str:sha256>/small.jpg", public.status_thumb, name="status_thumb"),
    path("status/<str:number>/photos/<str:sha256>.mp4", public.status_film, name="status_film"),
    path("status/<str:number>/voices/<str:sha256>", public.status_voice, name="status_voice"),
]
