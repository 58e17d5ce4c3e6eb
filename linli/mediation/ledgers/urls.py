"""Addresses of the ledgers, below `/mediation/ledgers/`."""

from django.urls import path

from linli.mediation.ledgers import views

app_name = "ledgers"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("definitions/", views.definitions, name="definitions"),
    path("<str:code>/", views.ledger, name="area"),
    path("<str:code>/ledger.<str:kind>", views.ledger_file, name="file"),
    path("<str:code>/figures/", views.figures, name="figures"),
    path("<str:code>/figures/figures.<str:kind>", views.figures_file, name="figures_file"),
    path("<str:code>/figures/matrix.<str:kind>", views.matrix_file, name="matrix_file"),
]
