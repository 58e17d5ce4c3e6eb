"""Following an area by mail: asked for, confirmed from the mailbox, written to when there is news, and ended without a trace."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_string
from email.header import decode_header, make_header
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.areas.models import Area
from linli.chores.running import run_due
from linli.chores.table import CHORES
from linli.events.rules import State
from linli.events.testing import World, make_event
from linli.notices.balance import balance
from linli.notices.models import Delivery, Letter
from linli.notices.testing import MailServer, mail_server, work
from linli.openness import actions, letters
from linli.openness.models import Subscription
from linli.openness.rules import MOST_ASKED, MOST_REQUESTS
from linli.openness.testing import COUNTY, SECRETS, TOWN, make_secret

NOW = timezone.now()
ADDRESS = "neighbour@home.example"
DAY = timedelta(days=1)


@pytest.fixture
def mail(world: World, settings: Any) -> Iterator[MailServer]:
    """A home with a mail server."""
    with mail_server() as server:
        settings.MAIL_OUT = f"smtp://127.0.0.1:{server.port}?from=linli@county.example&tls=none"
        yield server


def ask(client: Client, code: str = TOWN, **sent: Any) -> Any:
    return client.post(f"/area/{code}/follow", {"address": ADDRESS, "pace": "daily", **sent})


def sent(mail: MailServer, at: Any = None) -> list[Message]:
    """What is handed in at this moment."""
    mail.got.clear()
    work(at or timezone.now())
    return [message_from_string(one) for one in mail.got]


def body(letter: Message) -> str:
    return letter.get_payload(decode=True).decode()  # type: ignore[union-attr]


def link_of(letter: Message) -> str:
    return urlsplit(str(letter["List-Unsubscribe"]).strip().strip("<>")).path


def confirmed(client: Client, mail: MailServer, **sent_with: Any) -> str:
    """Ask and confirm; the link of the letters."""
    ask(client, **sent_with)
    link = link_of(sent(mail)[-1])
    assert client.post(link, {"act": "confirm"}).status_code == 200
    return link


def write(after: timedelta) -> Any:
    """The worker looks so much later."""
    return write_at(timezone.now() + after)


def write_at(at: datetime) -> datetime:
    """The worker looks at this moment."""
    letters.write_due(at)
    return at


def noon(days: int) -> datetime:
    """Noon so many days on: letters are written at eight, whatever the hour of the test."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)


# --- asking -------------------------------------------------------------------------------------------------------------


def test_without_a_mail_server_there_is_no_form_and_the_feed_stands_there(world: World, client: Client) -> None:
    page = client.get(f"/area/{TOWN}/").content.decode()
    assert "feed.atom" in page and 'name="address"' not in page
    assert ask(client).status_code == 404
    assert not Subscription.objects.exists()


def test_the_address_is_asked_before_anything_else_is_sent(client: Client, mail: MailServer) -> None:
    assert 'name="address"' in client.get(f"/area/{TOWN}/").content.decode()
    assert ask(client).status_code == 200
    (letter,) = sent(mail)
    assert letter["To"] == ADDRESS
    assert "石城镇" in str(make_header(decode_header(letter["Subject"])))
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link_of(letter) in body(letter)
    write(DAY)
    assert sent(mail) == []


