"""The papers hold what was said, templates of offices can do nothing but stand there, and nobody else gets them."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.briefing import actions, papers
from linli.briefing.actions import end_template, make_now, plan_due, put_template, set_schedule, template_of, work
from linli.briefing.models import Briefing
from linli.briefing.saying import plain
from linli.briefing.tests.test_making import COUNTY, LATE, TOWNSHIP
from linli.briefing.tests.test_saying import make_october, sentences
from linli.demo.briefing import make_briefing
from linli.events.testing import World
from linli.journal.models import Notice
from linli.kit.papers import asking, templates
from linli.kit.papers.testing import words_of_docx, words_of_pdf
from linli.kit.refusal import BadInput, NotYours
from linli.statistics.tests.test_pages import page, signed_in

pytestmark = pytest.mark.skipif(not asking.available(), reason="the extra papers is not installed")


@pytest.fixture
def october(db: None) -> World:
    return make_october()


def made(world: World, area: str = COUNTY) -> Briefing:
    make_now(
        world.areas[area], rhythm="month", day=date(2026, 10, 9), language="zh-hans", by=world.cast.county, at=LATE
    )
    assert work(LATE)
    return Briefing.objects.get(area=area)


def content_of(world: World, briefing: Briefing, kind: str) -> bytes:
    answer = signed_in(world.cast.leader).get(reverse("briefing:paper", args=[briefing.pk, kind]))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return b"".join(answer)  # type: ignore[arg-type]


def test_both_papers_and_the_page_say_the_same(october: World) -> None:
    briefing = made(october)
    pdf, docx = content_of(october, briefing, "pdf"), content_of(october, briefing, "docx")
    assert hashlib.sha256(pdf).hexdigest() == briefing.pdf_sha256
    html = page(october.cast.leader, reverse("briefing:show", args=[briefing.pk]))
    shown = _unspaced(re.sub(r"<[^>]+>", "", html))
    in_pdf, in_docx = _unspaced(words_of_pdf(pdf)), _unspaced(words_of_docx(docx))
    for sentence in [*sentences(briefing.content).split("\n"), briefing.content["title"], briefing.content["issue"]]:
        for where in (in_docx, shown):
            assert _unspaced(sentence) in where
        assert [one for one in re.split("[，；。：、（）]", _unspaced(sentence)) if not _printed(one, in_pdf)] == []
    for section in briefing.content["sections"]:
        for cell in (cell for one in section["tables"] for row in one["rows"] for cell in row):
            assert _unspaced(plain(cell)) in in_docx
            assert _unspaced(plain(cell)) in in_pdf


def _printed(clause: str, words: str) -> bool:
    """In one piece, or in two: between two lines a page may end, or a chart stand."""
    return any(clause[:at] in words and clause[at:] in words for at in range(len(clause) + 1))


def _unspaced(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_pdf_can_be_kept_for_good_and_the_pictures_of_the_docx_are_described(october: World) -> None:
    from docx import Document

    briefing = made(october)
    pdf = content_of(october, briefing, "pdf")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    document = Document(io.BytesIO(content_of(october, briefing, "docx")))
    described = [one._inline.docPr.get("descr") for one in document.inline_shapes]
    charts = [one["alt"] for section in briefing.content["sections"] for one in section["charts"]]
    assert described == charts
    assert "10月 24 / 22" in charts[0]


def test_whoever_does_not_see_the_area_finds_nothing(october: World) -> None:
    county, township = made(october), made(october, TOWNSHIP)
    reads = ("briefing:show", "briefing:paper", "briefing:make_again")
    for person, briefing, status in (
        (october.cast.desk, township, 200),
        (october.cast.desk, county, 404),
        (october.cast.neighbour, township, 404),
        (october.cast.worker, township, 404),
        (october.cast.handler, county, 404),
        (october.cast.system, county, 404),
        (october.cast.auditor, county, 404),
        (october.cast.nobody, county, 404),
    ):
        client = signed_in(person)
        assert client.get(reverse(reads[0], args=[briefing.pk])).status_code == status, person
        for kind in ("pdf", "docx"):
            assert client.get(reverse(reads[1], args=[briefing.pk, kind])).status_code == status, person
        assert client.get(reverse("briefing:index", args=[briefing.area_id])).status_code == status, person
        if status == 404:
            assert client.post(reverse(reads[2], args=[briefing.pk])).status_code == 404
            assert client.post(reverse("briefing:make_now", args=[briefing.area_id])).status_code == 404


def test_a_list_of_many_takes_as_many_queries_as_one_of_few(october: World) -> None:
    client, where = signed_in(october.cast.county), reverse("briefing:index", args=[COUNTY])
    set_schedule(
        october.areas[COUNTY],
        rhythm="week",
        language="zh-hans",
        office="",
        readers=[october.cast.leader, october.cast.county],
        by=october.cast.county,
        at=LATE,
    )
    counts = []
    for first in (1, 2, 8):
        days = [date(2026, month, 1) for month in range(first, first + 2)]
        said = {"area": october.areas[COUNTY], "rhythm": "month", "asked_by": october.cast.county, "asked_at": LATE}
        rows = [Briefing(**said, first_on=day, last_on=day, language="en", state="made", made_at=LATE) for day in days]
        Briefing.objects.bulk_create(rows, ignore_conflicts=True)
        with CaptureQueriesContext(connection) as caught:
            client.get(where)
        counts.append(len(caught))
    assert counts[1] == counts[2]


def test_the_demo_county_has_the_briefing_of_the_month_before(october: World) -> None:
    county = october.areas[COUNTY]
    assert make_briefing(county, desk=october.cast.county, leader=october.cast.leader, now=LATE)
    briefing = Briefing.objects.get()
    assert briefing.has_files
    assert briefing.content["issue"] == "2026年第10期（月报）"
    # The schedule goes on with the next month.
    assert plan_due(LATE) == 0
    assert plan_due(datetime(2026, 12, 1, 3, tzinfo=UTC)) == 1


# --- templates ----------------------------------------------------------------------------------------------------------


def changed(change: Callable[[str], str], part: str = "word/document.xml", **more: bytes) -> bytes:
    """The sample with one of its parts changed, and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(papers.sample())) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content.decode()).encode() if name == part else content)
        for name, content in more.items():
            target.writestr(name, content)
    return out.getvalue()


