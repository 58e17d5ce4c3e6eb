"""Addresses of the pages and files of areas. All are for everybody; those below `/follow/` for whoever got the link."""

from django.urls import path

from linli.openness import following, views

app_name = "openness"
urlpatterns = [
    path("area/", views.index, name="index"),
    path("area/at", views.at, name="at"),
    path("area/<str:code>/", views.area, name="area"),
    path("area/<str:code>/follow", following.follow, name="follow"),
    path("follow/<str:token>/", following.letter, name="letter"),
    path("area/<str:code>/feed.atom", views.feed, name="feed"),
    path("area/<str:code>/matters.geojson", views.geojson, name="geojson"),
    path("area/<str:code>/matters.csv", views.matters_csv, name="csv"),
    path("area/<str:code>/figures.csv", views.figures_csv, name="figures"),
    path("area/<str:code>/map.json", views.map_json, name="map"),
    path("area/<str:code>/outlines.json", views.outlines, name="outlines"),
]
