"""E-mail in: a real conversation with a mailbox on this machine, and messages as they come in a county."""

import base64
import io
import logging
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from linli.events import actions
from linli.events.models import Contact, Event, Remark, Statement
from linli.events.rules import Source
from linli.events.testing import World
from linli.intake import mail
from linli.intake.digest import digest_all
from linli.intake.doors import MailApart
from linli.intake.mail.apart import REASONS
from linli.intake.models import Kept
from linli.intake.tests.imap import PASSWORD, USER, Mailbox, serving
from linli.journal.models import Entry
from linli.kit.refusal import BadInput

TOWNSHIP = "440881101"
SENDER = "zhang.san@mail.example"
TEXT = "村口水沟堵了三天，污水流到路上。"


@pytest.fixture
def mailbox(transactional_db: None, world: World, tmp_path: Path, settings: Any) -> Iterator[Mailbox]:
    """A mailbox that linli looks into, for the worker's township."""
    box = Mailbox()
    (tmp_path / "password").write_text(PASSWORD + "\n", "utf-8")
    settings.MEDIA_ROOT = tmp_path / "media"
    with serving(box, tmp_path) as (port, certificate):
        address = f"imaps://{USER.replace('@', '%40')}@127.0.0.1:{port}/INBOX?area={TOWNSHIP}"
        settings.MAIL_IN = [f"{address}&password_file={tmp_path / 'password'}&ca_file={certificate}"]
        yield box


def written(text: str = TEXT, *, html: str = "", photos: int = 0, **headers: str) -> bytes:
    message = EmailMessage()
    for name, value in (
        {"From": f"张三 <{SENDER}>", "Subject": "水沟堵塞", "Message_ID": "<1@mail.example>"} | headers
    ).items():
        if value:
            message[name.replace("_", "-")] = value
    if text:
        message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for number in range(photos):
        message.add_attachment(_photo(number), maintype="image", subtype="jpeg", filename=f"{number}.jpg")
    return message.as_bytes()


def _photo(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), (shade * 20, 90, 90)).save(out, "JPEG")
    return out.getvalue()


def look() -> mail.Fetched:
    found = mail.fetch_all(timezone.now())
    digest_all(timezone.now())
    return found


def test_a_mail_becomes_a_matter_of_the_mailboxs_area_with_its_sender_sealed(mailbox: Mailbox, world: World) -> None:
    mailbox.put(written(photos=2))
    assert look() == mail.Fetched(kept=1)
    event = Event.objects.get()
    assert (event.title, event.text, event.area_id, event.source) == ("水沟堵塞", TEXT, TOWNSHIP, Source.MAIL)
    assert event.pictures.count() == 2 and event.reported_by is None and event.due_at is not None
    assert actions.open_contact(event, by=world.cast.desk, at=timezone.now(), reason="核实") == SENDER
    assert mailbox.contents("INBOX") == [] and len(mailbox.contents("linli-kept")) == 1


