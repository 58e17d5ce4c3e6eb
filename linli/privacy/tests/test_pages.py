"""The pages: what residents read, the notices beside forms, large type, sheets in versions, the filing pack."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from linli.events.rules import State
from linli.events.testing import NOON, World, make_event
from linli.holds import actions as holds
from linli.kit.papers.asking import available
from linli.kit.papers.testing import words_of_docx
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.people.actions import appoint
from linli.people.rules import Role
from linli.privacy import actions, filing, sheets
from linli.privacy.models import Sheet
from linli.privacy.rules.register import REGISTER
from linli.privacy.rules.schedule import SCHEDULE
from linli.privacy.saying import kept_for
from linli.privacy.terms import set_term
from linli.privacy.testing import ask_at_window

pytestmark = pytest.mark.django_db
PROCESSOR = {
    "who": "某某云公司",
    "purpose": "托管服务器",
    "kinds": "全部",
    "safeguards": "加密；不得转委托",
    "agreed_on": "2026-01-05",
}


def officer(world: World) -> Client:
    client = Client()
    client.force_login(world.cast.security)
    return client


def body(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


@override_settings(PRIVACY_CONTACT="廉江市综治中心 0759-0000000")
def test_everybody_reads_what_is_kept_and_whom_to_ask(world: World) -> None:
    page = body(Client().get("/privacy"))
    for line in REGISTER:
        assert f'id="{line.code}"' in page
    for one in SCHEDULE.values():
        assert one.source in page
    assert "0759-0000000" in page and "/privacy/request" in page
    # Names of tables and fields are for the office.
    assert "events.Contact.sealed" not in page
    assert "events.Contact.sealed" in body(officer(world).get("/desk/privacy/register"))


def test_what_the_county_has_not_decided_is_promised_to_nobody(world: World) -> None:
    with translation.override("zh-hans"):
        proposed, decided = (kept_for(SCHEDULE["contact"], 90, is_decided=one) for one in (False, True))
        default = kept_for(SCHEDULE["contact"], SCHEDULE["contact"].days, is_decided=False)
    assert default in body(Client().get("/report"))
    set_term("contact", days=90, source="廉综治〔2026〕3号", by=world.cast.security, at=NOON)
    page = body(Client().get("/report"))
    assert decided in page
    assert proposed not in page


@pytest.mark.parametrize("where", ["/report", "/sign-in", "/opinion/", "/mediation/apply", "/privacy/request"])
def test_beside_each_form_stands_what_it_collects(world: World, where: str) -> None:
    page = body(Client().get(where))
    assert 'class="privacy-notice"' in page
    assert '"/privacy"' in page and '"/accessibility"' in page


def test_large_type_is_chosen_once_and_stays(world: World) -> None:
    client = Client()
    assert "large-type" not in body(client.get("/"))
    answer = client.post("/accessibility/type", {"size": "large", "next": "/report"})
    assert answer.headers["Location"] == "/report"
    assert "large-type" in body(client.get("/")) and "large-type" in body(client.get("/privacy"))
    client.post("/accessibility/type", {"size": "normal", "next": "https://elsewhere.example/"})
    assert "large-type" not in body(client.get("/"))


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "elsewhere", ""])
def test_a_place_elsewhere_is_not_gone_to(world: World, wanted: str) -> None:
    answer = Client().post("/accessibility/type", {"size": "large", "next": wanted})
    assert answer.headers["Location"] == "/"


def test_a_sheet_grows_by_versions_and_the_newest_processor_is_public(world: World) -> None:
    first = sheets.fill_in("processor", words=PROCESSOR, by=world.cast.security, at=NOON)
    with pytest.raises(Refused):
        sheets.fill_in("processor", words=PROCESSOR, by=world.cast.security, at=NOON, sheet=first.sheet, after=0)
    assert "托管服务器" in body(Client().get("/privacy"))
    ended = PROCESSOR | {"ended_on": "2026-06-30", "proof": "出具删除证明"}
    second = sheets.fill_in(
        "processor", words=ended, by=world.cast.security, at=NOON, sheet=first.sheet, after=first.version
    )
    assert second.version == 2
    assert "托管服务器" not in body(Client().get("/privacy"))
    page = body(officer(world).get(f"/desk/privacy/sheets/{first.pk}"))
    assert f"/desk/privacy/sheets/{second.pk}" in page and "sheet_edit" not in page


def test_only_the_office_fills_in_and_what_is_asked_must_be_answered(world: World) -> None:
    with pytest.raises(NotYours):
        sheets.fill_in("processor", words=PROCESSOR, by=world.cast.system, at=NOON)
    with pytest.raises(BadInput):
        sheets.fill_in("processor", words=PROCESSOR | {"who": " "}, by=world.cast.security, at=NOON)


def test_a_breach_is_urgent_until_the_department_is_told(world: World) -> None:
    client = officer(world)
    sent = {"what": "手机丢失", "found_at": "2026-11-16T09:30", "kinds": "约20人的电话"}
    assert client.post("/desk/privacy/breach/new", {"what": "手机丢失"}).status_code == 422
    assert client.post("/desk/privacy/breach/new", sent).status_code == 302
    first = Sheet.objects.get()
    assert first.is_urgent and first.words["found_at"] == "2026-11-16 09:30"
    edit = f"/desk/privacy/sheets/{first.pk}/edit"
    assert 'value="2026-11-16T09:30"' in body(client.get(edit))
    assert client.post(edit, sent | {"department_at": "2026-11-16T11:00"}).status_code == 302
    assert not Sheet.objects.newest().get().is_urgent


def test_what_was_typed_is_not_lost_when_somebody_wrote_a_newer_version(world: World) -> None:
    client = officer(world)
    first = sheets.fill_in("processor", words=PROCESSOR, by=world.cast.security, at=NOON)
    on = {"sheet": first.sheet, "after": 1, "by": world.cast.security, "at": NOON}
    second = sheets.fill_in("processor", words=PROCESSOR | {"who": "另一家"}, **on)
    sent = PROCESSOR | {"who": "我写的那家"}
    answer = client.post(f"/desk/privacy/sheets/{first.pk}/edit", sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "我写的那家" in page and f'href="/desk/privacy/sheets/{second.pk}"' in page
    (again,) = re.findall(r'action="(/desk/privacy/sheets/[0-9]+/edit)"', page)
    assert client.post(again, sent).status_code == 302
    assert Sheet.objects.newest().get().words["who"] == "我写的那家"


def test_the_filing_pack_says_what_is_in_force(world: World) -> None:
    rows = dict(map(tuple, (row for one in filing.pack(NOON).sections for row in one.rows)))
    before = {name: value for name, value in rows.items() if value == "1"}
    assert before
    appoint(world.cast.nobody, role=Role.AUDITOR, area=world.areas["440881"], from_on=NOON.date())
    with override_settings(SESSION_COOKIE_AGE=3 * 3600, BACKUP_TO="/backup"):
        after = dict(map(tuple, (row for one in filing.pack(NOON).sections for row in one.rows)))
    changed = {name for name in rows if rows[name] != after[name]}
    assert {str(Role.AUDITOR.label)} <= changed and len(changed) >= 3
    page = body(officer(world).get("/desk/privacy/filing"))
    assert "国办函〔2026〕12号" in page


@pytest.mark.skipif(not available(), reason="the extra papers is not installed")
def test_the_filing_pack_and_a_sheet_are_papers_too(world: World) -> None:
    client = officer(world)
    words = words_of_docx(client.get("/desk/privacy/filing.docx").content)
    assert "国办函〔2026〕12号" in words and "/report" in words
    first = sheets.fill_in("processor", words=PROCESSOR, by=world.cast.security, at=NOON)
    assert "某某云公司" in words_of_docx(client.get(f"/desk/privacy/sheets/{first.pk}.docx").content)


@pytest.mark.skipif(not available(), reason="the extra papers is not installed")
def test_signs_that_no_paper_may_hold_are_left_out_of_it(world: World) -> None:
    by = world.cast.security
    asked = ask_at_window(by, name="王\x0b大爷")
    actions.refuse(asked, reason="not_proved", words="请带\x01身份证\n到窗口", by=by, at=NOON)
    words = words_of_docx(officer(world).get(f"/desk/privacy/requests/{asked.pk}/letter.docx").content)
    assert "王大爷" in words and "请带身份证" in words and "到窗口" in words


def test_lists_of_five_take_as_many_queries_as_lists_of_one(world: World) -> None:
    client, by = officer(world), world.cast.security

    def queries() -> list[int]:
        found = []
        for where in ("/desk/privacy/", "/desk/privacy/holds", "/desk/privacy/processor/", "/privacy"):
            body(client.get(where))
            with CaptureQueriesContext(connection) as caught:
                body(client.get(where))
            found.append(len(caught))
        return found

    def one_more() -> None:
        ask_at_window(by)
        actions.refuse(ask_at_window(by), reason="not_proved", words="请来窗口", by=by, at=NOON)
        sheets.fill_in("processor", words=PROCESSOR, by=by, at=NOON)
        holds.place(make_event(world, State.REPORTED, at=NOON), reason="诉讼", by=by, at=NOON)

    one_more()
    few = queries()
    for _each in range(4):
        one_more()
    assert queries() == few
