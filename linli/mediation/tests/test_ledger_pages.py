"""Whose ledgers a person may open, what a page says, and what it refuses."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from linli.events.testing import NOON
from linli.exports.testing import taken
from linli.mediation.actions.screening import classify
from linli.mediation.ledgers.sight import sight_of
from linli.mediation.rules import State
from linli.mediation.testing import Mediation, make_dispute, make_mediation
from linli.mediation.tests.test_ledgers import made
from linli.mediation.tests.test_looking import everybody
from linli.people.actions import scope_of
from linli.people.models import Person

pytestmark = pytest.mark.django_db
COUNTY, TOWNSHIP, VILLAGE, OTHER = "440881", "440881101", "440881101201", "440881102"
ALL = {"from": "2025-01-01", "to": "2026-11-20"}


@pytest.fixture
def here(db: None) -> Mediation:
    found = make_mediation()
    made(found, 60, 41)
    return found


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def who_may(here: Mediation, code: str) -> tuple[set[str], set[str]]:
    """Who may open the whole ledger of an area, and who its outline."""
    ledgers, outlines = set(), set()
    for name, person in everybody(here).items():
        request = HttpRequest()
        request.user, request.scope = person, scope_of(person, at=NOON)  # type: ignore[attr-defined]
        sight = sight_of(request, NOON)
        ledgers |= {name} if sight.has_ledger(code) else set()
        outlines |= {name} if sight.has_outline(code) else set()
    return ledgers, outlines


def test_a_ledger_opens_to_whoever_sees_the_area_or_mediates_there(here: Mediation) -> None:
    full = {"cadre", "desk", "county", "leader", "mediator", "head", "second", "third", "village_head", "county_head"}
    assert who_may(here, VILLAGE) == (full, full | {"verifier"})
    assert who_may(here, f"{VILLAGE}005") == (full, full | {"verifier", "worker", "deputy"})
    assert who_may(here, TOWNSHIP)[0] == full - {"cadre", "village_head"}
    assert who_may(here, COUNTY) == ({"county", "leader", "county_head"},) * 2
    assert who_may(here, OTHER) == ({"county", "leader", "county_head", "stranger"},) * 2
    assert client_of(here.stranger).get(f"/mediation/ledgers/{TOWNSHIP}/").status_code == 404
    assert client_of(here.stranger).get(f"/mediation/ledgers/{OTHER}/").status_code == 200
    assert client_of(here.county_head).get("/mediation/ledgers/440881999/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        *("440881101201/ledger.csv", "440881101201/ledger.xlsx", "440881101201/figures/"),
        *("440881101201/figures/figures.csv", "440881101201/figures/matrix.xlsx"),
    ],
)
def test_a_grid_worker_and_a_verifier_have_the_outline_alone(here: Mediation, address: str) -> None:
    for person in (here.world.cast.worker, here.world.cast.verifier, here.world.cast.auditor, here.world.cast.nobody):
        assert client_of(person).get(f"/mediation/ledgers/{address}").status_code == 404


def test_an_outline_shows_number_kind_village_and_state(here: Mediation) -> None:
    dispute = make_dispute(here, State.CLOSED)
    client = client_of(here.world.cast.worker)
    page = client.get("/mediation/ledgers/440881101201005/?state=closed").content.decode()
    assert dispute.number in page
    assert "邻里" in page or "neighbours" in page
    for hidden in (dispute.case_no, "2026-11-16", str(dispute.pk), "石城镇人民调解委员会"):
        assert hidden not in page
    # Days would tell when each was registered.
    assert (
        dispute.number
        in client.get("/mediation/ledgers/440881101201005/?from=2020-01-01&to=2020-01-02").content.decode()
    )


def test_pages_name_nobody_and_nothing_of_the_matter(here: Mediation) -> None:
    dispute = make_dispute(here, State.CLOSED, at=timezone.now() - timedelta(days=2))
    client = client_of(here.world.cast.leader)
    ledger = client.get("/mediation/ledgers/440881/").content.decode()
    assert dispute.number in ledger and dispute.case_no in ledger
    csv = taken(client, "/mediation/ledgers/440881/ledger.csv")
    assert dispute.number in csv
    for page in (ledger, csv, client.get("/mediation/ledgers/440881/figures/").content.decode()):
        for hidden in ("王小明", "李大力", "水沟", "何调解", "13900000001", str(dispute.pk)):
            assert hidden not in page


def test_my_ledger_is_that_of_my_area(here: Mediation) -> None:
    assert (
        client_of(here.world.cast.desk).get("/mediation/ledgers/").headers["Location"]
        == "/mediation/ledgers/440881101/"
    )
    assert (
        client_of(here.village_head).get("/mediation/ledgers/").headers["Location"] == f"/mediation/ledgers/{VILLAGE}/"
    )
    assert client_of(here.world.cast.nobody).get("/mediation/ledgers/").status_code == 200


def test_what_cannot_be_asked_is_refused_in_words(here: Mediation) -> None:
    client = client_of(here.world.cast.leader)
    for query in (
        "kind=77",
        "size=small",
        "state=happy",
        "level=moon",
        "body=999999",
        "body=x",
        "figure=due",
        "after=x_y",
    ):
        assert client.get(f"/mediation/ledgers/440881/?{query}").status_code in (400, 422), query
    page = client.get("/mediation/ledgers/440881/?from=2026-02-01&to=2026-01-01")
    assert page.status_code == 422 and 'role="alert"' in page.content.decode()
    assert client.get("/mediation/ledgers/440881/ledger.exe").status_code == 404
    assert client.get("/mediation/ledgers/440881/figures/?rows=moon&cols=kind&of=due").status_code == 200
    assert client.post("/mediation/ledgers/440881/").status_code == 405
    assert Client().get("/mediation/ledgers/440881/").status_code == 302


def test_every_page_and_file_answers(here: Mediation) -> None:
    client = client_of(here.world.cast.leader)
    for place in ("", "figures/", "ledger.csv", "ledger.xlsx", "figures/figures.xlsx", "figures/matrix.csv"):
        response = client.get(f"/mediation/ledgers/440881/{place}", ALL | {"for": "others"})
        assert response.status_code == 200, place
        assert "no-store" in response.headers["Cache-Control"]
    assert client.get("/mediation/ledgers/definitions/").status_code == 200
    empty = client.get("/mediation/ledgers/440881/?from=2001-01-01&to=2001-01-02")
    assert empty.status_code == 200 and empty.context["count"] == 0


def test_a_ledger_is_narrowed_to_the_larger_ones(here: Mediation) -> None:
    at = timezone.now() - timedelta(days=2)
    larger, other = (make_dispute(here, State.ACCEPTED, at=at) for _each in range(2))
    for dispute, people in ((larger, 10), (other, 9)):
        classify(dispute, people_count=people, by=here.head, at=at + timedelta(hours=4))
    client = client_of(here.world.cast.leader)
    asked = {"from": f"{timezone.localdate(at):%Y-%m-%d}", "to": f"{timezone.localdate():%Y-%m-%d}", "size": "large"}
    page = client.get("/mediation/ledgers/440881/", asked)
    assert [row.number for row in page.context["page"].rows] == [larger.number]
    assert '<option value="large" selected>' in page.content.decode()
    csv = taken(client, f"/mediation/ledgers/440881/ledger.csv?{urlencode(asked)}")
    assert larger.number in csv and other.number not in csv


def test_the_latest_stand_first(here: Mediation) -> None:
    rows = client_of(here.world.cast.leader).get("/mediation/ledgers/440881/", ALL).context["page"].rows
    assert [row.registered_at for row in rows] == sorted((row.registered_at for row in rows), reverse=True)
    assert all(row.registered_at <= NOON for row in rows)
