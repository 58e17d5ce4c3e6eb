"""Readers of files: tables, spreadsheets, outlines, calendars, alerts, photos, sounds, mail, Word templates, import maps.

Each begins with real files where the folder `shared` lies beside the checkout, and always with some made here.
"""

import gzip
import io
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from tools.fuzz.breaking import Dice, bytes_of, json_of, zipped_of
from tools.fuzz.running import Target

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SHARED = CHECKOUT.parent / "shared" / "data"
AT = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
#: A seed is cut to so many bytes: the head of a film tells as much as all of it.
_MOST_SEED = 300_000


def real(*patterns: str, most: int = 60, longest: int = _MOST_SEED) -> list[bytes]:
    """The beginnings of real files by their patterns below `shared/data`; none where the folder is absent."""
    paths = sorted(path for pattern in patterns for path in SHARED.glob(pattern))
    return [_beginning(path, longest) for path in paths[:most]]


def _beginning(path: Path, longest: int) -> bytes:
    with path.open("rb") as file:
        return file.read(longest)


def _as_file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _refusable(take: Callable[[Any], Any]) -> Callable[[Any], str]:
    """`take` may raise a refusal, as people are told it; anything else is a fault."""
    from linli.kit.refusal import Refused

    def answer(sent: Any) -> str:
        try:
            take(sent)
        except Refused as refused:
            assert refused.message, "a refusal without words"
            return "refused"
        return "taken"

    return answer


