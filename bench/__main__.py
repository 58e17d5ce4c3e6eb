"""`make bench`: says on what it measures, then runs each measurement; `python -m bench areas queue` runs only those."""

import os
import platform
import sys
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path

import django

MEASUREMENTS = (
    "areas",
    "queue",
    "field",
    "imports",
    "clocks",
    "year",
    "disputes",
    "intake",
    "live",
    "categories",
    "duplicates",
    "statistics",
    "mediation",
    "ha",
)


def main() -> int:
    """Measure in a home made for it and thrown away; 1 when a measurement is missing, 2 on a wrong name."""
    chosen = sys.argv[1:] or list(MEASUREMENTS)
    if unknown := [name for name in chosen if name not in MEASUREMENTS]:
        say(f"There is no measurement {', '.join(unknown)}. There are: {', '.join(MEASUREMENTS)}.")
        return 2
    with _home() as home:
        os.environ["LINLI_HOME"] = home
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
        django.setup()
        _header(Path(home))
        return max([_measure(name) for name in chosen])


def _home() -> AbstractContextManager[str]:
    """A home thrown away at the end; or, for what is measured in several goes, the folder `LINLI_BENCH_HOME`, kept."""
    kept = os.environ.get("LINLI_BENCH_HOME")
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        return nullcontext(kept)
    return tempfile.TemporaryDirectory(prefix="linli-bench-")


def say(line: str) -> None:
    """Print a line at once, so that a long run can be followed."""
    print(line, flush=True)


def _header(home: Path) -> None:
    from django.db import connection

    say(f"linli bench: Python {platform.python_version()}, {os.cpu_count()} processors, {platform.machine()}")
    say(f"store: {connection.vendor}; this minute the disk of the home takes {_fsyncs(home):,.0f} fsyncs/s")


def _fsyncs(folder: Path, seconds: float = 1.0) -> float:
    """How many times a second 4 kB can be written and synced; a commit cannot be faster than that."""
    count = 0
    with tempfile.TemporaryFile(dir=folder) as file:
        start = time.perf_counter()
        while (passed := time.perf_counter() - start) < seconds:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            count += 1
    return count / passed


def _measure(name: str) -> int:
    say(f"\n{name}")
    try:
        run = import_module(f"bench.{name}").run
    except ModuleNotFoundError as missing:
        if missing.name != f"bench.{name}":
            raise
        say(f"There is no bench/{name}.py in this checkout.")
        return 1
    start = time.process_time()
    run(say)
    say(f"({name}: {time.process_time() - start:.1f} s of processor time)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
