"""The page of one matter: what it names can be followed by whoever reads it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.events.rules import State
from linli.events.testing import World, make_event


@pytest.mark.parametrize("who", ["worker", "cadre", "desk", "county", "handler", "verifier", "leader"])
def test_every_area_above_a_matter_is_named_and_its_links_open(world: World, who: str) -> None:
    event = make_event(world, State.HANDLING, at=timezone.now() - timedelta(hours=1))
    reader = Client()
    reader.force_login(getattr(world.cast, who))
    page = reader.get(f"/desk/events/{event.pk}/").content.decode()
    crumbs = page.split('class="crumbs"')[1].split("</nav>")[0]
    assert all(area in crumbs for area in ("廉江市", "石城镇", "上县村", "上县第五网格"))
    links = re.findall(r'href="(/desk/areas/\d+)"', crumbs)
    assert len(links) == {"handler": 0, "worker": 1, "cadre": 2, "county": 4, "leader": 4}.get(who, 3)
    assert [reader.get(link).status_code for link in links] == [200] * len(links)
