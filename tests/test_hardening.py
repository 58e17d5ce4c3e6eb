"""The house is hard to break: swept over every address, so that what is added later is looked at too."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from linli.events.testing import GRID, World, draw_boundaries, make_world
from linli.intake.api.operations import OPERATIONS
from linli.intake.hatch import DOORS
from linli.intake.testing import Door
from linli.kit.safe_headers import ALWAYS, FILE_POLICY
from linli.kit.tables import harmless
from linli.web import rates
from tests.addresses import NAMES
from tests.test_sweeps import address, body, signed_in
from tests.things import HERE, Things, things

CHECKOUT = Path(__file__).resolve().parent.parent
#: Doors that take a form without a token, since whoever knocks there has no session: a key, a token or a signed link opens.
WITHOUT_TOKEN = {
    "field:push_act": "a phone rings with the token of its worker",
    "openness:follow": "asked from pages that are the same for everybody",
    "openness:letter": "asked from pages that are the same for everybody",
    "openness:at": "asked from pages that are the same for everybody",
    **{f"api:{one.name}": "read by programs: another method is refused" for one in OPERATIONS},
    **{f"api:{name}": "read by programs: another method is refused" for name in ("openapi", "nothing_here")},
    **{
        f"open311:{name}": "programs, with a key"
        for name in (
            "root",
            "discovery",
            "services",
            "service",
            "requests",
            "request",
            "token",
            "updates",
            "nothing_here",
        )
    },
    **{
        f"mediation_public:{name}": "the link is the key, and a party may have no cookies"
        for name in (
            *("party", "party_agreement", "party_papers", "party_paper", "party_evidence", "party_proof"),
            *("party_session", "party_sound", "party_language", "party_act"),
        )
    },
}
#: Files that cost nothing to hand out, and why.
CHEAP = {
    "healthz": "a word, asked by watchers",
    "field:manifest": "the same for everybody",
    "open311:discovery": "the same for everybody",
    "openness:figures": "counted ahead",
}
#: Where the limit of each door of the hatch is proved; without a test: why it has none.
LIMITS_OF_THE_HATCH = {
    "GET schema.json": "a text that lies in memory",
    "POST hooks/": "test_webhooks_in.py::test_whoever_guesses_at_signatures_is_told_to_wait",
    "/media/": "test_media_senders.py::test_a_phone_and_an_address_without_an_account_are_slowed_down",
    "GET reports/": "one row by its key",
    "POST reports": "test_allowance.py::test_at_the_door_staff_are_told_that_the_rest_comes_later",
    "POST batch": "test_allowance.py::test_what_could_not_be_kept_leaves_everybody_as_they_were",
    "POST devices": "test_devices.py::test_an_app_that_registers_at_every_start_is_asked_to_wait",
    "DELETE devices": "ends what it names",
    "POST tokens": "test_allowance.py::test_tokens_are_made_for_an_address_within_reason",
}
#: Pages whose address is a key tell it nobody.
STRICTER = {"Referrer-Policy": "no-referrer"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def here(world: World) -> Things:
    draw_boundaries(world)
    return things(world, GRID, HERE, world.cast.desk)


class Dangers(HTMLParser):
    """What a strict policy forbids on a page: words that run, and words that style."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.found.append(f"<{tag}> {given}")
        self.found += [
            f"<{tag} {name}={value!r}>"
            for name, value in attrs
            if name.startswith("on") or name == "style" or re.match(r"\s*(javascript|data):", value or "", re.I)
            if not (tag in ("img", "link") and (value or "").startswith("data:image/"))
        ]


def wrong_with(response: Any) -> list[str]:
    """What an answer lacks of what every answer carries."""
    policy = response.headers.get("Content-Security-Policy", "")
    kind = response.headers.get("Content-Type", "")
    found = [name for name, value in ALWAYS.items() if response.headers.get(name) not in (value, STRICTER.get(name))]
    if "frame-ancestors 'none'" not in policy or not policy.startswith("default-src "):
        found.append(f"policy {policy!r}")
    if kind.startswith("text/html"):
        if "unsafe" in policy or "default-src 'self'" not in policy:
            found.append(f"policy of a page {policy!r}")
        dangers = Dangers()
        dangers.feed(body(response))
        found += dangers.found
    elif kind and not policy.startswith("default-src 'none'") and "javascript" not in kind and "css" not in kind:
        found.append(f"policy of a file {policy!r}")
    if kind.startswith(("image/", "video/", "audio/")) and "sandbox" not in policy:
        found.append("shown without a sandbox")
    return found