def with_words(words: str) -> bytes:
    """The sample with these words where its title stands."""
    return changed(lambda xml: xml.replace("{{ title }}", words))


def test_an_office_has_its_own_template_and_goes_back_to_ours(october: World) -> None:
    own = with_words("廉江市委政法委 {{ title }}")
    put_template(october.areas[COUNTY], own, by=october.cast.county, at=LATE)
    briefing = made(october, TOWNSHIP)
    assert "廉江市委政法委 石城镇2026年10月" in words_of_docx(content_of(october, briefing, "docx"))
    end_template(october.areas[COUNTY], by=october.cast.county, at=LATE)
    assert template_of(COUNTY) is None
    with pytest.raises(NotYours):
        put_template(october.areas[COUNTY], own, by=october.cast.leader, at=LATE)


HOSTILE = {
    "class": "{{ ''.__class__ }}",
    "subclasses": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "attribute by filter": "{{ title|attr('__class__') }}",
    "globals": "{{ sections.__init__.__globals__ }}",
    "the picture's document": "{{ sections[0].charts[0].picture._image.tpl.save('/x') }}",
    "a call": "{{ title.upper() }}",
    "format": "{{ title.format('x') }}",
    "self": "{{ self.__init__ }}",
    "cycler": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "range": "{% for a in range(99999999) %}{% endfor %}",
    "multiplied": "{{ 'a' * 9999999999 }}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "broken": "{% for a in sections %}",
    "unknown filter": "{{ title|pprint }}",
    "marked safe": "{{ '<w:p/>'|safe }}",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_template_executes_nothing(what: str) -> None:
    """In one process here, as in the one of its own: what refuses it is the same."""
    from jinja2.exceptions import TemplateError

    from linli.briefing.setting import _Drawn
    from linli.kit.papers.inside import narrow_environment

    sections = [{"charts": [{"picture": _Drawn("a picture")}]}]
    with pytest.raises((TemplateError, TypeError)):
        narrow_environment().from_string(HOSTILE[what]).render(title="x", sections=sections)


@pytest.mark.parametrize("words", ["{{ ''.__class__ }}", "{{ sections[0].charts[0].picture._image }}"])
def test_a_hostile_template_is_refused_in_words_and_nothing_is_kept(october: World, words: str) -> None:
    with pytest.raises(BadInput, match="模板无法套用"):
        put_template(october.areas[COUNTY], with_words(words), by=october.cast.county, at=LATE)
    assert template_of(COUNTY) is None


def _link(kind: str) -> Callable[[str], str]:
    return lambda xml: xml.replace(
        "</Relationships>",
        f'<Relationship Id="x9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        'Target="http://x.example/" TargetMode="External"/></Relationships>',
    )


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"PK\x03\x04 nothing", "不是 Word 文档"),
    "a text": (lambda: "简报".encode(), "不是 Word 文档"),
    "a damaged zip": (
        lambda: _damaged(_zip({"word/document.xml": b"x" * 9, "[Content_Types].xml": b"x" * 90})),
        "不是 Word 文档",
    ),
    "another zip": (lambda: _zip({"a.txt": b"a"}), "不是 Word 文档"),
    "too large": (lambda: b"P" * (templates.LARGEST + 1), "2 MB"),
    "a bomb": (lambda: changed(str, **{"word/media/a.png": bytes(30_000_000)}), "2 MB"),
    "macros": (lambda: changed(str, **{"word/vbaProject.bin": b"x"}), "宏"),
    "an object": (lambda: changed(str, **{"word/embeddings/a.bin": b"x"}), "宏"),
    "entities": (lambda: changed(lambda xml: '<!DOCTYPE a [<!ENTITY b "c">]>' + xml), "不是 Word 文档"),
    "another template": (lambda: changed(_link("attachedTemplate"), "word/_rels/document.xml.rels"), "外部内容"),
    "a picture from elsewhere": (lambda: changed(_link("image"), "word/_rels/document.xml.rels"), "外部内容"),
}


