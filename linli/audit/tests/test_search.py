"""The auditor's search: what is found, who may ask, what is written down of it, and the table to take away."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.audit import searching
from linli.audit.rules import LOOKS, Asked, Sight, Sort, sight_of
from linli.audit.searching import all_of, find, place_of
from linli.events import actions
from linli.events.models import Contact
from linli.events.rules import State
from linli.events.telling import SENTENCES
from linli.events.testing import GRID, NOON, World, make_event
from linli.exports.testing import taken
from linli.journal.actions import Act, record_many
from linli.journal.models import Entry
from linli.kit.sealing import seal
from linli.people.actions import appoint
from linli.people.models import Person
from linli.people.rules import Held, Role, Scope
from linli.people.testing import FROM

pytestmark = pytest.mark.django_db
COUNTY, OTHER = "440881", "440881102201001"
ALL = Sight((COUNTY,), True)


def of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def write(verb: str, key: str, area: str | None, by: Person | None, minutes: int = 0, **facts: Any) -> None:
    record_many([Act(verb, "event", key, area, by.pk if by else None, NOON + timedelta(minutes=minutes), facts)])


def keys(asked: Asked, sight: Sight = ALL, **more: Any) -> list[str]:
    return [one.on_key for one in find(asked, sight, **more).entries]


@pytest.fixture
def told(world: World) -> World:
    write("event.accepted", "1", GRID, world.cast.desk, 1)
    write("event.contact_opened", "1", GRID, world.cast.desk, 2)
    write("event.accepted", "2", OTHER, world.cast.county, 3)
    write("dispute.looked_at", "3", OTHER, world.cast.mediator, 4)
    write("key.created", "4", None, world.cast.system, 5)
    write("event.closed", "1", GRID, world.cast.county, 24 * 60)
    return world


def test_everything_is_found_newest_first(told: World) -> None:
    assert keys(Asked()) == ["1", "4", "3", "2", "1", "1"]


def test_each_field_narrows_it_down_and_so_do_several(told: World) -> None:
    cast = told.cast
    today, tomorrow = timezone.localdate(NOON), timezone.localdate(NOON) + timedelta(days=1)
    for asked, found in (
        (Asked(person=cast.county.pk), ["1", "2"]),
        (Asked(verb="event.accepted"), ["2", "1"]),
        (Asked(sort=Sort.LOOKS), ["3", "1"]),
        (Asked(sort=Sort.ACTS), ["1", "4", "2", "1"]),
        (Asked(key="1"), ["1", "1", "1"]),
        (Asked(area=GRID[:9]), ["1", "1", "1"]),
        (Asked(first=tomorrow), ["1"]),
        (Asked(last=today), ["4", "3", "2", "1", "1"]),
        (Asked(first=today, last=today, area=OTHER), ["3", "2"]),
        (Asked(person=cast.desk.pk, sort=Sort.LOOKS), ["1"]),
        (Asked(person=cast.desk.pk, verb="event.closed"), []),
        (Asked(sort=Sort.LOOKS, area=OTHER), ["3"]),
    ):
        assert keys(asked) == found, asked


@pytest.mark.parametrize("asked", [Asked(), Asked(sort=Sort.LOOKS), Asked(area=GRID), Asked(key="9")])
def test_pages_follow_one_another_without_gap_or_repeat(world: World, asked: Asked) -> None:
    for number in range(23):
        write("event.contact_opened", "9", GRID, world.cast.desk, number // 3)  # several at the same moment
    expected = list(Entry.objects.filter(on_key="9").order_by("-at", "-pk"))
    seen, before = [], None
    while True:
        page = find(asked, ALL, before, 5)
        seen += page.entries
        if page.more is None:
            break
        before = place_of(page.more.spelled())
    assert seen == expected
    assert list(all_of(asked, ALL, 1000)) == expected
    assert list(all_of(asked, ALL, 7)) == expected[:7]


def test_what_no_index_leads_to_is_searched_in_stretches(told: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_STRETCH", 2)
    today = timezone.localdate(NOON)
    assert keys(Asked(first=today, last=today)) == ["4", "3", "2", "1", "1"]
    assert keys(Asked(first=today + timedelta(days=1), area=GRID[:9])) == ["1"]
    assert keys(Asked(last=today - timedelta(days=1))) == []
    assert keys(Asked(area=GRID[:9])) == ["1", "1", "1"]
    monkeypatch.setattr(searching, "_AT_MOST_S", -1.0)
    seen, before, rounds = [], None, 0
    while True:
        page = find(Asked(area=OTHER), ALL, before)
        seen += [one.on_key for one in page.entries]
        rounds += page.stopped_at is not None
        if page.more is None:
            break
        before = page.more
    assert seen == ["3", "2"] and rounds > 1
    assert [one.on_key for one in all_of(Asked(area=OTHER), ALL, 10)] == ["3", "2"]


@pytest.mark.parametrize("word", ["", "x", "1", "1.", ".1", "1.x", "-1.2", "9" * 39 + ".1", "1.2.3", "１.２"])
def test_an_address_that_is_no_place_begins_anew(word: str) -> None:
    assert place_of(word) is None


def test_looks_are_told_apart_from_acts_for_every_verb_there_is() -> None:
    """A verb that says that somebody got to see something belongs to the looks."""
    seeing = ("_opened", "_looked_at", ".looked_at", "_seen", "_shown", "_searched", ".searched", "exported", "_heard")
    suspects = {verb for verb in SENTENCES if verb.endswith(seeing)}
    assert suspects - LOOKS == set()


# --- who may ----------------------------------------------------------------------------------------------------------


def test_an_auditor_sees_the_areas_of_the_appointment_and_what_has_none_only_at_the_top(told: World) -> None:
    town = sight_of(Scope((Held(Role.AUDITOR, GRID[:9]), Held(Role.DESK, COUNTY))))
    assert town == Sight((GRID[:9],), False)
    assert keys(Asked(), town) == ["1", "1", "1"]
    assert keys(Asked(area=OTHER), town) == []
    assert sight_of(Scope((Held(Role.AUDITOR, COUNTY),))) == ALL
    assert keys(Asked(), Sight(("440882",), True)) == ["4"]


@pytest.mark.parametrize("name", [role for role in Role if role not in (Role.RESIDENT, Role.AUDITOR)])
def test_no_other_role_has_any_sight_of_it(name: Role) -> None:
    assert sight_of(Scope((Held(name, COUNTY),))) is None


@pytest.mark.parametrize("name", ["system", "security", "county", "leader", "desk", "worker", "nobody"])
def test_for_all_others_it_is_not_there(told: World, name: str) -> None:
    client = of(getattr(told.cast, name))
    for address in ("search", "export", "chains", "anchors"):
        assert client.get(reverse(f"audit:{address}"), {"search": "1"}).status_code == 404
    assert client.post(reverse("audit:verify")).status_code == 404
    assert not Entry.objects.filter(verb__startswith="journal.").exists()


def test_an_auditor_acts_on_nothing_and_reads_no_matter(told: World) -> None:
    event = make_event(told, State.ACCEPTED)
    client = of(told.cast.auditor)
    page = client.get(reverse("audit:search"), {"search": "1", "of": event.number}).content.decode()
    assert event.number in page and event.text not in page
    assert client.get(reverse("events:show", args=[event.pk])).status_code == 404
    assert client.post(reverse("events:act", args=[event.pk, "close"])).status_code == 404


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_asks_first_and_shows_nothing_before(told: World) -> None:
    page = of(told.cast.auditor).get(reverse("audit:search"))
    assert page.status_code == 200 and b"event.accepted</code>" not in page.content
    assert not Entry.objects.filter(verb="journal.searched").exists()


def test_a_search_is_written_down_by_keys_and_so_is_each_page_of_it(told: World) -> None:
    client, address = of(told.cast.auditor), reverse("audit:search")
    page = client.get(address, {"search": "1", "account": "desk", "sort": "looks", "first": "2026-11-01"})
    assert page.content.decode().count('class="audit-verb"') == 1
    entry = Entry.objects.get(verb="journal.searched")
    assert entry.by == told.cast.auditor
    assert entry.facts == {"person": told.cast.desk.pk, "sort": "looks", "first": "2026-11-01"}
    client.get(address, {"search": "1", "before": "1763265600000000.5"})
    assert Entry.objects.filter(verb="journal.searched").latest("pk").facts == {"before": "1763265600000000.5"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account", "陌生人"),
        ("of", "440881101-202611-999999"),
        ("area", "999"),
        ("first", "gestern"),
        ("first", "0001-01-01"),
        ("last", "9999-12-31"),
        ("verb", "event.invented"),
        ("sort", "other"),
    ],
)
def test_what_is_not_there_is_said_beside_its_field(told: World, field: str, value: str) -> None:
    client = of(told.cast.auditor)
    for address in ("search", "export"):
        page = client.get(reverse(f"audit:{address}"), {"search": "1", field: value})
        assert page.status_code == 422 and f'id="id_{field}_error"' in page.content.decode()
    assert not Entry.objects.filter(verb__startswith="journal.").exists()


def test_days_in_the_wrong_order_and_a_look_among_acts_are_told(told: World) -> None:
    client = of(told.cast.auditor)
    for said, field in (
        ({"first": "2026-11-02", "last": "2026-11-01"}, "last"),
        ({"verb": "event.contact_opened", "sort": "acts"}, "sort"),
    ):
        page = client.get(reverse("audit:search"), {"search": "1", **said})
        assert page.status_code == 422 and f'id="id_{field}_error"' in page.content.decode()


def test_an_opened_contact_stands_there_without_what_it_said(world: World) -> None:
    event = make_event(world, State.ACCEPTED)
    Contact.objects.create(
        event=event, sealed=seal("13987600001 黄阿婆", bound_to=event.pk.bytes, place="events.contact.sealed")
    )
    assert "黄阿婆" in actions.open_contact(event, reason="回访暗号", by=world.cast.desk, at=NOON)
    page = of(world.cast.auditor).get(reverse("audit:search"), {"search": "1", "sort": "looks"}).content.decode()
    assert "event.contact_opened" in page and "<code>desk</code>" in page and event.number in page
    assert not any(words in page for words in ("13987600001", "黄阿婆", "回访暗号", event.text))


def test_the_table_has_the_same_rows_and_no_cell_is_a_formula(told: World) -> None:
    write("event.noted", "=1+1", GRID, told.cast.desk, 60, to="@x")
    Person.objects.filter(pk=told.cast.desk.pk).update(username="=cmd")
    asked = reverse("audit:export") + "?search=1&account=%3Dcmd"
    text = taken(of(told.cast.auditor), asked, of(told.cast.security))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 4 and all(len(row) == len(rows[0]) for row in rows)
    assert [row[2] for row in rows[1:]] == ["'=cmd"] * 3 and rows[1][7] == "'=1+1"
    assert not any(cell.startswith(("=", "@", "+", "-")) for row in rows for cell in row)
    assert Entry.objects.get(verb="journal.exported").facts == {"person": told.cast.desk.pk}


def test_a_page_of_fifty_takes_as_many_queries_as_a_page_of_one(
    world: World, django_assert_max_num_queries: Any
) -> None:
    client, said = of(world.cast.auditor), {"search": "1"}
    write("event.accepted", "1", GRID, world.cast.desk)
    client.get(reverse("audit:search"), said)
    for number in range(60):
        write("event.accepted", str(number), GRID, world.cast.desk, number)
    with django_assert_max_num_queries(22):
        page = client.get(reverse("audit:search"), said)
    assert page.content.decode().count('class="audit-verb"') == 50


def test_it_is_in_the_navigation_of_auditors_alone(world: World) -> None:
    assert b'href="/audit/"' in of(world.cast.auditor).get(reverse("my_appointments")).content
    assert b'href="/audit/"' not in of(world.cast.system).get(reverse("my_appointments")).content
    appoint(world.cast.nobody, role=Role.AUDITOR, area=world.areas[GRID[:9]], from_on=FROM)
    assert b'href="/audit/"' in of(world.cast.nobody).get(reverse("my_appointments")).content
