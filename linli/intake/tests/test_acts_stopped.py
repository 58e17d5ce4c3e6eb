"""Acts that a fault nobody foresaw has stopped: their desk sees them, has them tried again, or says they were done by hand."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linli.events.testing import World
from linli.events.tests.pages import recent
from linli.intake import digest
from linli.intake.acts import taking
from linli.intake.models import Kept, KeptState
from linli.intake.testing import Door
from linli.intake.tests.acts import phone_of, residents_phone, taken_in, verbs_of
from linli.journal.models import Entry
from linli.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/desk/intake/"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A fault in the house while acts are taken in; `mend()` ends it."""

    def fails(_doing: Any) -> None:
        raise ZeroDivisionError

    patched = monkeypatch.context()
    with patched as patch:
        patch.setattr(taking, "do", fails)
        yield patch.undo


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(person: Person) -> str:
    return signed_in(person).get(PAGE).content.decode()


def test_the_desk_of_the_matter_sees_it_with_its_words_and_its_phone_is_told(
    door: Door, world: World, broken: Any
) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    told = phone.does(event, "note", text="井盖已垫好")
    assert told["state"] == "set_aside" and told["message"]
    for desk in (world.cast.desk, world.cast.county):
        page = page_of(desk)
        assert "井盖已垫好" in page and event.number in page
    assert signed_in(world.cast.worker).get(PAGE).status_code == 404
    assert verbs_of(event) == ["reported"]


def test_the_desk_of_another_township_sees_and_does_nothing(door: Door, world: World, broken: Any) -> None:
    from linli.people.actions import appoint
    from linli.people.rules import Role

    phone_of(door, world.cast.worker).does(recent(world), "note", text="井盖已垫好")
    appoint(
        world.cast.neighbour, role=Role.DESK, area=world.areas["440881102"], from_on=timezone.localdate().replace(day=1)
    )
    assert "井盖已垫好" not in page_of(world.cast.neighbour)
    row = Kept.objects.get(kind="act")
    for act in ("retry_act", "settle_act"):
        assert signed_in(world.cast.neighbour).post(reverse(f"intake:{act}", args=[row.pk])).status_code == 404


def test_tried_again_after_the_fault_is_mended_it_is_done(door: Door, world: World, broken: Any) -> None:
    event, phone = recent(world), phone_of(door, world.cast.worker)
    act = phone.acts(event, "note", text="井盖已垫好")
    phone.send(act)
    taken_in()
    broken()
    assert signed_in(world.cast.desk).post(reverse("intake:retry_act", args=[_key()])).status_code == 302
    taken_in()
    assert phone.sees(act)["outcome"] == "done"
    assert "井盖已垫好" not in page_of(world.cast.desk)
    assert Entry.objects.filter(verb="act.retried", by=world.cast.desk).exists()


def test_tried_again_too_soon_it_stands_there_once_more(door: Door, world: World, broken: Any) -> None:
    phone_of(door, world.cast.worker).does(recent(world), "note", text="井盖已垫好")
    signed_in(world.cast.desk).post(reverse("intake:retry_act", args=[_key()]))
    assert "井盖已垫好" not in page_of(world.cast.desk)
    digest.digest_all(timezone.now())
    assert "井盖已垫好" in page_of(world.cast.desk)


def test_done_by_hand_its_phone_reads_so_and_nobody_is_quicker(door: Door, world: World, broken: Any) -> None:
    phone = phone_of(door, world.cast.worker)
    act = phone.acts(recent(world), "note", text="井盖已垫好")
    phone.send(act)
    taken_in()
    desk, where = signed_in(world.cast.desk), reverse("intake:settle_act", args=[_key()])
    assert desk.post(where).status_code == 302
    told = phone.sees(act, accept_language="zh-hans")
    assert (told["state"], told["error"]["code"]) == ("refused", "by_hand")
    assert "已由分拨席人工办理" in told["message"]
    assert desk.post(where).status_code == 404
    assert not Kept.objects.filter(state=KeptState.SET_ASIDE).exists()


def test_of_residents_the_report_tells_whose_desk_it_is(door: Door, world: World, broken: Any) -> None:
    phone = residents_phone(door)
    told = phone.does(phone.reports(), "supplement", text="三巷五号")
    assert told["state"] == "set_aside"
    assert "三巷五号" in page_of(world.cast.desk)


def test_what_names_no_matter_we_know_is_for_the_top_of_the_house(door: Door, world: World, broken: Any) -> None:
    from linli.events.models import Event

    phone_of(door, world.cast.worker).does(Event(pk=uuid4()), "note", text="井盖已垫好")
    Kept.objects.filter(kind="act").update(state=KeptState.SET_ASIDE, digested_at=None)
    assert "井盖已垫好" in page_of(world.cast.county)
    assert "井盖已垫好" not in page_of(world.cast.desk)


def test_five_take_as_many_queries_as_one(door: Door, world: World, broken: Any) -> None:
    phone, client = phone_of(door, world.cast.worker), signed_in(world.cast.county)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(PAGE)
        return len(caught)

    phone.does(recent(world), "note", text="井盖已垫好")
    few = queries()
    for _each in range(4):
        phone.does(recent(world), "note", text="井盖已垫好")
    assert queries() <= few


def _key() -> Any:
    return Kept.objects.get(kind="act").pk
