"""Which area answers for a row: by code, by name, by the position, or the one the map names for all others."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.areas import ground
from linli.areas.codes import contains, within
from linli.areas.crs import Crs, to_wgs84
from linli.areas.models import ANSWERING, Area
from linli.intake.importing import maps
from linli.intake.importing.maps import BY_NAME, BY_POINT, FIXED, ImportMap
from linli.intake.importing.notes import Notes
from linli.intake.importing.rows import Draft
from linli.kit.refusal import BadInput

#: Words remembered with their areas, so that a file in which every row names another needs no more memory.
_REMEMBERED = 50_000


class Places:
    """Finds the areas of drafts, a batch at a time; remembers those it has found. Raises `BadInput` for a home without areas."""

    def __init__(self, chosen: ImportMap, notes: Notes) -> None:
        self._map, self._where, self._notes = chosen, chosen.area, notes
        self._by_word: dict[str, Area | BadInput] = {}
        if not Area.objects.exists():
            raise BadInput(
                "no_areas",
                _(
                    "This home has no areas yet. Bring them in first, with “linli areas divisions” or “linli areas import”."
                ),
            )
        self._fixed = self._chosen(self._where.code, "code") if self._where.by == FIXED else None
        self._otherwise = self._chosen(self._where.otherwise, "otherwise")
        if self._where.under:
            self._named(self._where.under, "under")

    def find(self, drafts: Sequence[Draft]) -> list[Area | BadInput]:
        """The area of each draft, or why it is refused. Positions become WGS-84."""
        placed = [draft for draft in drafts if draft.lon is not None]
        if placed:
            self._convert(placed)
            _locate(placed)
        by_point = self._where.by == BY_POINT
        self._learn(draft.located if by_point else draft.where for draft in drafts)
        return [_swapped(draft) if draft.is_swapped else self._area(draft) for draft in drafts]

    def _convert(self, drafts: list[Draft]) -> None:
        if self._map.crs == Crs.WGS84:
            return
        lons, lats = to_wgs84(*_columns(drafts), self._map.crs)
        for draft, lon, lat in zip(drafts, lons.tolist(), lats.tolist(), strict=True):
            draft.lon, draft.lat = lon, lat

    def _area(self, draft: Draft) -> Area | BadInput:
        if self._fixed is not None:
            return self._fixed
        if self._where.by == BY_POINT:
            found = self._by_word[draft.located] if draft.located else _outside(draft)
        else:
            found = self._by_word[draft.where]
        if isinstance(found, BadInput):
            if self._otherwise is None:
                return found
            self._notes.count("area", self._where.column, draft.where)
            return self._otherwise
        if draft.lon is not None and _is_elsewhere(found, draft.located):
            self._notes.count("elsewhere")
        return found

    # --- looking areas up ---------------------------------------------------------------------------------------------

    def _learn(self, words: Iterable[str]) -> None:
        """Look up the words of a batch that are new, with one query."""
        if len(self._by_word) > _REMEMBERED:
            self._by_word.clear()
        new = set(words) - self._by_word.keys()
        if not new:
            return
        ours = {word: self._where.values.get(word, word) for word in new}
        found = self._by_name(ours.values()) if self._where.by == BY_NAME else self._by_code(ours.values())
        self._by_word |= {word: found.get(name) or self._unknown(name) for word, name in ours.items()}

    def _by_code(self, codes: Iterable[str]) -> Mapping[str, Area | BadInput]:
        # Areas without a national code must not be found by an empty cell.
        given = [code for code in codes if code]
        rows = Area.objects.filter(Q(pk__in=given) | Q(national_code__in=given))
        # The later wins: areas of today over closed ones, our own codes over those of others.
        found = sorted(rows, key=lambda area: area.is_open)
        return {area.national_code: area for area in found if area.national_code} | {area.code: area for area in found}

    def _by_name(self, names: Iterable[str]) -> Mapping[str, Area | BadInput]:
        rows = Area.objects.open().filter(name__in=list(names), kind__in=ANSWERING)
        if self._where.under:
            rows = rows.filter(within(self._where.under, field="code"))
        found: dict[str, Area | BadInput] = {}
        for area in rows.order_by("code"):
            found[area.name] = _ambiguous(area) if area.name in found else area
        return found

    def _unknown(self, word: str) -> BadInput:
        if not word:
            return BadInput(
                "area_missing", _("The column %(column)s is empty: where is it?"), column=self._where.column
            )
        return BadInput("unknown_area", _("There is no area %(code)s in this home."), code=word[:20])

    def _named(self, code: str, key: str) -> Area:
        area = Area.objects.open().filter(pk=code, kind__in=ANSWERING).first()
        if area is None:
            raise BadInput(
                "map_names_no_area",
                _("The map %(map)s, [area] %(key)s: there is no area %(code)s in this home that answers for matters."),
                map=self._map.name,
                key=key,
                code=code[:20],
            )
        return area

    def _chosen(self, code: str, key: str) -> Area | None:
        """An area the map itself names; None for `refuse`."""
        match code:
            case maps.REFUSE:
                return None
            case maps.TOP:
                return self._top(key)
            case code:
                return self._named(code, key)

    def _top(self, key: str) -> Area:
        """The county of this home; where it has none or several, its only area without another above."""
        for areas in (Area.objects.open().filter(level="county"), Area.objects.open().filter(parent__isnull=True)):
            found = list(areas[:2])
            if len(found) == 1:
                return found[0]
        raise BadInput(
            "several_tops",
            _(
                "The map %(map)s, [area] %(key)s: this home has several counties. Write the code of one instead of “top”."
            ),
            map=self._map.name,
            key=key,
        )


def _columns(drafts: Sequence[Draft]) -> tuple[Any, Any]:
    return np.array([draft.lon for draft in drafts], float), np.array([draft.lat for draft in drafts], float)


def _locate(drafts: Sequence[Draft]) -> None:
    """Note of each draft where its point lies, or that it would lie inside if its two numbers changed places."""
    lons, lats = _columns(drafts)
    for draft, code in zip(drafts, ground.locate_many(lons, lats), strict=True):
        draft.located = code or ""
    outside = [draft for draft in drafts if not draft.located and abs(draft.lon or 0) <= 90]
    if outside:
        lons, lats = _columns(outside)
        for draft, code in zip(outside, ground.locate_many(lats, lons), strict=True):
            draft.is_swapped = code is not None


def _swapped(draft: Draft) -> BadInput:
    return BadInput(
        "swapped",
        _("Longitude %(lon)s, latitude %(lat)s lies outside; the other way round it lies inside. They are swapped."),
        lon=f"{draft.lon:g}",
        lat=f"{draft.lat:g}",
    )


def _is_elsewhere(area: Area, located: str) -> bool:
    """The point lies in another area than the one named; where nothing is drawn nobody can tell."""
    if not located:
        return ground.current().leaves is not None
    return not (contains(area.code, located) or contains(located, area.code))


def _outside(draft: Draft) -> BadInput:
    if draft.lon is None or draft.lat is None:
        return BadInput("position_missing", _("The row has no position, by which its area could be found."))
    return BadInput(
        "outside",
        _("Longitude %(lon)s, latitude %(lat)s lies outside all areas of this home."),
        lon=f"{draft.lon:g}",
        lat=f"{draft.lat:g}",
    )


def _ambiguous(area: Area) -> BadInput:
    return BadInput(
        "several_areas",
        _("Several areas are called %(name)s. Give their codes in [area.values], or [area] under."),
        name=area.name,
    )
