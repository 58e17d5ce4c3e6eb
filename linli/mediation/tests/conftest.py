"""Persons at their screens, for stories in a browser: `at_desk(person)`, `on_phone(party)`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page

from linli.mediation.actions.parties import make_link
from linli.mediation.models import Party
from linli.mediation.tests.screens import PHONE, Desk, Phone


@pytest.fixture
def at_desk(
    live_server: Any,
    open_page: Callable[..., Page],
    sign_in: Callable[..., None],
    accessible: Callable[[Page], None],
) -> Callable[..., Desk]:
    """Somebody of the staff who reads English, at a screen of this width."""

    def come(person: Any, width: int = 1280) -> Desk:
        page = open_page(viewport={"width": width, "height": 900})
        sign_in(page, person)
        english = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}
        page.context.add_cookies([english])
        return Desk(page, accessible)

    return come


@pytest.fixture
def on_phone(open_page: Callable[..., Page], accessible: Callable[[Page], None]) -> Callable[[Party], Phone]:
    """A party with its phone and the secret link it was given, which reads Chinese."""

    def take(party: Party) -> Phone:
        address = f"/mediation/party/{make_link(party, timezone.now())}/"
        return Phone(open_page(**PHONE), accessible, address)

    return take


@pytest.fixture
def a_scan(tmp_path: Path) -> Path:
    """A signed paper, scanned."""
    file = tmp_path / "scan.pdf"
    file.write_bytes(b"%PDF-1.7\n")
    return file
