"""Every address of linli, room by room."""

from django.urls import include, path

from linli.events.views import maps, pictures, queue
from linli.notices import inbox

urlpatterns = [
    path("", include("linli.web.public_urls")),
    path("", include("linli.web.urls")),
    path("", include("linli.web.account.urls")),
    path("desk/", queue.desk, name="desk"),
    path("desk/map/", maps.map_page, name="map"),
    path("desk/", include("linli.events.urls")),
    path("desk/", include("linli.desk.urls")),
    path("desk/", include("linli.web.areas_urls")),
    path("desk/intake/", include("linli.intake.urls")),
    path("desk/webhooks/", include("linli.intake.webhooks.urls")),
    path("desk/import/", include("linli.intake.bulk.urls")),
    path("desk/notices/", inbox.inbox, name="notices"),
    path("desk/notices/", include("linli.notices.urls")),
    path("desk/exports/", include("linli.exports.urls")),
    path("desk/statistics/", include("linli.statistics.urls")),
    path("", include("linli.openness.urls")),
    path("desk/briefings/", include("linli.briefing.urls")),
    path("mediation/ledgers/", include("linli.mediation.ledgers.urls")),
    path("mediation/", include("linli.mediation.public.urls")),
    path("mediation/", include("linli.mediation.urls")),
    path("wall/", include("linli.wall.urls")),
    path("audit/", include("linli.audit.urls")),
    path("m/", include("linli.field.urls")),
    path("desk/", include("linli.administration.urls")),
    path("", include("linli.opinions.urls")),
    path("", include("linli.privacy.urls")),
    path("open311/", include("linli.intake.open311.urls")),
    path("api/v1/", include("linli.intake.api.urls")),
    path("media/<str:sha256>.jpg", pictures.photo, name="photo"),
    path("media/<str:sha256>/small.jpg", pictures.thumb, name="thumb"),
    path("media/<str:sha256>.mp4", pictures.film, name="film"),
    path("media/<str:sha256>/voice", pictures.voice, name="voice"),
]
#: What has failed is told by its cause, in one place for every door.
handler500 = "linli.web.failing.failed"
