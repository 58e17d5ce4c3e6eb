"""For tests of this room: matters with every sort of secret in them, and looking at all that is given out of an area."""

from datetime import datetime
from typing import Any

from django.test import Client

from linli.areas.models import Area
from linli.events import actions
from linli.events.models import Category, Event
from linli.events.rules import Source, State
from linli.events.testing import PATHS, World
from linli.people.models import Person

COUNTY, TOWN, VILLAGE = "440881", "440881101", "440881101201"
#: What never leaves: words, names, telephones, addresses. Each stands in the matters of `make_secret`.
SECRETS = (
    *("张秘密的水沟", "秘密巷3号", "13800001234", "secret@home.example", "张秘密", "秘密的处理经过", "秘密标题"),
    "110.0512345",
)
FILES = ("feed.atom", "matters.geojson", "matters.csv", "figures.csv", "map.json")


def make_secret(
    world: World,
    state: str = State.HANDLING,
    *,
    at: datetime,
    category: Category | None = None,
    area: Area | None = None,
    by: Person | None = None,
    lon: float = 110.0512345,
    lat: float = 21.7098765,
) -> Event:
    """A matter of this state that is full of what nobody outside may learn."""
    event = actions.report(
        text="张秘密的水沟堵了，电话 13800001234",
        area=area or world.grid,
        category=category or world.drain,
        at=at,
        source=Source.RESIDENT,
        place="秘密巷3号",
        lon=lon,
        lat=lat,
        contact="张秘密 13800001234 secret@home.example",
        by=by,
    ).event
    for minute, act in enumerate(PATHS[state], 1):
        act(world, event, at.replace(minute=minute))
    Event.objects.filter(pk=event.pk).update(title="秘密标题", outcome="秘密的处理经过")
    event.refresh_from_db()
    return event


def everything(client: Client, code: str, query: str = "") -> dict[str, bytes]:
    """All that is given out of an area, by name."""
    return {name: _body(client.get(f"/area/{code}/{name}{query}")) for name in ("", *FILES)}


def _body(response: Any) -> bytes:
    assert response.status_code == 200, response.status_code
    return bytes(response.content)
