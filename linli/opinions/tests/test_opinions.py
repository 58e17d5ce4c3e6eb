"""Anybody says on any page what they think of linli itself; the administrator reads and answers it; the writer finds out."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from linli.events.testing import World
from linli.journal.models import Entry, Notice
from linli.kit import throttle
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.opinions import actions
from linli.opinions.models import Opinion
from linli.opinions.rules import LONGEST_WORDS, page_of
from linli.people.models import Person

pytestmark = pytest.mark.django_db
SAID = {"kind": "suggestion", "words": "字太小，老人看不清", "page": "/m/"}


@pytest.fixture(autouse=True)
def _nobody_has_tried() -> None:
    throttle.forget("opinion 127.0.0.1")
    throttle.forget("opinion code 127.0.0.1")


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def body(answer: Any) -> str:
    return str(answer.content.decode())


def left(by: Person | None = None, words: str = SAID["words"]) -> tuple[Opinion, str]:
    return actions.leave(**SAID | {"words": words}, by=by, at=timezone.now())


def test_somebody_without_an_account_leaves_one_and_gets_a_code(world: World) -> None:
    client = Client()
    shown = client.post("/opinion/", SAID, follow=True)
    opinion = Opinion.objects.get()
    assert (opinion.by, opinion.page, opinion.words) == (None, "/m/", SAID["words"])
    code = shown.context["code"]
    assert code in body(shown) and "no-store" in shown.headers["Cache-Control"]
    # The page can be loaded again by this browser, and by nobody else without the code.
    assert code in body(client.get("/opinion/status"))
    assert code not in body(Client().get("/opinion/status"))
    found = Client().post("/opinion/status", {"code": code.lower().replace("-", " ")})
    assert SAID["words"] in body(found) and "待答复" in body(found)


def test_every_page_has_the_button_with_the_page_it_is_about(world: World) -> None:
    for client, where in ((Client(), "/"), (Client(), "/report"), (signed_in(world.cast.desk), "/desk/")):
        assert f"/opinion/?page={where}" in body(client.get(where)), where
    assert 'value="/desk/areas/"' in body(Client().get("/opinion/?page=/desk/areas/"))


def test_of_the_page_the_path_alone_is_kept() -> None:
    assert page_of("/desk/?q=张三#here") == "/desk/"
    assert [page_of(said) for said in ("https://x.example/", "//x.example", "x", "/a\nb")] == ["", "", "", ""]


def test_the_administrator_is_told_reads_and_answers_and_the_writer_is_told(world: World) -> None:
    opinion, code = left(by=world.cast.worker)
    assert Notice.objects.get(entry__verb="opinion.left").person == world.cast.system
    client = signed_in(world.cast.system)
    assert SAID["words"] in body(client.get("/desk/opinions/?waiting=1"))
    assert "有人对本系统提出了投诉或建议" in body(client.get("/desk/notices/"))
    shown = client.post(f"/desk/opinions/{opinion.pk}/", {"words": "下一版提供大字模式"}, follow=True)
    assert shown.redirect_chain == [("/desk/opinions/", 302)]
    assert Notice.objects.get(entry__verb="opinion.answered").person == world.cast.worker
    assert "下一版提供大字模式" in body(signed_in(world.cast.worker).get(f"/desk/opinions/{opinion.pk}/"))
    answer = body(Client().post("/opinion/status", {"code": code}))
    # Whoever reads by code learns what was answered, and not by whom.
    assert "下一版提供大字模式" in answer and world.cast.system.name not in answer
    assert "已有答复" in body(signed_in(world.cast.worker).get("/desk/notices/"))


def test_others_see_what_they_left_themselves_and_nothing_else(world: World) -> None:
    mine, _code = left(by=world.cast.desk)
    other, _code = left(words="别人的意见")
    client = signed_in(world.cast.desk)
    page = body(client.get("/desk/opinions/"))
    assert SAID["words"] in page and "别人的意见" not in page
    assert client.get(f"/desk/opinions/{other.pk}/").status_code == 404
    assert client.get(f"/desk/opinions/{mine.pk}/").status_code == 200
    assert client.post(f"/desk/opinions/{mine.pk}/", {"words": "自己答复"}).status_code == 403
    with pytest.raises(NotYours):
        actions.answer(other, words="好", by=world.cast.county, at=timezone.now())


def test_an_answer_is_given_once(world: World) -> None:
    opinion, _code = left()
    actions.answer(opinion, words="好", by=world.cast.system, at=timezone.now())
    with pytest.raises(Refused):
        actions.answer(opinion, words="不好", by=world.cast.system, at=timezone.now())
    assert Opinion.objects.get().answer == "好"


def test_what_is_missing_or_too_much_is_said_beside_the_field(world: World) -> None:
    client = Client()
    assert client.post("/opinion/", {"words": "字太小"}).status_code == 422
    page = client.post("/opinion/", {"kind": "complaint", "words": " "})
    assert page.status_code == 422 and "请先填写内容" in body(page)
    assert not Opinion.objects.exists()
    for kind, words in (("praise", "好"), ("complaint", ""), ("complaint", "长" * (LONGEST_WORDS + 1))):
        with pytest.raises(BadInput):
            actions.leave(kind=kind, words=words, page="", by=None, at=timezone.now())


def test_codes_cannot_be_tried_out_nor_pages_flooded(world: World) -> None:
    client = Client()
    tried = [client.post("/opinion/status", {"code": f"AAAAA-{number:05}"}).status_code for number in range(62)]
    assert set(tried[:60]) == {422} and tried[-1] == 429
    sent = [client.post("/opinion/", SAID).status_code for _each in range(22)]
    assert sent.count(302) == 20 and sent[-1] == 429


def test_of_the_code_only_a_digest_is_kept_and_the_journal_holds_no_words(world: World) -> None:
    opinion, code = left(by=world.cast.worker)
    assert code.replace("-", "") not in str(Opinion.objects.values().get())
    assert Entry.objects.get(verb="opinion.left").facts == {"kind": "suggestion"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.filter(pk=opinion.pk).update(answer="好")
