"""Addresses of complaints and suggestions about linli itself: two for everybody, two behind the sign-in."""

from django.urls import path

from linli.opinions import views

app_name = "opinions"
urlpatterns = [
    path("opinion/", views.leave, name="leave"),
    path("opinion/status", views.look_up, name="status"),
    path("desk/opinions/", views.all_of_them, name="list"),
    path("desk/opinions/<int:pk>/", views.show, name="show"),
]
