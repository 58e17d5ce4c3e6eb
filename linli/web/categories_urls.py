"""Addresses of categories and their packs, below `/desk/`."""

from django.urls import path

from linli.web import categories

urlpatterns = [
    path("categories/", categories.listing, name="categories"),
    path("categories/new", categories.add, name="category_add"),
    path("categories/<int:pk>/", categories.show, name="category"),
    path("categories/<int:pk>/edit", categories.edit, name="category_edit"),
    path("categories/<int:pk>/close", categories.close, name="category_close"),
    path("categories/packs/", categories.packs_page, name="packs"),
    path("categories/packs/load", categories.load_pack, name="pack_load"),
    path("categories/packs/<int:pk>/use", categories.use_pack, name="pack_use"),
    path("categories/packs/<int:pk>.json", categories.pack_file, name="pack_file"),
]
