"""Doors: the hatch with its batches and photos, Open311, and every address of the pages with its forms and queries."""

import hashlib
import io
import json
import random
import re
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID
from xml.etree import ElementTree

from tools.fuzz.breaking import Dice, bytes_of, form_of, json_of, word
from tools.fuzz.running import Target

_PHOTO = {"sha256": "a" * 64, "size": 1000, "type": "image/jpeg"}


def no_limits() -> None:
    """Every case finds an empty count of what was sent of late."""
    from linli.intake import allowance
    from linli.kit import throttle

    allowance.forget()
    throttle.forget()


def _answered(status: int, words: Any) -> str:
    assert status < 500, f"{status}: {str(words)[:500]}"
    return str(status)


def _hatch() -> Any:
    from linli.intake.testing import Door

    return Door().wait_until_ready()


def _reports() -> list[dict[str, Any]]:
    from linli.intake.testing import a_report

    dice = random.Random(1)
    act = {
        "id": str(UUID(int=dice.getrandbits(128), version=4)),
        "kind": "act",
        "about": {"report": str(UUID(int=1, version=4))},
        "step": "note",
        "values": {"text": "又来看过"},
    }
    whole = {"area": "440881101201005", "lon": 110.05, "lat": 21.7, "accuracy_m": 5, "photos": [_PHOTO], "contact": "x"}
    return [a_report(dice, area="440881101201005"), a_report(dice, **whole), a_report(dice, answers={"a": "b"}), act]


def _with_own_ids(dice: Dice, content: bytes) -> bytes:
    """Each case brings a report of its own: else the second is only a repetition of the first."""
    return re.sub(
        rb'"id": "[0-9a-f-]{36}"', b'"id": "%s"' % str(UUID(int=dice.getrandbits(128), version=4)).encode(), content
    )


def intake(folder: Path) -> Target:
    """One report or act, kept, and then taken in by the worker."""
    from django.utils import timezone

    from linli.intake.digest import digest_all

    door, seeds = _hatch(), _reports()

    def make(dice: Dice) -> bytes:
        return _with_own_ids(dice, json_of(dice, seeds))

    def take(content: bytes) -> str:
        no_limits()
        status, words = door.post("/intake/v1/reports", content)
        if status == 201:
            digest_all(timezone.now())
        return _answered(status, words)

    return Target("intake", make, take, door.close)


def batch(folder: Path) -> Target:
    """Many at once, as a list or line by line."""
    door, seeds = _hatch(), _reports()

    def make(dice: Dice) -> tuple[str, bytes]:
        some = [dice.choice(seeds) for _each in range(dice.randrange(6))]
        if dice.random() < 0.5:
            return "application/json", _with_own_ids(dice, json_of(dice, [some]))
        lines = b"\n".join(_with_own_ids(dice, json_of(dice, [one])) for one in some)
        return "application/x-ndjson", bytes_of(dice, [lines])

    def take(sent: tuple[str, bytes]) -> str:
        no_limits()
        status, words = door.post("/intake/v1/batch", sent[1], content_type=sent[0])
        told = words if isinstance(words, list) else []
        assert all(one["status"] < 500 for one in told), told
        return _answered(status, words)

    return Target("batch", make, take, door.close)


def parts(folder: Path) -> Target:
    """Photos in pieces, with headers and addresses that lie."""
    door = _hatch()
    report = _reports()[0]

    def make(dice: Dice) -> tuple[bytes, bytes, str, dict[str, str]]:
        content = bytes_of(dice, [b"\xff\xd8\xff\xe0" + b"\0" * 200, _drawn()])
        own = str(UUID(int=dice.getrandbits(128), version=4))
        right = hashlib.sha256(content).hexdigest()
        kept = {"sha256": right, "size": dice.choice((*[max(1, len(content))] * 6, 1, 2**39)), "type": "image/jpeg"}
        told = report | {"id": own, "photos": [kept]}
        asked = dice.choice((*[right] * 8, "0" * 64, "g", "0" * 63, quote(word(dice)[:50].encode("utf-8", "replace"))))
        headers = {
            name: _header(dice.choice(values))
            for name, values in (
                ("upload_offset", ("0", "0", "5", "-1", "9" * 5000, "x", word(dice)[:200])),
                ("upload_complete", ("?1", "?0", word(dice)[:50])),
                ("content_type", ("image/jpeg", word(dice)[:50])),
            )
            if dice.random() < 0.4
        }
        return content, json.dumps(told).encode(), f"{own}/media/{asked}", headers

    def take(sent: tuple[bytes, bytes, str, dict[str, str]]) -> str:
        content, told, where, headers = sent
        no_limits()
        _answered(*door.post("/intake/v1/reports", told))
        return _answered(*door.put(f"/intake/v1/reports/{where}", content, **headers))

    return Target("parts", make, take, door.close)


