"""Which ready texts fit a step on a matter, the nearest first, filled with what the matter says."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from linli.areas.codes import lineage
from linli.areas.models import Area
from linli.desk.models import ReadyText
from linli.desk.texts.rules import Placeholder, fill, nearness
from linli.events.models import Event
from linli.events.offices import desk_of
from linli.people.models import Department


@dataclass(frozen=True)
class Offered:
    """A text as it would be written on this matter; `filled_en` empty where it has no English."""

    text: ReadyText
    filled: str
    filled_en: str


def offered_for(event: Event, step: str, *, at: datetime) -> list[Offered]:
    """The texts in use for a step on a matter, nearest first. As many queries however many there are."""
    rows = ReadyText.objects.open().filter(step=step, area__in=lineage(event.area_id))
    category = event.category
    domain = category.parent_id if category else None
    near = []
    for text in rows.select_related("area", "category"):
        key = nearness(
            text.area_id,
            text.category_id,
            text.category.parent_id if text.category else None,
            area=event.area_id,
            category=event.category_id,
            domain=domain,
        )
        if key is not None:
            near.append((key, text))
    near.sort(key=lambda one: (tuple(-part for part in one[0]), one[1].title, one[1].pk))
    chinese, english = values_of(event, at, "zh-hans"), values_of(event, at, "en")
    return [_offered(text, chinese, english) for _key, text in near]


def filled_with(text: ReadyText, event: Event, *, at: datetime) -> Offered:
    """One text as it would be written on this matter."""
    return _offered(text, values_of(event, at, "zh-hans"), values_of(event, at, "en"))


def _offered(text: ReadyText, chinese: dict[str, str], english: dict[str, str]) -> Offered:
    with override("zh-hans"):
        filled = fill(text.words, chinese)
    with override("en"):
        return Offered(text, filled, fill(text.words_en, english))


def values_of(event: Event, at: datetime, language: str) -> dict[str, str]:
    """What each placeholder is on this matter; empty where the matter does not say."""
    is_english = language == "en"
    lead = next((part.department for part in event.parts.select_related("department") if part.leads), None)
    with override(language):
        return {
            Placeholder.NUMBER: event.number,
            Placeholder.PLACE: _place(event),
            Placeholder.CATEGORY: str(event.category) if event.category else "",
            Placeholder.LEAD: _named(lead, is_english),
            Placeholder.DUE: _day(event.due_at, is_english),
            Placeholder.OFFICE: desk_of(event),
            Placeholder.TODAY: _day(at, is_english),
        }


def _place(event: Event) -> str:
    """The reporter's words for the place, behind the names of township and village."""
    names = Area.objects.filter(pk__in=lineage(event.area_id)[1:3]).order_by("code").values_list("name", flat=True)
    return "".join(names) + event.place if event.place else "".join(names) or event.area.name


def _named(department: Department | None, is_english: bool) -> str:
    if department is None:
        return ""
    return (department.name_en if is_english else "") or department.name


def _day(at: datetime | None, is_english: bool) -> str:
    if at is None:
        return ""
    return date_format(timezone.localtime(at), "j F Y" if is_english else "Y年n月j日")
