"""Other systems push reports in their own form: signed, read by a mapping, kept once, and set aside where they cannot be read."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.events.models import Contact, Event
from linli.events.testing import GRID, World
from linli.intake import allowance, digest, kept_contacts, setaside
from linli.intake.models import Kept, KeptState
from linli.intake.testing import Door
from linli.intake.webhooks import actions, mapping, signing
from linli.intake.webhooks.models import Arrival, Pusher
from linli.kit.refusal import BadInput, Refused
from linli.kit.sealing import unseal
from linli.people.actions import scope_of

PATH = "/intake/v1/hooks/hotline"
MAPPING = """
text = ["data.content", "data.remarks"]
title = "data.title"
place = "data.address"
contact = "data.phone"
occurred_at = "data.when"
[area]
path = "data.town"
values = { "上县五格" = "440881101201005" }
[position]
lon = "data.where.0"
lat = "data.where.1"
[category]
path = "data.kind"
values = { "排水" = "C01" }
[urgency]
path = "data.level"
values = { "急" = "urgent" }
"""
TICKET: dict[str, Any] = {
    "content": "村口水沟堵了", "remarks": "已三天", "title": "水沟", "address": "村口", "phone": "19900000099",
    "town": "上县五格", "kind": "排水", "level": "急", "when": "2026-11-16T09:00:00+08:00", "idle": {"deep": [1]},
}  # fmt: skip


@pytest.fixture
def pushing(door: Door, world: World) -> "Pushing":
    pusher, secret = actions.let_push(
        name="hotline", title="市热线", area=world.areas["440881"], scheme="standard", text=MAPPING,
        by=world.cast.system, at=timezone.now(),
    )  # fmt: skip
    return Pushing(door, world, pusher, secret)


class Pushing:
    """The other system."""

    def __init__(self, door: Door, world: World, pusher: Pusher, secret: str) -> None:
        self.door, self.world, self.pusher, self.secret = door, world, pusher, secret

    def push(self, message_id: str = "m1", *, at: datetime | None = None, body: bytes = b"", **data: Any) -> Any:
        body = body or json.dumps({"data": TICKET | data}, ensure_ascii=False).encode()
        headers = signing.headers([self.secret], message_id, at or timezone.now(), body)
        return self.door.post(PATH, body, **{name.replace("-", "_"): value for name, value in headers.items()})

    def digested(self) -> Event:
        digest.digest_all(timezone.now())
        return Event.objects.get()


def test_what_is_pushed_becomes_a_matter_like_any_other(pushing: Pushing) -> None:
    status, answer = pushing.push()
    assert (status, answer["state"], answer["area"]) == (201, "kept", GRID)
    event = pushing.digested()
    assert str(event.pk) == answer["event"]
    assert (event.text, event.title, event.place) == ("村口水沟堵了\n已三天", "水沟", "村口")
    assert (event.category, event.urgency, event.area_id) == (pushing.world.drain, "urgent", GRID)
    assert Contact.objects.filter(event=event).exists()
    assert Arrival.objects.get().status == 201


def test_the_same_message_again_has_the_first_answer(pushing: Pushing) -> None:
    first = pushing.push()
    again = pushing.push(at=timezone.now() + timedelta(minutes=1))
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert Kept.objects.count() == 1
    assert pushing.push("m2")[0] == 201
    assert pushing.push("m1", content="别的")[0] == 409


def test_a_mended_mapping_does_not_change_the_answer_to_a_repeated_message(pushing: Pushing) -> None:
    first = pushing.push()
    act = {"by": pushing.world.cast.system, "at": timezone.now()}
    actions.edit_pusher(pushing.pusher, title="市热线", scheme="standard", text='text = "data.content"', **act)
    pushing.door.front.hatch.hooks.forget()
    assert pushing.push() == (200, first[1])


def test_wrong_signatures_are_turned_away(pushing: Pushing) -> None:
    right, pushing.secret = pushing.secret, signing.new_secret()
    assert (pushing.push()[0], pushing.push()[1]["error"]["code"]) == (401, "bad_signature")
    pushing.secret = right
    assert pushing.door.post(PATH, {"data": TICKET})[0] == 401
    assert pushing.door.post("/intake/v1/hooks/nobody", {"data": TICKET})[0] == 401
    assert pushing.door.get(PATH)[0] == 405
    assert Kept.objects.count() == 0
    assert Arrival.objects.filter(code="bad_signature").count() == 3


def test_whoever_guesses_at_signatures_is_told_to_wait(pushing: Pushing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.intake.webhooks.door._MOST_WRONG", 2)
    right, pushing.secret = pushing.secret, signing.new_secret()
    assert [pushing.push()[0] for _each in range(3)] == [401, 401, 429]
    # What is signed rightly goes in: another system behind the same address is not kept out.
    pushing.secret = right
    assert pushing.push()[0] == 201


def test_a_system_that_runs_wild_is_told_to_wait(pushing: Pushing, settings: Any) -> None:
    settings.KEY_REPORTS = 3
    allowance.forget()
    told = [pushing.push(f"m{n}")[0] for n in range(5)]
    assert told == [201, 201, 201, 429, 429]
    assert Kept.objects.count() == 3
    allowance.forget()


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_message_is_turned_away(pushing: Pushing, minutes: int) -> None:
    status, answer = pushing.push(at=timezone.now() + timedelta(minutes=minutes))
    assert (status, answer["error"]["code"]) == (401, "too_old")
    assert pushing.push(at=timezone.now() + timedelta(minutes=minutes * 4 / 6))[0] == 201


def test_a_changed_secret_holds_beside_the_old_one_for_a_day(pushing: Pushing) -> None:
    new = actions.rotate(pushing.pusher, by=pushing.world.cast.system, at=timezone.now())
    pushing.door.front.hatch.hooks.forget()
    assert pushing.push("m1")[0] == 201
    pushing.secret = new
    assert pushing.push("m2")[0] == 201


def test_a_paused_system_is_turned_away_and_a_resumed_one_heard(pushing: Pushing) -> None:
    act = {"by": pushing.world.cast.system, "at": timezone.now()}
    actions.pause_pusher(pushing.pusher, **act)
    assert pushing.push()[0] == 401
    actions.resume_pusher(pushing.pusher, **act)
    pushing.door.front.hatch.hooks.forget()
    assert pushing.push()[0] == 201


def test_signed_as_github_signs(pushing: Pushing) -> None:
    act = {"by": pushing.world.cast.system, "at": timezone.now()}
    actions.edit_pusher(pushing.pusher, title="市热线", scheme="github", text=MAPPING, **act)
    body = json.dumps({"data": TICKET}).encode()
    said = "sha256=" + hmac.new(pushing.secret.encode(), body, hashlib.sha256).hexdigest()
    assert pushing.door.post(PATH, body, x_hub_signature_256=said)[0] == 201
    assert pushing.door.post(PATH, body, x_hub_signature_256=said)[0] == 200
    assert pushing.door.post(PATH, body, x_hub_signature_256=said[:-1] + "x")[0] == 401
    assert pushing.door.post(PATH, body, x_hub_signature_256=said, x_github_delivery="d2")[0] == 201


# --- what cannot be read ------------------------------------------------------------------------------------------------


def test_a_point_wins_over_a_word_that_is_not_known(pushing: Pushing) -> None:
    assert pushing.push(town="哪里", where=[110.05, 21.7])[1]["area"] == GRID


def test_a_category_nobody_knows_is_kept_unclassified(pushing: Pushing) -> None:
    pushing.push(kind="外星人", level="慢")
    assert pushing.digested().category is None


def test_what_says_nowhere_is_kept_and_set_aside_and_taken_in_where_the_desk_says(pushing: Pushing) -> None:
    status, answer = pushing.push(town="哪里", phone="19900000099")
    assert (status, answer["state"], answer["why"]) == (201, "set_aside", "unknown_area")
    digest.digest_all(timezone.now())
    row = Kept.objects.set_aside().get()
    assert b"19900000099" not in bytes(row.content) + bytes(row.sealed_contact)
    assert "哪里" in row.why
    county = pushing.world.cast.county
    event = setaside.retake(row, scope=scope_of(county, timezone.now()), by=county, at=timezone.now(), area=GRID)
    assert (str(event.pk), event.text) == (answer["event"], "村口水沟堵了\n已三天")
    assert Contact.objects.filter(event=event).exists()
    assert bytes(Kept.objects.get().sealed_contact) == b""


def test_of_a_message_set_aside_the_contact_goes_and_the_report_stays(pushing: Pushing) -> None:
    """Nobody knows what is in it: the number goes wherever it stands, but not out of the words of the report."""
    pushing.push(town="哪里", caller={"tel": "+86 139-0013-9000", "name": "李"}, content="水沟堵了，13900139000")
    digest.digest_all(timezone.now())
    (row,) = kept_contacts.kept_of("13900139000", under="440881")
    assert not kept_contacts.kept_of("13900139001", under="440881") and not kept_contacts.kept_of(
        "13900139000", under="1"
    )
    assert "13900139000" in kept_contacts.told_of(row, "13900139000")["text"]
    county, at = pushing.world.cast.county, timezone.now()
    assert kept_contacts.forget_contact(row, "13900139000", by=county, at=at)
    row.refresh_from_db()
    message = unseal(bytes(row.sealed_contact), bound_to=row.pk.bytes, place="intake.kept.sealed_contact")
    assert "139-0013-9000" not in message and "李" in message
    event = setaside.retake(row, scope=scope_of(county, at), by=county, at=at, area=GRID)
    assert event.text.startswith("水沟堵了")


def test_after_the_mapping_is_mended_a_message_set_aside_is_read_with_it(pushing: Pushing) -> None:
    assert pushing.push(content="", remarks="", title="", words="灯坏了")[1]["why"] == "nothing_reported"
    digest.digest_all(timezone.now())
    act = {"by": pushing.world.cast.system, "at": timezone.now()}
    text = MAPPING.replace('["data.content", "data.remarks"]', '"data.words"')
    actions.edit_pusher(pushing.pusher, title="市热线", scheme="standard", text=text, **act)
    county = pushing.world.cast.county
    row = Kept.objects.set_aside().get()
    event = setaside.retake(row, scope=scope_of(county, timezone.now()), by=county, at=timezone.now(), area=GRID)
    assert event.text == "灯坏了"


def test_a_mapping_mended_before_the_digest_is_enough(pushing: Pushing) -> None:
    pushing.push(town="五格")
    act = {"by": pushing.world.cast.system, "at": timezone.now()}
    text = MAPPING.replace("上县五格", "五格")
    actions.edit_pusher(pushing.pusher, title="市热线", scheme="standard", text=text, **act)
    assert pushing.digested().area_id == GRID


def test_words_of_another_area_than_the_pushers_are_set_aside(door: Door, world: World) -> None:
    pusher, secret = actions.let_push(
        name="hotline", title="镇热线", area=world.areas["440881102"], scheme="standard", text=MAPPING,
        by=world.cast.system, at=timezone.now(),
    )  # fmt: skip
    answer = Pushing(door, world, pusher, secret).push()[1]
    assert (answer["state"], answer["why"]) == ("set_aside", "not_its_area")
    digest.digest_all(timezone.now())
    assert Kept.objects.get().state == KeptState.SET_ASIDE
    assert Event.objects.count() == 0


def test_the_area_for_all_others_takes_what_is_not_known(pushing: Pushing) -> None:
    act = {"by": pushing.world.cast.system, "at": timezone.now()}
    text = MAPPING.replace('path = "data.town"', 'path = "data.town"\notherwise = "440881101"')
    actions.edit_pusher(pushing.pusher, title="市热线", scheme="standard", text=text, **act)
    assert pushing.push(town="哪里", where=[1, 2])[1]["area"] == "440881101"


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b"12", b"[" * 100_000, b'{"a": "\\ud800"}'])
def test_what_is_no_json_object_is_turned_away(pushing: Pushing, body: bytes) -> None:
    status, _answer = pushing.push(body=body)
    assert status in (201, 422)
    digest.digest_all(timezone.now())
    assert Event.objects.count() == 0


def test_odd_contents_are_kept_and_break_nothing(pushing: Pushing) -> None:
    odd = [None, 5, 1.5, True, [], {}, "\0", "字" * 9000, ["甲", "乙"], "x" * 300]
    for number, value in enumerate(odd):
        for name in TICKET:
            assert pushing.push(f"{name}{number}", **{name: value})[0] == 201, (name, value)
    digest.digest_all(timezone.now(), most=1000)
    assert set(Kept.objects.values_list("state", flat=True)) <= {KeptState.DIGESTED, KeptState.SET_ASIDE}
    assert Event.objects.count() > 60


# --- mappings -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "text"), ("x = 1", "x"), ("text = 1", "text"), ('text = "a"\n[area]\nby = "code"', "path"),
        ('text = "a"\n[urgency]\npath = "b"\nvalues = { "急" = "fast" }', "fast"), ("text = [", "TOML"),
        ('text = "data.id_card"', "id_card"), ('text = "a"\n[position]\nlon = "b"', "lat"),
        ('text = "a"\ntitel = "b"', "titel"),
    ],
)  # fmt: skip
def test_a_slip_in_a_mapping_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        mapping.read_mapping(text)
    assert words in refused.value.message


def test_times_are_read_as_people_and_programs_write_them() -> None:
    reading = mapping.read_mapping('text = "t"\n[occurred_at]\npath = "at"\nformat = ["iso", "%Y/%m/%d %H:%M"]')
    right = "2026-11-16T09:00:00+08:00"
    for said in (right, "2026-11-16 09:00", "2026/11/16 09:00", 1794790800, "1794790800000", "2026-11-16T01:00:00Z"):
        found = mapping.apply(reading, {"t": "a", "at": said})
        assert datetime.fromisoformat(found.report["occurred_at"]) == datetime.fromisoformat(right), said
    assert mapping.apply(reading, {"t": "a", "at": "gestern"}).problems


def test_the_example_is_a_right_mapping() -> None:
    assert mapping.read_mapping(mapping.EXAMPLE).text == ("data.content",)


def test_names_in_addresses_are_plain_and_once(world: World) -> None:
    act: dict[str, Any] = {"area": world.areas["440881"], "scheme": "standard", "text": MAPPING}
    act |= {"by": world.cast.system, "at": timezone.now(), "title": "热线"}
    for name in ("", "A", "a/b", "热线", "a" * 41, "-a"):
        with pytest.raises(BadInput):
            actions.let_push(name=name, **act)
    first, _secret = actions.let_push(name="a", **act)
    with pytest.raises(Refused):
        actions.let_push(name="a", **act)
    actions.close_pusher(first, by=world.cast.system, at=timezone.now())
    actions.let_push(name="a", **act)
