"""Addresses of the wall, below `/wall/`."""

from django.urls import path

from linli.wall import screens_views, views

app_name = "wall"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("screens/", screens_views.screens, name="screens"),
    path("screens/<uuid:key>/renew", screens_views.renew, name="screen_renew"),
    path("screens/<uuid:key>/end", screens_views.end, name="screen_end"),
    path("<str:code>/", views.wall, name="wall"),
    path("<str:code>/now.json", views.now_json, name="now"),
    path("<str:code>/map.json", views.map_json, name="map"),
    path("<str:code>/areas.json", views.areas_json, name="areas"),
    path("<str:code>/screen", screens_views.set_up, name="screen"),
    path("<str:code>/rows/<str:what>/", views.rows, name="rows"),
]
