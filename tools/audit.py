"""Asks an advisory database about everything that is locked: `python -m tools.audit`. Needs a network; nothing else here does.

The database is OSV (osv.dev), which gathers the advisories of Python packages and of npm; `--at` names a mirror that speaks the
same, on an intranet say. Sent are names and versions of packages, which are public. Exit status: 0 nothing known, 1 something is,
3 the database could not be asked, so that nobody takes silence for health.
"""

import argparse
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tools import sbom

OSV = "https://api.osv.dev"
NOTHING, SOMETHING, NOT_ASKED = 0, 1, 3
_AT_ONCE, _TIMEOUT_S, _LARGEST = 500, 30, 50_000_000


@dataclass(frozen=True)
class Asked:
    """A package as the database knows it, and where it is used."""

    ecosystem: str
    name: str
    version: str
    used: str


class NotAsked(Exception):
    """The database could not be reached, or answered with something else."""


def main() -> int:
    """Ask, and say what is known."""
    words = argparse.ArgumentParser(prog="python -m tools.audit", description=__doc__.partition("\n")[0])
    words.add_argument("--at", default=OSV, help=f"the database, or a mirror of it (default {OSV})")
    given = words.parse_args()
    asked = everything()
    try:
        known = ask(given.at, asked)
    except NotAsked as why:
        print(
            f"The advisory database at {given.at} could not be asked: {why}. Nothing is known about {len(asked)} packages."
        )
        return NOT_ASKED
    for one, advisories in known:
        print(f"{one.ecosystem} {one.name} {one.version} ({one.used}): {', '.join(advisories)}")
    print(f"{len(asked)} packages asked about, {len(known)} with advisories.")
    return SOMETHING if known else NOTHING


def everything() -> list[Asked]:
    """All that is locked and all that is vendored."""
    python = [Asked("PyPI", one.name, one.version, "+".join(one.locks)) for one in sbom.packages()]
    return python + [Asked("npm", one["name"], one["version"], "vendored") for one in sbom.vendored()]


def ask(at: str, asked: list[Asked]) -> list[tuple[Asked, list[str]]]:
    """Those about which something is known, with the names of the advisories. Raises `NotAsked`."""
    known = []
    for first in range(0, len(asked), _AT_ONCE):
        some = asked[first : first + _AT_ONCE]
        known += [(one, ids) for one, ids in zip(some, _answers(at, some), strict=True) if ids]
    return known


def _answers(at: str, some: Iterable[Asked]) -> list[list[str]]:
    queries = [{"package": {"ecosystem": one.ecosystem, "name": one.name}, "version": one.version} for one in some]
    results = _posted(f"{at.rstrip('/')}/v1/querybatch", {"queries": queries}).get("results")
    if not isinstance(results, list) or len(results) != len(queries):
        raise NotAsked("it answered for another number of packages")
    return [sorted(str(one["id"]) for one in result.get("vulns") or []) for result in results]


def _posted(address: str, sent: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        address, json.dumps(sent).encode(), {"Content-Type": "application/json", "User-Agent": "linli audit"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            found = json.loads(answer.read(_LARGEST))
    except (OSError, ValueError) as error:
        raise NotAsked(str(error)) from None
    if not isinstance(found, dict):
        raise NotAsked("it answered with something else")
    return found


if __name__ == "__main__":
    sys.exit(main())
