"""A dossier says on paper what was said, its contents point to the right pages, and it can be verified and kept."""

import dataclasses
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from linli.kit.papers.asking import available
from linli.kit.papers.testing import fonts_of_pdf, lacks_for_archive, pages_of_pdf, words_of_docx, words_of_pdf
from linli.mediation.dossier import values as v
from linli.mediation.dossier.binding import Dossier, bind
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.papers import HASH, Papers, set_dossier, set_paper
from linli.mediation.dossier.parts import Party, Picture, Scan, Side, Sign, Stamp, sha256_of
from linli.mediation.dossier.testing import (
    AT,
    BODY,
    WAYS,
    drawn,
    make_agreement,
    make_draft,
    make_head,
    make_session,
    signed,
)

pytestmark = pytest.mark.skipif(not available(), reason="the extra papers is not installed")
VERIFY = f"https://linli.example.cn/mediation/verify/{HASH}"
#: Contents and cover stand before the first numbered page.
BEFORE = 2


def set_all(dossier: Dossier) -> Papers:
    return set_dossier(dossier, verify_at=VERIFY, at=AT)


def set_one(paper: Any) -> Papers:
    return set_paper(paper, make_head(), verify_at=VERIFY, at=AT)


@pytest.fixture(scope="module")
def golden() -> tuple[Dossier, Papers]:
    dossier = bind(make_draft())
    return dossier, set_all(dossier)


def unspaced(text: str) -> str:
    return re.sub(r"\s+", "", text)


