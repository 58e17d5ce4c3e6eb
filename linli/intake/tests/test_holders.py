"""A view of the field app knows the holder of a phone by its token, and no other page does."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from linli.events.testing import World
from linli.intake import devices
from linli.intake.holders import holders
from linli.intake.models import Device
from linli.kit.refusal import Refused
from linli.people.models import Person

pytestmark = pytest.mark.django_db


def token_of(person: Person) -> str:
    at = timezone.now()
    return devices.register(person, UUID(int=person.pk, version=4), name="", session="", at=at)[1]


def asking(authorization: str = "", session_of: Person | None = None) -> HttpRequest:
    """A request as a view gets it."""
    from django.contrib.auth.models import AnonymousUser

    headers = {"authorization": authorization} if authorization else {}
    request = RequestFactory().get("/m/reference", headers=headers)
    request.user = session_of or AnonymousUser()
    holders(lambda one: one)(request)  # type: ignore[arg-type, return-value]
    return request


def code_of(request: HttpRequest) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        request.who_asks()  # type: ignore[attr-defined]
    return refused.value.status, refused.value.code


def test_the_holder_of_a_phone_is_known_by_its_token_alone(world: World) -> None:
    assert asking(f"Bearer {token_of(world.cast.worker)}").who_asks() == world.cast.worker  # type: ignore[attr-defined]


def test_without_a_token_it_is_whoever_is_signed_in(world: World) -> None:
    assert asking(session_of=world.cast.desk).who_asks() == world.cast.desk  # type: ignore[attr-defined]
    assert code_of(asking()) == (401, "sign_in_again")


def test_on_a_shared_phone_the_token_counts_and_not_the_session(world: World) -> None:
    token = token_of(world.cast.worker)
    assert asking(f"Bearer {token}", world.cast.desk).who_asks() == world.cast.worker  # type: ignore[attr-defined]
    for bad in ("Bearer linlid_made_up", "Basic eDp5", "Bearer ", f"Bearer {token}x"):
        assert code_of(asking(bad, world.cast.desk)) == (401, "sign_in_again")


def test_a_phone_signed_out_or_of_a_closed_account_asks_for_nothing(world: World) -> None:
    token = token_of(world.cast.worker)
    devices.sign_out(Device.objects.get(), by=world.cast.worker, at=timezone.now())
    assert code_of(asking(f"Bearer {token}"))[0] == 401
    token = token_of(world.cast.desk)
    Person.objects.filter(pk=world.cast.desk.pk).update(is_active=False)
    assert code_of(asking(f"Bearer {token}"))[0] == 401


def test_reading_is_use_and_only_its_day_is_kept(world: World) -> None:
    token, day = token_of(world.cast.worker), timezone.localdate()
    Device.objects.update(last_used_on=day - timedelta(days=80))
    asking(f"Bearer {token}").who_asks()  # type: ignore[attr-defined]
    assert Device.objects.get().last_used_on == day


def test_the_token_opens_no_page_of_the_desk(world: World) -> None:
    answer = Client().get("/desk/", headers={"authorization": f"Bearer {token_of(world.cast.desk)}"})
    assert answer.status_code == 302 and "/sign-in" in answer["Location"]
