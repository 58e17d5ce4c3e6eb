"""Addresses of the tools of the desk, below `/desk/`."""

from django.urls import URLPattern, path

from linli.desk.bulk import views as bulk
from linli.desk.commands import views as commands
from linli.desk.macros import views as macros

app_name = "tools"
urlpatterns: list[URLPattern] = [
    path("commands/", commands.commands, name="commands"),
    path("commands/offers", commands.offers, name="offers"),
    path("commands/reading", commands.reading, name="reading"),
    path("many/", bulk.index, name="bulk"),
    path("many/<uuid:pk>/", bulk.run, name="bulk_run"),
    path("many/<uuid:pk>/look", bulk.look, name="bulk_look"),
    path("many/<uuid:pk>/do", bulk.do, name="bulk_do"),
    path("macros/", macros.index, name="macros"),
    path("macros/new", macros.new, name="macro_new"),
    path("macros/<int:pk>/", macros.edit, name="macro_edit"),
    path("macros/<int:pk>/close", macros.close, name="macro_close"),
    path("macros/<int:pk>/run", macros.run, name="macro_run"),
]