def said_in(value: Any) -> Iterator[str]:
    """Every line that blocks say."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in ("is", "picture"):
                yield from said_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from said_in(one)
    elif isinstance(value, str):
        yield from (line for line in value.splitlines() if line.strip())


def lost(dossier: Dossier, words: str) -> list[str]:
    """What the forms say and these words do not, clause by clause: between two lines a page may end."""
    clauses = (
        clause
        for _number, form in dossier.forms
        for line in said_in(blocks_of(form, dossier.head))
        for clause in re.split("[，；。：、（）]", unspaced(line))
    )
    return [one for one in clauses if not any(one[:at] in words and one[at:] in words for at in range(len(one) + 1))]


def test_both_files_say_every_word_of_the_golden_dossier(golden: tuple[Dossier, Papers]) -> None:
    dossier, papers = golden
    assert lost(dossier, unspaced(words_of_pdf(papers.pdf))) == []
    assert lost(dossier, unspaced(words_of_docx(papers.docx))) == []
    for words in (unspaced(words_of_pdf(papers.pdf)), unspaced(words_of_docx(papers.docx))):
        assert "人民调解卷宗" in words
        assert "长期（至2056年12月1日）" in words
        assert papers.sha256 in words
        assert VERIFY.replace(HASH, papers.sha256) in words


def true_pages(dossier: Dossier, pdf: bytes) -> list[tuple[int, int]]:
    """Where the titles of the forms really stand, and so where the forms end."""
    pages = [unspaced(one) for one in pages_of_pdf(pdf)]
    titles = [form.title for _number, form in dossier.forms]
    starts: list[int] = []
    for title in titles:
        begin = starts[-1] + 1 if starts else 1
        starts.append(next(at for at in range(begin, len(pages)) if pages[at + BEFORE - 1].startswith(title)))
    total = len(pages) - BEFORE - 1
    return list(zip(starts, [*(one - 1 for one in starts[1:]), total], strict=True))


def contents_of(pdf: bytes) -> str:
    return unspaced(pages_of_pdf(pdf)[1])


def expected_contents(dossier: Dossier, spans: list[tuple[int, int]]) -> Iterator[str]:
    for number, ((_no, form), (first, last)) in enumerate(zip(dossier.forms, spans, strict=True), 1):
        pages = str(first) if first == last else f"{first}-{last}"
        name = f"（第{form.number}次）" if isinstance(form, v.Session) else ""
        name = f"（{form.party}）" if isinstance(form, v.ServiceAddress) else name
        name = "（2026年11月18日）" if isinstance(form, v.Receipt) else name
        yield f"{number}{form.title}{name}{pages}"


def test_the_pages_of_the_contents_are_true(golden: tuple[Dossier, Papers]) -> None:
    dossier, papers = golden
    spans = true_pages(dossier, papers.pdf)
    assert contents_of(papers.pdf) == "卷内目录序号文书名称页号备注" + "".join(expected_contents(dossier, spans))
    assert f"共{spans[-1][1]}页" in unspaced(pages_of_pdf(papers.pdf)[-1])
    # Each numbered page says its number.
    assert all(f"—{at}—" in unspaced(page) for at, page in enumerate(pages_of_pdf(papers.pdf)[BEFORE:-1], 1))


def test_the_pdf_holds_its_fonts_and_can_be_kept(golden: tuple[Dossier, Papers]) -> None:
    pdf = golden[1].pdf
    named, held = fonts_of_pdf(pdf)
    assert (named > 0, named) == (True, held)
    assert lacks_for_archive(pdf) == []


@pytest.mark.parametrize(
    ("found", "put", "lack"),
    [
        (b"/Type/Catalog", b"/Type/Catalog/OpenAction 9 0 R", "an action of its own"),
        (b"/Type/Catalog", b"/Type/Catalog/Names<</EmbeddedFiles 9 0 R>>", "another file"),
        (b"/Type/Catalog", b"/Type/Catalog/AcroForm 9 0 R", "a form"),
        (b"/S/GTS_PDFA1", b"/S/GTS_PDFX", "colours that mean the same everywhere"),
        (b"/ID[", b"/Id[", "an identity"),
        (b"trailer\n<<", b"trailer\n<</Encrypt 9 0 R", "encryption"),
        (b"<pdfaid:conformance>B", b"<pdfaid:conformance>U", "conformance B"),
        (b"<pdfaid:part>2", b"<pdfaid:part>1", "part 2"),
        (b"/FontFile", b"/FontFill", "font "),
        (b"/ToUnicode ", b"/ToUnicorn ", "font "),
        (b"%%EOF", b"%%EOF\nmore", "an end"),
        (b"%PDF-1.7", b"%PDF-2.0", "a head that names its version"),
    ],
)
def test_what_an_archive_would_refuse_is_found(
    golden: tuple[Dossier, Papers], found: bytes, put: bytes, lack: str
) -> None:
    pdf = golden[1].pdf
    assert found in pdf
    assert any(one.startswith(lack) for one in lacks_for_archive(pdf.replace(found, put)))


def test_a_dossier_in_word_counts_its_pages_and_parts_no_name_from_its_signature(
    golden: tuple[Dossier, Papers],
) -> None:
    from docx import Document

    xml = Document(io.BytesIO(golden[1].docx)).element.xml
    last = len(golden[0].forms) - 1
    assert f"PAGEREF end{last} " in xml and f'w:name="end{last}"' in xml
    signed = [table for table in re.findall(r"<w:tbl>.*?</w:tbl>", xml, re.DOTALL) if "的签名" in table]
    assert signed and all(table.count("<w:tr>") + table.count("<w:tr ") == table.count("cantSplit") for table in signed)
    # What stands right before signatures keeps with them.
    before = re.findall(r"<w:p>(?:(?!<w:p>).)*</w:p>\s*<w:tbl>(?:(?!</w:tbl>).)*的签名", xml, re.DOTALL)
    assert before and all("keepNext" in one.partition("<w:tbl>")[0] for one in before)


def test_the_docx_finds_its_pages_by_fields_and_describes_its_pictures(golden: tuple[Dossier, Papers]) -> None:
    from docx import Document

    dossier, papers = golden
    document = Document(io.BytesIO(papers.docx))
    xml = document.element.xml
    assert [f"PAGEREF form{place} " in xml for place in range(len(dossier.forms))] == [True] * len(dossier.forms)
    assert all(f'w:name="form{place}"' in xml for place in range(len(dossier.forms)))
    pictures = re.findall(r'<wp:docPr [^>]*descr="([^"]*)"', xml)
    assert {"陈亚水的签名", "核验二维码"} <= set(pictures)
    assert document.core_properties.identifier == papers.sha256


def test_the_same_content_gives_the_same_bytes(golden: tuple[Dossier, Papers]) -> None:
    assert set_all(bind(make_draft())) == golden[1]


def test_the_code_leads_to_the_address(golden: tuple[Dossier, Papers]) -> None:
    """What the picture shows is what segno makes of the very address that is printed below it."""
    import zipfile

    import segno
    from PIL import Image

    papers = golden[1]
    with zipfile.ZipFile(io.BytesIO(papers.docx)) as parts:
        pictures = [Image.open(io.BytesIO(parts.read(one))) for one in parts.namelist() if "media/" in one]
    matrix = segno.make(VERIFY.replace(HASH, papers.sha256), error="m", micro=False).matrix
    side = (len(matrix) + 4) * 8
    (code,) = [one.convert("L") for one in pictures if one.size == (side, side)]
    drawn = [
        [code.getpixel(((x + 2) * 8 + 4, (y + 2) * 8 + 4)) == 0 for x in range(len(matrix))] for y in range(len(matrix))
    ]
    assert drawn == [[bool(module) for module in row] for row in matrix]


LONG = "".join(f"第{number}句：当事人陈述排水沟由来已久，双方祖辈共用。" for number in range(1, 420))


def test_long_records_many_parties_and_rare_signs_all_go_in() -> None:
    names = [f"陈{one}" for one in "䶮㛃喆堃燚龑𫖯"] + ["阿卜杜热西提·麦麦提依明", "𠮷田", "吴👍", "Ǎn Lǐ", "诺\x00尔"]
    sides = [Side.APPLICANT, *[Side.RESPONDENT] * 10, Side.THIRD]
    first, *others = [Party(side, name, stands_for=3) for side, name in zip(sides, names, strict=True)]
    head = make_head(parties=(first, *others))
    session = make_session(text="\n".join([LONG[:5000], LONG[5000:]]), present=tuple(names))
    dossier = bind(make_draft(head=head, sessions=(session, make_session(number=2))))
    assert len(session.text) > 10_000
    papers = set_all(dossier)
    pdf, docx = unspaced(words_of_pdf(papers.pdf)), unspaced(words_of_docx(papers.docx))
    for name in names[:8]:
        assert name in pdf
    # No font here has these two: the paper names them by number; Word looks for a font of its own.
    assert "〔U+20BB7〕田" in pdf
    assert "吴〔U+1F44D〕" in pdf
    assert all(unspaced(name).replace("\x00", "") in docx for name in names)
    assert LONG[:5000] in docx
    assert LONG in re.sub(r"\(2026\)石人调字第12号—\d+—校验值[0-9a-f]{16}…", "", pdf)
    spans = true_pages(dossier, papers.pdf)
    assert max(last - first for first, last in spans) >= 10
    assert contents_of(papers.pdf).endswith("".join(expected_contents(dossier, spans)))


EVIL = [
    '#[evil] #sys.inputs #read("/etc/passwd") *b* _i_ $x$ \\ <x> @y',
    "{{ 7*7 }} {% for a in b %} {{ ''.__class__ }}",
    "<w:p>]]></w:p> &amp; <!-- --> \"'",
]


def test_what_looks_like_a_command_stays_words() -> None:
    paper = v.Note("\n".join(EVIL), EVIL[0], AT.date())
    papers = set_one(paper)
    for words in (unspaced(words_of_pdf(papers.pdf)), unspaced(words_of_docx(papers.docx))):
        for evil in EVIL:
            assert unspaced(evil) in words
    head = make_head(body=EVIL[0], case_no=EVIL[1], parties=(Party(Side.APPLICANT, EVIL[2]),))
    papers = set_paper(
        v.NotAccepted(EVIL[0], AT.date(), EVIL[1], WAYS, AT, Stamp(EVIL[2])), head, verify_at=VERIFY, at=AT
    )
    assert unspaced(EVIL[2]) in unspaced(words_of_pdf(papers.pdf))
    assert unspaced(EVIL[2]) in unspaced(words_of_docx(papers.docx))


TRIES = (
    v.Try(AT - timedelta(days=5), "被申请人", "买买提·艾力", "电话", "无人接听。", "林国强"),
    v.Try(AT - timedelta(days=3), "被申请人", "买买提·艾力", "当面", "家中无人，门上留置书面通知。", "林国强"),
)
SINGLE: dict[str, Any] = {
    "not accepted": v.NotAccepted("陈亚水", AT.date(), "被申请人明确拒绝调解。", WAYS, AT, Stamp(BODY)),
    "terminated": v.Termination("一方不同意继续调解", "被申请人电话告知不再参加。", WAYS, AT, Stamp(BODY, AT)),
    "nobody reached": v.Termination("无法与一方当事人取得联系", "三次未果。", WAYS, AT, Stamp(BODY, AT), tries=TRIES),
    "not accepted, nobody reached": v.NotAccepted(
        "陈亚水", AT.date(), "联系未果。", WAYS, AT, Stamp(BODY), tries=TRIES
    ),
    "tries": v.Tries(TRIES),
    "entrusted": v.Entrusted(
        "廉江市人民法院",
        "(2026)粤0881诉前调8号",
        AT,
        "邻里排水。",
        ("陈亚水：同意",),
        "同意接受委托",
        signed("登记人", "黄小敏"),
    ),
    "entrusted, in one line": v.Entrusted(
        "廉江市人民法院，(2026)粤0881诉前调9号", "", AT, "邻里排水。", (), "", signed("登记人", "黄小敏")
    ),
    "claim": v.Claim(
        "民事起诉状（草稿）",
        "廉江市人民法院",
        ("原告", "被告"),
        "诉讼请求",
        make_head().parties[0],
        ("买买提·艾力",),
        ("判令被告清理排水沟。", "判令被告赔偿损失1,200元。"),
        ("共用排水沟被堵，雨水进屋。", "各方在调解中无争议的事实：排水沟由双方共用。"),
        "《中华人民共和国人民调解法》第二十六条",
        ("现场照片", "终止调解通知书"),
    ),
    "registered": v.Register(AT, "电话申请", "排水沟被堵。", signed("登记人", "黄小敏")),
    "oral": v.OralAgreement("一、协议内容\n当场清理。", AT, (signed("人民调解员", "林国强"),), Stamp(BODY)),
    "unsigned": make_agreement(make_head(), signs=(Sign("申请人", "陈亚水"),), stamp=Stamp(BODY)),
}


@pytest.mark.parametrize("what", SINGLE)
def test_a_paper_can_be_had_alone(what: str) -> None:
    paper = SINGLE[what]
    papers = set_one(paper)
    assert papers.sha256 == sha256_of(make_head(), paper)
    for words in (unspaced(words_of_pdf(papers.pdf)), unspaced(words_of_docx(papers.docx))):
        assert [one for one in said_in(blocks_of(paper, make_head())) if unspaced(one) not in words] == []
        assert papers.sha256 in words
    assert len(pages_of_pdf(papers.pdf)) <= 2
    assert lacks_for_archive(papers.pdf) == []


def test_a_signature_that_is_no_picture_is_said_to_be_none() -> None:
    note = v.ServiceAddress("甲", "乙", "1", "甲", signed("当事人", "甲", picture=Picture(b"<svg onload=x>")))
    papers = set_one(note)
    assert "签名图片无法显示" in unspaced(words_of_pdf(papers.pdf))
    assert "签名图片无法显示" in unspaced(words_of_docx(papers.docx))


def test_the_hash_changes_with_every_word_and_every_picture() -> None:
    dossier = bind(make_draft())
    changed = [
        dataclasses.replace(dossier, head=make_head(key="other")),
        dataclasses.replace(dossier, note=None),
        bind(make_draft(sessions=(make_session(undisputed="。"),))),
        bind(make_draft(ending=make_agreement(make_head(), Picture(b"x")))),
    ]
    hashes = {sha256_of(one) for one in [dossier, *changed]}
    assert len(hashes) == 5


def test_files_that_belong_to_a_paper_become_pages_of_it() -> None:
    """A photograph, a PDF of two pages, and one that is broken."""
    from docx import Document

    photo = Scan("证据1：照片", drawn().content)
    pdf = Scan("证据2：合同", set_one(make_agreement(make_head())).pdf)
    broken = Scan("证据3：损坏", b"%PDF-1.7 nothing")
    items = [v.Item(one.name, "陈亚水", AT, scan=one) for one in (photo, pdf, broken)]
    papers = set_one(v.Evidence((items[0], *items[1:])))
    pages = [unspaced(one) for one in pages_of_pdf(papers.pdf)]
    starts = [
        "证据材料目录",
        "证据1：照片",
        "证据2：合同（第1页）",
        "证据2：合同（第2页）",
        "证据3：损坏（此处无法显示",
    ]
    assert [page.startswith(start) for page, start in zip(pages, starts, strict=True)] == [True] * len(starts)
    assert papers.pdf.count(b"/DCTDecode") == 3
    assert lacks_for_archive(papers.pdf) == []
    # The photograph was drawn on nothing: that is white on paper.
    (first, *_others) = [one for one in _pictures_of(papers.docx) if one.format == "JPEG"]
    assert min(first.getpixel((0, 0))) > 240
    described = [one._inline.docPr.get("descr") for one in Document(io.BytesIO(papers.docx)).inline_shapes]
    assert described == ["证据1：照片", "证据2：合同（第1页）", "证据2：合同（第2页）", "核验二维码"]


def _pictures_of(docx: bytes) -> list[Any]:
    import zipfile

    from PIL import Image

    with zipfile.ZipFile(io.BytesIO(docx)) as kept:
        names = sorted(name for name in kept.namelist() if name.startswith("word/media/"))
        return [Image.open(io.BytesIO(kept.read(name))) for name in names]