def test_the_sender_is_nowhere_but_in_the_sealed_contact(mailbox: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    mailbox.put(written())
    mailbox.put(written(Message_ID="<2@x>", Auto_Submitted="auto-replied"))
    look()
    assert SENDER not in caplog.text
    rows = [bytes(row.content) + bytes(row.answer) for row in Kept.objects.all()]
    assert not any(SENDER.encode() in row for row in rows)
    assert not any(
        SENDER in str(row) for model in (Event, Entry, MailApart, Statement) for row in model.objects.values()
    )
    assert SENDER.encode() not in bytes(Contact.objects.get().sealed)


@pytest.mark.parametrize("command", ["CREATE", "MOVE"])
def test_a_line_cut_after_the_commit_doubles_nothing(mailbox: Mailbox, command: str) -> None:
    """The report is committed, the message still lies in the inbox: as after a kill between the two."""
    mailbox.put(written())
    mailbox.hang_up_before = command
    look()
    assert (Event.objects.count(), len(mailbox.contents("INBOX"))) == (1, 1)
    look()
    assert (Event.objects.count(), Kept.objects.count(), len(mailbox.contents("INBOX"))) == (1, 1, 0)


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH"])
def test_a_line_cut_before_the_commit_loses_nothing(mailbox: Mailbox, command: str) -> None:
    mailbox.put(written())
    mailbox.hang_up_before = command
    look()
    assert (Event.objects.count(), len(mailbox.contents("INBOX"))) == (0, 1)
    look()
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("capabilities", "refuses", "left"),
    [
        (("IMAP4REV1", "UIDPLUS"), (), 0),
        (("IMAP4REV1",), (), 1),
        (("IMAP4REV1", "MOVE"), ("MOVE",), 1),
        (("IMAP4REV1",), ("CREATE", "COPY"), 1),
    ],
    ids=["copies", "no expunge", "move refused", "marks only"],
)
def test_whatever_a_server_can_a_message_is_taken_once(
    mailbox: Mailbox, capabilities: tuple[str, ...], refuses: tuple[str, ...], left: int
) -> None:
    mailbox.capabilities, mailbox.refuses = capabilities, refuses
    mailbox.put(written())
    assert look().kept == 1
    assert look() == mail.Fetched()
    assert len(mailbox.contents("INBOX")) == left
    assert Event.objects.count() == 1


def test_the_same_mail_delivered_twice_is_one_matter(mailbox: Mailbox) -> None:
    mailbox.put(written())
    mailbox.put(b"Received: by another way\r\n" + written())
    look()
    assert Event.objects.count() == 1
    assert len(mailbox.contents("linli-kept")) == 2


def test_two_mails_under_one_id_are_two_matters(mailbox: Mailbox) -> None:
    mailbox.put(written())
    mailbox.put(written("巷口路灯不亮"))
    look()
    assert set(Event.objects.values_list("text", flat=True)) == {TEXT, "巷口路灯不亮"}


def test_without_an_id_the_content_tells_mails_apart(mailbox: Mailbox) -> None:
    for text in (TEXT, TEXT, "巷口路灯不亮"):
        mailbox.put(written(text, Message_ID=""))
    look()
    assert Event.objects.count() == 2


APART = {
    "auto_reply": {"Auto_Submitted": "auto-replied; owner-email=x@y"},
    "mailing_list": {"List_Id": "<news.example>"},
    "bounce": {"From": "MAILER-DAEMON@mail.example"},
    "loop": {"From": USER},
    "spam": {"X_Spam_Flag": "YES"},
}


@pytest.mark.parametrize(
    ("why", "headers"),
    [
        *APART.items(),
        ("auto_reply", {"X_Autoreply": "yes"}),
        ("mailing_list", {"Precedence": "bulk"}),
        ("bounce", {"Return_Path": "<>"}),
    ],
    ids=str,
)
def test_what_no_person_wrote_is_set_apart_and_the_desk_is_told_why(
    mailbox: Mailbox, world: World, why: str, headers: dict[str, str]
) -> None:
    mailbox.put(written(**headers))
    assert look() == mail.Fetched(apart=1)
    assert MailApart.objects.get().reason == why
    assert not Event.objects.exists() and len(mailbox.contents("linli-apart")) == 1
    client = Client()
    client.force_login(world.cast.desk)
    page = client.get("/desk/intake/").content.decode()
    assert str(REASONS[why]) in page and TEXT not in page


def test_a_person_who_says_that_no_program_wrote_it_is_believed(mailbox: Mailbox) -> None:
    mailbox.put(written(Auto_Submitted="no"))
    assert look().kept == 1


def test_another_townships_desk_is_not_told(mailbox: Mailbox, world: World) -> None:
    mailbox.put(written(**APART["spam"]))
    look()
    row = MailApart.objects.get()
    MailApart.objects.filter(pk=row.pk).update(area="440881102")
    client = Client()
    client.force_login(world.cast.desk)
    assert str(REASONS["spam"]) not in client.get("/desk/intake/").content.decode()


