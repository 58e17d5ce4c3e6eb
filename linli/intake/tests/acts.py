"""What the tests of acts share: somebody with a phone, an act to send, taking it in, and what the phone is told."""

import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from linli.events.models import Event
from linli.events.testing import GRID
from linli.intake import devices, digest, media_uploads
from linli.intake.testing import Door, a_report
from linli.intake.tests.media import hash_of, named
from linli.journal.models import Entry
from linli.people.models import Person

REPORTS, BATCH, TOKENS = "/intake/v1/reports", "/intake/v1/batch", "/intake/v1/tokens"


@dataclass(frozen=True)
class Phone:
    """A phone that somebody sends from. `by`: the number of one of us, or None."""

    door: Door
    authorization: str
    by: int | None = None

    def send(self, sent: dict[str, Any], **headers: str) -> tuple[int, Any]:
        return self.door.post(REPORTS, sent, authorization=self.authorization, **headers)

    def reports(self, seed: int = 1, **more: Any) -> str:
        """Send a report and have it taken in; the id the device made."""
        sent = a_report(random.Random(seed), **{"area": GRID, "by": self.by} | more)
        status, answer = self.send(sent)
        assert status == 201, answer
        digest.digest_all(timezone.now())
        return str(answer["id"])

    def acts(self, about: Event | str, step: str, *photos: bytes, **more: Any) -> dict[str, Any]:
        """An act, as it is sent; whatever is no other field of it is a value."""
        known = {name: more.pop(name) for name in ("id", "made_at", "expected_state", "values") if name in more}
        on = {"event": str(about.pk)} if isinstance(about, Event) else {"report": about}
        sent = {"id": str(uuid4()), "kind": "act", "about": on, "step": step, "values": more, "photos": named(*photos)}
        return sent | ({"by": self.by} if self.by else {}) | known

    def brings(self, act: dict[str, Any], *photos: bytes) -> None:
        for photo in photos:
            where = f"{REPORTS}/{act['id']}/media/{hash_of(photo)}"
            status, told = self.door.put(where, photo, authorization=self.authorization)
            assert status == 201, told

    def sees(self, act: dict[str, Any] | str, **headers: str) -> dict[str, Any]:
        one = act if isinstance(act, str) else act["id"]
        status, told = self.door.get(f"{REPORTS}/{one}", authorization=self.authorization, **headers)
        assert status == 200, told
        return dict(told)

    def does(self, about: Event | str, step: str, *photos: bytes, **more: Any) -> dict[str, Any]:
        """Send an act with its photos and have it taken in; what the phone is told then."""
        act = self.acts(about, step, *photos, **more)
        status, answer = self.send(act)
        assert (status, answer["state"], answer["id"]) == (201, "kept", act["id"]), answer
        self.brings(act, *photos)
        taken_in()
        return self.sees(act, accept_language="en")


def phone_of(door: Door, person: Person) -> Phone:
    installation = UUID(int=person.pk, version=4)
    _device, token = devices.register(person, installation, name="", session="", at=timezone.now())
    return Phone(door, f"Bearer {token}", person.pk)


def residents_phone(door: Door) -> Phone:
    return Phone(door, f"Bearer {door.post(TOKENS, {})[1]['token']}")


def taken_in() -> None:
    """Everything that can be."""
    digest.digest_all(timezone.now())
    media_uploads.settle_waiting(timezone.now())
    digest.digest_all(timezone.now())


def verbs_of(event: Event) -> list[str]:
    """What was done to a matter, in its order."""
    entries = Entry.objects.filter(on_key=str(event.pk)).order_by("id")
    return [verb.removeprefix("event.") for verb in entries.values_list("verb", flat=True)]
