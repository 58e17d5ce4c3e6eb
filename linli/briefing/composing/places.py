"""The section on places that come back and on what is reported over and over: places of villages, never of households."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.areas.codes import lineage, numbering
from linli.areas.models import Area
from linli.briefing.composing.parts import Look, Section
from linli.briefing.saying import Piece, Said, day_of_year, grouped, joined, rate, say
from linli.events.models import Category, Event
from linli.statistics.hotspots.spots import CLUSTER, LOOKED_AT, READ, Spot, clusters, coming_back
from linli.statistics.hotspots.views import BACK_DAYS, RADII_M, WITHIN_DAYS

#: So many are told of; so many matters of one are named in the address that opens them.
_TOLD, _IN_GROUP = 5, 60


def places(look: Look) -> Section:
    """By the measures that the page of hot spots takes where nothing else is asked for, within the period."""
    section = Section(_("What comes back, and hot spots"))
    holding = look.sheet.shares["holding"]
    if holding.denominator.n:
        section.paragraphs.append(
            say(
                _("Closings that held until now: %(rate)s; taken up again: %(fell)s."),
                rate=rate(holding),
                fell=Piece(grouped(look.sheet.numbers["fell"].n), look.sheet.numbers["fell"].address),
            )
        )
    since, until = look.period.start, look.period.end
    soon = timedelta(days=WITHIN_DAYS[0])
    back = coming_back(look.area, radius=RADII_M[0], within=soon, since=since, until=until)
    same = clusters(look.area, since=max(since, until - timedelta(days=BACK_DAYS["alike"])), until=until)
    words = _Words(look, [*back.found, *same.found])
    section.paragraphs += [_back(words, back.found), _same(words, same.found)]
    cut = [_cut(most) for was_cut, most in ((back.was_cut, LOOKED_AT), (same.was_cut, READ)) if was_cut]
    return section if not cut else Section(section.heading, [*section.paragraphs, *cut])


def _back(words: "_Words", found: Sequence[Spot]) -> Said:
    spots = words.shown(found)
    facts = {"days": str(WITHIN_DAYS[0]), "radius": str(RADII_M[0])}
    if not spots:
        return say(
            _(
                "No place came back: nowhere was a matter closed and another of its category reported "
                "within %(days)s days and %(radius)s m, or the same one taken up again."
            ),
            **facts,
        )
    told = [
        words.told(one, "returning", _("%(place)s, %(category)s: came back %(n)s, last on %(last)s")) for one in spots
    ]
    return say(
        _(
            "Places that came back (closed, and within %(days)s days another of the same category within %(radius)s m, "
            "or the same one taken up again): %(n)s. %(told)s."
        ),
        **facts,
        n=grouped(len(spots)),
        told=joined(told[:_TOLD], _("; ")),
    )


def _same(words: "_Words", found: Sequence[Spot]) -> Said:
    spots = words.shown(found)
    facts = {"least": str(CLUSTER), "days": str(BACK_DAYS["alike"])}
    if not spots:
        return say(_("Nothing was reported over and over (%(least)s and more reports near each other)."), **facts)
    told = [words.told(one, "alike", _("%(place)s, %(category)s: %(n)s reports, last on %(last)s")) for one in spots]
    return say(
        _(
            "Reported over and over in the last %(days)s days of the period at most "
            "(%(least)s and more reports near each other in like words, or merged): %(n)s. %(told)s."
        ),
        **facts,
        n=grouped(len(spots)),
        told=joined(told[:_TOLD], _("; ")),
    )


def _cut(most: int) -> Said:
    return say(_("Only the newest %(n)s matters were looked at for this."), n=grouped(most))


class _Words:
    """Names of places and categories, each kind in one query."""

    def __init__(self, look: Look, found: Sequence[Spot]) -> None:
        self._look = look
        self._categories = Category.objects.in_bulk({spot.category for spot in found if spot.category})
        firsts = [spot.keys[0] for spot in found]
        self._areas = dict(Event.objects.filter(pk__in=[str(key) for key in firsts]).values_list("pk", "area_id"))
        codes = {code for area in self._areas.values() for code in lineage(area)}
        self._names = dict(Area.objects.filter(pk__in=codes).values_list("code", "name"))

    def shown(self, found: Sequence[Spot]) -> list[Spot]:
        """Without disputes: paper is passed on, and the place of a quarrel is a household."""
        return [spot for spot in found if not self._is_dispute(spot)]

    def _is_dispute(self, spot: Spot) -> bool:
        category = self._categories.get(spot.category or 0)
        return category is not None and category.for_mediation

    def told(self, spot: Spot, kind: str, words: str) -> Said:
        """A place by its village, and how often; the number leads to the matters."""
        asked = [("kind", kind), *(("event", str(key)) for key in spot.keys[-_IN_GROUP:])]
        address = f"{reverse('statistics:suggestion', args=[self._look.area.code])}?{urlencode(asked)}"
        category = self._categories.get(spot.category or 0)
        return say(
            words,
            place=self._place(spot),
            category=str(category) if category else _("Not classified"),
            n=Piece(grouped(spot.count), address),
            last=day_of_year(timezone.localdate(spot.last_at)),
        )

    def _place(self, spot: Spot) -> str:
        """The village with what lies above it, as far as that is not said already."""
        code = self._areas.get(spot.keys[0], self._look.area.code)  # type: ignore[call-overload]
        own = len(self._look.area.code)
        finest = numbering().width("village") if "village" in numbering().levels else own
        below = [one for one in lineage(code) if own < len(one) <= finest]
        return "".join(self._names.get(one, one) for one in below) or self._look.area.name
