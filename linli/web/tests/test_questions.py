"""The extra questions of a category: both forms of a report ask them, and a matter classified later needs no answer."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from linli.events import actions
from linli.events.models import Event
from linli.events.rules import clean_answers
from linli.events.testing import GRID, NOON, World, make_event
from linli.kit.refusal import BadInput
from tests.browser import settled

HURT = {
    "code": "hurt",
    "ask": "有人受伤吗？",
    "ask_en": "Is anybody hurt?",
    "type": "choice",
    "choices": [{"code": "yes", "name": "有", "name_en": "Yes"}, {"code": "no", "name": "没有", "name_en": "No"}],
    "required": True,
}
DEPTH = {"code": "depth_cm", "ask": "水深多少厘米？", "ask_en": "How deep, in cm?", "type": "number", "required": False}


@pytest.fixture
def asking(world: World) -> World:
    """Blocked drains ask two questions, of which one must be answered."""
    world.drain.questions = [HURT, DEPTH | {"choices": []}]
    world.drain.save(update_fields=["questions"])
    return world


def _sent(world: World, **more: Any) -> dict[str, Any]:
    return {"text": "沟堵了", "area": GRID, "category": world.drain.pk, **more}


def _desk(world: World) -> Client:
    client = Client()
    client.force_login(world.cast.desk)
    return client


@pytest.mark.parametrize("address", ["/report", "/desk/new"])
def test_what_must_be_answered_is_asked_and_nothing_typed_is_lost(asking: World, address: str) -> None:
    client = _desk(asking)
    answer = client.post(address, _sent(asking, **{"answer-depth_cm": "３０"}))
    page = answer.content.decode()
    assert answer.status_code == 422 and not Event.objects.exists()
    assert page.count('name="answer-hurt"') == 2 and "-hurt-error" in page
    assert "沟堵了" in page and 'value="３０"' in page
    assert client.post(address, _sent(asking, **{"answer-depth_cm": "３０", "answer-hurt": "no"})).status_code == 302
    assert Event.objects.get().answers == {"hurt": "no", "depth_cm": "30"}


@pytest.mark.parametrize("address", ["/report", "/desk/new"])
@pytest.mark.parametrize(
    ("answers", "marked"),
    [
        ({"answer-hurt": "perhaps"}, "hurt"),
        ({"answer-hurt": "no", "answer-depth_cm": "deep"}, "depth_cm"),
        ({"answer-hurt": "no", "answer-depth_cm": "9" * 501}, "depth_cm"),
        ({"answer-hurt": "no", "answer-depth_cm": "1\0"}, "depth_cm"),
    ],
)
def test_an_answer_that_is_none_is_told_beside_its_question(
    asking: World, address: str, answers: dict[str, str], marked: str
) -> None:
    answer = _desk(asking).post(address, _sent(asking, **answers))
    assert answer.status_code == 422 and not Event.objects.exists()
    assert f'id="a-{asking.drain.pk}-{marked}-error"' in answer.content.decode()


def test_the_desk_is_asked_as_soon_as_the_category_is_chosen(asking: World) -> None:
    client = _desk(asking)
    assert 'hx-get="/desk/new/questions"' in client.get("/desk/new").content.decode()
    assert "有人受伤吗？" in client.get(f"/desk/new/questions?category={asking.drain.pk}").content.decode()
    for nothing in ("", str(asking.wall.pk), "9999", "x"):
        assert client.get(f"/desk/new/questions?category={nothing}").content.decode().strip() == ""
    assert Client().get(f"/desk/new/questions?category={asking.drain.pk}").status_code == 302


def test_an_answer_meant_for_another_category_is_not_kept(asking: World) -> None:
    sent = _sent(asking, category=asking.wall.pk, **{"answer-hurt": "yes"})
    assert _desk(asking).post("/desk/new", sent).status_code == 302
    assert Event.objects.get().answers == {}


def test_a_matter_classified_later_needs_no_answer(asking: World) -> None:
    event = make_event(asking, category=asking.wall)
    actions.accept(event, category=asking.drain, by=asking.cast.county, at=NOON)
    event.refresh_from_db()
    assert event.category == asking.drain and event.answers == {}
    other = make_event(asking, "accepted", category=asking.wall)
    actions.classify(other, category=asking.drain, by=asking.cast.county, at=NOON)
    other.refresh_from_db()
    assert other.category == asking.drain


def test_an_english_page_asks_in_english(asking: World) -> None:
    client = _desk(asking)
    asking.cast.desk.language = "en"
    asking.cast.desk.save(update_fields=["language"])
    page = client.post("/desk/new", _sent(asking)).content.decode()
    assert "Is anybody hurt?" in page and "有人受伤吗" not in page and "Please answer this question." in page


@pytest.mark.parametrize(
    ("typed", "kept"), [("30", "30"), ("３０", "30"), ("0.5", "0.5"), ("-2", "-2"), ("", None), (" 7 ", "7")]
)
def test_a_number_is_kept_in_plain_digits(typed: str, kept: str | None) -> None:
    assert clean_answers([DEPTH], {"depth_cm": typed}).get("depth_cm") == kept


@pytest.mark.parametrize("typed", ["deep", "1e9", "1,000", "٣", "--1", "1" * 13])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        clean_answers([DEPTH], {"depth_cm": typed})
    assert refused.value.code == "answer_no_number" and refused.value.facts["field"] == "depth_cm"


# --- in a browser ------------------------------------------------------------------------------------------------------


def test_the_desk_answers_what_the_chosen_category_asks(
    page: Page, asking: World, sign_in: Any, accessible: Any
) -> None:
    sign_in(page, asking.cast.desk)
    page.goto("/desk/new")
    page.locator("#id_text").fill("沟堵了")
    page.locator("#id_area").select_option(GRID)
    page.locator("#id_category").select_option(str(asking.drain.pk))
    settled(page)  # what is known of the text comes in above, and moves what is below
    page.get_by_role("group", name="有人受伤吗？").get_by_label("没有").check()
    page.get_by_label("水深多少厘米？").fill("30")
    accessible(page)
    page.locator("button.primary.big").click()
    page.wait_for_url("**/desk/events/**")
    expect(page.locator("main")).to_contain_text("没有")
    assert Event.objects.get().answers == {"hurt": "no", "depth_cm": "30"}


def test_a_resident_without_script_is_asked_on_the_second_page(open_page: Any, asking: World) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/report")
    page.locator("#id_text").fill("沟堵了")
    page.locator(f"details.domain:has(input[name=category][value='{asking.drain.pk}']) > summary").click()
    page.locator(f"input[name=category][value='{asking.drain.pk}']").check()
    page.locator("#id_township").select_option("440881101")
    page.locator("button.primary.big").click()
    page.get_by_role("group", name="有人受伤吗？").get_by_label("没有").check()
    page.locator("button.primary.big").click()
    page.wait_for_url("**/receipt")
    assert Event.objects.get().answers == {"hurt": "no"}
