"""Addresses of the figures, below `/desk/statistics/`."""

from django.urls import path

from linli.statistics import views

app_name = "statistics"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<str:code>/", views.area, name="area"),
    path("<str:code>/rows/", views.rows, name="rows"),
    path("<str:code>/rows.csv", views.rows_csv, name="rows_csv"),
]
