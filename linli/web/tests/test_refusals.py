"""A refusal is a page that says why and leads to what is there now."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext as _

from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.people.testing import PASSWORD


def the_way_on(response: Any) -> str:
    """Where the button "show it as it is now" leads."""
    return str(response.context["as_it_is"])


@pytest.mark.parametrize(("step", "status"), [("accept", 409), ("submit_result", 403)])
def test_a_refused_step_leads_to_the_matter_not_to_the_refusal(
    world: World, client: Client, step: str, status: int
) -> None:
    event = make_event(world, State.HANDLING)
    client.force_login(world.cast.desk)
    for response in (client.get(f"/desk/events/{event.pk}/{step}"), client.post(f"/desk/events/{event.pk}/{step}")):
        assert response.status_code == status
        assert the_way_on(response) == f"/desk/events/{event.pk}/"
        assert client.get(the_way_on(response)).status_code == 200


def test_a_form_that_was_refused_leads_back_to_its_page_but_never_to_another_host(world: World, client: Client) -> None:
    client.force_login(world.cast.desk)
    for number in range(30):
        client.post("/desk/views", {"name": f"第{number}个", "show": "open"})
    ours, another = "http://testserver/desk/?show=all", "http://example.org/desk/"
    refused = client.post("/desk/views", {"name": "再一个", "show": "all"}, headers={"Referer": ours})
    assert refused.status_code == 422
    assert the_way_on(refused) == ours
    refused = client.post("/desk/views", {"name": "再一个", "show": "all"}, headers={"Referer": another})
    assert the_way_on(refused) == "/desk/views"


PAGES = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_form_sent_after_the_session_was_over_leads_back_to_its_page(world: World, client: Client) -> None:
    event = make_event(world, State.HANDLING)
    page = f"/desk/events/{event.pk}/"
    late = client.post(f"{page}conversation", {"words": "明天上午去"}, headers=PAGES)
    assert late.headers["Location"] == f"/sign-in?next={page}conversation"
    form = {"username": world.cast.desk.username, "password": PASSWORD, "next": f"{page}conversation"}
    arrived = client.post("/sign-in", form, headers=PAGES, follow=True)
    assert arrived.redirect_chain[-1][0] == page and arrived.status_code == 200
    toast = arrived.content.decode().partition('class="toast toast-warning"')[2].partition("</p>")[0]
    words = _("What you sent last may not have been saved. Look here, and send it again if it is missing.")
    assert words in toast and "circle-alert" in toast


def test_the_language_beside_a_refused_form_leads_to_its_page(world: World, client: Client) -> None:
    event = make_event(world, State.HANDLING)
    client.force_login(world.cast.desk)
    there = f"/desk/events/{event.pk}/conversation"
    assert client.post(there, {"words": ""}, headers=PAGES).status_code == 422
    after = client.post("/language", {"language": "zh-hans", "next": there}, headers=PAGES, follow=True)
    assert (after.redirect_chain[-1][0], after.status_code) == (f"/desk/events/{event.pk}/", 200)


def test_a_program_is_told_which_methods_there_are(world: World, client: Client) -> None:
    client.force_login(world.cast.desk)
    answer = client.get("/language")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert client.get("/language", headers=PAGES).headers["Location"] == "/"
