"""Reports coming in: what is refused, receipts, sealed contacts, photos."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image

from linli.events import actions
from linli.events.models import Contact, Event, Picture
from linli.events.rules import Source, State
from linli.events.testing import NOON, World, make_event
from linli.journal.models import Entry
from linli.kit.media.testing import shown
from linli.kit.refusal import BadInput, NotYours, Refused


def photo(colour: str = "teal", form: str = "JPEG") -> bytes:
    """A small photo with hidden data in it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "hidden words"
    Image.new("RGB", (60, 40), colour).save(out, form, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": " "}, "nothing_reported"),
        ({"text": "长" * 1_000_000}, "text_too_long"),
        ({"text": "a\0b"}, "nul_in_text"),
        ({"lon": 21.6, "lat": 110.3}, "off_the_earth"),
        ({"lon": 110.3}, "half_a_position"),
        ({"occurred_at": NOON + timedelta(days=1)}, "in_the_future"),
        ({"occurred_at": NOON.replace(year=1970)}, "too_long_ago"),
        ({"photos": [b"not a photo"]}, "media_unknown"),
        ({"photos": [photo()[:200]]}, "media_truncated"),
        ({"photos": [photo()] * 10}, "too_many_photos"),
    ],
)
def test_a_bad_report_is_refused_and_nothing_is_stored(world: World, change: dict[str, Any], code: str) -> None:
    given: dict[str, Any] = {"text": "水沟堵了", "area": world.grid, "at": NOON, "source": Source.RESIDENT, **change}
    with pytest.raises(BadInput) as refusal:
        actions.report(**given)
    assert refusal.value.code == code
    assert refusal.value.message
    assert not Event.objects.exists() and not Entry.objects.exists()


def test_a_closed_area_or_category_takes_no_report(world: World) -> None:
    world.grid.valid_to = date(2026, 1, 1)
    with pytest.raises(BadInput):
        actions.report(text="水", area=world.grid, at=NOON, source=Source.DESK)
    world.drain.closed_on = date(2026, 1, 1)
    with pytest.raises(BadInput):
        actions.report(text="水", area=world.areas["440881101201"], category=world.drain, at=NOON, source=Source.DESK)


def test_emoji_and_full_width_digits_are_kept_as_written(world: World) -> None:
    event = make_event(world, text="１２号门口 💧")
    event.refresh_from_db()
    assert event.text == "１２号门口 💧"


def test_a_receipt_opens_only_with_its_secret(world: World) -> None:
    reported = actions.report(text="水沟堵了", area=world.grid, at=NOON, source=Source.RESIDENT)
    assert reported.secret
    assert actions.open_receipt(reported.event.number, reported.secret.lower().replace("-", " ")) == reported.event
    other = make_event(world)
    for number, secret in (
        (reported.event.number, "AAAAA-AAAAA"),
        (other.number, reported.secret),
        ("440881", reported.secret),
    ):
        with pytest.raises(Refused) as refusal:
            actions.open_receipt(number, secret)
        assert refusal.value.code == "no_such_receipt"


def test_staff_reports_have_no_receipt(world: World) -> None:
    reported = actions.report(text="水沟堵了", area=world.grid, at=NOON, source=Source.GRID, by=world.cast.worker)
    assert reported.secret is None


def test_a_contact_is_sealed_and_opening_it_is_an_act(world: World) -> None:
    event = actions.report(
        text="水", area=world.grid, at=NOON, source=Source.RESIDENT, contact="王女士 19900000099"
    ).event
    assert b"19900000099" not in bytes(Contact.objects.get().sealed)
    with pytest.raises(NotYours):
        actions.open_contact(event, by=world.cast.neighbour, at=NOON, reason="想问")
    with pytest.raises(BadInput):
        actions.open_contact(event, by=world.cast.desk, at=NOON, reason="")
    assert actions.open_contact(event, by=world.cast.desk, at=NOON, reason="核对地点") == "王女士 19900000099"
    assert Entry.objects.latest("id").verb == "event.contact_opened"
    actions.withdraw_contact(event, at=NOON)
    with pytest.raises(Refused):
        actions.open_contact(event, by=world.cast.desk, at=NOON, reason="核对地点")


def test_the_journal_holds_no_words_of_the_report(world: World) -> None:
    make_event(world, State.CLOSED, text="只在这里出现的话")
    assert not any("只在这里" in str(entry.facts) or "疏通" in str(entry.facts) for entry in Entry.objects.all())


def test_photos_are_kept_without_hidden_data(world: World) -> None:
    content = photo()
    assert b"hidden words" in content
    event = actions.report(
        text="", area=world.grid, at=NOON, source=Source.RESIDENT, photos=[content, photo("red", "PNG")]
    ).event
    kept = list(Picture.objects.filter(event=event))
    assert [(one.width, one.height) for one in kept] == [(60, 40), (60, 40)]
    assert all(b"hidden words" not in shown(one.sha256) for one in kept)


def test_the_same_photo_twice_is_one_photo(world: World) -> None:
    event = actions.report(text="", area=world.grid, at=NOON, source=Source.RESIDENT, photos=[photo(), photo()]).event
    assert event.pictures.count() == 1
