"""Addresses of the figures, below `/desk/statistics/`."""

from django.urls import path

from linli.statistics import departments, views
from linli.statistics.control import views as control
from linli.statistics.hotspots import views as hotspots
from linli.statistics.official import views as official

app_name = "statistics"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("definitions/", views.definitions, name="definitions"),
    path("departments/<str:code>/", departments.show, name="department"),
    path("departments/<str:code>/rows/", departments.rows, name="department_rows"),
    path("departments/<str:code>/rows.csv", departments.rows_csv, name="department_rows_csv"),
    path("departments/<str:code>/table.<str:kind>", departments.table, name="department_table"),
    path("<str:code>/", views.area, name="area"),
    path("<str:code>/compare/", control.compare, name="compare"),
    path("<str:code>/hotspots/", hotspots.hotspots, name="hotspots"),
    path("<str:code>/hotspots/suggestion/", hotspots.suggestion, name="suggestion"),
    path("<str:code>/official/", official.official, name="official"),
    path("<str:code>/official/bring/", official.bring, name="official_bring"),
    path("<str:code>/official/table.csv", official.template, name="official_template"),
    path("<str:code>/table.<str:kind>", views.table, name="table"),
    path("<str:code>/rows/", views.rows, name="rows"),
    path("<str:code>/rows.csv", views.rows_csv, name="rows_csv"),
]
