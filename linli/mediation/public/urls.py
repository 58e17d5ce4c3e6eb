"""Addresses of the public pages, below `/mediation/`. The secret of a link stands in them: nothing here is ever logged whole."""

from django.urls import path

from linli.mediation.public import applying, own, papers, signing, verifying

app_name = "mediation_public"
urlpatterns = [
    path("apply", applying.apply, name="apply"),
    path("applied", applying.applied, name="applied"),
    path("verify/", verifying.ask, name="verify_ask"),
    path("verify/<str:sha256>", verifying.verify, name="verify"),
    path("party/<str:token>/", own.show, name="party"),
    path("party/<str:token>/agreement", signing.show, name="party_agreement"),
    path("party/<str:token>/papers", papers.index, name="party_papers"),
    path("party/<str:token>/papers/<slug:what>.<str:kind>", papers.take, name="party_paper"),
    path("party/<str:token>/evidence/<uuid:key>", own.evidence, name="party_evidence"),
    path("party/<str:token>/proof/<uuid:key>", own.proof, name="party_proof"),
    path("party/<str:token>/sound/<uuid:key>", own.hear, name="party_sound"),
    path("party/<str:token>/session/<uuid:key>.ics", own.session, name="party_session"),
    path("party/<str:token>/language/<str:code>", own.language, name="party_language"),
    path("party/<str:token>/do/<str:act>", own.act, name="party_act"),
]
