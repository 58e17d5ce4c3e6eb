"""Addresses of the duty list, below `/desk/`."""

from django.urls import path

from linli.web.duties import bringing, editing, listing, matrix, overruled, versions

urlpatterns = [
    path("duties/", listing.listing, name="duties"),
    path("duties/matrix/", matrix.matrix, name="duty_matrix"),
    path("duties/overruled/", overruled.overruled, name="duty_overruled"),
    path("duties/versions/", versions.versions, name="duty_versions"),
    path("duties/compare/", versions.comparing, name="duty_compare"),
    path("duties/import/", bringing.bring, name="duty_bring"),
    path("duties/template.csv", listing.template, name="duty_template"),
    path("duties/<int:pk>/", listing.line, name="duty"),
    path("duties/<int:pk>/edit", editing.edit, name="duty_edit"),
    path("duties/<int:pk>/remove", editing.remove, name="duty_remove"),
    path("duties/versions/<int:pk>.csv", listing.table, name="duty_table"),
    path("duties/versions/<int:pk>/add", editing.add, name="duty_add"),
    path("duties/versions/<int:pk>/use", versions.use, name="duty_use"),
    path("duties/versions/<int:pk>/take-back", versions.take_back, name="duty_take_back"),
    path("duties/versions/<int:pk>/discard", versions.discard, name="duty_discard"),
    path("duties/versions/<int:pk>/draft", versions.draft, name="duty_draft"),
    path("duties/versions/<int:pk>/follow", versions.follow, name="duty_follow"),
]
