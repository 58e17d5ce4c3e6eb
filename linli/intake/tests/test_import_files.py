"""Files as people send them: other encodings and marks are read, damaged ones refused whole with a sentence."""

import gzip
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from linli.events.models import Event
from linli.events.testing import World
from linli.intake.importing import RefusedList
from linli.intake.tests.files import MAP, bring, good, table, write
from linli.journal.models import Entry
from linli.kit.refusal import BadInput, Refused

ROWS = table(good(no="1"), good(no="2"))


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode("utf-8"),
        ROWS.encode("utf-8-sig"),
        ROWS.encode("gb18030"),
        gzip.compress(ROWS.encode("gb18030"), mtime=0),
        ROWS.replace("\r\n", "\n").encode(),
        ROWS.encode() + b"\r\n\r\n",
    ],
    ids=["utf-8", "with a mark", "gb18030", "gzipped", "unix lines", "empty lines"],
)
def test_a_file_is_read_as_people_save_it(world: World, tmp_path: Path, content: bytes) -> None:
    bring(tmp_path, content)
    assert list(Event.objects.values_list("text", flat=True)) == ["村口水沟堵了"] * 2


def test_the_map_may_name_encoding_and_delimiter(world: World, tmp_path: Path) -> None:
    content = "\ufeff" + "no;opened;what;words;where;lon;lat;kind;answer;promised;closed\r\n1;2026-11-01;a;b;440881\r\n"
    bring(tmp_path, content, MAP.replace("number =", 'encoding = "utf8"\ndelimiter = ";"\nnumber ='))
    assert Event.objects.get().area_id == "440881"


DICE = random.Random(1)
BIG = gzip.compress(
    table(*(good(no=str(number), words=DICE.randbytes(100).hex()) for number in range(3000))).encode(), mtime=0
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (BIG[: len(BIG) // 2], r"damaged or was not copied to its end \(after line \d{3,}\)"),
        (BIG[:-4], "damaged or was not copied to its end"),
        (BIG[:2000] + b"\0" * 50 + BIG[2050:], "damaged"),
        (ROWS.encode().replace(b"\xe6\x9d\x91", b"\0"), "line 2 holds a NUL character"),
        (ROWS.encode("utf-16"), "Save it as UTF-8"),
        (ROWS.encode() + "3,2026-11-01,\u6751".encode()[:-1], "neither UTF-8 nor GB18030"),
        ((ROWS + "4," * 40).encode(), "line 4: 41 fields, but the header names 11"),
        (ROWS.encode() + b'5,2026-11-01,"', "line 4: not a CSV row"),
        (ROWS.split("\r\n")[0].encode(), "holds no rows"),
        (b"", "is empty"),
        (b"no,no\r\n1,2\r\n", "two columns named"),
    ],
    ids=[
        *("half a gzip", "gzip without its end", "gzip with a hole", "NUL", "utf-16", "half a sign", "too many fields"),
        *("open quotation mark", "no rows", "empty", "column twice"),
    ],
)
def test_a_damaged_file_is_refused_whole(world: World, tmp_path: Path, content: bytes, told: str) -> None:
    translation.activate("en")
    with pytest.raises(BadInput) as refused:
        bring(tmp_path, content)
    assert re.search(told, refused.value.message)
    assert "rows.csv" in refused.value.message
    assert not Event.objects.exists()
    assert not Entry.objects.filter(verb="event.imported").exists()


def test_a_file_that_is_not_there_is_told(world: World, tmp_path: Path) -> None:
    map_path = write(tmp_path / "map.toml", MAP)
    with pytest.raises(BadInput, match=r"nowhere\.csv"):
        call_command("events", "import", str(tmp_path / "nowhere.csv"), "--map", str(map_path))


def test_the_list_of_refused_rows_never_overwrites_the_file(world: World, tmp_path: Path) -> None:
    path, map_path = write(tmp_path / "rows.csv", ROWS), write(tmp_path / "map.toml", MAP)
    with pytest.raises(BadInput, match=r"rows\.csv"):
        call_command("events", "import", str(path), "--map", str(map_path), "--refused", str(path))
    assert path.read_bytes() == ROWS.encode()


# --- the command --------------------------------------------------------------------------------------------------------


def run(folder: Path, content: str, *more: str) -> None:
    path, map_path = write(folder / "rows.csv", content), write(folder / "map.toml", MAP)
    call_command("events", "import", str(path), "--map", str(map_path), *more)


def test_the_command_tells_counts_reasons_and_where_the_rows_are_listed(
    world: World, tmp_path: Path, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    with translation.override("en"):
        run(tmp_path, table(good(no="1"), good(no="2", closed="2026-10-01"), good(no="3", kind="飞碟")))
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "rows.csv: 3 rows. 2 matters brought in, 0 were here already, 1 refused."
    assert told[1] == "- 1 refused, e.g. line 3: It was closed before it was opened. One of the two times is wrong."
    assert re.fullmatch(r"The refused rows are listed in LINLI_HOME/imports/hotline-[\d-]+\.refused\.csv\.", told[2])
    assert "“飞碟” (1)" in told[3]
    assert len(list((tmp_path / "imports").iterdir())) == 1


def test_the_exit_status_tells_whether_anything_came_in(world: World, tmp_path: Path) -> None:
    refused = ("--refused", str(tmp_path / "refused.csv"))
    with pytest.raises(Refused):
        run(tmp_path, table(good(no="")), *refused)
    mixed = table(good(no="1"), good(no=""))
    run(tmp_path, mixed, *refused)
    with pytest.raises(Refused):
        run(tmp_path, mixed, *refused, "--strict")
    run(tmp_path, table(good(no="1")), *refused, "--strict")


def test_the_program_ends_with_one_and_a_sentence(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
    environment = {**inherited, "LINLI_HOME": str(tmp_path / "home"), "LINLI_LANGUAGE": "en"}

    def linli(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "linli.command", "events", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    path, map_path = write(tmp_path / "rows.csv", ROWS), write(tmp_path / "map.toml", MAP)
    refused = linli("import", str(path), "--map", str(map_path))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.count("\n") == 1
    assert "linli areas divisions" in refused.stderr
    assert linli("import", str(path)).returncode == 2
    helped = linli("import", "--help")
    assert helped.returncode == 0
    assert {"--map", "--dry-run", "--refused", "--strict"} <= set(re.findall(r"--[a-z-]+", helped.stdout))


def test_facts_in_the_journal_are_codes(world: World, tmp_path: Path) -> None:
    bring(tmp_path, table(good()))
    facts = Entry.objects.get(verb="event.imported").facts
    assert json.loads(json.dumps(facts)) == {"source": "hotline", "state": "reported"}


def test_the_list_of_refused_rows_holds_no_formula(tmp_path: Path) -> None:
    listed = RefusedList(tmp_path / "refused.csv", tmp_path / "matters.csv", is_chosen=True)
    listed.add([(2, "=1+1", BadInput("no_place", "没有地点"))])
    listed.close()
    assert "2,'=1+1,no_place,没有地点" in (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
