"""Keeps the third-party files that linli ships: fetched from the npm registry by lock, and checked against it.

`python -m tools.vendor` fetches each package of vendor.lock.json with `npm pack`, refuses one whose sha512 is not the
locked one, and writes the files it names; `--check` only compares what is in the tree with the lock. To move to another
version, change it in the lock, empty its `integrity`, and fetch.
"""

import argparse
import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = CHECKOUT / "linli" / "web" / "static" / "vendor"
LOCK = Path(__file__).with_name("vendor.lock.json")
#: How every lucide icon is drawn; once here instead of once per icon.
SYMBOL = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round"'
)


def main() -> int:
    """Fetch or check; 1 when something is not as locked."""
    parser = argparse.ArgumentParser(prog="python -m tools.vendor", description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare the files with the lock; fetch nothing")
    lock: dict[str, Any] = json.loads(LOCK.read_text(encoding="utf-8"))
    try:
        return _check(lock) if parser.parse_args().check else _fetch(lock)
    except Unexpected as wrong:
        print(wrong, file=sys.stderr)
        return 1


class Unexpected(Exception):
    """A package is not what the lock says."""


def _check(lock: dict[str, Any]) -> int:
    expected = {name: digest for package in lock["packages"] for name, digest in package["files"].items()}
    found = {str(path.relative_to(FOLDER)): _sha256(path.read_bytes()) for path in FOLDER.rglob("*") if path.is_file()}
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            state = "missing" if name not in found else "not in the lock" if name not in expected else "changed"
            print(f"{FOLDER.relative_to(CHECKOUT) / name}: {state}", file=sys.stderr)
    return int(expected != found)


def _fetch(lock: dict[str, Any]) -> int:
    for package in lock["packages"]:
        content = _pack(package)
        for name in package["files"]:
            path = FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            made = (
                _sprite(content, package["icons"]) if name.endswith(".svg") else _part(content, package["from"][name])
            )
            path.write_bytes(made)
            package["files"][name] = _sha256(made)
        print(f"{package['name']} {package['version']}: {len(package['files'])} files")
    LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _pack(package: dict[str, Any]) -> tarfile.TarFile:
    """The published archive, after its checksum was compared. The registry is the one npm is set up for."""
    with tempfile.TemporaryDirectory() as folder:
        spec = f"{package['name']}@{package['version']}"
        command = ["npm", "pack", "--silent", "--pack-destination", folder, spec]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
        except FileNotFoundError:
            raise Unexpected("Fetching needs npm. On Debian: apt-get install npm") from None
        except subprocess.CalledProcessError as failed:
            raise Unexpected(f"{spec} could not be fetched: {failed.stderr.strip()}") from None
        content = next(Path(folder).glob("*.tgz")).read_bytes()
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if package["integrity"] not in ("", integrity):
        raise Unexpected(f"{spec} is not what was locked: {integrity} instead of {package['integrity']}")
    package["integrity"] = integrity
    return tarfile.open(fileobj=io.BytesIO(content))


def _part(archive: tarfile.TarFile, name: str) -> bytes:
    """A file of the archive, less the pointer to a source map that is not shipped."""
    try:
        file = archive.extractfile(f"package/{name}")
    except KeyError:
        file = None
    if file is None:
        raise Unexpected(f"There is no {name} in the package.")
    return re.sub(rb"\n//# sourceMappingURL=\S+\s*$", b"\n", file.read())


def _sprite(archive: tarfile.TarFile, icons: list[str]) -> bytes:
    """One SVG file with a symbol per icon, to be shown by `<use href="lucide.svg#name">`."""
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', "<!-- Lucide, ISC licence: see lucide.LICENSE.txt -->"]
    for icon in sorted(set(icons)):
        drawing = _part(archive, f"icons/{icon}.svg").decode()
        body = re.sub(r"\s*\n\s*", "", drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.index("</svg>")])
        lines.append(f'<symbol id="{icon}" {SYMBOL}>{body}</symbol>')
    return "\n".join([*lines, "</svg>", ""]).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
