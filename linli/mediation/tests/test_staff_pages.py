"""The pages of the staff, through their addresses: nothing sealed before the look, and nothing of what is not theirs."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from linli.events.rules import State as EventState
from linli.events.testing import make_event
from linli.mediation.models import Body, Dispute, Mediator
from linli.mediation.rules import State
from linli.mediation.testing import SUMMARY, Mediation, make_dispute, make_mediation, party_of
from linli.mediation.tests.desks import SEALED, Desk, days_ago
from linli.mediation.views import listing


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Any) -> Mediation:
    settings.MEDIA_ROOT = tmp_path
    return make_mediation()


# --- lists --------------------------------------------------------------------------------------------------------------


def test_the_list_says_what_needs_a_head_and_a_mediator_and_names_nobody(here: Mediation) -> None:
    waiting, mine = make_dispute(here, at=days_ago(1)), make_dispute(here, State.MEDIATING, at=days_ago(3))
    for person, number in ((here.head, waiting.number), (here.mediator, mine.case_no)):
        page = Desk(person).client.get(reverse("mediation:list")).content.decode()
        assert number in page
        assert not any(word in page for word in SEALED)


@pytest.mark.parametrize("who", ["worker", "cadre", "desk", "leader"])
def test_whoever_sees_an_area_reads_outlines_alone(here: Mediation, who: str) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    client = Desk(getattr(here.world.cast, who)).client
    page = client.get(reverse("mediation:list")).content.decode()
    assert dispute.number in page
    assert str(dispute.pk) not in page and dispute.case_no not in page
    assert not any(word in page for word in SEALED)


def test_outlines_go_on_where_the_page_before_ended(here: Mediation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "A_PAGE", 2)
    numbers = [make_dispute(here, at=days_ago(day)).number for day in (1, 2, 3)]
    client, place = Desk(here.world.cast.desk).client, reverse("mediation:list")
    first = client.get(place)
    assert [one.number for one in first.context["lines"]] == numbers[:2]
    assert f"?after={numbers[1]}" in first.content.decode()
    last = client.get(place, {"after": numbers[1]})
    assert [one.number for one in last.context["lines"]] == numbers[2:]
    assert 'rel="next"' not in last.content.decode()


def test_whoever_serves_nowhere_is_told_so(here: Mediation) -> None:
    dispute = make_dispute(here, at=days_ago(1))
    page = Desk(here.world.cast.nobody).client.get(reverse("mediation:list"))
    assert page.status_code == 200
    assert dispute.number not in page.content.decode()


def test_a_number_leads_to_its_file_and_a_name_to_nothing(here: Mediation) -> None:
    dispute = make_dispute(here, at=days_ago(1))
    client = Desk(here.head).client
    found = client.get(reverse("mediation:list"), {"q": dispute.number})
    assert found.headers["Location"] == reverse("mediation:file", args=[dispute.pk])
    assert client.get(reverse("mediation:list"), {"q": "王小明"}).status_code == 200
    assert client.get(reverse("mediation:list"), {"q": "\0"}).status_code == 200
    assert Desk(here.world.cast.desk).client.get(reverse("mediation:list"), {"after": "\0"}).status_code == 200


def test_the_list_asks_as_often_for_many_as_for_one(here: Mediation) -> None:
    client = Desk(here.head).client
    make_dispute(here, at=days_ago(1))
    client.get(reverse("mediation:list"))
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("mediation:list"))
        counts.append(len(asked))
        for _again in range(3):
            make_dispute(here, at=days_ago(1))
    assert counts[0] == counts[1]


def test_the_thirty_days_are_listed_while_they_run(here: Mediation) -> None:
    running = make_dispute(here, State.SETTLED, at=days_ago(12))
    over = make_dispute(here, State.CLOSED, at=days_ago(80))
    page = Desk(here.mediator).client.get(reverse("mediation:list"), {"show": "court"})
    assert [row.dispute for row in page.context["rows"]] == [running]
    assert over.clocks.running().exists()


# --- the door -------------------------------------------------------------------------------------------------------------


def test_nothing_sealed_is_shown_before_the_look_and_no_name_after_it(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    desk, address = Desk(here.mediator), reverse("mediation:file", args=[dispute.pk])
    door = desk.client.get(address)
    assert "no-store" in door.headers["Cache-Control"]
    assert not any(word in door.content.decode() for word in SEALED)
    behind = reverse("mediation:act", args=[dispute.pk, "plan_session"])
    assert desk.client.get(behind).headers["Location"].startswith(address)
    desk.open(dispute)
    page = desk.client.get(address).content.decode()
    assert SUMMARY in page
    assert not any(name in page for name in ("王小明", "李大力", "13900000001"))
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert title and title[1].startswith(dispute.number)


def test_the_door_wants_a_purpose(here: Mediation) -> None:
    dispute = make_dispute(here, at=days_ago(1))
    answer = Desk(here.head).client.post(reverse("mediation:look", args=[dispute.pk]), {"words": "看看"})
    assert answer.status_code == 422 and "看看" in answer.content.decode()
    assert not dispute.looks.exists()


@pytest.mark.parametrize("who", ["worker", "desk", "leader", "auditor", "system", "nobody"])
def test_a_file_that_is_not_theirs_is_not_there(here: Mediation, who: str) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    client = Desk(getattr(here.world.cast, who)).client
    party = party_of(dispute)
    for name, args in (
        ("file", []),
        ("act", ["plan_session"]),
        ("act_on", ["correct_party", party.pk]),
        ("reveal", [party.pk]),
        ("draft", []),
        ("oral", []),
        ("papers", []),
    ):
        assert client.get(reverse(f"mediation:{name}", args=[dispute.pk, *args])).status_code == 404, name
    assert client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": "mediate"}).status_code == 404


def test_another_township_finds_nothing(here: Mediation) -> None:
    dispute = make_dispute(here, at=days_ago(1))
    assert Desk(here.stranger).client.get(reverse("mediation:file", args=[dispute.pk])).status_code == 404


def test_a_name_is_shown_for_a_reason_and_goes_by_itself(here: Mediation) -> None:
    dispute = make_dispute(here, State.MEDIATING, at=days_ago(3))
    desk = Desk(here.mediator)
    desk.open(dispute)
    both = [str(one.pk) for one in dispute.parties.all()]
    desk.do(dispute, "add_companion", kind="neighbour", name="隔壁老陈", agreed_by=both)
    assert "隔壁老陈" not in desk.client.get(reverse("mediation:file", args=[dispute.pk])).content.decode()
    address = reverse("mediation:reveal", args=[dispute.pk, party_of(dispute).pk])
    assert "王小明" not in desk.client.get(address).content.decode()
    assert desk.client.post(address, {"reason": ""}).status_code == 422
    shown = desk.client.post(address, {"reason": "通知开会"})
    assert "王小明" in shown.content.decode() and "13900000001" in shown.content.decode()
    assert "隔壁老陈" in shown.content.decode()
    assert shown.headers["Refresh"].startswith("60;") and "no-store" in shown.headers["Cache-Control"]
    assert dispute.looks.filter(revealed=party_of(dispute)).exists()


# --- registering ------------------------------------------------------------------------------------------------------------


def told(here: Mediation, **changes: str) -> dict[str, str]:
    return {
        "area": here.village.area_id,
        "kind": "02",
        "summary": SUMMARY,
        "mediation_type": "peoples",
        "applicant_name": "王小明",
        "applicant_telephone": "13900000001",
        "applicant_kind": "natural",
        "applicant_language": "mandarin",
        "respondent_name": "李大力",
        "respondent_telephone": "13900000002",
        "respondent_kind": "natural",
        "respondent_language": "mandarin",
    } | changes


@pytest.mark.parametrize("door", ["window", "phone", "transfer", "early"])
def test_a_dispute_is_registered_at_each_door(here: Mediation, door: str) -> None:
    more = {"entruster": "court", "entrusted_by": "廉江市人民法院（2026）委调1号"} if door == "transfer" else {}
    desk = Desk(here.head)
    assert desk.client.get(reverse("mediation:new"), {"door": door}).status_code == 200
    answer = desk.client.post(f"{reverse('mediation:new')}?door={door}", told(here, **more))
    made = Dispute.objects.get()
    assert answer.headers["Location"] == reverse("mediation:file", args=[made.pk])
    assert (made.door, made.parties.count()) == (door, 2)


def test_whoever_may_not_open_the_file_is_told_its_number(here: Mediation) -> None:
    client = Desk(here.world.cast.cadre).client
    answer = client.post(f"{reverse('mediation:new')}?door=window", told(here), follow=True)
    page = answer.content.decode()
    assert Dispute.objects.get().number in page and "王小明" not in page


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"respondent_name": "王小明", "respondent_telephone": "13900000001"}, "id_respondent_name"),
        ({"respondent_telephone": "12"}, "id_respondent_telephone"),
        ({"kind": ""}, "id_kind"),
        ({"applicant_kind": "legal"}, "id_applicant_speaker"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    here: Mediation, changes: dict[str, str], beside: str
) -> None:
    answer = Desk(here.head).client.post(f"{reverse('mediation:new')}?door=window", told(here, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422 and f"{beside}_error" in page
    assert SUMMARY in page and "13900000001" in page
    assert not Dispute.objects.exists()


def test_an_event_that_went_to_mediation_is_registered_once(here: Mediation) -> None:
    event = make_event(here.world, EventState.IN_MEDIATION, at=days_ago(2))
    client, address = Desk(here.mediator).client, f"{reverse('mediation:new')}?door=event"
    page = client.get(address).content.decode()
    assert event.number in page and event.text not in page
    assert client.post(address, told(here, event=str(event.pk))).status_code == 302
    assert Dispute.objects.get().event == event
    assert event.number not in client.get(address).content.decode()


# --- papers and bodies -------------------------------------------------------------------------------------------------


def test_papers_say_what_lacks_and_want_a_purpose(here: Mediation) -> None:
    desk, dispute = Desk(here.mediator), make_dispute(here, State.SETTLED, at=days_ago(5))
    desk.open(dispute)
    address = reverse("mediation:papers", args=[dispute.pk])
    assert desk.client.get(address).status_code == 200
    assert desk.client.post(address, {"what": "dossier", "kind": "pdf", "purpose": ""}).status_code == 422


def test_the_register_of_bodies_is_kept_by_the_desk(here: Mediation) -> None:
    county = Desk(here.world.cast.county).client
    added = {
        "area": here.township.area_id,
        "name": "石城镇乡贤会",
        "level": "township",
        "kind": "elders",
        "prefix": "乡贤调字",
    }
    assert county.post(reverse("mediation:body_add"), added).status_code == 302
    body = Body.objects.get(prefix="乡贤调字")
    assert county.post(reverse("mediation:body_add"), added).status_code == 422
    joined = {"person": "third", "from_on": "2026-01-01", "languages": ["hakka"], "skills": ["02"]}
    assert county.post(reverse("mediation:mediator_add", args=[body.pk]), joined).status_code == 302
    seat = Mediator.objects.get(body=body)
    renamed = {"name": "石城镇乡贤议事会", "kind": "elders"}
    assert county.post(reverse("mediation:body_correct", args=[body.pk]), renamed).status_code == 302
    heads = {"is_head": "on", "languages": ["hakka", "mandarin"]}
    assert county.post(reverse("mediation:mediator_correct", args=[seat.pk]), heads).status_code == 302
    seat.refresh_from_db()
    assert (seat.is_head, seat.skills, seat.languages) == (True, [], ["hakka", "mandarin"])
    day = timezone.localdate().isoformat()
    assert county.post(reverse("mediation:mediator_end", args=[seat.pk]), {"on": day}).status_code == 302
    assert county.post(reverse("mediation:body_close", args=[body.pk]), {"on": day}).status_code == 302
    assert "石城镇乡贤议事会" in county.get(reverse("mediation:bodies")).content.decode()


def test_whoever_does_not_keep_the_register_changes_nothing_in_it(here: Mediation) -> None:
    client = Desk(here.head).client
    assert client.get(reverse("mediation:bodies")).status_code == 200
    assert client.get(reverse("mediation:body_add")).status_code == 404
    assert client.get(reverse("mediation:mediator_add", args=[here.township.pk])).status_code == 404
