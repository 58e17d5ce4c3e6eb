"""What no font can draw is named, and what only seems to be a sign is left out."""

import struct
from pathlib import Path

import pytest

from linli.kit.papers.asking import available
from linli.kit.papers.glyphs import clean, covered_by, everywhere, printable


def test_what_is_no_sign_is_left_out() -> None:
    assert clean("甲\x00乙\u202e丙\r\n丁\t戊\ud800\ufeff") == "甲乙丙\n丁 戊"


def test_a_sign_without_a_glyph_is_named_by_its_number() -> None:
    covered = {ord(one) for one in "陈吉 "}
    assert printable("陈𠮷\n吉", covered) == "陈〔U+20BB7〕\n吉"
    # What is not seen in any font is not named.
    assert printable("陈\u200b吉\u0301", covered) == "陈吉"


def test_every_text_of_a_tree_is_changed_and_nothing_else() -> None:
    tree = {"a": ["b", ("c", 1, None, True)], "d": {"e": "f"}}
    assert everywhere(str.upper, tree) == {"a": ["B", ["C", 1, None, True]], "d": {"e": "F"}}


def test_tables_of_both_kinds_are_read(tmp_path: Path) -> None:
    # Segments A-B, by difference, and C by a list in which it has no glyph; groups from U+20000.
    short = struct.pack(">HHHHHHH", 4, 0, 0, 6, 0, 0, 0)
    short += struct.pack(">HHHH", 0x42, 0x43, 0xFFFF, 0) + struct.pack(">HHH", 0x41, 0x43, 0xFFFF)
    short += struct.pack(">HHH", 10, 0, 1) + struct.pack(">HHH", 0, 4, 0) + struct.pack(">H", 0)
    long = struct.pack(">HHIII", 12, 0, 28, 0, 1) + struct.pack(">III", 0x20000, 0x20002, 5)
    cmap = struct.pack(">HH", 0, 2) + struct.pack(">HHI", 3, 1, 20) + struct.pack(">HHI", 3, 10, 20 + len(short))
    font = b"\x00\x01\x00\x00" + struct.pack(">HHHH", 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, 28, 0)
    (tmp_path / "a.ttf").write_bytes(font + cmap + short + long)
    (tmp_path / "b.ttf").write_bytes(b"no font")
    assert covered_by([str(tmp_path)]) == {0x41, 0x42, 0x20000, 0x20001, 0x20002}


@pytest.mark.skipif(not available(), reason="the extra papers is not installed")
def test_the_fonts_of_the_extra_have_the_signs_of_names() -> None:
    import pylopdf_fonts_zh_cn

    covered = covered_by([str(pylopdf_fonts_zh_cn.serif_path().parent)])
    assert {ord(one) for one in "䶮㛃喆堃燚龑·√□〔〕"} <= covered
    assert ord("𠮷") not in covered
