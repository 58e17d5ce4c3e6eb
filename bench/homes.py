"""For measurements: a home with an area and a key, a front that serves it, and what its processes use."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linli.intake.proving import AREA

Served = tuple[int, int]


@contextmanager
def home() -> Iterator[tuple[dict[str, str], str]]:
    """A home with three areas, a pack of categories and a key."""
    with tempfile.TemporaryDirectory(prefix="linli-bench-intake-", dir=os.environ["LINLI_HOME"]) as folder:
        place = Path(folder)
        divisions = place / "divisions.csv"
        divisions.write_text(f"code,name\n440881,廉江市\n440881101,石城镇\n{AREA},上县村\n", encoding="utf-8")
        path = os.pathsep.join([str(place), str(Path(__file__).resolve().parent.parent)])
        environment = os.environ | {"LINLI_HOME": str(place / "home"), "LINLI_LANGUAGE": "en", "PYTHONPATH": path}
        environment["LINLI_KEY_REPORTS"] = "1000000000"
        _linli(environment, "areas", "divisions", str(divisions), "--county", "440881")
        _linli(environment, "categories", "load", "grid-cn-lite")
        _linli(environment, "holidays")
        made = _linli(environment, "keys", "create", "bench", "--for", "intake")
        yield environment, next(word for word in made.split() if word.startswith("linli_"))


def _linli(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "linli.command", *words]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@contextmanager
def served(environment: dict[str, str], application: str) -> Iterator[Served]:
    """A front on a free port; its port, and the process that started it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = (
        f"import os; os.environ['DJANGO_SETTINGS_MODULE']='linli.settings'; import django; django.setup(); "
        f"from linli.chores import serving; c = serving.web_command(); c[c.index('linli.asgi:application')] = '{application}'; "
        f"os.execv(c[0], c)"
    )
    front = subprocess.Popen(
        [sys.executable, "-c", command], env=environment | {"LINLI_PORT": str(port)}, start_new_session=True
    )
    try:
        _wait_until_ready(port)
        yield port, front.pid
    finally:
        front.terminate()
        front.wait(20)


def _wait_until_ready(port: int) -> None:
    for _each in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The front did not become ready.")


def family(pid: int) -> list[int]:
    """A process and those it started."""
    family = [pid]
    for one in family:
        for task in Path(f"/proc/{one}/task").iterdir():
            family += [int(child) for child in (task / "children").read_text().split()]
    return family


def cpu_s(pid: int) -> float:
    """User and system time of a process and those it started."""
    ticks = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory of a process and those it started."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