def _damaged(zipped: bytes) -> bytes:
    """The same with a packed part that cannot be unpacked."""
    at = zipped.index(b"word/document.xml") + len(b"word/document.xml")
    return zipped[:at] + b"\xff\xff" + zipped[at + 2 :]


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_harmless_document_is_refused_before_it_is_opened(what: str) -> None:
    sent, words = REFUSED[what]
    content = sent()
    with pytest.raises(BadInput, match=words):
        templates.check_template(content)


def test_a_link_to_click_on_is_no_harm() -> None:
    templates.check_template(changed(_link("hyperlink"), "word/_rels/document.xml.rels"))


def test_the_page_of_the_template_says_what_is_wrong(october: World) -> None:
    client, where = signed_in(october.cast.county), reverse("briefing:template", args=[COUNTY])
    answer = client.post(where, {"template": SimpleUploadedFile("a.docx", b"x")})
    assert answer.status_code == 422
    assert "这不是 Word 文档" in answer.content.decode()
    assert client.get(reverse("briefing:template_file", args=[COUNTY])).status_code == 200
    assert signed_in(october.cast.leader).get(where).status_code == 403


def test_without_the_extra_the_page_says_so_and_can_be_read(october: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "available", lambda: False)
    monkeypatch.setattr(papers, "available", lambda: False)
    monkeypatch.setattr(actions, "available", lambda: False)
    briefing = made(october)
    where: Any = reverse("briefing:show", args=[briefing.pk])
    html = page(october.cast.county, where)
    assert "未安装扩展“papers”" in html
    assert "期内共上报事件" in html
    assert signed_in(october.cast.county).get(reverse("briefing:paper", args=[briefing.pk, "pdf"])).status_code == 404
    monkeypatch.undo()
    answer = signed_in(october.cast.county).post(reverse("briefing:make_again", args=[briefing.pk]))
    assert answer.status_code == 302
    work(LATE)
    again = Briefing.objects.get()
    assert again.has_files
    # Whoever was told of it is not told again.
    assert Notice.objects.filter(entry__on_kind="briefing").count() == 1
    assert again.content == briefing.content
