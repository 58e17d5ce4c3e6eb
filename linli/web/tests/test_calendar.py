"""The calendar page: read by everybody, changed by whoever keeps the county's register, each change foreseen first."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from linli.events.models import CalendarEdit
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.kit.models import CalendarDay, OfficeHours
from linli.people.models import Person

CALENDAR = "/desk/calendar/"


def _client(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    person.language = "en"
    person.save(update_fields=["language"])
    return client


def _page(client: Client, address: str = CALENDAR) -> str:
    return client.get(address).content.decode()


def test_everybody_reads_the_year_and_nobody_else_changes_it(world: World) -> None:
    page = _page(_client(world.cast.worker), f"{CALENDAR}?year=2026")
    assert page.count('<table class="month">') == 12 and "Year published" in page and "国庆节" in page
    assert "Notices that come with linli" in page and "08:30–12:00" in page
    assert "/desk/calendar/2026-10-01" not in page
    for address in ("2026-10-01", "hours", "bring-in"):
        assert _client(world.cast.desk).get(CALENDAR + address).status_code == 403


def test_a_year_without_a_notice_says_so(world: World) -> None:
    page = _page(_client(world.cast.county), f"{CALENDAR}?year=2031")
    assert "Year provisional" in page and "None is known" in page
    assert "Calendar 2026" in _page(_client(world.cast.county), f"{CALENDAR}?year=20x6") or timezone.now().year != 2026


def test_a_day_is_changed_in_two_steps_and_taken_back(world: World) -> None:
    make_event(world, State.HANDLING, at=timezone.now())
    client, day = _client(world.cast.county), _a_coming_weekday()
    sent = {"kind": "off", "name": "台风停工", "reason": "县府办〔2026〕1号"}
    seen = client.post(f"{CALENDAR}{day}", sent | {"do": "look"}).content.decode()
    assert "What this does to limits" in seen and not CalendarEdit.objects.exists()
    done = client.post(f"{CALENDAR}{day}", sent | {"do": "save"}, follow=True).content.decode()
    assert "The calendar is changed." in done and "县府办〔2026〕1号" in done
    row = CalendarDay.objects.get(day=day)
    assert (row.is_working, row.origin) == (False, "county")
    edit = CalendarEdit.objects.get()
    assert "as its weekday again" in _page(client, f"{CALENDAR}changes/{edit.pk}/take-back")
    client.post(f"{CALENDAR}changes/{edit.pk}/take-back")
    assert not CalendarDay.objects.filter(day=day).exists()
    assert client.post(f"{CALENDAR}changes/{edit.pk}/take-back").status_code == 409


def _a_coming_weekday() -> date:
    return next(
        day
        for n in range(1, 30)
        if (day := date.fromordinal(timezone.localdate().toordinal() + n)).weekday() < 5
        and not CalendarDay.objects.filter(day=day).exists()
    )


def test_a_change_needs_a_reason_and_says_so_beside_the_field(world: World) -> None:
    answer = _client(world.cast.county).post(f"{CALENDAR}2026-11-18", {"kind": "off", "do": "save"})
    assert answer.status_code == 422 and 'id="id_reason_error"' in answer.content.decode()
    assert _client(world.cast.county).get(f"{CALENDAR}2026-13-01").status_code == 404


def test_office_hours_are_changed_and_must_follow_one_another(world: World) -> None:
    client = _client(world.cast.county)
    event = make_event(world, State.HANDLING, at=timezone.now())
    times = {"morning_from": "09:00", "morning_to": "12:00", "afternoon_from": "15:00", "afternoon_to": "18:00"}
    wrong = client.post(f"{CALENDAR}hours", times | {"morning_to": "08:00", "reason": "冬令时", "do": "save"})
    assert wrong.status_code == 422 and "after the one before it" in wrong.content.decode()
    client.post(f"{CALENDAR}hours", times | {"reason": "冬令时", "do": "save"})
    assert OfficeHours.objects.get().hours == "09:00-12:00,15:00-18:00"
    assert "15:00–18:00" in _page(client)
    # What lasts until the end of a day now lasts until the offices close then.
    before = timezone.localtime(event.due_at)
    event.refresh_from_db()
    assert (before.hour, before.minute) == (17, 30)
    assert timezone.localtime(event.due_at) == before.replace(hour=18, minute=0)


def test_the_json_of_a_year_is_looked_at_and_taken_up(world: World) -> None:
    days = [{"name": "元旦", "date": f"2027-01-0{n}", "isOffDay": n < 4} for n in range(1, 5)]
    file = SimpleUploadedFile("2027.json", json.dumps({"year": 2027, "days": days}).encode())
    client = _client(world.cast.county)
    page = client.post(f"{CALENDAR}bring-in", {"file": file}).content.decode()
    assert "3 days off" in page and "4 of them are new" in page and not CalendarEdit.objects.exists()
    hidden = {
        name: _plain(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    }
    client.post(f"{CALENDAR}bring-in", hidden)
    assert CalendarDay.objects.get(day="2027-01-04").is_working
    assert CalendarDay.objects.get(day="2027-01-01").note == "2027.json"


def _plain(value: str) -> str:
    return value.replace("&quot;", '"')


@pytest.mark.parametrize("content", [b"", b"\x00", b"BEGIN:VCALENDAR", b'{"days": 3}', b"day\n2026-01-01\n"])
def test_a_file_that_says_nothing_is_refused_beside_the_field(world: World, content: bytes) -> None:
    file = SimpleUploadedFile("a.csv", content)
    answer = _client(world.cast.county).post(f"{CALENDAR}bring-in", {"file": file})
    assert answer.status_code == 422 and "field-error" in answer.content.decode()
    answer = _client(world.cast.county).post(f"{CALENDAR}bring-in", {"name": "a", "days": '[["x", 1]]'})
    assert answer.status_code == 422


def test_the_page_takes_as_many_queries_for_many_changes(world: World) -> None:
    from linli.web.tests.test_categories import _queries

    client = _client(world.cast.county)
    client.get(CALENDAR)
    client.post(f"{CALENDAR}2026-11-02", {"kind": "off", "name": "", "reason": "一", "do": "save"})
    client.get(CALENDAR)
    few = _queries(client, CALENDAR)
    for n in range(3, 7):
        client.post(f"{CALENDAR}2026-11-0{n}", {"kind": "off", "name": "", "reason": "又", "do": "save"})
    client.get(CALENDAR)
    assert _queries(client, CALENDAR) == few


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1440])
def test_the_year_is_read_and_a_day_changed_in_the_browser(
    open_page: Any, world: World, sign_in: Any, accessible: Any, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    sign_in(page, world.cast.county)
    page.goto(f"{CALENDAR}?year=2026")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    cell = page.locator('.month a[href="/desk/calendar/2026-11-18"]')
    assert cell.bounding_box()["height"] >= 44
    cell.click()
    page.locator("input[name=kind][value=off]").check()
    page.locator("[name=name]").fill("台风停工")
    page.locator("[name=reason]").fill("防指通知")
    page.locator("button[value=look]").click()
    expect(page.locator(".effect")).to_be_visible()
    accessible(page)
    page.locator("button[value=save]").click()
    expect(page.locator(".timeline")).to_contain_text("防指通知")
    page.get_by_role("link", name="撤销此项更改").click()
    accessible(page)
    page.get_by_role("button", name="撤销此项更改").click()
    expect(page.locator(".timeline")).to_contain_text("已撤销")
    for address in ("hours", "bring-in"):
        page.goto(CALENDAR + address)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
