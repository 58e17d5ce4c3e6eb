"""The page of the limits of the steps: read by everybody, set by the county, area by area."""

from typing import Any

import pytest
from django.test import Client

from linli.events.models import StepLimit
from linli.events.testing import World
from linli.people.models import Person

LIMITS = "/desk/limits/"
TOWN = "440881101"


def _client(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    person.language = "en"
    person.save(update_fields=["language"])
    return client


def test_everybody_reads_and_the_county_sets(world: World) -> None:
    page = _client(world.cast.worker).get(LIMITS).content.decode()
    assert "4 working hours" in page and "as linli comes" in page and "/desk/limits/dispatch/" not in page
    assert _client(world.cast.desk).get(f"{LIMITS}dispatch/normal").status_code == 403
    client = _client(world.cast.county)
    sent = {"amount": "6", "unit": "hours", "reason": "县府办通知"}
    address = f"{LIMITS}dispatch/normal?area={TOWN}"
    seen = client.post(address, sent | {"do": "look"}).content.decode()
    assert "From now on: 6 hours (before: 4 working hours)" in seen and not StepLimit.objects.exists()
    done = client.post(address, sent | {"do": "save"}, follow=True).content.decode()
    assert "set here" in done and "县府办通知" in done
    assert "set in 石城镇" in client.get(f"{LIMITS}?area=440881101201").content.decode()
    assert "6 hours" not in client.get(LIMITS).content.decode().split("Changes of the limits")[0]
    client.post(address, {"unit": "above", "reason": "期满", "do": "save"})
    assert not StepLimit.objects.exists()


@pytest.mark.parametrize(
    "sent", [{}, {"unit": "hours"}, {"unit": "hours", "amount": "0"}, {"unit": "weeks", "amount": 1}]
)
def test_what_cannot_be_is_said_beside_the_field(world: World, sent: dict[str, Any]) -> None:
    answer = _client(world.cast.county).post(f"{LIMITS}sign/urgent", sent | {"do": "save"})
    assert answer.status_code == 422 and "field-error" in answer.content.decode()
    for address in ("handle/normal", "sign/soon", "sign/normal?area=9"):
        assert _client(world.cast.county).get(LIMITS + address).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1440])
def test_a_limit_is_set_in_the_browser(open_page: Any, world: World, sign_in: Any, accessible: Any, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    sign_in(page, world.cast.county)
    page.goto(LIMITS)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator('a[href^="/desk/limits/sign/normal"]').click()
    page.locator("[name=amount]").fill("6")
    page.locator("input[name=unit][value=hours]").check()
    page.locator("[name=reason]").fill("县府办通知")
    page.locator("button[value=look]").click()
    accessible(page)
    page.locator("button[value=save]").click()
    page.wait_for_url(f"**{LIMITS}?area=440881")
    assert StepLimit.objects.get().amount == 6
