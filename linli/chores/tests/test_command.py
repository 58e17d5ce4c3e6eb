"""The program as people start it: what it prints, how it ends, what it leaves behind."""

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

Linli = Callable[..., "subprocess.CompletedProcess[str]"]
PROGRAM = [sys.executable, "-m", "linli.command"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
    return {**inherited, "LINLI_HOME": str(tmp_path / "home"), "LINLI_LANGUAGE": "en"}


@pytest.fixture
def linli(environment: dict[str, str]) -> Linli:
    def run(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        ran = subprocess.run(
            [*PROGRAM, *words], env={**environment, **more}, capture_output=True, text=True, timeout=60
        )
        assert "Traceback" not in ran.stderr
        return ran

    return run


def refusal(ran: "subprocess.CompletedProcess[str]") -> str:
    """The one line on standard error of something refused."""
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    return ran.stderr


def test_help_lists_our_commands_and_only_those(linli: Linli) -> None:
    ran = linli("--help")
    named = set(re.findall(r"^  (\w+) ", ran.stdout, re.M))
    assert ran.returncode == 0
    assert {"up", "serve", "work", "doctor", "categories"} <= named
    assert not {"migrate", "shell", "runserver"} & named
    assert re.fullmatch(r"linli \d\S*\n", linli("--version").stdout)


def test_wrong_use_ends_with_two_and_a_hint(linli: Linli) -> None:
    unknown, option = linli("docter"), linli("doctor", "--nothing")
    assert (unknown.returncode, option.returncode) == (2, 2)
    assert "linli doctor" in unknown.stderr
    assert "--nothing" in option.stderr
    assert linli("migrate").returncode == 2


def test_an_empty_home_is_made_ready_by_several_processes_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    started = [subprocess.Popen([*PROGRAM, "work", "--once"], env=environment) for _each in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    home = tmp_path / "home"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    with sqlite3.connect(home / "linli.sqlite3") as store:
        assert store.execute("SELECT count(*) FROM chores_chore WHERE failures > 0").fetchone() == (0,)


def test_a_new_home_knows_the_working_days_and_the_default_categories(linli: Linli) -> None:
    assert re.search(r"^\* grid-cn-lite ", linli("categories", "list").stdout, re.M)
    examined = linli("doctor").stdout
    assert re.search(r"^(ok|warn) +Working days are known until the end of 20\d\d", examined, re.M)
    assert re.search(r"^ok +Categories in use: grid-cn-lite", examined, re.M)


def test_refused_input_ends_with_one_and_one_line(linli: Linli) -> None:
    assert "no-such-pack" in refusal(linli("categories", "load", "no-such-pack"))


def test_an_older_home_goes_on_and_that_of_a_newer_linli_is_left_alone(linli: Linli, tmp_path: Path) -> None:
    assert linli("work", "--once").returncode == 0
    names: list[tuple[str, str]] = import_module("linli.events.migrations.0001_squashed").Migration.replaces
    add = "INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2026-11-01')"
    with sqlite3.connect(tmp_path / "home" / "linli.sqlite3") as store:
        store.execute("DELETE FROM django_migrations WHERE app = 'events' AND name = '0001_squashed'")
        store.executemany(add, names)
    assert linli("work", "--once").returncode == 0
    with sqlite3.connect(tmp_path / "home" / "linli.sqlite3") as store:
        store.execute(add, ("patrols", "0009_later"))
    assert "patrols 0009_later" in refusal(linli("work", "--once"))


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("LINLI_PORT", "eighty", "eighty"),
        ("LINLI_LANGUAGE", "tlh", "zh-hans"),
        ("LINLI_HOME", "/proc/linli", "/proc/linli"),
        ("LINLI_DATABASE_URL", "postgres://linli@/linli?host=/nowhere", "LINLI_DATABASE_URL"),
    ],
)
def test_settings_that_cannot_be_used_are_named(linli: Linli, setting: str, value: str, named: str) -> None:
    assert named in refusal(linli("work", "--once", **{setting: value}))


def test_a_damaged_store_is_told_in_a_sentence(linli: Linli, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "linli.sqlite3").write_bytes(b"not a store" * 1000)
    assert "backup" in refusal(linli("doctor"))


def test_a_reader_that_leaves_early_is_no_trouble(environment: dict[str, str]) -> None:
    ran = subprocess.run(
        ["sh", "-c", '"$0" -m linli.command --help | true', sys.executable],
        env=environment,
        capture_output=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_up_starts_serves_and_stops_cleanly(environment: dict[str, str], linli: Linli) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment |= {"LINLI_PORT": port}
    up: subprocess.Popen[Any] = subprocess.Popen([*PROGRAM, "up"], env=environment, stdout=subprocess.PIPE, text=True)
    assert up.stdout is not None
    try:
        assert f"http://127.0.0.1:{port}/" in up.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.read() == b"ok\n"
        assert port in refusal(linli("up", LINLI_PORT=port))
        assert port in refusal(linli("serve", LINLI_PORT=port))
    finally:
        up.send_signal(signal.SIGTERM)
        rest = up.stdout.read()
    assert (up.wait(30), rest) == (0, "")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", int(port)))
