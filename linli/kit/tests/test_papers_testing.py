"""What the tests themselves read of papers: no page may be lost to the last byte of what was packed."""

import zlib

from linli.kit.papers.testing import pages_of_pdf


def _file(drawn: bytes) -> bytes:
    """The least a reader asks for: a page, its font of one glyph, and what is drawn."""
    packed, table = zlib.compress(drawn), b"1 beginbfchar\n<0001> <6751>\nendbfchar"
    streams = {4: (packed, b"/Filter /FlateDecode"), 5: (table, b"")}
    objects = [
        b"1 0 obj\n<< /Type /Page /Resources 2 0 R /Contents 4 0 R >>\nendobj",
        b"2 0 obj\n<< /Font << /f0 3 0 R >> >>\nendobj",
        b"3 0 obj\n<< /Type /Font /ToUnicode 5 0 R >>\nendobj",
    ]
    for key, (content, kind) in streams.items():
        objects.append(
            b"%d 0 obj\n<< /Length %d %b >>\nstream\n%b\nendstream\nendobj" % (key, len(content), kind, content)
        )
    return b"\n".join(objects)


def test_a_page_is_read_whatever_byte_it_ends_in() -> None:
    ends: set[int] = set()
    for count in range(256):
        drawn = b"BT /f0 12 Tf <0001> Tj ET %" + b"a" * count
        ends.add(zlib.compress(drawn)[-1])
        assert pages_of_pdf(_file(drawn)) == ["村"]
    assert ends == set(range(256))
