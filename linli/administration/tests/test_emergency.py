"""Emergency access: two persons grant it, it reads alone, all of it is written down, and it ends by itself."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linli.administration.actions import emergencies
from linli.administration.models import Access
from linli.administration.rules import AS_ALWAYS, LAPSES_AFTER, LOOKS, MOST_HOURS, OPENS, Hand, State, hands_of
from linli.events.actions import receive_picture
from linli.events.models import Event
from linli.events.rules import State as EventState
from linli.events.testing import GRID, NOON, World, make_event
from linli.journal.models import Entry, Notice
from linli.kit.media.keeping import keep_file
from linli.kit.media.testing import voice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import add_person, appoint
from linli.people.models import Person
from linli.people.rules import Held, Lent, Role, Scope
from linli.people.testing import FROM

TOWN, COUNTY = GRID[:9], GRID[:6]


def asked(world: World, *, at: datetime = NOON, what: object = None, hours: int = 1) -> Access:
    reason = "县平台停机，须核对积压事项"
    return emergencies.ask(what or world.areas[TOWN], reason=reason, hours=hours, by=world.cast.system, at=at)  # type: ignore[arg-type]


def granted(world: World, *, at: datetime = NOON, what: object = None, hours: int = 1) -> Access:
    access = asked(world, at=at, what=what, hours=hours)
    emergencies.grant(access, by=world.cast.security, at=at)
    return emergencies.grant(access, by=world.cast.leader, at=at)


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def entered(world: World, access: Access) -> Client:
    client = browser(world.cast.system)
    assert client.post(reverse("administration:emergency_enter", args=[access.pk])).status_code == 302
    return client


# --- asking and deciding -------------------------------------------------------------------------------------------------


def test_it_is_open_with_the_second_of_two_decisions_and_ends_by_itself(world: World) -> None:
    access = asked(world, hours=2)
    told = set(Notice.objects.filter(entry__verb="emergency.asked").values_list("person__username", flat=True))
    assert told == {"security", "leader", "county"}
    emergencies.grant(access, by=world.cast.leader, at=NOON)
    assert emergencies.opened(access.pk, world.cast.system, NOON) is None
    open_now = emergencies.grant(access, by=world.cast.security, at=NOON + timedelta(minutes=5))
    assert open_now.ends_at == NOON + timedelta(hours=2, minutes=5) and open_now.state(NOON) == State.OPEN
    last = open_now.ends_at - timedelta(seconds=1)
    assert emergencies.opened(access.pk, world.cast.system, last) == access
    assert emergencies.opened(access.pk, world.cast.system, open_now.ends_at) is None
    assert emergencies.opened(access.pk, world.cast.leader, last) is None


def test_those_responsible_are_told_when_it_opens_and_when_it_has_ended(world: World) -> None:
    access = granted(world)
    told = set(Notice.objects.filter(entry__verb="emergency.granted").values_list("person__username", flat=True))
    assert told == {"system", "desk", "county", "security"}
    assert not emergencies.end_those_over(NOON + timedelta(minutes=59))
    assert emergencies.end_those_over(NOON + timedelta(hours=1)) and not emergencies.end_those_over(
        NOON + timedelta(hours=1)
    )
    assert Access.objects.get().closed_by is None
    told = set(Notice.objects.filter(entry__verb="emergency.ended").values_list("person__username", flat=True))
    assert told == {"system", "desk", "county", "security", "leader"} and access.pk


def test_two_persons_are_two_and_neither_is_whoever_asks(world: World) -> None:
    access = asked(world)
    emergencies.grant(access, by=world.cast.county, at=NOON)
    with pytest.raises(NotYours) as refusal:
        emergencies.grant(access, by=world.cast.county, at=NOON)
    assert refusal.value.code == "one_person"
    # The other office of the county cannot stand in for the security administrator.
    with pytest.raises(NotYours) as refusal:
        emergencies.grant(access, by=world.cast.leader, at=NOON)
    assert refusal.value.code == "not_yours"
    own = emergencies.ask(world.grid, reason="x", hours=1, by=world.cast.leader, at=NOON)
    with pytest.raises(NotYours) as refusal:
        emergencies.grant(own, by=world.cast.leader, at=NOON)
    assert refusal.value.code == "own_access"


def test_one_person_with_two_appointments_decides_once(world: World) -> None:
    access, both = asked(world), world.cast.nobody
    appoint(both, role=Role.LEADER, area=world.areas[COUNTY], from_on=FROM)
    appoint(both, role=Role.DESK, area=world.areas[COUNTY], from_on=FROM)
    emergencies.grant(access, by=both, at=NOON)
    with pytest.raises(NotYours):
        emergencies.grant(access, by=both, at=NOON)
    assert Access.objects.get().ends_at is None


def test_the_store_itself_refuses_one_person_for_both(world: World) -> None:
    from django.db import IntegrityError, transaction

    row = Access.objects.filter(pk=asked(world).pk)
    cast = world.cast
    for wrong in (
        {"security_by": cast.leader, "second_by": cast.leader},
        {"security_by": cast.system},
        {"ends_at": NOON, "security_by": cast.security},
        {"hours": MOST_HOURS + 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)


@pytest.mark.parametrize(
    "name", ["worker", "cadre", "desk", "handler", "verifier", "mediator", "auditor", "neighbour", "nobody"]
)
def test_nobody_else_decides_or_sees_that_somebody_asked(world: World, name: str) -> None:
    access, person = asked(world), getattr(world.cast, name)
    for act in (emergencies.grant, emergencies.refuse, emergencies.end):
        with pytest.raises(NotYours):
            act(access, by=person, at=NOON)
    if name != "auditor":
        client = browser(person)
        assert client.post(reverse("administration:emergency_grant", args=[access.pk])).status_code == 404
        assert client.get(reverse("administration:emergencies_all")).status_code == 404


def test_what_is_asked_for_has_a_reason_and_an_end_and_no_second_beside_it(world: World) -> None:
    for wrong in ({"reason": " "}, {"hours": 0}, {"hours": MOST_HOURS + 1}):
        with pytest.raises(BadInput):
            emergencies.ask(world.grid, **{"reason": "x", "hours": 1, **wrong}, by=world.cast.worker, at=NOON)
    for person in (world.cast.auditor, world.cast.nobody):
        with pytest.raises(NotYours):
            emergencies.ask(world.grid, reason="x", hours=1, by=person, at=NOON)
    asked(world)
    with pytest.raises(Refused):
        asked(world)


def test_what_is_not_decided_in_time_lapses(world: World) -> None:
    access, later = asked(world), NOON + LAPSES_AFTER
    assert access.state(later) == State.LAPSED
    with pytest.raises(Refused):
        emergencies.grant(access, by=world.cast.security, at=later)
    assert asked(world, at=later).pk != access.pk


@pytest.mark.parametrize("name", ["security", "leader", "county", "system"])
def test_either_ends_it_at_once(world: World, name: str) -> None:
    access = granted(world)
    emergencies.end(access, by=getattr(world.cast, name), at=NOON)
    assert emergencies.opened(access.pk, world.cast.system, NOON) is None
    with pytest.raises(Refused):
        emergencies.end(access, by=world.cast.security, at=NOON)


def test_a_refusal_is_told_to_whoever_asked(world: World) -> None:
    access = asked(world)
    emergencies.refuse(access, by=world.cast.county, at=NOON)
    assert Notice.objects.get(entry__verb="emergency.refused").person == world.cast.system
    with pytest.raises(Refused):
        emergencies.grant(access, by=world.cast.security, at=NOON)


# --- what it opens -------------------------------------------------------------------------------------------------------


def test_it_opens_an_area_or_one_matter_and_gives_no_role(world: World) -> None:
    here, there = make_event(world), make_event(world, area=world.areas["440881102201001"])
    area, matter = Scope(lent=Lent(area=TOWN)), Scope(lent=Lent(matter=there.pk))
    assert list(Event.objects.visible_to(area)) == [here] and list(Event.objects.visible_to(matter)) == [there]
    for scope in (area, matter):
        assert not scope.roles_in(GRID) and not scope.departments and not scope.holds(*Role)
    assert hands_of(Scope((Held(Role.DESK, TOWN),)), GRID) == []
    assert hands_of(Scope((Held(Role.DESK, COUNTY),)), GRID) == [Hand.SECOND]


def test_under_it_a_matter_is_read_and_the_look_is_written_down(world: World) -> None:
    at = timezone.now()
    event = make_event(world, at=at - timedelta(hours=3), text="老井盖又松了")
    page = reverse("events:show", args=[event.pk])
    assert browser(world.cast.system).get(page).status_code == 404
    access = granted(world, at=at, what=event)
    client = browser(world.cast.system)
    assert client.get(page).status_code == 404
    client = entered(world, access)
    response = client.get(page)
    shown = response.content.decode()
    assert response.status_code == 200 and "老井盖又松了" in shown
    assert "Emergency access to" in shown and "no-store" in response.headers["Cache-Control"]
    look = Entry.objects.get(verb="emergency.looked")
    assert (look.by, look.on_key, look.facts) == (
        world.cast.system,
        str(event.pk),
        {"access": access.pk, "page": "events:show"},
    )
    assert Access.objects.get().looks == 1
    client.post(reverse("administration:emergency_leave"))
    assert client.get(page).status_code == 404


def test_a_voice_that_a_player_asks_for_by_parts_is_a_look_as_well(world: World, tmp_path: Path) -> None:
    at = timezone.now()
    (tmp_path / "recording").write_bytes(voice())
    recording = keep_file(tmp_path / "recording", as_voice=True)
    event = make_event(world, EventState.DISPATCHED, at=at - timedelta(hours=3))
    receive_picture(event, recording, by=None, at=at)
    client = entered(world, granted(world, at=at, what=event))
    answer = client.get(reverse("voice", args=[recording.sha256]), headers={"Range": "bytes=0-"})
    assert answer.status_code == 206 and Access.objects.get().looks == 1
    assert Entry.objects.get(verb="emergency.looked").facts["file"] == recording.sha256


def test_it_reads_alone_and_nothing_else_is_open_meanwhile(world: World) -> None:
    at = timezone.now()
    event = make_event(world, at=at - timedelta(hours=3))
    client = entered(world, granted(world, at=at))
    assert client.get(reverse("desk")).status_code == 200
    for closed in (
        "areas",
        "webhooks:index",
        "statistics:mine",
        "mediation:list",
        "notices",
        "my_appointments",
        "field:tasks",
    ):
        response = client.get(reverse(closed))
        assert response.status_code == 403 and "This is closed while you look" in response.content.decode()
    for posted in (
        reverse("events:contact", args=[event.pk]),
        reverse("events:say", args=[event.pk]),
        reverse("events:act", args=[event.pk, "accept"]),
        reverse("events:show", args=[event.pk]),
    ):
        assert client.post(posted).status_code == 403
    assert not Entry.objects.filter(on_key=str(event.pk), by=world.cast.system).exists()


def test_it_shows_nothing_beside_what_was_granted(world: World) -> None:
    at = timezone.now()
    other = make_event(world, at=at - timedelta(hours=3), area=world.areas["440881102201001"])
    client = entered(world, granted(world, at=at))
    assert client.get(reverse("events:show", args=[other.pk])).status_code == 404
    assert not Entry.objects.filter(verb="emergency.looked").exists()


@pytest.mark.parametrize("who", ["system", "security", "auditor"])
def test_the_rooms_of_an_administrator_are_those_with_something_in_them(world: World, who: str) -> None:
    rooms = _rooms(browser(getattr(world.cast, who)))
    assert reverse("map") not in rooms and reverse("desk") not in rooms and reverse("categories") in rooms


def test_under_an_emergency_access_the_matters_are_the_only_rooms(world: World) -> None:
    assert _rooms(entered(world, granted(world, at=timezone.now()))) == {reverse("map"), reverse("desk")}


def test_the_one_matter_it_opens_is_listed(world: World) -> None:
    at = timezone.now()
    mine, other = (make_event(world, at=at - timedelta(hours=hours)) for hours in (3, 2))
    listed = entered(world, granted(world, at=at, what=mine)).get(reverse("desk")).content.decode()
    assert mine.number in listed and other.number not in listed


def test_no_button_of_a_page_is_for_an_act(world: World) -> None:
    at = timezone.now()
    event = make_event(world, at=at - timedelta(hours=3))
    client = entered(world, granted(world, at=at))
    for page in (reverse("desk"), reverse("events:show", args=[event.pk]), reverse("map")):
        main = client.get(page).content.decode().partition("<main")[2].partition("</main>")[0]
        sent = re.findall(r'<form[^>]*method="post"[^>]*>', main) + re.findall(
            r"<[^>]*(?:hx-post|data-bar)[^>]*>", main
        )
        assert not sent, (page, sent)


def _rooms(client: Client) -> set[str]:
    """Where the navigation leads."""
    content = client.get(reverse("desk")).content.decode()
    return set(re.findall(r'<a[^>]* href="([^"]+)"', content.partition('<nav class="rooms"')[2].partition("</nav>")[0]))


def test_ended_by_another_the_next_page_is_closed(world: World) -> None:
    at = timezone.now()
    event = make_event(world, at=at - timedelta(hours=3))
    access = granted(world, at=at)
    client, page = entered(world, access), reverse("events:show", args=[event.pk])
    assert client.get(page).status_code == 200
    ended = browser(world.cast.leader).post(reverse("administration:emergency_end", args=[access.pk]))
    assert ended.status_code == 302
    assert client.get(page).status_code == 404
    assert client.post(reverse("administration:emergency_enter", args=[access.pk])).status_code == 409


def test_the_story_by_addresses_and_the_list_of_the_auditor(world: World) -> None:
    number = make_event(world, at=timezone.now() - timedelta(hours=3)).number
    index = reverse("administration:emergencies")
    sent = {"what": f" {number} ", "reason": "家属称人在屋内", "hours": "1"}
    worker = browser(world.cast.neighbour)
    assert "no matter of this number" in worker.post(index, sent | {"what": "440881-1"}).content.decode()
    assert worker.post(index, sent).status_code == 302
    access = Access.objects.get()
    assert "家属称人在屋内" in worker.get(index).content.decode()
    for name in ("security", "county"):
        client = browser(getattr(world.cast, name))
        assert re.search("邻村人.*Grant it", client.get(index).content.decode(), re.S)
        assert client.post(reverse("administration:emergency_grant", args=[access.pk])).status_code == 302
    opened = worker.post(reverse("administration:emergency_enter", args=[access.pk]))
    assert worker.get(opened.headers["Location"]).status_code == 200
    seen = browser(world.cast.auditor).get(reverse("administration:emergencies_all")).content.decode()
    assert number in seen and "1 look" in seen and "周县办" in seen and "谢安全" in seen
    assert "Grant it" not in seen and "Look under it" not in seen


def test_the_addresses_it_opens_are_there_and_none_of_them_is_as_always() -> None:
    from tests.addresses import NAMES

    assert OPENS <= set(NAMES) and LOOKS <= OPENS and AS_ALWAYS <= set(NAMES)
    assert not OPENS & AS_ALWAYS


def test_many_accesses_take_as_many_queries_as_one(world: World) -> None:
    at = timezone.now()
    granted(world, at=at)
    auditor, deciding = browser(world.cast.auditor), browser(world.cast.security)
    pages = ((auditor, reverse("administration:emergencies_all")), (deciding, reverse("administration:emergencies")))
    few = [_queries(client, page) for client, page in pages]
    event = make_event(world, at=at - timedelta(hours=3))
    facts = {"area": event.area, "event": event, "reason": "核对", "hours": 1}
    for number in range(12):
        person = add_person(username=f"asker{number}", name=f"申请{number}")
        Access.objects.create(person=person, asked_at=at, second_by=world.cast.county, second_at=at, **facts)
    assert [_queries(client, page) for client, page in pages] == few


def _queries(client: Client, page: str) -> int:
    assert client.get(page).status_code == 200
    with CaptureQueriesContext(connection) as caught:
        client.get(page)
    return len(caught)
