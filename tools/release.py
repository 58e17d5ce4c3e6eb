"""Makes a release that a county can verify: `python -m tools.release --key FILE`. docs/security.md says how they do.

From the commit that is checked out: the archive, the list of what it is made of, the checksums of both, and a signature over
the checksums by an SSH key. The same commit makes the same bytes, whoever makes it, so that two people can compare.
"""

import argparse
import gzip
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

from linli import __version__
from tools import sbom

CHECKOUT = Path(__file__).resolve().parent.parent
#: What the signature is for: one made for something else does not count.
PURPOSE = "linli-release"
SUMS = "SHA256SUMS"


class Unfit(Exception):
    """Why no release can be made."""


def main() -> int:
    """Make it, or say why not."""
    words = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__.partition("\n")[0])
    words.add_argument("--key", type=Path, help="the SSH key that signs; without it nothing is signed, and it is said")
    words.add_argument("--to", type=Path, default=CHECKOUT / "build" / "release", help="folder for the files")
    given = words.parse_args()
    try:
        for path in make(given.to, given.key):
            print(path)
    except Unfit as why:
        print(why, file=sys.stderr)
        return 1
    if given.key is None:
        print("Not signed: name the key with --key FILE (make release KEY=FILE).")
    return 0


def make(to: Path, key: Path | None, checkout: Path = CHECKOUT) -> list[Path]:
    """The files of a release of what is committed. Raises `Unfit` for what is not committed, and for a key that signs nothing."""
    if changed := _git(checkout, "status", "--porcelain", "--untracked-files=no").decode().strip():
        raise Unfit(f"Commit these first, or take them back; a release is made of a commit:\n{changed}")
    to.mkdir(parents=True, exist_ok=True)
    name = f"linli-{__version__}"
    archive, bill = to / f"{name}.tar.gz", to / f"{name}.cdx.json"
    archive.write_bytes(_archive(checkout, name))
    bill.write_text(json.dumps(sbom.bill(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sums = to / SUMS
    sums.write_text("".join(f"{_sha256(path)}  {path.name}\n" for path in (archive, bill)), encoding="utf-8")
    return [archive, bill, sums, *([_sign(sums, key)] if key else [])]


def _archive(checkout: Path, name: str) -> bytes:
    """Of the commit alone: files in its order, with its time; and packed without a time or a name."""
    tar = _git(checkout, "archive", "--format=tar", f"--prefix={name}/", "HEAD")
    out = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
        packed.write(tar)
    return out.getvalue()


def _git(checkout: Path, *words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=checkout, capture_output=True, check=False)
    if done.returncode:
        raise Unfit(f"A release is made in a git checkout: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sign(sums: Path, key: Path) -> Path:
    signature = sums.with_name(f"{sums.name}.sig")
    signature.unlink(missing_ok=True)
    try:
        done = subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-n", PURPOSE, "-f", str(key), str(sums)], capture_output=True, check=False
        )
    except FileNotFoundError:
        raise Unfit("ssh-keygen signs a release. On Debian: apt-get install openssh-client") from None
    if done.returncode:
        raise Unfit(f"The key signs nothing: {done.stderr.decode(errors='replace').strip()}")
    return signature


if __name__ == "__main__":
    sys.exit(main())
