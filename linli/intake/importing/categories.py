"""The categories a map means, by code and by name."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from linli.events import packs
from linli.events.models import Category, Pack
from linli.intake.importing.maps import NONE, REFUSE, ImportMap
from linli.intake.importing.notes import Notes
from linli.kit.refusal import BadInput


def categories_of(chosen: ImportMap, notes: Notes, *, dry_run: bool) -> Mapping[str, Category]:
    """By code and by name; none if the map asks for none, or if no pack is named and none in use.

    A pack that comes with linli is loaded if the home lacks it (in a dry run it is only read); it is put in use only
    where no other is: whoever has no categories yet could give the matters none later. Raises `BadInput`.
    """
    if chosen.category is None:
        return {}
    found = _by_word(_rows(chosen.pack, notes, dry_run=dry_run))
    if found:
        _check(chosen, found)
    return found


def _rows(code: str, notes: Notes, *, dry_run: bool) -> list[Category]:
    pack = Pack.objects.filter(code=code).order_by("-pk").first() if code else Pack.objects.filter(in_use=True).first()
    if pack is None and code:
        if code not in packs.shipped():
            raise BadInput("pack_not_loaded", _("The pack %(pack)s is not in this home. Load it first."), pack=code)
        if dry_run:
            return [Category(code=row.code, name=row.name, name_en=row.name_en) for row in packs.read(code).categories]
        notes.count("pack", code)
        pack = packs.load(code, use=not Pack.objects.filter(in_use=True).exists())
    return list(pack.categories.filter(closed_on__isnull=True)) if pack else []


def _by_word(rows: list[Category]) -> dict[str, Category]:
    names = [name for row in rows for name in {row.name, row.name_en} if name]
    unique = {name for name in names if names.count(name) == 1}
    by_name = {name: row for row in rows for name in (row.name, row.name_en) if name in unique}
    return by_name | {row.code: row for row in rows}


def _check(chosen: ImportMap, found: Mapping[str, Category]) -> None:
    """Every category the map names must be there: a slip would leave thousands of matters without."""
    assert chosen.category is not None
    named = {*chosen.category.values.values(), chosen.category.otherwise} - {NONE, REFUSE}
    missing = sorted(named - found.keys())
    if missing:
        raise BadInput(
            "map_names_no_category",
            _("The map %(map)s, [category]: the pack has no category “%(category)s”."),
            map=chosen.name,
            category="”, “".join(missing),
        )
