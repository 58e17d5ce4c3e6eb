"""Addresses of mediation: staff pages here; ledgers and the pages of parties have their own."""

from django.urls import path

from linli.mediation.views import (
    acts,
    agreements,
    bodies,
    draws,
    file,
    listing,
    names,
    papers,
    registering,
    sessions,
    terms,
)

app_name = "mediation"
urlpatterns = [
    path("", listing.index, name="list"),
    path("new/", registering.new, name="new"),
    path("bodies/", bodies.index, name="bodies"),
    path("bodies/add/", bodies.add, name="body_add"),
    path("bodies/<int:pk>/", bodies.correct, name="body_correct"),
    path("bodies/<int:pk>/close/", bodies.close, name="body_close"),
    path("bodies/<int:pk>/mediators/", bodies.add_person, name="mediator_add"),
    path("mediators/<int:pk>/", bodies.correct_person, name="mediator_correct"),
    path("mediators/<int:pk>/end/", bodies.end_person, name="mediator_end"),
    path("terms/", terms.index, name="terms"),
    path("terms/<slug:code>/", terms.set_anew, name="term_set"),
    path("draws/", draws.index, name="draws"),
    path("draws/<int:pk>/", draws.show, name="draw"),
    path("draws/<int:pk>/list.txt", draws.population, name="draw_population"),
    path("<uuid:key>/", file.show, name="file"),
    path("<uuid:key>/look", file.look, name="look"),
    path("<uuid:key>/do/<slug:name>/", acts.act, name="act"),
    path("<uuid:key>/do/<slug:name>/<uuid:of>/", acts.act, name="act_on"),
    path("<uuid:key>/parties/<uuid:party>/", names.reveal, name="reveal"),
    path("<uuid:key>/sessions/<uuid:session>/", sessions.show, name="session"),
    path("<uuid:key>/sessions/<uuid:session>.ics", sessions.calendar, name="session_calendar"),
    path("<uuid:key>/sessions/<uuid:session>/sound/<uuid:recording>", sessions.sound, name="session_sound"),
    path("<uuid:key>/files/<slug:kind>/<uuid:of>/", names.open_file, name="kept_file"),
    path("<uuid:key>/agreement/", agreements.draft, name="draft"),
    path("<uuid:key>/agreement/oral/", agreements.oral, name="oral"),
    path("<uuid:key>/agreement/<uuid:version>/", agreements.show, name="agreement"),
    path("<uuid:key>/agreement/<uuid:version>/text/", agreements.text, name="agreement_text"),
    path("<uuid:key>/agreement/<uuid:version>/sign/", agreements.sign, name="agreement_sign"),
    path("<uuid:key>/papers/", papers.index, name="papers"),
]