def _drawn() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 60)).save(out, "JPEG")
    return out.getvalue()


def _header(words: str) -> str:
    """What HTTP lets into a header at all."""
    return "".join(sign for sign in words if " " <= sign <= "~")


def described(folder: Path) -> Target:
    """What `/intake/v1/schema.json` describes, made from the description: each field right, at its edge or beyond."""
    door = _hatch()
    _status, schema = door.get("/intake/v1/schema.json")

    def take(content: bytes) -> str:
        no_limits()
        return _answered(*door.post("/intake/v1/reports", content))

    return Target("described", lambda dice: json.dumps(_of_schema(dice, schema, schema)).encode(), take, door.close)


#: What a description cannot say: values that this home knows.
_KNOWN = {
    "area": "440881101201005",
    "crs": "wgs84",
    "category": "C01",
    "kind": "report",
    "urgency": "normal",
    "by": None,
    "lon": 110.05,
    "lat": 21.7,
    "text": "村口水沟堵了",
    "occurred_at": None,
    "made_at": None,
}


def _of_schema(dice: Dice, part: Any, whole: Any, depth: int = 0) -> Any:
    """A value that this part of a JSON Schema lets in, or one just beyond it."""
    if "$ref" in part:
        part = whole["$defs"][part["$ref"].rpartition("/")[2]]
    for choice in ("anyOf", "oneOf"):
        if choice in part:
            return _of_schema(dice, dice.choice(part[choice]), whole, depth)
    if dice.random() < 0.02:
        return word(dice)[:5000].encode("utf-8", "replace").decode()
    kinds = part.get("type", "object" if "properties" in part else "null")
    kind = dice.choice(kinds) if isinstance(kinds, list) else kinds
    return _KINDS.get(kind, lambda *_: None)(dice, part, whole, depth)


