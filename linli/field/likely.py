"""Learning which categories are likely in each area and at which hours, from the matters of the last year; and telling it.

Learned once a day, a township at a time, so that no turn of it takes longer than that township's year takes to count.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import ExtractHour, Length
from django.utils import timezone

from linli.areas.codes import lineage, numbering, within
from linli.areas.models import Area
from linli.events.models import Event
from linli.field.models import Likely
from linli.field.rules import BLOCKS, block_of, likely

LEARNED_FROM = timedelta(days=365)
#: Of each block so many categories are kept: more than are ever offered, so that a closed one leaves others.
_KEPT = 16
#: Block to category to count, by area.
_Seen = dict[str, dict[str, Counter[str]]]


def learn(at: datetime) -> bool:
    """Learn the next area that was not learned today; whether there is another one."""
    today = timezone.localdate(at)
    waiting = _waiting(today)[:2]
    if not waiting:
        return False
    area = waiting[0]
    seen = _counted(area, at)
    if not _is_branch(area.code):
        _add_branches(seen, area.code)
    _keep(area.code, seen, today)
    return len(waiting) > 1


def _branch_width() -> int:
    """Digits of the codes of the level that is counted at once."""
    known = numbering()
    return known.width("township") if "township" in known.levels else known.widths[-1]


def _is_branch(code: str) -> bool:
    return len(code) >= _branch_width()


def _waiting(today: date) -> list[Area]:
    """The deepest first: an area above the townships adds up what they have learned."""
    learned = Likely.objects.filter(area=OuterRef("pk"), learned_on__gte=today)
    rows = Area.objects.open().alias(width=Length("code")).filter(width__lte=_branch_width())
    return list(rows.exclude(Exists(learned)).order_by("-width", "code"))


def _counted(area: Area, at: datetime) -> _Seen:
    """What was reported within a township, for it and each area in it; of a wider one what names it itself."""
    where = within(area.code) if _is_branch(area.code) else Q(area=area.code)
    rows = Event.objects.filter(where, category__isnull=False, reported_at__gte=at - LEARNED_FROM, reported_at__lt=at)
    by_hour = rows.order_by().values_list("area", "category__code", ExtractHour("reported_at")).annotate(Count("pk"))
    seen: _Seen = defaultdict(lambda: defaultdict(Counter))
    for code, category, hour, count in by_hour:
        for one in lineage(code):
            if len(one) >= len(area.code):
                seen[one][block_of(hour)][category] += count
    return seen


def _add_branches(seen: _Seen, code: str) -> None:
    for counts in Likely.objects.filter(area__parent=code).values_list("counts", flat=True):
        for block, of_block in counts.items():
            seen[code][block].update(of_block)


@transaction.atomic
def _keep(code: str, seen: _Seen, today: date) -> None:
    stale = Likely.objects.filter(within(code)) if _is_branch(code) else Likely.objects.filter(pk=code)
    stale.delete()
    known = set(Area.objects.filter(pk__in=[code, *seen]).values_list("pk", flat=True))
    rows = [Likely(area_id=one, counts=_commonest(seen.get(one, {})), learned_on=today) for one in sorted(known)]
    Likely.objects.bulk_create(rows)


def _commonest(counts: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {block: dict(counts[block].most_common(_KEPT)) for block in BLOCKS if block in counts}


def likely_in(areas: Iterable[str], order: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """By area and block the six to offer there. One query. `order`: the categories that may be offered."""
    wanted = list(areas)
    around = {code for area in wanted for code in lineage(area)}
    learned = dict(Likely.objects.filter(pk__in=around).values_list("pk", "counts"))
    return {area: _of_area(area, learned, order) for area in wanted}


def _of_area(area: str, learned: Mapping[str, dict[str, Counter[str]]], order: Sequence[str]) -> dict[str, list[str]]:
    nearest_first = [learned.get(code, {}) for code in reversed(lineage(area))]
    return {block: likely([counts.get(block, {}) for counts in nearest_first], order) for block in BLOCKS}
