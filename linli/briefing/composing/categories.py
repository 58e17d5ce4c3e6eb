"""The section on categories: the largest ones, and those that rise by more than chance."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.briefing.composing.parts import Look, Section, chart
from linli.briefing.saying import Piece, Said, counted, day, grouped, joined, say
from linli.events.models import Category
from linli.statistics.hotspots.rising import Rising, rising
from linli.statistics.periods import Period
from linli.statistics.rules import TOO_FEW, percent
from linli.statistics.rules.rising import LEAST_BEFORE, Sure
from linli.statistics.sheet import Number

#: So many are named in the sentence, so many are drawn, and so many rising ones are told of.
_NAMED, _DRAWN, _RISEN = 5, 8, 6
#: What rises is looked for in the last days of the period: a week's briefing looks at its week.
_WEEK, _LAST_DAYS = 7, 28


@dataclass(frozen=True)
class _Counted:
    name: str
    reported: Number


def by_category(look: Look) -> Section:
    """By what was reported. Categories are no people: the largest stand first."""
    section, found = Section(_("Kinds of matters")), _leaves(look)
    if found:
        section.paragraphs.append(_largest(look, found))
        bars = [(one.name, [counted(one.reported)]) for one in found[:_DRAWN]]
        title = _("Largest categories by what was reported")
        section.charts.append(chart("categories", "bars", title, [str(found[0].reported.figure.name)], bars))
    else:
        section.paragraphs.append(say(_("Nothing was reported in the period.")))
    section.paragraphs.append(_risen(look))
    return section


def _leaves(look: Look) -> list[_Counted]:
    """Every category with what was reported in it itself, the largest first; alike ones in the order of codes."""
    lines, found, domain = look.sheet.categories, [], ""
    for place, line in enumerate(lines):
        if not line.is_part:
            domain = line.name
        has_parts = not line.is_part and place + 1 < len(lines) and lines[place + 1].is_part
        if has_parts or not line.numbers["reported"].n:
            continue
        name = f"{domain} ({line.name})" if line.is_part and line.code == _code_of(lines, place) else line.name
        found.append(_Counted(name, line.numbers["reported"]))
    return sorted(found, key=lambda one: -one.reported.n)


def _code_of(lines: list, place: int) -> str:  # type: ignore[type-arg]
    """The code of the domain a line lies below."""
    return next((line.code for line in reversed(lines[:place]) if not line.is_part), "")


def _largest(look: Look, found: list[_Counted]) -> Said:
    reported = look.sheet.numbers["reported"]
    if reported.n < TOO_FEW:
        named = [say(_("%(name)s %(n)s"), name=one.name, n=counted(one.reported)) for one in found[:_NAMED]]
        return say(
            _("By category: %(named)s. Few in all (%(n)s), shares are not compared."),
            named=joined(named, _(", ")),
            n=counted(reported),
        )
    named = [
        say(
            _("%(name)s %(n)s (%(percent)s %%)"),
            name=one.name,
            n=counted(one.reported),
            percent=f"{percent(one.reported.n, reported.n):.1f}",
        )
        for one in found[:_NAMED]
    ]
    return say(
        _("The largest categories, as shares of all %(n)s reported: %(named)s."),
        n=counted(reported),
        named=joined(named, _("; ")),
    )


def _risen(look: Look) -> Said:
    days = _WEEK if (look.period.last - look.period.first).days < _WEEK else _LAST_DAYS
    looked = rising(look.area, days, at=look.period.end)
    if len(looked.stretches.before) < LEAST_BEFORE:
        return say(_("Too little is known of the time before to say which categories rise."))
    found = [one for one in looked.found if one.rise.sure != Sure.NOT][:_RISEN]
    facts = {"days": str(days), "last": day(look.period.last), "stretches": str(len(looked.stretches.before))}
    if not found:
        words = _(
            "In the %(days)s days until %(last)s no category rose by more than chance, "
            "beside %(stretches)s stretches of as many days before."
        )
        return say(words, **facts)
    words = _(
        "In the %(days)s days until %(last)s these categories rose by more than chance, "
        "beside %(stretches)s stretches of as many days before: %(risen)s."
    )
    return say(words, **facts, risen=joined(list(_told(look, found)), _("; ")))


def _told(look: Look, found: list[Rising]) -> Iterable[Said]:
    names = Category.objects.in_bulk([one.category for one in found if one.category])
    for one in found:
        stretch = Period(*one.stretch)
        narrowed = {"category": one.category, "only_category": True} if one.category else {"unclassified": True}
        yield say(
            _("%(name)s: %(n)s, about %(expected)s expected (%(sure)s)"),
            name=str(names[one.category]) if one.category else _("Not classified"),
            n=Piece(grouped(one.rise.observed), look.rows("reported", period=stretch, **narrowed)),
            expected=f"{one.rise.expected:.1f}",
            sure=str(one.rise.sure.label),
        )