def _text(dice: Dice, part: Any, whole: Any, depth: int) -> Any:
    form = part.get("format", "")
    if form.startswith("uuid"):
        return str(UUID(int=dice.getrandbits(128), version=4))
    if form.startswith("date"):
        return f"20{dice.randrange(100):02}-{dice.randrange(1, 14):02}-{dice.randrange(1, 32):02}T08:00:00+08:00"
    if "const" in part or "enum" in part:
        return dice.choice(part.get("enum", [part.get("const")]))
    if re.fullmatch(r"\^\[0-9a-f\]\{64\}\$", part.get("pattern", "")):
        return "a" * 64
    most = min(part.get("maxLength", 100), 20_000)
    return dice.choice(("水", "a\u0301", "٣")) * dice.choice((*[min(3, most)] * 9, 0, 1, most // 2, most, most + 1))


def _whole(dice: Dice, part: Any, whole: Any, depth: int) -> Any:
    least, most = part.get("minimum", -(2**63)), part.get("maximum", 2**63)
    return dice.choice((*[max(1, int(least))] * 9, least, least - 1, most, most + 1, 0, 440881))


def _list(dice: Dice, part: Any, whole: Any, depth: int) -> Any:
    if depth > 4:
        return []
    most = min(part.get("maxItems", 5), 30)
    return [
        _of_schema(dice, part.get("items") or {}, whole, depth + 1) for _each in range(dice.choice((0, 1, 1, 2, most)))
    ]


def _fields(dice: Dice, part: Any, whole: Any, depth: int) -> Any:
    if depth > 4:
        return {}
    # A report without words or place would be turned away before anything else of it is read.
    needed = {*part.get("required", ()), "text", "area"}
    return {
        name: _KNOWN[name] if name in _KNOWN and dice.random() < 0.95 else _of_schema(dice, one, whole, depth + 1)
        for name, one in part.get("properties", {}).items()
        if name in needed or dice.random() < 0.2
    }


_KINDS: dict[str, Any] = {
    "string": _text,
    "integer": _whole,
    "number": _whole,
    "array": _list,
    "object": _fields,
    "boolean": lambda dice, *_: dice.random() < 0.5,
}


# --- pages ------------------------------------------------------------------------------------------------------------


def _client(person: Any = None) -> Any:
    from django.test import Client

    client = Client(headers={"accept-language": "zh"})
    if person is not None:
        client.force_login(person)
    return client


def open311(folder: Path) -> Target:
    """Asking and reporting as city programs do; what comes back must be JSON or XML that can be read."""
    from django.utils import timezone

    from linli.intake import keys
    from linli.intake.models import Purpose

    key = keys.create("fuzz", purpose=Purpose.OPEN311, area="", at=timezone.now())[1]
    report = {"service_code": "C01", "lat": "21.7", "long": "110.05", "description": "村口水沟堵了", "api_key": key}
    asked = {
        "start_date": "2026-11-01T00:00:00Z",
        "end_date": "2026-11-16T00:00:00Z",
        "status": "open,closed",
        "page": "1",
        "service_code": "C01",
        "lat": "21.7",
        "long": "110.05",
        "radius": "500",
        "extensions": "true",
        "q": "水沟",
        "page_size": "10",
        "updated_after": "2026-11-01T00:00:00Z",
        "jurisdiction_id": "x",
    }

    def make(dice: Dice) -> tuple[str, str, dict[str, str]]:
        what = dice.choice(("services", "requests", "requests", "servicerequestupdates", "discovery", "tokens/1"))
        method = dice.choice(("get", "post"))
        form = form_of(dice, [report if method == "post" else asked])
        return method, f"/open311/v2/{what}.{dice.choice(('json', 'xml'))}", form

    def take(sent: tuple[str, str, dict[str, str]]) -> str:
        no_limits()
        method, path, form = sent
        response = getattr(_client(), method)(path, _sendable(form))
        content = response.content
        ElementTree.fromstring(content) if path.endswith("xml") else json.loads(content)
        return _answered(response.status_code, content)

    return Target("open311", make, _undone(take))


def pages(folder: Path) -> Target:
    """Every address of the house, by those who may do most there, with broken queries, forms, files and names in it."""
    from django.urls import NoReverseMatch, reverse

    addresses, things_of = import_module("tests.addresses"), import_module("tests.things")
    testing = import_module("linli.events.testing")
    world = testing.make_world()
    testing.draw_boundaries(world)
    of = things_of.things(world, testing.GRID, things_of.HERE, world.cast.desk)
    who = ("desk", "county", "worker", "handler", "leader", "mediator", "system", "security", "auditor")
    clients = [_client(None), *(_client(getattr(world.cast, one)) for one in who)]
    fields = _names_of_fields()

    def make(dice: Dice) -> tuple[int, str, str, dict[str, str], bytes]:
        name = dice.choice(sorted(set(addresses.NAMES) - {"sign_out"}))
        given = {
            key: at[1:] if at.startswith("=") else str(of.numbers[at])
            for key, at in addresses.NEEDS.get(name, {}).items()
        }
        if given and dice.random() < 0.3:
            given[dice.choice(list(given))] = word(dice)[:200].encode("utf-8", "replace").decode()
        try:
            path = reverse(name, kwargs=given)
        except NoReverseMatch:
            path = "/" + quote("/".join(given.values()))
        form = form_of(dice, [dict.fromkeys(dice.sample(fields, 4), "1"), {"text": "试试", "next": "/"}])
        return (
            dice.randrange(len(clients)),
            dice.choice(("get", "post", "post")),
            path,
            form,
            bytes_of(dice, [b"a,b\n1,2\n"]),
        )

    def take(sent: tuple[int, str, str, dict[str, str], bytes]) -> str:
        who, method, path, form, content = sent
        no_limits()
        data: dict[str, Any] = _sendable(form)
        if method == "post" and len(content) % 3 == 0:
            from django.core.files.uploadedfile import SimpleUploadedFile

            data |= dict.fromkeys(("file", "photos", "template"), SimpleUploadedFile("a.csv", content))
        response = getattr(clients[who], method)(path, data)
        words = b"".join(response) if response.streaming else response.content
        return _answered(response.status_code, words)

    return Target("pages", make, _undone(take))


def _names_of_fields() -> list[str]:
    """Every name that a template gives to a field, or that a view asks for."""
    house = Path(__file__).resolve().parent.parent.parent / "linli"
    found: set[str] = set()
    for path in house.glob("**/*.html"):
        found |= set(re.findall(r'\sname="([a-z][\w-]*)"', path.read_text("utf-8")))
    for path in house.glob("**/*.py"):
        found |= set(re.findall(r"(?:GET|POST)(?:\.get\(|\.getlist\(|\[)\"([a-z][\w-]*)\"", path.read_text("utf-8")))
        found |= set(
            re.findall(r"^    ([a-z]\w*)(?:: [^=]+)? = (?:forms\.|line\(|tick\(|choice)", path.read_text("utf-8"), re.M)
        )
    return sorted(found - {"password"})


def _sendable(form: dict[str, str]) -> dict[str, Any]:
    """As a client can encode it."""
    return {
        name.encode("utf-8", "replace").decode(): value.encode("utf-8", "replace").decode()
        for name, value in form.items()
    }


def _undone(take: Any) -> Any:
    """What a page stores is undone."""
    from django.db import transaction

    def answer(sent: Any) -> str:
        with transaction.atomic():
            try:
                return str(take(sent))
            finally:
                transaction.set_rollback(True)

    return answer
