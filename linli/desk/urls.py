"""Addresses of the tools of the desk, below `/desk/`."""

from django.urls import URLPattern, path

from linli.desk.bulk import views as bulk
from linli.desk.commands import views as commands
from linli.desk.macros import views as macros
from linli.desk.shifts import views as shifts
from linli.desk.texts import views as texts

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
    path("texts/", texts.listing, name="texts"),
    path("texts/new", texts.add, name="text_add"),
    path("texts/start", texts.start, name="texts_start"),
    path("texts/<int:pk>/", texts.show, name="text"),
    path("texts/<int:pk>/edit", texts.edit, name="text_edit"),
    path("texts/<int:pk>/close", texts.close, name="text_close"),
    path("texts/<int:pk>/reopen", texts.reopen, name="text_reopen"),
    path("texts/for/<uuid:pk>/<slug:step>", texts.choose, name="texts_for"),
    path("shifts/", shifts.listing, name="shifts"),
    path("shifts/rows", shifts.rows_now, name="shift_rows_now"),
    path("shifts/<int:pk>/", shifts.show, name="shift"),
    path("shifts/<int:pk>/rows", shifts.rows_then, name="shift_rows"),
    path("shifts/<int:pk>/take-over", shifts.take_over, name="shift_take_over"),
    path("shifts/<int:pk>/take-back", shifts.take_back, name="shift_take_back"),
    path("shifts/<int:pk>/ask", shifts.ask, name="shift_ask"),
    path("shifts/<int:pk>/answer/<int:question>", shifts.answer, name="shift_answer"),
]
