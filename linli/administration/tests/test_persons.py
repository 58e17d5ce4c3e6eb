"""The security administrator keeps persons: finds them by name, adds, appoints, closes; no number is on any page."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.accounts.actions import give_password, link
from linli.accounts.passwords import problems
from linli.events.testing import GRID, World
from linli.intake.models import Device
from linli.journal.models import Entry
from linli.people.actions import add_person
from linli.people.models import Appointment, Person
from linli.people.rules import Role
from linli.people.testing import PASSWORD

INDEX = "administration:persons"


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def read(client: Client, name: str, *args: object, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_persons_are_found_by_a_part_of_their_name_and_listed_by_its_sound(world: World) -> None:
    for number, name in enumerate(("周一", "阿一", "马一")):
        add_person(username=f"named{number}", name=name)
    client = browser(world.cast.security)
    shown = read(client, INDEX, query="?q=一")
    assert re.findall(r"<b>(.一)</b>", shown) == ["阿一", "马一", "周一"]
    assert "陈小禾" in read(client, INDEX, query="?q=WORKER") and "Nobody of this name" in read(
        client, INDEX, query="?q=没有"
    )
    # Oneself is helped by another.
    assert "<b>谢安全</b>" not in read(client, INDEX, query="?q=谢")


def test_no_list_and_no_page_of_a_person_has_a_telephone_number(world: World) -> None:
    client, worker = browser(world.cast.security), world.cast.worker
    assert worker.telephone == "19900000001"
    pages = [
        read(client, INDEX),
        read(client, INDEX, query="?q=19900000001"),
        read(client, "administration:person", worker.pk),
    ]
    assert "陈小禾" in pages[0] and "陈小禾" not in pages[1] and "陈小禾" in pages[2]
    assert not any(str(worker.telephone) in page for page in (pages[0], pages[2]))


def test_fifty_stand_on_a_page_with_as_many_queries_as_one(world: World, django_assert_max_num_queries: object) -> None:
    for number in range(55):
        add_person(username=f"many{number:02}", name=f"众{number:02}")
    client = browser(world.cast.security)
    client.get(reverse(INDEX))
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        shown = read(client, INDEX, query="?q=众")
    assert shown.count("<b>众") == 50 and "Next page" in shown
    assert read(client, INDEX, query="?q=众&page=2").count("<b>众") == 5


def test_a_new_person_gets_a_password_shown_once_and_good_for_one_sign_in(world: World) -> None:
    client = browser(world.cast.security)
    sent = {"name": "新来的", "username": "newcomer", "telephone": "19900000099"}
    response = client.post(reverse("administration:person_add"), sent)
    shown = response.content.decode()
    found = re.search(r'id="secret" class="code" value="([^"]+)"', shown)
    person = Person.objects.get(username="newcomer")
    assert found and person.check_password(found[1]) and "no-store" in response.headers["Cache-Control"]
    assert "19900000099" not in shown
    assert Entry.objects.get(verb="person.added").on_key == str(person.pk)
    taken = client.post(reverse("administration:person_add"), sent | {"username": "worker"})
    assert taken.status_code == 422 and "is taken" in taken.content.decode()


def appointing(**changes: str) -> dict[str, str]:
    return {"role": "grid_worker", "area": GRID, "held_as": "holder", "from_on": "2026-11-16", **changes}


def test_a_person_is_appointed_given_leave_and_the_appointment_ended(world: World) -> None:
    client, person = browser(world.cast.security), world.cast.nobody
    page = reverse("administration:person", args=[person.pk])
    answer = client.post(reverse("administration:person_appoint", args=[person.pk]), appointing())
    assert answer.headers["Location"] == page
    held = Appointment.objects.get(person=person)
    assert (held.role, held.area_id, held.to_on) == (Role.GRID_WORKER, GRID, None)
    assert reverse("appointment_end", args=[held.pk]) in client.get(page).content.decode()
    day = f"{timezone.localdate() + timedelta(days=3)}"
    left = client.post(reverse("appointment_leave", args=[held.pk]), {"first_on": day, "last_on": day})
    ended = client.post(reverse("appointment_end", args=[held.pk]), {"on": day})
    assert left.headers["Location"] == ended.headers["Location"] == page
    verbs = ["appointment.made", "appointment.leave_added", "appointment.ended"]
    assert (
        list(Entry.objects.filter(on_key=str(held.pk), on_kind="appointment").values_list("verb", flat=True)) == verbs
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"area": "999"}, "no area with this code"),
        ({"role": "handler"}, "needs a department"),
        ({"role": "resident"}, "Select a valid choice"),
        ({"last_on": "2026-11-01"}, "lies before the first"),
        ({"last_on": "9999-12-31"}, "between 2000 and 2099"),
        ({"from_on": "0001-01-01"}, "between 2000 and 2099"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused_beside_its_field(world: World, changes: dict, says: str) -> None:
    client = browser(world.cast.security)
    answer = client.post(reverse("administration:person_appoint", args=[world.cast.nobody.pk]), appointing(**changes))
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not Appointment.objects.filter(person=world.cast.nobody).exists()


def test_an_administrator_is_given_no_second_role_by_the_page(world: World) -> None:
    for person, role in ((world.cast.system, "desk"), (world.cast.leader, "auditor"), (world.cast.system, "auditor")):
        answer = browser(world.cast.security).post(
            reverse("administration:person_appoint", args=[person.pk]), appointing(role=role, area=GRID[:6])
        )
        assert answer.status_code == 422
        assert re.search("An administrator holds no other role|three separate people", answer.content.decode())


def test_a_closed_account_signs_in_no_more_and_what_is_signed_in_ends(world: World) -> None:
    client, person = browser(world.cast.security), world.cast.worker
    theirs = browser(person)
    assert theirs.get(reverse("desk")).status_code == 200
    assert client.post(reverse("administration:person_close", args=[person.pk])).status_code == 302
    assert theirs.get(reverse("desk")).status_code == 302
    assert not Client().login(username="worker", password=PASSWORD)
    again = client.post(reverse("administration:person_close", args=[person.pk]))
    assert again.status_code == 409
    assert "Account closed" in read(client, INDEX, query="?q=worker")
    assert client.post(reverse("administration:person_reopen", args=[person.pk])).status_code == 302
    assert Person.objects.get(pk=person.pk).is_active and not Device.objects.exists()
    told = Entry.objects.filter(on_kind="person", on_key=str(person.pk), verb__startswith="person.")
    assert list(told.values_list("verb", flat=True)) == ["person.closed", "person.reopened"]


def test_an_account_that_is_opened_again_waits_for_a_new_password(world: World) -> None:
    client, person = browser(world.cast.security), world.cast.worker
    link(person, issuer="https://sso.example", digest="d", at=timezone.now())
    client.post(reverse("administration:person_close", args=[person.pk]))
    client.post(reverse("administration:person_reopen", args=[person.pk]))
    assert not Client().login(username="worker", password=PASSWORD) and not person.links.exists()
    given = give_password(person, by=world.cast.security, at=timezone.now())
    assert Client().login(username="worker", password=given)
    person.refresh_from_db()
    assert problems(PASSWORD, person)


@pytest.mark.parametrize("name", ["system", "auditor", "county", "leader", "desk", "nobody"])
def test_for_all_others_there_are_no_pages_of_persons(world: World, name: str) -> None:
    client, pk = browser(getattr(world.cast, name)), world.cast.worker.pk
    for address in (reverse(INDEX), reverse("administration:person_add"), reverse("administration:person", args=[pk])):
        assert client.get(address).status_code == 404
    for act in ("close", "reopen", "appoint"):
        assert client.post(reverse(f"administration:person_{act}", args=[pk])).status_code == 404
    assert Person.objects.get(pk=pk).is_active
