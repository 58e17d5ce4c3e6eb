"""The pages of the rules of verification: who reads and keeps them, and what the forms of a matter say of them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.events.actions.verification_rules import set_rule
from linli.events.models import VerificationRule
from linli.events.rules import State, Verification
from linli.events.testing import World
from linli.events.tests.pages import desk_of, page_of, recent, words_of
from linli.people.actions import appoint

PAGE = "/desk/verification/"


def english(person: object) -> object:
    client = desk_of(person)  # type: ignore[arg-type]
    client.post("/language", {"language": "en"})
    return client


def ruled(world: World, area: str = "440881", **asked: object) -> VerificationRule:
    asks = Verification(**asked)  # type: ignore[arg-type]
    return set_rule(area=world.areas[area], category=None, asks=asks, by=world.cast.county, at=timezone.now())


def test_before_the_first_rule_the_page_says_what_holds(world: World) -> None:
    page = words_of(english(world.cast.worker).get(PAGE))  # type: ignore[attr-defined]
    assert "No rule has been set" in page
    assert "7 days for the reporter" in page
    assert "verification/new" not in page


def test_a_desk_sets_changes_removes_and_puts_back_a_rule(world: World) -> None:
    client = english(world.cast.desk)
    sent = {"area": "440881101 石城镇", "category": world.drain.pk, "other_unit": "on", "answer_days": 10}
    made = client.post(f"{PAGE}new", sent)  # type: ignore[attr-defined]
    rule = VerificationRule.objects.get()
    assert (made.status_code, made.headers["Location"]) == (302, f"{PAGE}{rule.pk}/")
    client.post(f"{PAGE}{rule.pk}/", {"near_m": 120, "answer_days": 10})  # type: ignore[attr-defined]
    page = words_of(client.get(f"{PAGE}{rule.pk}/"))  # type: ignore[attr-defined]
    assert page.count("set how results are verified") == 2
    assert "another unit verifies" in page
    client.post(f"{PAGE}{rule.pk}/remove")  # type: ignore[attr-defined]
    assert "Put it back in force" in words_of(client.get(PAGE))  # type: ignore[attr-defined]
    client.post(f"{PAGE}{rule.pk}/back")  # type: ignore[attr-defined]
    rule.refresh_from_db()
    assert (rule.removed_at, rule.near_m, rule.other_unit) == (None, 120, False)


def test_what_cannot_be_is_said_beside_its_field_and_kept(world: World) -> None:
    client = english(world.cast.desk)
    for sent in ({"area": "火星", "answer_days": 7}, {"area": "440881101", "answer_days": 40, "near_m": 3}):
        response = client.post(f"{PAGE}new", sent)  # type: ignore[attr-defined]
        assert response.status_code == 422
        assert response.context["form"].errors
        assert str(sent["area"]) in words_of(response)


def test_rules_of_others_are_read_and_not_kept(world: World) -> None:
    rule = ruled(world)
    there = ruled(world, "440881102")
    for person in (world.cast.desk, world.cast.verifier, world.cast.handler):
        client = desk_of(person)
        assert '<form class="fields"' not in words_of(client.get(f"{PAGE}{rule.pk}/"))
        assert client.post(f"{PAGE}{rule.pk}/", {"answer_days": 3}).status_code == 403
        assert client.post(f"{PAGE}{rule.pk}/remove").status_code == 403
    assert desk_of(world.cast.desk).get(f"{PAGE}{there.pk}/").status_code == 404
    assert desk_of(world.cast.nobody).get(f"{PAGE}{rule.pk}/").status_code == 404


def test_the_list_takes_as_many_queries_for_twenty_rules_as_for_one(world: World) -> None:
    client, areas = desk_of(world.cast.county), list(world.areas)
    client.get(PAGE)
    ruled(world, areas[0], answer_days=3)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for place in range(20):
        category = (world.drain, world.wall)[place // len(areas)]
        asks, by = Verification(answer_days=3), world.cast.county
        set_rule(area=world.areas[areas[place % len(areas)]], category=category, asks=asks, by=by, at=timezone.now())
    with CaptureQueriesContext(connection) as many:
        page = client.get(PAGE)
    assert (len(page.context["rows"]), len(many)) == (21, len(one))


def test_the_forms_say_what_is_asked_before_one_tries(world: World) -> None:
    ruled(world, result_photo=True, check_photo=True, near_m=80, after_dispatch=True)
    event = recent(world, State.SIGNED_FOR)
    form = words_of(english(world.cast.handler).get(f"{page_of(event)}submit_result"))  # type: ignore[attr-defined]
    for words in ("Here a photo is needed.", "within 80 m of the place", "photos from before the dispatch are marked"):
        assert words in form
    sent = {"text": "今日上午已清出淤泥，水流恢复畅通。", "without": "只作支持"}
    response = desk_of(world.cast.handler).post(f"{page_of(event)}submit_result", sent)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["photos"])


def test_whoever_may_not_verify_reads_who_may_where_the_button_would_be(world: World) -> None:
    event = recent(world, State.RESULT_SUBMITTED)
    appoint(
        world.cast.verifier,
        role="handler",  # type: ignore[arg-type]
        area=world.areas["440881"],
        department=world.water,
        from_on=timezone.localdate(),
    )
    client = english(world.cast.verifier)
    assert "/verify" in words_of(client.get(page_of(event)))  # type: ignore[attr-defined]
    ruled(world, other_unit=True)
    page = words_of(client.get(page_of(event)))  # type: ignore[attr-defined]
    assert f"{page_of(event)}verify" not in page
    assert "Water Bureau handled this matter, and here another unit verifies. Ask one of these:" in page
    assert "陈小禾 (Grid worker, 上县第五网格)" in page
    assert client.get(f"{page_of(event)}verify").status_code == 403  # type: ignore[attr-defined]
