"""Files made to do harm, and files that are merely broken: each is refused in words, in little time and memory."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from linli.kit.cap import read_alerts, read_file
from linli.kit.cap.feeds import MOST_MESSAGES
from linli.kit.cap.tests.messages import WARNING, changed, feed_of
from linli.kit.cap.trees import DEEPEST, LARGEST, MOST_ELEMENTS, read_tree
from linli.kit.refusal import BadInput

HEAD = '<?xml version="1.0"?>\n'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HARMFUL = {
    "a file of the machine": '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>',
    "another machine": '<!DOCTYPE alert SYSTEM "http://127.0.0.1/a.dtd"><alert/>',
    "a billion laughs": f'<!DOCTYPE alert [<!ENTITY l0 "ha">{LAUGHS}]><alert>&l9;</alert>',
    "a blow-up of one": f'<!DOCTYPE alert [<!ENTITY a "{"a" * 50_000}">]><alert>{"&a;" * 50_000}</alert>',
    "parameters": '<!DOCTYPE alert [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]><alert/>',
}


def refused(content: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        read_alerts(content)
    assert caught.value.message
    return caught.value.code


@pytest.mark.parametrize("harm", HARMFUL)
def test_a_declaration_is_refused_before_anything_of_it_is_done(harm: str) -> None:
    assert refused((HEAD + HARMFUL[harm]).encode()) == "alert_with_doctype"
    assert refused((HEAD + HARMFUL[harm]).encode("utf-16")) == "alert_with_doctype"


def test_xinclude_and_entities_that_nobody_declared_do_nothing() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    (message,) = read_alerts(changed(("<scope>", f"{include}<scope>"))).messages
    assert message.alert is not None and message.problems == ()
    assert refused(changed(("暴雨</event>", "&xxe;</event>"))) == "alert_not_xml"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "alert_empty"),
        (b" \n ", "alert_empty"),
        (b"no xml", "alert_not_xml"),
        (b"\0" * 100, "alert_not_xml"),
        (WARNING.encode()[:900], "alert_not_xml"),
        (WARNING.encode() + b"<more/>", "alert_not_xml"),
        (b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1), "alert_too_many_elements"),
        (b"<a>" * 3_000_000, "alert_too_many_elements"),
        (b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>", "alert_too_many_elements"),
        (b"<a>" + b"<alert/>" * (MOST_MESSAGES + 1) + b"</a>", "alert_too_many"),
        (b"<a>" + b" " * LARGEST + b"</a>", "alert_too_large"),
        (b"<html><body>404</body></html>", "alert_none"),
        (b'<?xml version="1.0" encoding="rot13"?><alert/>', "alert_encoding_unknown"),
        (b'<?xml version="1.0" encoding="utf-8"?><alert>\xb1\xa9</alert>', "alert_encoding_broken"),
        (b"\xff\xfe<\0a\0/\0>\0\x00\xd8", "alert_encoding_broken"),
        (b"<alert>\0</alert>", "alert_not_xml"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_with_the_reason(content: bytes, code: str) -> None:
    assert refused(content) == code


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("GB18030", "gb18030"),
        ("gb2312", "gbk"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("UTF-8", "utf-8-sig"),
        ("Big5", "utf-8-sig"),
        ("utf-8", "utf-8"),
    ],
)
def test_a_file_is_read_in_the_encoding_it_is_in(declared: str, codec: str) -> None:
    (message,) = read_alerts(WARNING.replace("UTF-8", declared).encode(codec)).messages
    assert message.alert is not None and message.alert.infos[0].event == "暴雨" and message.problems == ()


def test_latin_is_read_as_latin() -> None:
    latin = WARNING.replace("UTF-8", "ISO-8859-1").encode("ascii", "xmlcharrefreplace")
    (message,) = read_alerts(latin.replace(b"http", b"http", 1).replace(b"meteo", b"m\xe9t\xe9o")).messages
    assert message.alert is not None and message.alert.sender == "météo@lianjiang.example"


def test_a_hundred_megabytes_are_refused_after_the_first_ten(tmp_path: Path) -> None:
    plain, packed = tmp_path / "large.xml", tmp_path / "large.xml.gz"
    with plain.open("wb") as file:
        file.truncate(100_000_000)
    with gzip.open(packed, "wb", compresslevel=1) as bomb:
        for _each in range(100):
            bomb.write(b"<a>" + bytes(1_000_000))
    for path in (plain, packed):
        tracemalloc.start()
        with pytest.raises(BadInput) as caught:
            read_file(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert caught.value.code == "alert_too_large" and peak < 5 * LARGEST


def test_a_packed_file_is_read_and_a_damaged_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "warning.cap.gz"
    path.write_bytes(gzip.compress(changed()))
    assert read_file(path).messages[0].alert is not None
    path.write_bytes(gzip.compress(changed())[:-20])
    with pytest.raises(BadInput) as caught:
        read_file(path)
    assert caught.value.code == "alert_damaged_gzip"


def test_attributes_and_long_words_are_bounded_by_the_file_alone() -> None:
    many = " ".join(f'a{n}="{n}"' for n in range(20_000))
    assert len(read_tree(f"<alert {many}/>".encode()).attributes) == 20_000
    long = changed(("橙色预警", "雨" * 1_000_000))
    (message,) = read_alerts(long).messages
    assert message.alert is not None and len(message.alert.infos[0].headline) == 2000


def test_one_bad_message_of_a_feed_takes_none_of_the_others_with_it() -> None:
    bad = changed(("<sent>2026", "<sent>year"))
    found = read_alerts(feed_of(changed(), bad, changed(("_1<", "_2<"))))
    assert [message.alert is None for message in found.messages] == [False, True, False]
    assert [message.name[-1] for message in found.messages] == ["1", "1", "2"] and found.pointers == ()


def test_a_feed_says_where_alerts_lie_and_an_address_that_is_none_is_left_out() -> None:
    links = (
        '<entry><title>一</title><link rel="self" href="https://a.example/self"/>'
        '<link href="https://a.example/page"/><link type="application/cap+xml" href="https://a.example/1.cap"/></entry>'
        '<entry><link href="javascript:alert(1)"/></entry><entry><link href="https://a.example/ 2"/></entry><entry/>'
    )
    found = read_alerts(f'<feed xmlns="http://www.w3.org/2005/Atom">{links}</feed>'.encode())
    assert [(one.address, one.title) for one in found.pointers] == [("https://a.example/1.cap", "一")]
