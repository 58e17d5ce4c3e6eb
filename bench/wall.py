"""The wall beside the same counted anew: all that changes on it, and its map, each against a live GROUP BY in the same run.

Part of the measurement `statistics`, in whose home it is taken.
"""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from bench.county import AT
from bench.queue import TOWNSHIP, median_ms


def measure(say: Callable[[str], None], store: str) -> None:
    """A line for each question: ours, and the live count beside it."""
    from linli.statistics.map_cells import Window
    from linli.wall.ground import clusters, near
    from linli.wall.reading import now_of

    county = Window(110.0, 21.4, 110.7, 22.1)
    for code, name in (("440881", "county"), (TOWNSHIP, "township")):
        _beside(say, f"{store}: all that changes on the wall of the {name}", _now(now_of, code), _counted(code))
    for zoom, size in ((1, "7 km"), (2, "1.7 km"), (3, "430 m")):
        _beside(say, f"{store}: map of the county, {size}", _asked(clusters, "440881", county, zoom), _grouped(zoom))
    close = _asked(near, "440881", Window(110.2, 21.6, 110.22, 21.62))
    say(f"{store}: single matters from near: {median_ms(close, 9):.1f} ms; of the county")


def _now(now_of: Callable[..., object], code: str) -> Callable[[], object]:
    return lambda: now_of(code, AT)


def _asked(read: Callable[..., object], *given: Any) -> Callable[[], object]:
    return lambda: read(*given)


def _counted(code: str) -> Callable[[], object]:
    """The six numbers of the tiles by one pass over the rows."""
    from django.db.models import Count, F, Q
    from django.utils import timezone

    from linli.areas.codes import within
    from linli.events.models import IS_OPEN, Event

    midnight = timezone.make_aware(datetime.combine(timezone.localdate(AT), time.min))
    month = midnight.replace(day=1)
    is_due = Q(due_at__gte=month, due_at__lt=AT)
    solved = Q(state__in=["closed", "self_handled"])
    wanted = {
        "reported": Q(reported_at__gte=midnight),
        "open": IS_OPEN,
        "overdue": IS_OPEN & Q(due_at__lt=AT, paused_at__isnull=True),
        "due_soon": IS_OPEN & Q(due_at__gte=AT, paused_at__isnull=True),
        "closed": solved & Q(ended_at__gte=midnight),
        "due": is_due,
        "in_time": is_due & solved & Q(ended_at__lte=F("due_at")),
    }
    counts = {f"n_{name}": Count("pk", filter=condition) for name, condition in wanted.items()}
    return lambda: Event.objects.filter(within(code)).order_by().aggregate(**counts)


def _grouped(zoom: int) -> Callable[[], object]:
    """The cells of the county by grouping its rows."""
    from django.db.models import Count, F, IntegerField, Q
    from django.db.models.functions import Cast

    from linli.areas.codes import within
    from linli.events.models import IS_OPEN, Event
    from linli.statistics.rules.cubes import ZOOMS

    times = ZOOMS[zoom]
    x, y = (Cast(F(side) * times, IntegerField()) for side in ("lon", "lat"))
    rows = Event.objects.filter(within("440881"), lon__isnull=False).order_by()
    return lambda: list(rows.values(x=x, y=y).annotate(n=Count("pk"), some=Count("pk", filter=Q(IS_OPEN))))


def _beside(say: Callable[[str], None], name: str, ours: Callable[[], object], live: Callable[[], object]) -> None:
    say(f"{name}: {median_ms(ours, 9):.1f} ms, live GROUP BY {median_ms(live, 3):,.0f} ms")
