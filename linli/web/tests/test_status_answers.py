"""The status page asks whether it is solved, until a day, and takes an answer after it."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from linli.events import actions
from linli.events.actions.awaiting_answers import note_silence
from linli.events.models import Event
from linli.events.testing import World
from linli.web.tests.residents import reported

DAY = timedelta(days=1)


def test_the_status_page_says_until_when_and_that_one_still_may(world: World, client: Client) -> None:
    event, _code = reported(client)
    Event.objects.filter(pk=event.pk).update(area=world.grid)
    event.refresh_from_db()
    actions.self_handle(event, text="清理了", by=world.cast.worker, at=timezone.now())
    client.post("/language", {"language": "en"})
    assert "Please answer by" in client.get(f"/status/{event.number}").content.decode()
    note_silence(timezone.now() + 20 * DAY)
    page = client.get(f"/status/{event.number}").content.decode()
    assert "You may still answer until" in page
    client.post(f"/status/{event.number}", {"act": "follow_up", "rating": "satisfied"})
    event.refresh_from_db()
    assert event.rating == "satisfied"
