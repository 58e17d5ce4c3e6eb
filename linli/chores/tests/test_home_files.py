"""The files of a home in a backup: laid where they were, and nothing elsewhere."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linli.chores.backup.home_files import pack, unpack
from linli.kit.refusal import Refused


def packed(fill: Callable[[tarfile.TarFile], object]) -> Any:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        fill(tar)
    content.seek(0)
    return content


def member(name: str, kind: bytes = tarfile.REGTYPE, content: bytes = b"x", link: str = "") -> Any:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    return lambda tar: tar.addfile(info, io.BytesIO(content))


def test_files_come_back_as_they_were(tmp_path: Path) -> None:
    home, again = tmp_path / "home", tmp_path / "again"
    (home / "models" / "deep").mkdir(parents=True)
    (home / "secret_key").write_bytes(b"secret")
    (home / "models" / "deep" / "词").write_bytes(b"\0" * 100_000)
    (home / "secret_key").chmod(0o600)
    (home / "lock").touch()
    (home / "link").symlink_to("/etc/passwd")
    again.mkdir()
    unpack(packed(lambda tar: [tar.addfile(*one) for one in as_packed(home)]), again)
    assert sorted(path.relative_to(again).as_posix() for path in again.rglob("*") if path.is_file()) == [
        "models/deep/词",
        "secret_key",
    ]
    assert (again / "models" / "deep" / "词").read_bytes() == b"\0" * 100_000
    assert (again / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (again / "secret_key").stat().st_mtime == pytest.approx((home / "secret_key").stat().st_mtime, abs=1)


def as_packed(home: Path) -> list[tuple[tarfile.TarInfo, Any]]:
    written = io.BytesIO()
    pack(home, written, [home / "lock"])  # type: ignore[arg-type]
    written.seek(0)
    with tarfile.open(fileobj=written, mode="r|") as tar:
        return [(info, io.BytesIO(tar.extractfile(info).read())) for info in tar]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "hostile",
    [
        member("../outside"),
        member("/srv/outside"),
        member("models/../../outside"),
        member("link", tarfile.SYMTYPE, link="/etc"),
        member("hard", tarfile.LNKTYPE, link="/etc/passwd"),
        member("pipe", tarfile.FIFOTYPE),
        member("device", tarfile.CHRTYPE),
    ],
)
def test_what_would_lie_elsewhere_is_refused(hostile: Callable[[tarfile.TarFile], object], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with pytest.raises(Refused) as caught:
        unpack(packed(hostile), home)
    assert caught.value.code == "bad_home"
    assert list(home.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        unpack(io.BytesIO(b"no archive at all" * 100), tmp_path)  # type: ignore[arg-type]