def test_what_is_too_large_is_never_fetched_and_the_desk_is_told(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail.fetching, "MOST_BYTES", 2000)
    mailbox.put(written("长" * 3000))
    mailbox.put(written(Message_ID="<2@x>"))
    assert look() == mail.Fetched(kept=1, apart=1)
    assert MailApart.objects.get().reason == "too_large"


def test_a_flood_from_one_address_is_set_apart_and_others_come_through(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail.apart, "PER_SENDER", 2)
    for number in range(4):
        mailbox.put(written(f"第{number}封", Message_ID=f"<{number}@x>"))
    mailbox.put(written("别人的信", Message_ID="<9@x>", From="li@mail.example"))
    assert look() == mail.Fetched(kept=3, apart=2)
    assert set(MailApart.objects.values_list("reason", flat=True)) == {"too_many"}


def test_a_long_mail_is_kept_whole_beside_its_beginning(mailbox: Mailbox) -> None:
    story = "从头说起，一二三四五六七八九。\n" * 600
    mailbox.put(written(story))
    look()
    event = Event.objects.get()
    assert story.startswith(event.text[:100]) and len(event.text) <= 4000
    assert event.statement.words == story.strip()


def test_attachments_of_other_kinds_are_told_to_the_desk(mailbox: Mailbox) -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"] = SENDER, "<3@x>"
    message.set_content(TEXT)
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a.pdf")
    message.add_attachment(b"no photo", maintype="image", subtype="jpeg", filename="a.jpg")
    mailbox.put(message.as_bytes())
    look()
    assert "2" in Remark.objects.get().text and not Event.objects.get().pictures.exists()


def test_a_photo_without_a_word_is_a_report(mailbox: Mailbox) -> None:
    mailbox.put(written("", photos=1, Subject=""))
    look()
    event = Event.objects.get()
    assert (event.text, event.pictures.count()) == ("", 1)


def test_a_subject_alone_is_a_report(mailbox: Mailbox) -> None:
    mailbox.put(written("", Subject="村口水沟堵了"))
    look()
    assert Event.objects.get().text == "村口水沟堵了"


def test_nothing_at_all_is_set_apart(mailbox: Mailbox) -> None:
    mailbox.put(written("", Subject=""))
    assert look().apart == 1
    assert MailApart.objects.get().reason == "nothing_reported"


def _mime(kind: str, body: bytes, encoding: str = "8bit", subject: bytes = b"=?gb2312?B?y667tbbCwcs=?=") -> bytes:
    head = b"From: a@b.example\r\nSubject: " + subject + b"\r\nMIME-Version: 1.0\r\n"
    return head + f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body


