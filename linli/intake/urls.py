"""Addresses of the reports that were set aside, of the phones of staff, and of the keys of other systems."""

from django.urls import path

from linli.intake import devices_views, keys_views, views

app_name = "intake"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:pk>/retake", views.retake, name="retake"),
    path("<uuid:pk>/settle", views.settle, name="settle"),
    path("<uuid:pk>/act/retry", views.retry_act, name="retry_act"),
    path("<uuid:pk>/act/settle", views.settle_act, name="settle_act"),
    path("keys/", keys_views.index, name="keys"),
    path("keys/<int:pk>/rotate", keys_views.rotate, name="key_rotate"),
    path("keys/<int:pk>/revoke", keys_views.revoke, name="key_revoke"),
    path("devices/", devices_views.mine, name="devices"),
    path("devices/all", devices_views.everybodys, name="all_devices"),
    path("devices/<int:pk>/sign-out", devices_views.sign_out, name="sign_out_device"),
    path("devices/<int:pk>/revoke", devices_views.revoke, name="revoke_device"),
]
