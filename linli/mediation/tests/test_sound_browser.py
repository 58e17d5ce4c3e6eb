"""Sound of a session in a browser: added, refused, played for a purpose; a party hears it on a phone and has it deleted."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.kit.media.testing import voice
from linli.mediation.actions import sessions
from linli.mediation.models import Dispute, Look, Party, Recording
from linli.mediation.rules import Side, State
from linli.mediation.testing import Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.screens import Desk, Phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def here(tmp_path: Path, settings: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SMS_GATEWAY = "http://127.0.0.1:9/"
    return make_mediation()


def held(here: Mediation) -> Dispute:
    """A session of this morning, with both sides."""
    began = timezone.now() - timedelta(hours=2)
    dispute = make_dispute(here, State.MEDIATING, at=began - timedelta(days=3))
    session = sessions.plan_session(
        dispute, planned_at=began, place="镇综治中心", by=here.mediator, at=began - timedelta(days=1)
    )
    sessions.hold_session(
        session,
        began_at=began,
        ended_at=began + timedelta(hours=1),
        present=list(dispute.parties.present()),
        by=here.mediator,
        at=began + timedelta(hours=1),
    )
    return dispute


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES_TO"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def plays(page: Page) -> None:
    """The player reads the sound: it knows how long it is."""
    page.locator("audio").evaluate("one => one.play()")
    page.wait_for_function("document.querySelector('audio').readyState >= 1")
    assert page.locator("audio").evaluate("one => one.error") is None


def test_sound_is_added_heard_for_a_purpose_and_deleted_by_a_party(
    here: Mediation, at_desk: Callable[..., Desk], on_phone: Callable[[Party], Phone], tmp_path: Path
) -> None:
    dispute = held(here)
    (tmp_path / "talk.webm").write_bytes(voice())
    (tmp_path / "talk.mp3").write_bytes(b"ID3\3" + bytes(4000))
    desk = at_desk(here.mediator)
    page = desk.page
    page.goto(f"/mediation/{dispute.pk}/")
    page.get_by_label("To mediate it").check()
    page.get_by_role("button", name="Open the file").click()
    page.get_by_role("link", name="Add a sound recording").click()
    # Everybody, or nobody; and it has to be sound.
    page.get_by_label("Recording", exact=True).set_input_files(tmp_path / "talk.webm")
    page.get_by_label("Applicant 1").check()
    page.get_by_role("button", name="Add a sound recording").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Respondent 1").check()
    page.get_by_label("Recording", exact=True).set_input_files(tmp_path / "talk.mp3")
    page.get_by_role("button", name="Add a sound recording").click()
    expect(page.locator(".field-error")).to_contain_text("M4A")
    shot(page, "sound-form")
    desk.looks_right()
    page.get_by_label("Recording", exact=True).set_input_files(tmp_path / "talk.webm")
    page.get_by_role("button", name="Add a sound recording").click()
    page.get_by_role("link", name="Sound of this session").click()
    expect(page.get_by_label("What do you hear it for?")).to_be_visible()
    assert page.locator("audio").count() == 0
    shot(page, "sound-closed")
    page.get_by_label("What do you hear it for?").select_option("mediate")
    page.get_by_role("button", name="Play it").click()
    plays(page)
    desk.looks_right()
    shot(page, "sound-open")
    page.set_viewport_size({"width": 390, "height": 844})
    desk.looks_right()
    shot(page, "sound-open-390")

    party = party_of(dispute, Side.RESPONDENT)
    phone = on_phone(party)
    phone.open()
    plays(phone.page)
    phone.looks_right()
    shot(phone.page, "sound-party")
    assert Look.objects.filter(party=party, recording__isnull=False).count() == 1
    phone.page.locator("#sessions details.more summary").last.click()
    phone.page.locator("#sessions [name=sure]").check()
    phone.page.locator("#sessions button.danger").click()
    expect(phone.page.locator("#sessions audio")).to_have_count(0)
    assert Recording.objects.get().file_sha256 == ""
    shot(phone.page, "sound-party-after")
