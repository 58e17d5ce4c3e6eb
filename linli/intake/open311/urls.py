"""Addresses of Open311: the form is the suffix, no slash at the end; whatever else is asked for is told no in that form."""

from django.urls import re_path

from linli.intake.open311 import views

app_name = "open311"
_FORM = r"\.(?P<suffix>xml|json)$"

urlpatterns = [
    re_path(rf"^(?:v2/)?discovery{_FORM}", views.discovery, name="discovery"),
    re_path("^v2/?$", views.discovery, name="root"),
    re_path(rf"^v2/services{_FORM}", views.services, name="services"),
    # An old client of Python asks for `service/CODE`.
    re_path(rf"^v2/services?/(?P<code>[^/]+){_FORM}", views.service, name="service"),
    re_path(rf"^v2/requests{_FORM}", views.requests, name="requests"),
    re_path(rf"^v2/requests/(?P<number>[^/]+){_FORM}", views.one_request, name="request"),
    re_path(rf"^v2/tokens/(?P<number>[^/]+){_FORM}", views.token, name="token"),
    re_path(rf"^v2/servicerequestupdates{_FORM}", views.updated, name="updates"),
    re_path(r"^(?P<rest>[\s\S]*)$", views.nothing_here, name="nothing_here"),
]
