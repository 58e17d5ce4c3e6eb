"""A refusal is a page that says why and leads to what is there now."""

from typing import Any

import pytest
from django.test import Client

from linli.events.rules import State
from linli.events.testing import World, make_event


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
