"""Addresses of the pages of webhooks."""

from django.urls import path, re_path

from linli.intake.webhooks import pushing_views, views

app_name = "webhooks"
_ACT = r"(?P<name>pause|resume|rotate|close)$"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", views.add, name="add"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/edit", views.edit, name="edit"),
    path("<int:pk>/test", views.try_out, name="test"),
    path("<int:pk>/again", views.all_again, name="all_again"),
    path("<int:pk>/again/<int:delivery>", views.again, name="again"),
    re_path(rf"^(?P<pk>[0-9]{{1,18}})/{_ACT}", views.act, name="act"),
    path("in/new", pushing_views.add, name="pusher_add"),
    path("in/<int:pk>/", pushing_views.show, name="pusher"),
    path("in/<int:pk>/edit", pushing_views.edit, name="pusher_edit"),
    re_path(rf"^in/(?P<pk>[0-9]{{1,18}})/{_ACT}", pushing_views.act, name="pusher_act"),
]