def costs(response: Any) -> bool:
    """Whether it is a file: no page, no JSON that pages ask for by themselves, and no picture that lies in the store."""
    kind = response.headers.get("Content-Type", "")
    is_kept = kind.startswith(("image/", "video/", "audio/")) or response.status_code != 200
    return bool(kind) and not is_kept and kind.partition(";")[0] not in ("text/html", "application/json")


def test_every_answer_of_every_address_carries_the_headers_and_no_page_holds_script_or_style(here: Things) -> None:
    cast, wrong = here.world.cast, {}
    clients = {who: signed_in(getattr(cast, who)) for who in ("desk", "system", "security")} | {"nobody": Client()}
    for name in sorted(set(NAMES) - {"sign_out"}):
        where = address(name, here)
        for who in ("desk", "system", "security", "nobody"):
            response = clients[who].get(where)
            if found := wrong_with(response):
                wrong[f"{who} {name} {response.status_code}"] = found
            if response.status_code == 200:  # what one may see, the others see alike
                break
            if costs(response) and name not in rates.COSTLY | set(CHEAP):
                wrong[f"{who} {name}"] = ["a file without a limit"]
    assert wrong == {}


def test_refusals_and_faults_carry_the_headers_too(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answers = [
        client.get("/nowhere"),
        client.get("/", headers={"host": "elsewhere.example"}),
        client.get("/%00"),
        client.post("/sign-in", {"username": "a"}),
        client.get("/static/web/nowhere.js"),
        client.get("/static/web/mark.svg"),
    ]
    assert [one.status_code for one in answers] == [404, 400, 404, 403, 404, 200]
    assert [wrong_with(one) for one in answers] == [[]] * len(answers)


def test_every_form_of_every_address_asks_for_its_token(here: Things) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(here.world.cast.desk)
    open_ = set()
    for name in NAMES:
        response = client.post(address(name, here), {"text": "试试"})
        if response.status_code not in (403, 405):
            open_.add(name)
    assert open_ - set(WITHOUT_TOKEN) == set()


def test_the_doors_without_a_token_are_those_of_the_table() -> None:
    exempt = {
        name
        for name, pattern in _patterns(get_resolver().url_patterns)
        if getattr(pattern.callback, "csrf_exempt", False)
    }
    assert exempt == set(WITHOUT_TOKEN)


@pytest.mark.parametrize("who", ["desk", "nobody"])
def test_every_act_and_every_file_of_every_address_has_a_limit(
    here: Things, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Nobody may act at all: then every door that would still let something through has none."""
    for of in (rates.OF_PERSON, rates.OF_ADDRESS):
        for kind in of:
            monkeypatch.setitem(of, kind, 0)
    client = signed_in(here.world.cast.desk) if who == "desk" else Client()
    asked = {"accept": "application/json"}
    acts = {name for name in NAMES if client.post(address(name, here), headers=asked).status_code != 429}
    assert acts - {"language"} == set(rates.WITHOUT) - {"language"}
    client = signed_in(here.world.cast.desk) if who == "desk" else Client()
    assert {name for name in rates.COSTLY if client.get(address(name, here), headers=asked).status_code != 429} == set()


def test_every_door_of_the_hatch_has_its_limit() -> None:
    """They know no Django: the limit of each is proved by the test named beside it."""
    assert {f"{door.method} {door.path}".strip() for door in DOORS} == set(LIMITS_OF_THE_HATCH)
    for where in LIMITS_OF_THE_HATCH.values():
        file, _colons, test = where.partition("::")
        assert not test or f"def {test}(" in (CHECKOUT / "linli/intake/tests" / file).read_text(encoding="utf-8"), where


def _patterns(patterns: Any, space: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for one in patterns:
        if isinstance(one, URLPattern):
            found.append((f"{space}{one.name}", one))
        else:
            found += _patterns(one.url_patterns, f"{one.namespace}:" if one.namespace else space)
    return found


@pytest.mark.django_db(transaction=True)
def test_what_the_front_answers_itself_carries_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(environ: Any, start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    door = Door(breaks).wait_until_ready()
    try:
        for method, path, status in (
            ("GET", "/healthz", 200),
            ("GET", "/metrics", 200),
            ("GET", "/intake/v1/schema.json", 200),
            ("POST", "/intake/v1/reports", 422),
            ("POST", "/intake/v1/nowhere", 404),
            ("GET", "/intake/v1/reports/1", 404),
            ("GET", "/live", 401),
            ("GET", "/broken", 500),
        ):
            assert (path, door.ask(method, path, b"")[0]) == (path, status)
            assert {name: door.headers.get(name.lower()) for name in ALWAYS} == ALWAYS, path
            assert door.headers["content-security-policy"] == FILE_POLICY, path
    finally:
        door.close()


def test_a_packed_body_is_not_unpacked(db: None) -> None:
    import gzip

    bomb = gzip.compress(b'{"text": "' + b"0" * 10_000_000 + b'"}')
    door = Door().wait_until_ready()
    try:
        assert len(bomb) < 20_000
        assert door.post("/intake/v1/reports", bomb, content_encoding="gzip")[0] == 422
    finally:
        door.close()


# --- templates --------------------------------------------------------------------------------------------------------


def test_no_template_holds_what_the_policy_forbids_or_leaves_words_as_they_are() -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}: {match.group()}"
        for path in (CHECKOUT / "linli").glob("**/templates/**/*.html")
        for match in re.finditer(
            r"<style|\sstyle=|\son[a-z]+=[\"']|javascript:|\|safe\b|autoescape off|<script(?![^>]*\bsrc=)(?![^>]*json)[^>]*>",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert found == []


# --- tables that go away ----------------------------------------------------------------------------------------------

#: Writers of tables that need not look for formulas, and why.
WITHOUT_WORDS = {
    "kit/management/commands/duplicates.py": "ids as they came, to be joined with the file they came from",
    "statistics/official/files.py": "headings of ours alone",
    "events/management/commands/duties.py": "rows that duty_files has made harmless",
}


def test_every_table_that_goes_away_defuses_formulas() -> None:
    house = CHECKOUT / "linli"
    open_ = {
        str(path.relative_to(house))
        for path in house.rglob("*.py")
        if not {"tests", "demo"} & set(path.parts) and path.name != "testing.py"
        if re.search(r"csv\.writer\(|xlsxwriter\.Workbook", text := path.read_text(encoding="utf-8"))
        if "harmless(" not in text
    }
    assert open_ == set(WITHOUT_WORDS)


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_would_be_a_formula_stays_words(begin: str) -> None:
    assert harmless(f"{begin}1+1") == f"'{begin}1+1"
    assert harmless(f"1{begin}1") == f"1{begin}1"


# --- what goes out, and what comes in packed --------------------------------------------------------------------------

#: All that speaks to another machine, and what keeps it from going where somebody else says.
OUTWARDS = {
    "kit/posting.py": "goes to the address that kit/addresses.py has looked at, and follows nothing",
    "kit/addresses.py": "looks names up",
    "kit/fetching.py": "goes where the operator says, and follows nothing",
    "kit/media/s3.py": "the operator's bucket",
    "notices/sending/mail.py": "the operator's mail server",
    "intake/mail/fetching.py": "the operator's mailboxes",
}
#: Processes of this home speak to one another.
INWARDS = {
    "chores/serving.py",
    "kit/media/bounded.py",
    "kit/media/inside/serving.py",
    "intake/handover.py",
    "intake/proving.py",
}
_SPEAKS = re.compile(
    r"^\s*(?:import|from) (?:urllib\.request|http\.client|socket|ssl|smtplib|imaplib|ftplib|boto3|requests|httpx|aiohttp)\b"
    r"|open_connection\(|open_unix_connection\(",
    re.MULTILINE,
)
#: Readers of XML from outside.
READS_XML = {
    "kit/papers/templates.py": "parts of a Word file without declarations and entities",
    "kit/cap/trees.py": "alerts: a DOCTYPE is refused as soon as it begins, size, depth and number of elements are bounded",
}
_PARSES = re.compile(
    r"^\s*(?:import|from) (?:xml\.(?:etree|dom|parsers|sax(?!\.saxutils))|pyexpat|lxml|xmltodict|defusedxml)\b",
    re.MULTILINE,
)


def _modules_that(pattern: re.Pattern[str]) -> set[str]:
    house = CHECKOUT / "linli"
    return {
        str(path.relative_to(house))
        for path in house.rglob("*.py")
        if "tests" not in path.parts and path.name != "testing.py"
        if pattern.search(path.read_text(encoding="utf-8"))
    }


def test_whatever_goes_out_goes_where_it_may() -> None:
    assert _modules_that(_SPEAKS) == set(OUTWARDS) | INWARDS


def test_xml_from_outside_is_read_in_one_place() -> None:
    assert _modules_that(_PARSES) == set(READS_XML)


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_no_secret_is_compared_sign_by_sign() -> None:
    """How long a comparison takes must not tell how much of a guess was right."""
    found = [
        f"{path.relative_to(CHECKOUT)}: {match.group()}"
        for path in (CHECKOUT / "linli").rglob("*.py")
        if "tests" not in path.parts
        for match in re.finditer(
            r"(?:\b(?:secret|token|signature|mac|hmac|password)\b\s*[!=]=\s*(?!None|\"\"|'')\w.*|[!=]=\s*(?:secret|token|signature|mac)\b.*)",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert found == []
