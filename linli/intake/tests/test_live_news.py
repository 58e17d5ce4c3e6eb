"""Who hears of a change is who may see it; and following the journal reads all of it once."""

import pytest
from django.utils import timezone

from linli.events.models import Event
from linli.events.testing import PATHS, World, make_event
from linli.intake.live import listeners, news
from linli.intake.live.audience import Audience
from linli.intake.live.streams import Stream
from linli.journal import following
from linli.people.actions import scope_of
from linli.people.models import Person


@pytest.mark.parametrize("state", PATHS)
def test_whoever_may_see_a_matter_hears_of_it_and_nobody_else(world: World, state: str) -> None:
    make_event(world, state)
    changes = news.read({}).changes
    audience = Audience()
    people = list(Person.objects.all())
    for person in people:
        audience.add(_stream_of(person))
    for change in changes:
        hear = {one.listener.person for circle in audience.who_sees(change) for one in circle.streams if one.listener}
        events = Event.objects.filter(pk=change.key)
        see = {person.pk for person in people if events.visible_to(scope_of(person, timezone.now())).exists()}
        assert hear == see


def _stream_of(person: Person) -> Stream:
    scope = scope_of(person, timezone.now())
    stream = Stream.__new__(Stream)
    stream.listener = listeners.Listener(
        listeners.Asked("-"), person.pk, tuple(scope.area_codes), tuple(scope.departments)
    )
    return stream


def test_places_are_read_as_they_were_spelled() -> None:
    assert following.read(following.spelled({"440881": 3, "-": 12})) == {"440881": 3, "-": 12}


def test_much_at_once_is_read_in_slices_and_whole(world: World) -> None:
    before = following.place()
    for _each in range(5):
        make_event(world)
    read: list[int] = []
    where = before
    while some := following.since(where, 2)[0]:
        where = following.since(where, 2)[1]
        read += [one.pk for one in some]
    assert len(read) == len(set(read)) == 5