def test_looking_at_the_link_confirms_nothing(client: Client, mail: MailServer) -> None:
    """Programs that guard mailboxes open every link."""
    ask(client)
    link = link_of(sent(mail)[0])
    response = client.get(link)
    assert "您要订阅石城镇吗" in response.content.decode()
    assert (response.headers["Cache-Control"], response.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not Subscription.objects.confirmed().exists()
    assert "您已订阅石城镇" in client.post(link, {"act": "confirm"}).content.decode()
    before = Subscription.objects.get().confirmed_at
    assert client.post(link, {"act": "confirm"}).status_code == 200
    assert Subscription.objects.get().confirmed_at == before


def test_the_address_lies_behind_a_seal_and_in_no_log(client: Client, mail: MailServer) -> None:
    link = confirmed(client, mail)
    row = Subscription.objects.get()
    assert row.address == {"to": ADDRESS}
    for table in ("openness_subscription", "notices_letter", "notices_delivery"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            stored = repr(cursor.fetchall()) + repr([bytes(row.sealed)])
        assert ADDRESS not in stored and "neighbour" not in stored and link.split("/")[2] not in stored


@pytest.mark.parametrize(
    "given", [{"address": "no"}, {"address": ""}, {"pace": "hourly"}, {"address": "a@b.example\nBcc: x@y.example"}]
)
def test_what_cannot_be_meant_is_refused_in_words(client: Client, mail: MailServer, given: dict[str, str]) -> None:
    assert ask(client, **given).status_code == 422
    assert not Subscription.objects.exists()


def test_known_or_not_the_answer_is_the_same(client: Client, mail: MailServer) -> None:
    first = ask(client).content
    assert ask(client).content == first
    confirmed(client, mail)
    assert ask(client).content == first
    assert ask(client, address="somebody.else@home.example").content == first
    assert ask(client, website="https://spam.example", address="program@home.example").content == first
    assert Subscription.objects.count() == 5


def test_nobodys_mailbox_is_filled(client: Client, mail: MailServer) -> None:
    for _turn in range(MOST_ASKED + 2):
        assert ask(client, address=ADDRESS.upper()).status_code == 200
    assert len(sent(mail)) == MOST_ASKED
    for _turn in range(MOST_REQUESTS):
        last = ask(client, address="b@home.example")
    assert last.status_code == 429


def test_what_nobody_confirms_is_gone_after_two_days(client: Client, mail: MailServer) -> None:
    ask(client)
    link = link_of(sent(mail)[0])
    write(timedelta(hours=47))
    assert Subscription.objects.exists()
    write(timedelta(hours=49))
    assert not (Subscription.objects.exists() or Letter.objects.exists())
    assert client.post(link, {"act": "confirm"}).status_code == 200
    assert not Subscription.objects.exists()


# --- letters ------------------------------------------------------------------------------------------------------------


def test_a_letter_has_numbers_and_links_and_nothing_of_anybody(world: World, client: Client, mail: MailServer) -> None:
    confirmed(client, mail)
    event = make_secret(world, State.HANDLING, at=timezone.now() + timedelta(minutes=2))
    make_secret(world, State.ACCEPTED, at=timezone.now() + timedelta(minutes=2), category=world.quarrel)
    at = write(DAY)
    (letter,) = sent(mail, at)
    words = str(make_header(decode_header(letter["Subject"]))) + body(letter)
    assert "石城镇：新受理 1 件，办结 0 件。" in words
    assert f"/area/{TOWN}/" in words
    assert not [secret for secret in (*SECRETS, event.number, "排水", "上县") if secret in words]


def test_no_news_no_letter_and_no_letter_twice(world: World, client: Client, mail: MailServer) -> None:
    confirmed(client, mail)
    at = write_at(noon(1))
    assert sent(mail, at) == []
    make_event(world, State.ACCEPTED, at=at + timedelta(minutes=1))
    assert sent(mail, write_at(at + timedelta(hours=1))) == []
    at = write_at(noon(2))
    assert len(sent(mail, at)) == 1
    letters.write_due(at)
    assert sent(mail, at) == []
    assert sent(mail, write_at(noon(3))) == []


def test_a_worker_that_dies_leaves_no_second_letter(
    world: World, client: Client, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(client, mail)
    make_event(world, State.ACCEPTED, at=timezone.now() + timedelta(minutes=1))
    monkeypatch.setattr(Subscription, "save", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(DAY)
    assert Letter.objects.filter(facts__what="news").count() == 0
    monkeypatch.undo()
    at = write(DAY)
    key = Letter.objects.get(facts__what="news").key
    # The line breaks before the answer: it goes out once more under the same key, and mail programs show it once.
    mail.answers[:] = [None, "250 ok"]
    first = sent(mail, at)
    second = sent(mail, at + timedelta(minutes=3))
    assert first[0]["Message-ID"] == second[0]["Message-ID"] and key.hex in str(first[0]["Message-ID"])


def test_only_the_chosen_categories_and_the_area_count(world: World, client: Client, mail: MailServer) -> None:
    confirmed(client, mail, category=["C02"])
    make_event(world, State.ACCEPTED, at=timezone.now() + timedelta(minutes=1))
    other = world.areas["440881102201001"]
    make_event(world, State.ACCEPTED, at=timezone.now() + timedelta(minutes=1), category=world.wall, area=other)
    assert sent(mail, write(DAY)) == []
    make_event(world, State.ACCEPTED, at=timezone.now() + DAY + timedelta(minutes=1), category=world.wall)
    assert len(sent(mail, write(2 * DAY))) == 1


def test_asked_once_more_what_is_confirmed_last_holds(client: Client, mail: MailServer) -> None:
    old = confirmed(client, mail)
    new = confirmed(client, mail, pace="weekly")
    assert [one.pace for one in Subscription.objects.all()] == ["weekly"]
    assert "不再来信" in client.get(old).content.decode()
    assert "每周一次" in client.get(new).content.decode()
    confirmed(client, mail, code=COUNTY)
    assert Subscription.objects.count() == 2


def test_an_english_reader_is_written_to_in_english(world: World, client: Client, mail: MailServer) -> None:
    client.post(f"/area/{TOWN}/follow?language=en", {"address": ADDRESS, "pace": "daily"})
    (letter,) = sent(mail)
    assert "Do you want to follow" in str(make_header(decode_header(letter["Subject"])))
    assert "Do you want to follow" in client.get(link_of(letter) + "?language=en").content.decode()


# --- the end ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [{"act": "stop"}, {"List-Unsubscribe": "One-Click"}])
def test_one_click_ends_it_and_leaves_nothing(
    world: World, client: Client, mail: MailServer, how: dict[str, str]
) -> None:
    link = confirmed(client, mail)
    make_event(world, State.ACCEPTED, at=timezone.now() + timedelta(minutes=1))
    at = write(DAY)
    assert Delivery.objects.filter(purpose="letter", state="waiting").count() == 1
    # Mail programs send no cookie and no token of a form.
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(link, how).status_code == 200
    assert not (Subscription.objects.exists() or Letter.objects.exists())
    assert not Delivery.objects.filter(purpose="letter").exists()
    assert sent(mail, at) == []
    assert stranger.post(link, how).status_code == 200
    assert stranger.get(link).status_code == 404


def test_a_forged_link_opens_nothing(client: Client, mail: MailServer) -> None:
    link = confirmed(client, mail)
    key = Subscription.objects.get().key
    good = actions.token_of(key)
    forged = [good[:-1] + ("A" if good[-1] != "A" else "B"), key.hex, f"{key.hex}.x", "", "x" * 500, good[1:]]
    for token in forged:
        for response in (client.get(f"/follow/{token}/"), client.post(f"/follow/{token}/", {"act": "stop"})):
            assert response.status_code == 404
    assert Subscription.objects.confirmed().count() == 1
    assert link.split("/")[2] == good


def test_what_was_sent_is_forgotten_in_time(client: Client, mail: MailServer) -> None:
    confirmed(client, mail)
    write(31 * DAY)
    letters.forget_sent(timezone.now() + 31 * DAY)
    assert not Letter.objects.filter(facts__what="confirm").exists()
    assert Subscription.objects.exists()


# --- the worker ---------------------------------------------------------------------------------------------------------


def test_an_idle_worker_writes_nothing(client: Client, mail: MailServer) -> None:
    chore = [one for one in CHORES if one.name == "letters_to_followers"]
    confirmed(client, mail)
    run_due(works=chore)
    with CaptureQueriesContext(connection) as caught:
        run_due(works=chore)
    assert [one for one in caught.captured_queries if not one["sql"].startswith("SELECT")] == []


def test_the_law_of_notices_holds(world: World, client: Client, mail: MailServer) -> None:
    confirmed(client, mail)
    make_event(world, State.ACCEPTED, at=timezone.now() + timedelta(minutes=1))
    sent(mail, write(DAY))
    assert balance().faults() == []
    system = Client()
    system.force_login(world.cast.system)
    log = system.get("/desk/notices/log?all=1").content.decode()
    assert "发给没有账号的人的信件" in log and ADDRESS not in log
    assert Area.objects.filter(pk=TOWN).exists()
