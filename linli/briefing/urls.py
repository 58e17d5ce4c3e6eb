"""Addresses of the briefings, below `/desk/briefings/`."""

from django.urls import path

from linli.briefing import views

app_name = "briefing"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("read/<int:pk>/", views.show, name="show"),
    path("read/<int:pk>/briefing.<str:kind>", views.paper, name="paper"),
    path("read/<int:pk>/again/", views.make_again, name="make_again"),
    path("<str:code>/", views.index, name="index"),
    path("<str:code>/make/", views.make_now, name="make_now"),
    path("<str:code>/schedule/", views.schedule, name="schedule"),
    path("<str:code>/schedule/<int:pk>/end/", views.end_schedule, name="end_schedule"),
    path("<str:code>/template/", views.template, name="template"),
    path("<str:code>/template/sample.docx", views.template_file, name="template_file"),
    path("<str:code>/template/end/", views.end_template, name="end_template"),
]
