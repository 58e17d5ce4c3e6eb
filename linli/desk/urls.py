"""Addresses of the tools of the desk, below `/desk/`."""

from django.urls import path

from linli.desk.texts import views as texts

app_name = "tools"
urlpatterns = [
    path("texts/", texts.listing, name="texts"),
    path("texts/new", texts.add, name="text_add"),
    path("texts/start", texts.start, name="texts_start"),
    path("texts/<int:pk>/", texts.show, name="text"),
    path("texts/<int:pk>/edit", texts.edit, name="text_edit"),
    path("texts/<int:pk>/close", texts.close, name="text_close"),
    path("texts/<int:pk>/reopen", texts.reopen, name="text_reopen"),
    path("texts/for/<uuid:pk>/<slug:step>", texts.choose, name="texts_for"),
]
