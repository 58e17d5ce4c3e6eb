"""Keys of other systems: shown once, kept as a hash, good for one door and one area, revoked for good."""

import io
import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from linli.events.testing import NOON, World
from linli.intake import devices, keys
from linli.intake.models import TOKEN_LASTS, ApiKey, Device, Purpose
from linli.journal.models import Entry, Notice
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import appoint, scope_of
from linli.people.rules import Role
from linli.people.testing import FROM


def test_a_key_is_found_by_its_text_and_only_its_hash_is_kept(db: None) -> None:
    made, text = keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    stored = ApiKey.objects.filter(pk=made.pk).values().get()
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) == made
    assert len(text) > 40
    assert not [value for value in stored.values() if text in str(value)]


@pytest.mark.parametrize("text", ["", "linli_", "x" * 10_000, "nul\0", "\ud800"])
def test_what_is_no_key_opens_nothing(db: None, text: str) -> None:
    keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) is None


def test_a_key_opens_one_door(db: None) -> None:
    _made, text = keys.create("传感器", purpose=Purpose.INTAKE, at=NOON)
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) is None
    assert keys.find(text, purpose=Purpose.INTAKE, at=NOON) is not None


def test_a_revoked_key_opens_nothing_and_its_name_is_free_again(db: None) -> None:
    _made, text = keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    keys.revoke("12345热线", at=NOON)
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) is None
    again, _text = keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    assert list(ApiKey.objects.valid()) == [again]


def test_a_name_is_held_by_one_valid_key(db: None) -> None:
    keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    with pytest.raises(Refused, match="12345"):
        keys.create("12345热线", purpose=Purpose.API, at=NOON)


def test_a_key_that_is_not_there_cannot_be_revoked(db: None) -> None:
    keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    keys.revoke("12345热线", at=NOON)
    with pytest.raises(BadInput):
        keys.revoke("12345热线", at=NOON)


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "两\n行"}, {"name": "长" * 61}, {"purpose": "all"}, {"area": "999"}]
)
def test_a_key_needs_a_name_a_door_and_an_area_that_is_there(world: World, wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        keys.create(**{"name": "12345热线", "purpose": "open311", "at": NOON, **wrong})  # type: ignore[arg-type]
    assert not ApiKey.objects.exists()


def test_the_day_of_use_is_noted_and_no_more(db: None) -> None:
    made, text = keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON)
    for hours in (0, 1, 24):
        keys.find(text, purpose=Purpose.OPEN311, at=NOON + timedelta(hours=hours))
    made.refresh_from_db()
    assert str(made.last_used_on) == "2026-11-17"


def test_the_journal_tells_name_and_purpose_only(world: World) -> None:
    keys.create("12345热线", purpose=Purpose.OPEN311, at=NOON, area="440881101")
    keys.revoke("12345热线", at=NOON)
    entries = list(Entry.objects.filter(on_kind="apikey").order_by("id"))
    assert [entry.verb for entry in entries] == ["key.created", "key.revoked"]
    told = {"name": "12345热线", "purpose": "open311"}
    assert [entry.facts for entry in entries] == [told | {"ends_on": "2027-11-16"}, told]
    assert {entry.area_id for entry in entries} == {"440881101"}


