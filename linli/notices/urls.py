"""Addresses of notices: marking, settings, groups' robots, the log."""

from django.urls import path

from linli.notices import channel_views, inbox, log

app_name = "notices"
urlpatterns = [
    path("read", inbox.read, name="read"),
    path("unread", inbox.unread, name="unread"),
    path("settings", channel_views.settings_page, name="settings"),
    path("settings/new", channel_views.add, name="add"),
    path("settings/browser", channel_views.add_browser, name="browser"),
    path("settings/quiet", channel_views.quiet, name="quiet"),
    path("settings/<int:pk>/rules", channel_views.rules, name="rules"),
    path("settings/<int:pk>/confirm", channel_views.confirm, name="confirm"),
    path("settings/<int:pk>/test", channel_views.test, name="test"),
    path("settings/<int:pk>/remove", channel_views.remove, name="remove"),
    path("robots", channel_views.robots, name="robots"),
    path("log", log.show, name="log"),
    path("log/<int:pk>/again", log.again, name="again"),
]
