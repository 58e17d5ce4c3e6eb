"""Asking the programming interface as another system does, for tests: a key, a call, JSON back."""

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.utils import timezone

from linli.areas.models import Area
from linli.events.models import Event
from linli.intake import keys
from linli.intake.api.operations import OPERATIONS
from linli.intake.models import Purpose

ROOT = "/api/v1/"


def make_key(area: str = "", name: str = "平台", purpose: str = Purpose.API) -> str:
    """The text of a new key."""
    return keys.create(name, purpose=purpose, area=area, at=timezone.now())[1]


def ask(key: str | None, path: str, status: int = 200, /, language: str = "en", **query: Any) -> Any:
    """What a call answers in JSON."""
    return answer(key, path, status, language=language, **query).json()


def answer(key: str | None, path: str, status: int = 200, /, language: str = "en", **query: Any) -> Any:
    """The answer to a call."""
    headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {key}"} if key else {})
    sent = {name.rstrip("_"): value for name, value in query.items()}
    response = Client().get(ROOT + path, sent, headers=headers)
    assert response.status_code == status, response.content.decode()
    return response


def everything(key: str) -> Iterator[tuple[str, str]]:
    """Every answer there is: each operation, of every matter and every area."""
    matters = [str(one) for one in Event.objects.values_list("pk", flat=True)]
    areas = list(Area.objects.values_list("pk", flat=True))
    in_path = {"matter": matters, "code": areas}
    needed = {"from": "2026-11-01", "to": "2026-11-30", "area": areas[0]}
    for one in OPERATIONS:
        query = {it.name: needed[it.name] for it in one.query if it.is_needed}
        values = in_path[one.in_path[0].name] if one.in_path else [""]
        for value in values:
            path = one.path.replace("{matter}", value).replace("{code}", value)
            response = Client().get(ROOT + path, query, headers={"Authorization": f"Bearer {key}"})
            assert response.status_code in (200, 404), (path, response.content)
            yield path, response.content.decode()