def linli_keys(*words: str) -> str:
    out = io.StringIO()
    call_command("keys", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_prints_the_key_once_and_lists_what_it_is_for(world: World) -> None:
    text = linli_keys("create", "fixmystreet", "--for", "open311", "--area", "440881101").strip()
    assert keys.find(text, purpose=Purpose.OPEN311, at=NOON) is not None
    listed = linli_keys("list")
    assert listed.startswith("fixmystreet  open311  440881101  ")
    assert text not in listed


def test_the_command_revokes_a_key_and_says_when(db: None) -> None:
    linli_keys("create", "fixmystreet", "--for", "open311")
    with translation.override("en"):
        assert linli_keys("list").startswith("fixmystreet  open311  -  never used  ends ")
        linli_keys("revoke", "fixmystreet")
        assert " revoked 20" in linli_keys("list")


# --- they end, and are rotated -------------------------------------------------------------------------------------------


def opens(text: str, at: datetime = NOON) -> bool:
    return keys.find(text, purpose=Purpose.INTAKE, at=at) is not None


def test_a_key_ends_after_a_year_unless_somebody_said_otherwise(db: None) -> None:
    made, text = keys.create("传感器", purpose=Purpose.INTAKE, at=NOON)
    _short, brief = keys.create("演练", purpose=Purpose.INTAKE, at=NOON, days=1)
    assert (made.ends_on, made.area_id) == (date(2027, 11, 16), None)
    assert opens(text, NOON + timedelta(days=364)) and not opens(text, NOON + timedelta(days=365))
    assert opens(brief) and not opens(brief, NOON + timedelta(days=1))
    for wrong in (0, keys.MOST_DAYS + 1):
        with pytest.raises(BadInput):
            keys.create("太久", purpose=Purpose.INTAKE, at=NOON, days=wrong)


def test_rotated_both_open_for_a_week_and_the_system_stays_the_same(db: None) -> None:
    made, old = keys.create("传感器", purpose=Purpose.INTAKE, at=NOON)
    again, new = keys.rotate("传感器", at=NOON + timedelta(days=300))
    at = NOON + timedelta(days=306)
    assert again.pk == made.pk and opens(old, at) and opens(new, at)
    later = NOON + timedelta(days=307)
    assert not opens(old, later) and opens(new, later) and opens(new, NOON + timedelta(days=600))
    assert ApiKey.objects.get().ends_on == date(2028, 9, 11)


def test_rotated_at_once_or_revoked_neither_old_nor_new_is_left(db: None) -> None:
    _made, old = keys.create("传感器", purpose=Purpose.INTAKE, at=NOON)
    _again, new = keys.rotate("传感器", at=NOON, at_once=True)
    assert not opens(old) and opens(new)
    _third, newest = keys.rotate("传感器", at=NOON)
    assert opens(new) and opens(newest)
    keys.revoke("传感器", at=NOON)
    assert not any(map(opens, (old, new, newest)))
    with pytest.raises(BadInput):
        keys.rotate("传感器", at=NOON)


def test_what_has_ended_opens_nothing_again_when_it_is_rotated(db: None) -> None:
    _made, old = keys.create("传感器", purpose=Purpose.INTAKE, at=NOON, days=1)
    later = NOON + timedelta(days=400)
    again, new = keys.rotate("传感器", at=later)
    assert again.old_until is None and not opens(old, later) and opens(new, later)


def test_those_who_keep_it_are_told_a_month_a_week_and_a_day_before(world: World) -> None:
    keys.create("传感器", purpose=Purpose.INTAKE, at=NOON, area="440881101")
    keys.create("别处", purpose=Purpose.INTAKE, at=NOON, days=700)
    told = []
    for day in range(330, 367):
        before = Notice.objects.count()
        for _again in range(2):
            keys.warn(NOON + timedelta(days=day))
        told += [day] * (Notice.objects.count() - before)
    assert told == [335, 358, 364]
    assert set(Notice.objects.values_list("person__username", flat=True)) == {"security"}
    entry = Entry.objects.filter(verb="key.ends_soon").first()
    assert entry is not None and entry.facts == {"name": "传感器", "ends_on": "2027-11-16"}


def test_a_clock_that_was_off_is_made_up_for_by_one_notice(world: World) -> None:
    keys.create("传感器", purpose=Purpose.INTAKE, at=NOON)
    keys.warn(NOON + timedelta(days=361))
    assert Notice.objects.count() == 1


# --- who keeps them ------------------------------------------------------------------------------------------------------


def test_only_the_security_administrator_of_the_area_keeps_a_key(world: World) -> None:
    cast = world.cast
    appoint(cast.nobody, role=Role.SECURITY_ADMIN, area=world.areas["440881101"], from_on=FROM)
    for person, area in ((cast.system, ""), (cast.auditor, ""), (cast.county, "440881101"), (cast.nobody, "")):
        with pytest.raises(NotYours):
            keys.create("传感器", purpose=Purpose.INTAKE, at=NOON, area=area, by=person)
    keys.create("镇里的", purpose=Purpose.INTAKE, at=NOON, area="440881101", by=cast.nobody)
    keys.create("县里的", purpose=Purpose.INTAKE, at=NOON, by=cast.security)
    for act in (keys.rotate, keys.revoke):
        with pytest.raises(NotYours):
            act("县里的", at=NOON, by=cast.nobody)
    keys.rotate("镇里的", at=NOON, by=cast.nobody)
    scopes = [scope_of(one, NOON) for one in (cast.nobody, cast.security, cast.system)]
    seen = [set(ApiKey.objects.visible_to(scope).values_list("name", flat=True)) for scope in scopes]
    assert seen == [{"镇里的"}, {"镇里的", "县里的"}, set()]


def test_the_page_shows_a_key_once_rotates_and_revokes_it(world: World) -> None:
    client, index = Client(), reverse("intake:keys")
    client.force_login(world.cast.security)
    shown = client.post(index, {"name": "一体化平台", "purpose": "intake", "area": "440881101", "days": "90"})
    text = re.search(r'value="(linli_[^"]+)"', shown.content.decode())
    assert text and opens(text[1], timezone.now()) and "no-store" in shown.headers["Cache-Control"]
    listed = client.get(index).content.decode()
    assert "一体化平台" in listed and text[1] not in listed
    key = ApiKey.objects.get()
    other = client.post(reverse("intake:key_rotate", args=[key.pk])).content.decode()
    assert text[1] not in other and "linli_" in other
    assert client.post(index, {"name": "一体化平台", "purpose": "intake", "days": "90"}).status_code == 422
    assert client.post(index, {"name": "x", "purpose": "intake", "days": "9999"}).status_code == 422
    assert client.post(reverse("intake:key_revoke", args=[key.pk])).status_code == 302
    assert client.post(reverse("intake:key_revoke", args=[key.pk])).status_code == 404
    assert not opens(text[1], timezone.now())


@pytest.mark.parametrize("name", ["system", "auditor", "county", "leader", "worker", "nobody"])
def test_for_all_others_there_are_no_keys(world: World, name: str) -> None:
    key, _text = keys.create("一体化平台", purpose=Purpose.INTAKE, at=NOON)
    client = Client()
    client.force_login(getattr(world.cast, name))
    assert client.get(reverse("intake:keys")).status_code == 404
    for act in ("rotate", "revoke"):
        assert client.post(reverse(f"intake:key_{act}", args=[key.pk])).status_code == 404
    assert ApiKey.objects.valid().get().old_sha256 is None


def test_the_command_rotates_and_says_when_keys_end(db: None) -> None:
    old = linli_keys("create", "fixmystreet", "--for", "intake", "--days", "30").strip()
    new = linli_keys("rotate", "fixmystreet", "--at-once").strip()
    assert old != new and opens(new, timezone.now()) and not opens(old, timezone.now())
    with translation.override("en"):
        assert "ends " in linli_keys("list")
        ApiKey.objects.update(ends_on=None)
        assert "has no end: rotate it" in linli_keys("list")


def test_the_token_of_a_phone_is_another_one_after_a_year_however_often_it_is_used(world: World) -> None:
    person, phone = world.cast.worker, uuid4()
    device, token = devices.register(person, phone, name="", session="", at=NOON)
    last = NOON + TOKEN_LASTS - timedelta(days=1)
    Device.objects.update(last_used_on=(last + timedelta(days=1)).date())
    assert devices.find(token, last) == device and devices.find(token, last + timedelta(days=1)) is None
    again, other = devices.register(person, phone, name="", session="", at=last)
    assert again.pk == device.pk and devices.find(token, last) is None
    assert devices.find(other, last + timedelta(days=1)) == device
    Device.objects.update(token_made_on=None, last_used_on=NOON.date())
    assert devices.find(other, NOON) == device and Device.objects.get().ends_on == date(2027, 2, 15)