GBK_ONLY = "囍鎔" + TEXT
BROKEN = {
    "gbk called gb2312": (_mime("text/plain; charset=gb2312", GBK_ONLY.encode("gbk")), GBK_ONLY),
    "gbk called utf-8": (_mime("text/plain; charset=utf-8", TEXT.encode("gbk")), TEXT),
    "utf-8 called gb2312": (_mime("text/plain; charset=us-ascii", TEXT.encode()), TEXT),
    "no charset at all": (_mime("text/plain", TEXT.encode("gbk")), TEXT),
    "a charset nobody knows": (_mime("text/plain; charset=x-moon", TEXT.encode()), TEXT),
    "base64 without its end": (
        _mime("text/plain; charset=utf-8", base64.b64encode(TEXT.encode() + b"\n").rstrip(b"="), "base64"), TEXT,
    ),
    "an encoding nobody knows": (_mime("text/plain; charset=utf-8", TEXT.encode(), "x-moon"), TEXT),
    "a multipart without parts": (_mime("multipart/mixed; boundary=x", TEXT.encode()), TEXT),
    "a multipart without an end": (
        _mime("multipart/mixed; boundary=x", b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + TEXT.encode()), TEXT,
    ),
    "a subject in raw bytes": (_mime("text/plain; charset=gbk", TEXT.encode("gbk"), subject="水沟".encode("gbk")), TEXT),
    "a subject of broken base64": (_mime("text/plain; charset=gbk", TEXT.encode("gbk"), subject=b"=?utf-8?B?!!!=?="), TEXT),
    "NUL in the words": (_mime("text/plain; charset=utf-8", TEXT.encode() + b"\0"), TEXT),
    "html alone": (
        _mime("text/html; charset=utf-8", f"<style>p</style><script>x</script><p>{TEXT[:5]}<b>{TEXT[5:]}</b>".encode()), TEXT,
    ),
    "html that never ends": (_mime("text/html; charset=utf-8", f"<script><p>{TEXT}".encode()), TEXT),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_mail_is_read_as_well_as_can_be(mailbox: Mailbox, name: str) -> None:
    content, text = BROKEN[name]
    mailbox.put(content)
    assert look() == mail.Fetched(kept=1)
    assert Event.objects.get().text == text


def test_html_is_read_as_plain_words_and_never_as_a_page(mailbox: Mailbox) -> None:
    html = f'<p>一&lt;b&gt;</p><img src="https://x.example/track.png" onerror="x()"><br>{TEXT}'
    mailbox.put(written("", html=html))
    look()
    assert Event.objects.get().text == f"一<b>\n\n{TEXT}"


@pytest.mark.parametrize(
    "content", [b"", b"\0\xff" * 500, b"From:" + b"(" * 5000, b"Content-Type: multipart/mixed; boundary=\r\n\r\n--"]
)
def test_no_message_stops_the_others(mailbox: Mailbox, content: bytes) -> None:
    mailbox.put(content)
    mailbox.put(written())
    look()
    assert Event.objects.filter(text=TEXT).count() == 1
    assert mailbox.contents("INBOX") == []


def test_without_the_setting_nothing_is_asked(mailbox: Mailbox, settings: Any) -> None:
    mailbox.put(written())
    settings.MAIL_IN = []
    assert mail.look_in(timezone.now()) is False
    assert mailbox.conversations == 0


def test_the_worker_does_not_wait_for_a_slow_server_and_still_gets_its_mail(mailbox: Mailbox) -> None:
    mailbox.put(written())
    mail.look_in(timezone.now())
    assert mail._looking is not None
    mail._looking.join()
    digest_all(timezone.now())
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        ("imaps://", "imap://"),
        ("area=", "region="),
        ("@127", ":secret@127"),
        ("password_file=", "password="),
        ("imaps://", "imaps://["),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_used_is_named_without_its_secrets(
    mailbox: Mailbox, settings: Any, change: tuple[str, str]
) -> None:
    settings.MAIL_IN = [settings.MAIL_IN[0].replace(*change)]
    with pytest.raises(BadInput) as refused:
        mail.boxes()
    assert refused.value.code == "mail_setting" and "secret" not in refused.value.message


def test_a_server_nobody_vouches_for_gets_no_password(mailbox: Mailbox, settings: Any) -> None:
    mailbox.put(written())
    settings.MAIL_IN = [settings.MAIL_IN[0].partition("&ca_file")[0]]
    assert look() == mail.Fetched()
    assert len(mailbox.contents("INBOX")) == 1


def test_a_mailbox_for_an_area_that_is_gone_is_left_alone_and_told(
    mailbox: Mailbox, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAIL_IN = [settings.MAIL_IN[0].replace(TOWNSHIP, "999999")]
    mailbox.put(written())
    look()
    assert "999999" in caplog.text and len(mailbox.contents("INBOX")) == 1


def test_a_mail_is_shown_with_its_door(mailbox: Mailbox, world: World) -> None:
    mailbox.put(written("很长的信。" * 1000))
    look()
    client = Client()
    client.force_login(world.cast.desk)
    page = client.get(f"/desk/events/{Event.objects.get().pk}/").content.decode()
    assert str(Source.MAIL.label) in page and _("The whole mail") in page
