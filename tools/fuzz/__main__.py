"""`python -m tools.fuzz`: so many seconds for all targets, then what came of it; exit status 1 if anything broke."""

import argparse
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tools.fuzz import api, doors, files
from tools.fuzz.running import Tally, Target, run_case, serve, watch

TARGETS: dict[str, Callable[[Path], Target]] = {
    one.__name__: one
    for one in (
        *(doors.intake, doors.batch, doors.parts, doors.described, doors.open311, doors.pages),
        *(files.csv, files.events, files.sheet, files.geojson, files.days, files.photos, files.voices, files.mail),
        *(files.templates, files.alerts),
        *(api.api, api.described_open311, api.described_hatch),
    )
}
#: Targets that need people and places in the store before they begin.
_IN_A_WORLD = {
    *("api", "described_open311", "described_hatch", "described"),
    *("intake", "batch", "parts", "open311", "events", "geojson"),
}
#: How much of the time a target gets; 1 where nothing is said.
_SHARES = {"pages": 8, "open311": 3, "api": 3, "intake": 2, "photos": 2}
_NO_END = 10**9


def main() -> int:
    """Run, or be the child that runs."""
    words = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__.partition("\n")[0])
    words.add_argument("--seconds", type=float, default=300, help="for all targets together (default 300)")
    words.add_argument("--cases", type=int, default=_NO_END, help="of each target at most")
    words.add_argument("--seed", type=int, default=1, help="of the dice; the same seed makes the same cases")
    words.add_argument("--only", choices=TARGETS, action="append", help="this target; may be given several times")
    words.add_argument("--case", type=int, help="this one case of the target, in this process, with its traceback")
    words.add_argument("--child", choices=TARGETS, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.child:
        serve(_made(given.child), given.seed, given.case or 0)
    if not (files.SHARED).is_dir():
        print(f"There is no folder {files.SHARED}: the targets begin with the files made here alone.")
    home = Path(tempfile.mkdtemp(prefix="linli-fuzz-"))
    try:
        _prepare(home / "first")
        if given.case is not None:
            return _one(home, (given.only or list(TARGETS))[0], given.seed, given.case)
        return _all(home, given.only or list(TARGETS), given)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _prepare(home: Path) -> None:
    """An empty home with its store, once for all children."""
    print("Making a home …", flush=True)
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=_environment(home), check=True)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    return kept | {"LINLI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "linli.settings", "PYTHONWARNINGS": "ignore"}


def _all(home: Path, names: list[str], given: argparse.Namespace) -> int:
    tallies, shares = [], sum(_SHARES.get(name, 1) for name in names)
    for name in names:
        tally = Tally(name)
        own = home / name
        shutil.copytree(home / "first", own)
        os.environ.update(_environment(own))

        def command(first: int, name: str = name) -> list[str]:
            return [
                sys.executable,
                "-m",
                "tools.fuzz",
                "--child",
                name,
                "--seed",
                str(given.seed),
                "--case",
                str(first),
            ]

        watch(command, tally, seconds=given.seconds * _SHARES.get(name, 1) / shares, cases=given.cases)
        shutil.rmtree(own, ignore_errors=True)
        tallies.append(tally)
        print(tally.line(), flush=True)
    return _tell(tallies, given.seed)


def _tell(tallies: list[Tally], seed: int) -> int:
    faults = [fault for tally in tallies for fault in tally.faults]
    seen: set[str] = set()
    for fault in faults:
        last = fault.what.strip().splitlines()[-1][:200]
        place = "".join(line for line in fault.what.splitlines() if line.strip().startswith("File"))[-160:]
        if (key := f"{fault.target} {place}") not in seen:
            seen.add(key)
            print(f"\n{fault.what.strip()}\n→ {last}")
            print(f"  again: python -m tools.fuzz --seed {seed} --only {fault.target} --case {fault.case}")
    print(f"\nseed {seed}: {sum(tally.cases for tally in tallies)} cases, {len(faults)} faults")
    return 1 if faults else 0


def _one(home: Path, name: str, seed: int, case: int) -> int:
    os.environ.update(_environment(home / "first"))
    told = run_case(_made(name), seed, case)
    print(told.pop("fault", ""), told, sep="\n")
    return 1 if told["outcome"] in ("broke", "no memory", "too slow") else 0


def _made(name: str) -> Target:
    """The target, in a process with Django and what it needs in the store."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    # What was refused is counted here, and need not be told as well.
    for log in ("django.request", "django.security"):
        logging.getLogger(log).setLevel(logging.CRITICAL)
    connections["default"].settings_dict["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    from linli.areas.models import Area

    if name in _IN_A_WORLD and not Area.objects.exists():
        from linli.events.testing import draw_boundaries, make_world

        draw_boundaries(make_world())
    elif name not in _IN_A_WORLD:
        from linli.chores import home

        home.make_ready()
    return TARGETS[name](files.scratch())


if __name__ == "__main__":
    sys.exit(main())
