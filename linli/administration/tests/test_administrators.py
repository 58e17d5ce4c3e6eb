"""Three administrators, three people: each has their own pages, none of them a matter; and a new home names them itself."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from linli import checks
from linli.administration.actions import administrators
from linli.chores.examining import Level, examine
from linli.events.models import Event
from linli.events.testing import GRID, World, make_event
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, Refused
from linli.people.actions import add_person, scope_of
from linli.people.models import Appointment, Person
from linli.people.rules import ADMINISTERED, ADMINISTRATORS, Role

COUNTY = GRID[:6]
#: A page of what each administers.
PAGES = {
    "areas": ("area", [COUNTY]),
    "categories": ("category_add", []),
    "calendar": ("calendar_bring_in", []),
    "limits": ("limit_edit", ["dispatch", "normal"]),
    "webhooks": ("webhooks:index", []),
    "phones": ("intake:all_devices", []),
    "persons": ("administration:persons", []),
    "appointments": ("administration:person_appoint", ["worker"]),
    "keys": ("intake:keys", []),
    "journal": ("audit:search", []),
}
NAMES = {Role.SYSTEM_ADMIN: "system", Role.SECURITY_ADMIN: "security", Role.AUDITOR: "auditor"}


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("what", sorted(PAGES))
def test_what_is_administered_opens_for_one_of_the_three(world: World, what: str) -> None:
    name, given = PAGES[what]
    args = [getattr(world.cast, one).pk if hasattr(world.cast, one) else one for one in given]
    opens = {
        role
        for role, who in NAMES.items()
        if browser(getattr(world.cast, who)).get(reverse(name, args=args)).status_code == 200
    }
    assert opens == {ADMINISTERED[what]}


@pytest.mark.parametrize("who", sorted(NAMES.values()))
def test_none_of_the_three_reads_a_matter(world: World, who: str) -> None:
    event = make_event(world, at=timezone.now())
    client, person = browser(getattr(world.cast, who)), getattr(world.cast, who)
    assert not Event.objects.visible_to(scope_of(person, timezone.now())).exists()
    assert client.get(reverse("events:show", args=[event.pk])).status_code == 404
    assert client.post(reverse("events:contact", args=[event.pk])).status_code == 404
    for list_of_matters in ("desk", "map", "events:supervised"):
        assert str(event.number) not in client.get(reverse(list_of_matters)).content.decode()


def test_the_table_names_each_of_the_three() -> None:
    assert set(ADMINISTERED.values()) == ADMINISTRATORS == set(NAMES)


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("administrators", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_a_home_without_administrators_names_them_from_the_machine(world: World) -> None:
    Appointment.objects.filter(role__in=ADMINISTRATORS).delete()
    with translation.override("en"):
        assert said("list").split() == ["auditor", "nobody", "security_admin", "nobody", "system_admin", "nobody"]
    password = said("name", "xiean", "--name", "谢安", "--role", "security_admin").strip()
    person = Person.objects.get(username="xiean")
    assert person.check_password(password) and scope_of(person, timezone.now()).holds(Role.SECURITY_ADMIN)
    assert Entry.objects.filter(verb="appointment.made", by=None).count() == 1
    assert said("name", "nobody", "--role", "auditor", "--area", COUNTY) == ""
    assert [role.value for role in administrators.missing(timezone.now())] == ["system_admin"]


def test_from_the_machine_too_nobody_gets_a_second_role(world: World) -> None:
    for username, role in (("system", "auditor"), ("desk", "security_admin")):
        with pytest.raises(BadInput):
            said("name", username, "--role", role)
    with pytest.raises(BadInput):
        said("name", "newcomer", "--role", "auditor")
    assert not Person.objects.filter(username="newcomer").exists()


def test_who_could_not_sign_in_is_given_no_role(world: World) -> None:
    Person.objects.filter(username="worker").update(is_active=False)
    with pytest.raises(BadInput) as refusal:
        said("name", "nobody", "--role", "auditor")
        said("name", "worker", "--role", "auditor")
    assert refusal.value.code == "account_closed"
    given = {"role": "leader", "area": COUNTY, "held_as": "holder", "from_on": "2026-12-01"}
    page = browser(world.cast.security).post(
        reverse("administration:person_appoint", args=[world.cast.worker.pk]), given
    )
    assert page.status_code == 422 and refusal.value.message in page.content.decode()


def test_the_doctor_finds_who_is_missing_and_who_holds_two(world: World) -> None:
    with translation.override("en"):
        Appointment.objects.create(
            person=world.cast.auditor, role=Role.DESK, area=world.areas[COUNTY], from_on=timezone.localdate()
        )
        Appointment.objects.filter(role=Role.SYSTEM_ADMIN).delete()
        found = {(one.level, one.sentence) for one in examine(timezone.now())}
        assert any(level == Level.FAIL and "auditor" in sentence for level, sentence in found)
        assert any(level == Level.WARN and "System administrator" in sentence for level, sentence in found)


def test_a_production_in_which_somebody_holds_two_does_not_start(world: World, settings: object) -> None:
    settings.HOSTS = ["linli.example"]  # type: ignore[attr-defined]
    assert "three_apart" not in dict(checks.unsafe_accounts())
    mixed = add_person(username="both", name="两职")
    for role in (Role.SYSTEM_ADMIN, Role.LEADER):
        Appointment.objects.create(person=mixed, role=role, area=world.areas[COUNTY], from_on=timezone.localdate())
    assert "both" in dict(checks.unsafe_accounts())["three_apart"]
    with pytest.raises(Refused):
        checks.refuse_unsafe_start()
