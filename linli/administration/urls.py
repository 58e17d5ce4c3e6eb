"""Addresses of administration, below `/desk/`: persons and their appointments, and emergency access."""

from django.urls import path

from linli.administration.views import emergencies, persons

app_name = "administration"
urlpatterns = [
    path("persons/", persons.index, name="persons"),
    path("persons/new", persons.add, name="person_add"),
    path("persons/<int:pk>/", persons.show, name="person"),
    path("persons/<int:pk>/appoint", persons.appoint, name="person_appoint"),
    path("persons/<int:pk>/close", persons.close, name="person_close"),
    path("persons/<int:pk>/reopen", persons.reopen, name="person_reopen"),
    path("emergency/", emergencies.index, name="emergencies"),
    path("emergency/all", emergencies.all_of_them, name="emergencies_all"),
    path("emergency/leave", emergencies.leave, name="emergency_leave"),
    path("emergency/<int:pk>/grant", emergencies.grant, name="emergency_grant"),
    path("emergency/<int:pk>/refuse", emergencies.refuse, name="emergency_refuse"),
    path("emergency/<int:pk>/end", emergencies.end, name="emergency_end"),
    path("emergency/<int:pk>/enter", emergencies.enter, name="emergency_enter"),
]
