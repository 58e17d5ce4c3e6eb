"""Addresses of signing in and the language."""

from django.urls import path

from linli.web import signing
from linli.web.health import healthz, live

urlpatterns = [
    path("sign-in", signing.sign_in, name="sign_in"),
    path("sign-out", signing.sign_out, name="sign_out"),
    path("language", signing.choose_language, name="language"),
    path("healthz", healthz, name="healthz"),
    path("live", live, name="live"),
]