def _rolled_back(take: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What a case stores is undone, so that every case finds the same home."""
    from django.db import transaction

    def answer(sent: Any) -> None:
        with transaction.atomic():
            try:
                take(sent)
            finally:
                transaction.set_rollback(True)

    return answer


# --- tables -----------------------------------------------------------------------------------------------------------

_TABLE = '编号,标题,说明,时间,状态\r\n1,水沟堵了,村口,2026-11-01 08:00,已办结\r\n2,"路灯,坏",,2026-11-02,受理\r\n'
_MAP = """
source = "hotline"
number = "编号"
title = "标题"
text = "说明"
[reported_at]
column = "时间"
format = ["iso", "%Y-%m-%d"]
[area]
by = "fixed"
code = "440881101201005"
"""


def csv(folder: Path) -> Target:
    """CSV as it comes to every import, plain, gzipped, in UTF-8 and GB18030."""
    from linli.kit import tables

    plain = [_TABLE.encode(), _TABLE.encode("gb18030"), b"\xef\xbb\xbf" + _TABLE.encode()]
    plain += [_unpacked(one, 20_000) for one in real("requests311/*.csv.gz", "messages/*.csv.gz")]
    seeds = [*plain, *(gzip.compress(one, mtime=0) for one in plain)]

    def take(content: bytes) -> None:
        path = _as_file(folder, "table.csv", content)
        for _line, _row in tables.read_rows(path):
            pass

    return Target("csv", partial(bytes_of, seeds=seeds), _refusable(take))


def _unpacked(content: bytes, most: int) -> bytes:
    with gzip.open(io.BytesIO(content)) as file:
        return file.read(most)


def events(folder: Path) -> Target:
    """Matters from another system, looked through to the end as `--dry-run` does, with a map that fits or is broken."""
    from linli.intake.importing import Report, import_events
    from linli.intake.importing.maps import map_of

    maps = [_MAP.encode(), *(path.read_bytes() for path in sorted((CHECKOUT / "examples" / "maps").glob("*.toml")))]

    def make(dice: Dice) -> tuple[bytes, bytes]:
        broken = bytes_of(dice, maps) if dice.random() < 0.4 else maps[0]
        return bytes_of(dice, [_TABLE.encode()]), broken

    def take(sent: tuple[bytes, bytes]) -> None:
        chosen = map_of(sent[1], "map.toml")
        path = _as_file(folder, "matters.csv", sent[0])
        import_events(path, chosen, Report(), at=AT, dry_run=True, refused_to=folder / "refused.csv")

    return Target("events", make, _refusable(_rolled_back(take)))


def sheet(folder: Path) -> Target:
    """Spreadsheets, opened in their bounded process."""
    import xlsxwriter

    from linli.kit import tables

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("表")
        page.write_row(0, 0, ["编号", "标题", "时间"])
        page.write_row(1, 0, [1, "水沟堵了", 45000.5])
    seeds = [out.getvalue(), _ods()]

    def take(content: bytes) -> None:
        path = _as_file(folder, "table.xlsx", content)
        for _line, _row in tables.read_rows(path):
            pass

    return Target("sheet", partial(zipped_of, seeds=seeds), _refusable(take))


def _ods() -> bytes:
    """A sheet of another office."""
    import zipfile

    cells = '<table:table-cell office:value-type="string"><text:p>编号</text:p></table:table-cell>'
    named = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in named)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet><table:table '
            f'table:name="a"><table:table-row>{cells}</table:table-row><table:table-row>{cells}</table:table-row>'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


# --- ground and days --------------------------------------------------------------------------------------------------


def _square(code: str, name: str, left: float) -> dict[str, Any]:
    ring = [[left, 21.0], [left + 0.1, 21.0], [left + 0.1, 21.1], [left, 21.1], [left, 21.0]]
    properties = {"code": code, "name": name}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def geojson(folder: Path) -> Target:
    """Areas with their outlines."""
    from linli.areas.actions import import_geojson

    two = [_square("440882", "雷州市", 110.0), _square("440882101", "白沙镇", 110.0)]
    values: list[Any] = [{"type": "FeatureCollection", "features": two}, two[0]]
    real_ones = real("boundaries/zhanjiang_counties.geojson", longest=10**7)
    values += [_few_features(one) for one in real_ones]

    def take(content: bytes) -> None:
        path = _as_file(folder, "areas.geojson", content)
        import_geojson(path, code_field="code", name_field="name")

    return Target("geojson", partial(json_of, seeds=values), _refusable(_rolled_back(take)))


def _few_features(content: bytes) -> dict[str, Any]:
    """The first two of a real file, with the fields named as here."""
    found = msgspec.json.decode(content)["features"][:2]
    for one in found:
        given = one["properties"]
        one["properties"] = {"code": str(given.get("gb", ""))[-6:], "name": given.get("name", "")}
    return {"type": "FeatureCollection", "features": found}


def days(folder: Path) -> Target:
    """Files of days off: iCalendar, JSON, CSV."""
    from linli.kit.dayfiles import read_days

    ical = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261008\r\n"
        "SUMMARY:国庆节（休）\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    listed = '{"days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}]}'
    seeds = [
        ical.encode(),
        listed.encode(),
        b"day,is_working,name\n2026-10-01,0,x\n",
        *real("icalendar/*.ics", most=100),
    ]
    return Target(
        "days",
        partial(bytes_of, seeds=seeds),
        _refusable(lambda content: read_days(_as_file(folder, "days", content))),
    )


_ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>44088141600000_20260501080000_1</identifier>
<sender>a@b.example</sender><sent>2026-05-01T08:00:00+08:00</sent><status>Actual</status><msgType>Update</msgType>
<scope>Private</scope><addresses>"a b" c</addresses><references>a@b.example,1,2026-05-01T07:00:00+08:00</references>
<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Expected</urgency><severity>橙色</severity>
<certainty>Likely</certainty><onset>2026-05-01T10:00:00+08:00</onset><expires>2026-05-01T20:00:00Z</expires><headline>暴雨橙色预警
</headline><web>https://a.example/</web><resource><resourceDesc>x</resourceDesc><mimeType>image/png</mimeType><size>9</size>
<uri>a.png</uri></resource><area><areaDesc>石城镇</areaDesc><polygon>21.5,110.2 21.6,110.2 21.6,110.3 21.5,110.2</polygon>
<circle>21.61,110.29 5</circle><geocode><valueName>a</valueName><value>440881</value></geocode></area></info></alert>"""
_FEED = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://a.example/1"/></entry><entry>%s</entry></feed>'


def alerts(folder: Path) -> Target:
    """Alerts (CAP) and feeds with some; what was read is told in full, as `linli alerts check --verbose` does."""
    from linli.kit.cap import read_file

    whole, feed = _ALERT, _FEED % _ALERT
    encoded = [f'<?xml version="1.0" encoding="{name}"?>{whole}'.encode(name) for name in ("gb18030", "utf-16")]
    seeds = [whole.encode(), feed.encode(), *encoded, gzip.compress(feed.encode(), mtime=0)]
    seeds += real("cap/*.cap", "cap/*.xml", "cap/*.atom", "cap/*.rss")

    def take(content: bytes) -> None:
        for message in read_file(_as_file(folder, "alert.cap", content)).messages:
            for problem in message.problems:
                f"{problem.line} {problem.where} {problem.words} {problem.source}".encode()

    return Target("alerts", partial(bytes_of, seeds=seeds), _refusable(take))


# --- media, mail, papers ----------------------------------------------------------------------------------------------


def photos(folder: Path) -> Target:
    """Photos and videos, opened in their bounded process."""
    from linli.kit.media.checking import inspect_bytes

    seeds = [*_drawn(), *real("photos/*", "bad_images/*", most=150, longest=120_000), *real("video/*", longest=60_000)]
    return Target("photos", partial(bytes_of, seeds=seeds), _refusable(inspect_bytes))


def _drawn() -> Iterable[bytes]:
    from PIL import Image

    for kind in ("JPEG", "PNG", "WEBP"):
        out = io.BytesIO()
        Image.new("RGB", (64, 48), (90, 120, 60)).save(out, kind)
        yield out.getvalue()


def voices(folder: Path) -> Target:
    """Voice notes and recordings."""
    from linli.kit.media.checking import inspect, inspect_sound

    lying = sorted((CHECKOUT / "linli/kit/media/tests/voices").glob("*.*"))
    seeds = [path.read_bytes() for path in lying] or [b"\x1aE\xdf\xa3" + b"\0" * 200]

    def take(content: bytes) -> None:
        inspect(_as_file(folder, "voice", content), as_voice=True)
        inspect_sound(content, most_bytes=2_000_000, most_s=60)

    return Target("voices", partial(bytes_of, seeds=seeds), _refusable(take))


_MAIL = (
    b"From: =?utf-8?B?546L?= <wang@county.example>\r\nSubject: =?gb2312?B?y664tw==?=\r\nMessage-ID: <1@x>\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=gbk'
    b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=CB=AE</p>\r\n--b\r\nContent-Type: image/jpeg\r\n"
    b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.jpg\r\n\r\n/9j/4AAQ\r\n--b--\r\n"
)


def mail(folder: Path) -> Target:
    """Messages of a mailbox: read without believing them. Nothing at all may be raised."""
    from linli.intake.mail.reading import header, read

    plain = b"From: a@b.example\nSubject: x\n\nwords\n"
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(120)) + b"\nx"

    def take(content: bytes) -> str:
        found, message = read(content)
        f"{found.subject}{found.text}{found.sender}{found.key}{header(message, 'To')}".encode()
        return "read"

    return Target("mail", partial(bytes_of, seeds=[_MAIL, plain, nested]), take)


def templates(folder: Path) -> Target:
    """Word templates of an office, looked at before anything opens them."""
    import zipfile

    from linli.kit.papers.templates import check_template

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types/>')
        parts.writestr("word/document.xml", "<document>" + "水" * 200 + "</document>")
        parts.writestr("_rels/.rels", '<Relationships><Relationship Target="a" Type="b"/></Relationships>')
    shipped = [path.read_bytes() for path in sorted((CHECKOUT / "linli").glob("**/*.docx"))[:2]]
    return Target("templates", partial(zipped_of, seeds=[out.getvalue(), *shipped]), _refusable(check_template))


def scratch() -> Path:
    """A folder for the files of the cases; it lies in the home of the child, which is removed with it."""
    from django.conf import settings

    return Path(tempfile.mkdtemp(dir=settings.HOME))
