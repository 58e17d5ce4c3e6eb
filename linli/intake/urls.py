"""Addresses of the reports that were set aside, and of the phones of staff."""

from django.urls import path

from linli.intake import devices_views, views

app_name = "intake"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:pk>/retake", views.retake, name="retake"),
    path("<uuid:pk>/settle", views.settle, name="settle"),
    path("<uuid:pk>/act/retry", views.retry_act, name="retry_act"),
    path("<uuid:pk>/act/settle", views.settle_act, name="settle_act"),
    path("devices/", devices_views.mine, name="devices"),
    path("devices/all", devices_views.everybodys, name="all_devices"),
    path("devices/<int:pk>/sign-out", devices_views.sign_out, name="sign_out_device"),
    path("devices/<int:pk>/revoke", devices_views.revoke, name="revoke_device"),
]
