"""Asking the programming interface as another system does, for tests: a key, a call, JSON back."""

from typing import Any

from django.test import Client
from django.utils import timezone

from linli.intake import keys
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
