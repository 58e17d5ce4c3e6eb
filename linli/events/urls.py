"""Addresses of matters, below `/desk/`."""

from django.urls import path

from linli.events.views import (
    acts,
    calls,
    conversing,
    deferred,
    joint,
    maps,
    pictures,
    queue,
    relaying,
    releasing,
    reports,
    show,
    supervised,
)

app_name = "events"
urlpatterns = [
    path("new", reports.new, name="new"),
    path("new/questions", reports.questions, name="questions"),
    path("new/known", reports.known, name="known"),
    path("new/call", calls.call, name="call"),
    path("new/order", calls.order, name="order"),
    path("new/areas", calls.areas, name="find_areas"),
    path("views", queue.save_view, name="save_view"),
    path("views/<int:pk>/delete", queue.delete_view, name="delete_view"),
    path("deferred/", deferred.deferred, name="deferred"),
    path("supervised/", supervised.supervised, name="supervised"),
    path("events/<uuid:pk>/", show.show, name="show"),
    path("events/<uuid:pk>/contact", show.contact, name="contact"),
    path("events/<uuid:pk>/slip", calls.slip, name="slip"),
    path("events/<uuid:pk>/originals/<uuid:picture>", pictures.original, name="original"),
    path("events/<uuid:pk>/photos/<uuid:picture>/public", releasing.release, name="release"),
    path("events/<uuid:pk>/photos/<uuid:picture>/<str:sha256>.jpg", releasing.draft, name="release_draft"),
    path("events/<uuid:pk>/conversation", conversing.say, name="say"),
    path("events/<uuid:pk>/conversation/<int:message>/back", conversing.take_back, name="take_back"),
    path("events/<uuid:pk>/people.json", conversing.people, name="people"),
    path("events/<uuid:pk>/to-reporter", relaying.write, name="write_to_reporter"),
    path("events/<uuid:pk>/reveals", relaying.ask, name="ask_reveal"),
    path("events/<uuid:pk>/reveals/<int:reveal>", relaying.answer, name="answer_reveal"),
    path("events/<uuid:pk>/shield", relaying.shield, name="shield"),
    path("events/<uuid:pk>/milestones", deferred.milestones, name="milestones"),
    path("events/<uuid:pk>/milestones/<int:milestone>", deferred.note, name="milestone_note"),
    path("events/<uuid:pk>/joint", joint.joint, name="joint"),
    path("events/<uuid:pk>/parts/<int:part>/<slug:step>", joint.act_on_part, name="part_act"),
    path("events/<uuid:pk>/<slug:step>", acts.act, name="act"),
    path("map/areas.json", maps.areas_json, name="map_areas"),
    path("map/events.json", maps.events_json, name="map_events"),
]
