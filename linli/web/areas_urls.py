"""Addresses of areas, categories and the calendar, below `/desk/`."""

from django.urls import include, path

from linli.web.areas import acts, appointments, listing, outlines, redrawing, showing

urlpatterns = [
    path("areas/", listing.areas, name="areas"),
    path("areas/<str:code>", showing.area, name="area"),
    path("areas/<str:code>/outline.json", outlines.outline, name="area_outline"),
    path("areas/<str:code>/redraw", redrawing.redraw, name="area_redraw"),
    path("areas/<str:code>/<slug:name>", acts.act, name="area_act"),
    path("areas/<str:code>/settlements/<str:settlement>/uncover", acts.uncover, name="area_uncover"),
    path("appointments/", appointments.mine, name="my_appointments"),
    path("appointments/<int:pk>/leave", appointments.leave, name="appointment_leave"),
    path("appointments/<int:pk>/end", appointments.end, name="appointment_end"),
    path("places/<uuid:pk>/close", appointments.close_place, name="place_close"),
    path("", include("linli.web.categories_urls")),
    path("", include("linli.web.duties_urls")),
    path("", include("linli.web.calendar_urls")),
    path("", include("linli.web.limits_urls")),
]
