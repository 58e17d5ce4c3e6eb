"""The pages of phones: everybody their own, the system administrator those of the staff, nobody else any."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from linli.events.testing import World
from linli.intake import devices
from linli.intake.models import Device, Ending
from linli.journal.models import Entry
from linli.people.actions import add_person, appoint
from linli.people.models import Person
from linli.people.rules import Role
from tests.browser import OpenPage

MINE, ALL = "/desk/intake/devices/", "/desk/intake/devices/all"
SignIn = Callable[[Page, Person], None]
Accessible = Callable[[Page], None]


def phone_of(
    person: Person, number: int = 1, *, name: str = "", waiting: int | None = None, session: str = ""
) -> Device:
    device, _token = devices.register(person, UUID(int=number), name=name, session=session, at=timezone.now())
    Device.objects.filter(pk=device.pk).update(waiting=waiting)
    return device


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: Person, address: str) -> str:
    response = signed_in(person).get(address)
    assert response.status_code == 200
    return response.content.decode()


def post(person: Person, device: Device, act: str, **given: str) -> Any:
    return signed_in(person).post(f"{MINE}{device.pk}/{act}", given)


def test_everybody_sees_their_own_phones(world: World) -> None:
    phone_of(world.cast.worker, name="值班手机", waiting=3)
    phone_of(world.cast.deputy, name="别人的手机")
    shown = page(world.cast.worker, MINE)
    assert "值班手机" in shown
    assert "别人的手机" not in shown
    assert ALL not in shown
    assert "值班手机" not in page(world.cast.nobody, MINE)


def test_the_menu_of_a_person_leads_there(world: World) -> None:
    assert f'href="{MINE}"' in page(world.cast.worker, "/desk/")


def test_one_signs_out_ones_own_phone_and_sees_that_it_is(world: World) -> None:
    phone = phone_of(world.cast.worker, name="旧手机")
    assert post(world.cast.deputy, phone, "sign-out").status_code == 404
    assert post(world.cast.worker, phone, "sign-out").headers["Location"] == MINE
    assert not Device.objects.signed_in(timezone.localdate()).exists()
    assert "旧手机" in page(world.cast.worker, MINE)
    assert Entry.objects.get(verb="device.revoked").facts == {"person": world.cast.worker.pk, "reason": "own"}
    assert post(world.cast.worker, phone, "sign-out").status_code == 409
    Device.objects.update(revoked_at=timezone.now() - timedelta(days=31))
    assert "旧手机" not in page(world.cast.worker, MINE)


def test_signing_out_the_phone_in_ones_hand_ends_this_session_too(world: World) -> None:
    client = signed_in(world.cast.worker)
    phone = phone_of(world.cast.worker, session=client.cookies[settings.SESSION_COOKIE_NAME].value)
    response = client.post(f"{MINE}{phone.pk}/sign-out")
    assert response.headers["Location"].startswith("/sign-in")
    assert client.get("/desk/").headers["Location"].startswith("/sign-in")


def test_the_administrator_sees_all_and_finds_those_with_something_left(world: World) -> None:
    cast = world.cast
    phone_of(cast.worker, name="值班手机", waiting=3)
    phone_of(cast.neighbour, 2, waiting=0)
    shown = page(cast.system, ALL)
    assert ALL in page(cast.system, MINE)
    assert all(words in shown for words in (cast.worker.name, "值班手机", cast.neighbour.name))
    only = page(cast.system, f"{ALL}?waiting=1")
    assert cast.worker.name in only
    assert cast.neighbour.name not in only
    for words, found in (("值班", True), (cast.worker.name[1:], True), (cast.neighbour.name, False), ("\0", True)):
        assert ("值班手机" in page(cast.system, f"{ALL}?q={words}")) == found


def test_nobody_else_sees_the_phones_of_others(world: World) -> None:
    phone = phone_of(world.cast.worker)
    for other in (world.cast.worker, world.cast.county, world.cast.security, world.cast.auditor, world.cast.nobody):
        assert signed_in(other).get(ALL).status_code == 404
        assert signed_in(other).get(f"{MINE}{phone.pk}/revoke").status_code == 404
        assert post(other, phone, "revoke", reason="lost").status_code == 404
    assert Device.objects.get().revoked_at is None


def test_an_administrator_of_one_township_sees_nothing_of_the_next(world: World) -> None:
    town = add_person(username="town", name="镇管理")
    appoint(town, role=Role.SYSTEM_ADMIN, area=world.areas["440881102"], from_on=timezone.localdate())
    here, there = phone_of(world.cast.worker), phone_of(world.cast.neighbour)
    assert world.cast.worker.name not in page(town, ALL)
    assert signed_in(town).get(f"{MINE}{here.pk}/revoke").status_code == 404
    assert post(town, there, "revoke", reason="lost").status_code == 302


def test_a_phone_is_signed_out_at_a_distance_with_a_reason_its_holder_reads(world: World) -> None:
    phone = phone_of(world.cast.worker, name="值班手机", waiting=3)
    assert "3" in page(world.cast.system, f"{MINE}{phone.pk}/revoke")
    for wrong in ({}, {"reason": "own"}, {"reason": "because"}):
        assert post(world.cast.system, phone, "revoke", **wrong).status_code == 422
    assert post(world.cast.system, phone, "revoke", reason="lost").headers["Location"] == ALL
    assert post(world.cast.system, phone, "revoke", reason="lost").status_code == 404
    assert "值班手机" not in page(world.cast.system, ALL)
    assert str(Ending.LOST.label) in page(world.cast.worker, MINE)
    entry = Entry.objects.get(verb="device.revoked")
    assert (entry.by, entry.facts) == (world.cast.system, {"person": world.cast.worker.pk, "reason": "lost"})


def test_a_page_holds_fifty_and_takes_as_many_queries_as_for_one(world: World) -> None:
    client = signed_in(world.cast.system)

    def queries() -> int:
        client.get(ALL)
        with CaptureQueriesContext(connection) as caught:
            client.get(ALL)
        return len(caught)

    phone_of(world.cast.worker, 1000)
    few = queries()
    Device.objects.bulk_create(
        Device(
            person=world.cast.worker,
            installation=UUID(int=n),
            sha256=f"{n}",
            created_at=timezone.now(),
            last_used_on=timezone.localdate(),
            waiting=n,
        )
        for n in range(1, 60)
    )
    assert queries() == few
    first, second = page(world.cast.system, ALL), page(world.cast.system, f"{ALL}?page=2&waiting=1")
    assert (first.count("/revoke"), second.count("/revoke")) == (50, 9)
    assert "waiting=1&amp;page=1" in second
    assert page(world.cast.system, f"{ALL}?page=999").count("/revoke") == 10


@pytest.mark.django_db(transaction=True)
def test_phones_are_listed_and_signed_out_in_a_browser(
    world: World, open_page: OpenPage, sign_in: SignIn, accessible: Accessible
) -> None:
    for width, height in ((1920, 1080), (390, 844)):
        mine, all_of_them = (open_page(viewport={"width": width, "height": height}) for _each in range(2))
        sign_in(mine, world.cast.worker)
        sign_in(all_of_them, world.cast.system)
        all_of_them.goto(ALL)
        mine.goto(MINE)
        for empty in (mine, all_of_them):
            expect(empty.locator(".empty").last).to_be_visible()
            look(empty, accessible)
        phone_of(world.cast.worker, 1, name="值班手机", waiting=12)
        phone_of(world.cast.worker, 2, name="一部名字特别长的旧手机放在村委会办公室抽屉里", waiting=0)
        all_of_them.goto(ALL)
        look(all_of_them, accessible)
        all_of_them.get_by_role("searchbox").fill("值班")
        all_of_them.get_by_role("searchbox").press("Enter")
        all_of_them.locator(".devices a").click()
        look(all_of_them, accessible)
        all_of_them.get_by_label(str(Ending.LOST.label)).check()
        all_of_them.locator("main form .primary").click()
        expect(all_of_them.locator(".devices a")).to_have_count(1)
        mine.goto("/desk/")
        mine.locator(".me summary").click()
        mine.locator(f'.me a[href="{MINE}"]').click()
        expect(mine.get_by_text(str(Ending.LOST.label))).to_be_visible()
        look(mine, accessible)
        mine.locator(".devices form button").click()
        expect(mine.locator(".devices form")).to_have_count(0)
        Device.objects.all().delete()


def look(page: Page, accessible: Accessible) -> None:
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
