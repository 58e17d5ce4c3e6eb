"""Applying for mediation online, as people do."""

from typing import Any

import pytest
from django.test import Client

from linli.journal.models import Entry
from linli.mediation.models import Dispute
from linli.mediation.rules import Door, State
from linli.mediation.testing import Mediation, make_mediation

TOLD: dict[str, Any] = {
    "kind": "02",
    "township": "440881101",
    "area": "440881101201",
    "place": "一队村口",
    "summary": "邻居把水沟改到我家门前，一下雨就积水。",
    "claims": "请把水沟恢复原样",
    "own_kind": "natural",
    "own_name": "王小明",
    "own_telephone": "139 0000 0001",
    "language": "leizhou",
    "other_name": "李大力",
    "other_telephone": "13900000002",
    "agrees": "on",
}
ADDRESS = "/mediation/apply"


@pytest.fixture
def here(db: None) -> Mediation:
    return make_mediation()


def page(response: Any) -> str:
    return str(response.content.decode())


def test_an_application_gets_a_number_and_a_link_that_opens_the_own_page(here: Mediation, client: Client) -> None:
    assert client.post(ADDRESS, TOLD).headers["Location"] == "/mediation/applied"
    dispute = Dispute.objects.get()
    assert (dispute.door, dispute.state, dispute.area_id) == (Door.ONLINE, State.REGISTERED, "440881101201")
    shown = client.get("/mediation/applied")
    assert dispute.number in page(shown) and shown.headers["Referrer-Policy"] == "no-referrer"
    link = shown.context["link"]
    own = Client().get(link)
    assert own.status_code == 200 and "王小明" in page(own) and dispute.number in page(own)
    assert own.headers["Referrer-Policy"] == "no-referrer" and "no-store" in own.headers["Cache-Control"]


def test_the_secret_is_kept_nowhere_in_the_clear(here: Mediation, client: Client) -> None:
    client.post(ADDRESS, TOLD)
    token = client.get("/mediation/applied").context["link"].rstrip("/").rpartition("/")[2]
    assert token not in str(dict(client.session)) and token not in str(list(Entry.objects.values()))
    assert Client().get("/mediation/applied").headers["Location"] == ADDRESS


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"township": "", "area": ""}, "township"),
        ({"summary": " "}, "summary"),
        ({"summary": "长" * 4001}, "summary"),
        ({"own_telephone": "12"}, "own_telephone"),
        ({"own_kind": "legal"}, "own_speaker"),
        ({"own_mail": "not one"}, "own_mail"),
        ({"other_name": "王小明", "other_telephone": "13900000001"}, "other_name"),
        ({"other_name": ""}, "other_name"),
        ({"helped": "on", "helper_name": "王小红", "helper_tie": "女儿"}, "helper_consent"),
        ({"agrees": ""}, "agrees"),
        ({"area": "999", "township": ""}, "township"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_nothing_is_lost(
    here: Mediation, client: Client, changed: dict[str, str], field: str
) -> None:
    answer = client.post(ADDRESS, TOLD | changed)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert "请把水沟恢复原样" in page(answer) and not Dispute.objects.exists()


def test_who_helped_an_elder_stands_behind_the_seal_with_the_consent(here: Mediation, client: Client) -> None:
    helper = {"helper_name": "王小红", "helper_telephone": "13900000009", "helper_tie": "女儿"}
    client.post(ADDRESS, TOLD | helper | {"helped": "on", "helper_consent": "念给她听，她同意"})
    kept = Dispute.objects.get().words["entered_for"]
    assert kept == {"name": "王小红", "telephone": "13900000009", "tie": "女儿", "consent": "念给她听，她同意"}


def test_the_same_form_sent_twice_makes_one_dispute(here: Mediation, client: Client) -> None:
    key = client.get(ADDRESS).context["form_key"]
    for _time in range(2):
        assert client.post(ADDRESS, TOLD | {"form": key}).headers["Location"] == "/mediation/applied"
    assert Dispute.objects.count() == 1


def test_a_machine_is_not_told_that_it_was_found_out(here: Mediation, client: Client) -> None:
    assert client.post(ADDRESS, TOLD | {"website": "http://spam"}).status_code == 302
    assert not Dispute.objects.exists()


def test_many_applications_from_one_place_are_slowed_down(here: Mediation, client: Client) -> None:
    for _time in range(20):
        client.post(ADDRESS, {})
    answer = client.post(ADDRESS, TOLD)
    assert answer.status_code == 429 and "李大力" in page(answer) and not Dispute.objects.exists()
