"""Addresses of the wall, below `/wall/`."""

from django.urls import path

from linli.wall import views

app_name = "wall"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<str:code>/", views.wall, name="wall"),
    path("<str:code>/now.json", views.now_json, name="now"),
    path("<str:code>/map.json", views.map_json, name="map"),
    path("<str:code>/rows/<str:what>/", views.rows, name="rows"),
]
