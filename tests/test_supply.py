"""What linli is made of is listed whole, can be asked about, and goes out signed."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tools import audit, release, sbom

CHECKOUT = Path(__file__).resolve().parent.parent


# --- the list ---------------------------------------------------------------------------------------------------------


def test_every_locked_package_is_in_the_list_with_version_licence_and_checksums() -> None:
    listed = {(one["name"], one["version"]): one for one in sbom.bill()["components"] if "pypi" in one["bom-ref"]}
    locked: dict[tuple[str, str], set[str]] = {}
    for path in (CHECKOUT / "requirements").glob("*.lock"):
        for block in re.split(r"\n(?=\S)", path.read_text()):
            name, _equals, rest = block.partition("==")
            key = (name.strip().lower().replace("_", "-"), rest.split()[0])
            locked.setdefault(key, set()).update(re.findall(r"sha256:([0-9a-f]+)", rest))
    assert set(listed) == set(locked)
    for key, hashes in locked.items():
        assert {one["content"] for one in listed[key]["hashes"]} == hashes
        assert hashes
        assert listed[key]["licenses"][0]["expression"]


def test_no_licence_is_kept_of_what_is_no_longer_locked() -> None:
    known = set(json.loads(sbom.LICENCES.read_text()))
    assert known == {one.name for one in sbom.packages()}


def test_what_is_vendored_and_the_data_are_in_the_list_as_they_lie_in_the_tree() -> None:
    listed = {one["bom-ref"]: one for one in sbom.bill()["components"]}
    for one in sbom.vendored():
        files = {
            file["name"]: file["hashes"][0]["content"]
            for file in listed[f"pkg:npm/{one['name']}@{one['version']}"]["components"]
        }
        assert files == one["files"]
    for path in sbom.DATA:
        content = (CHECKOUT / path).read_bytes()
        assert listed[f"data:{path}"]["hashes"][0]["content"] == hashlib.sha256(content).hexdigest()


def test_what_reaches_no_county_is_told_apart_and_the_core_holds_nothing_stricter_than_the_lgpl() -> None:
    listed = {one["name"]: one for one in sbom.bill()["components"]}
    assert (listed["django"]["scope"], listed["pytest"]["scope"]) == ("required", "excluded")
    assert listed["pillow-heif"]["scope"] == "optional"
    core = [one["licenses"][0]["expression"] for one in listed.values() if one["scope"] == "required"]
    assert [words for words in core if re.search(r"(?<!L)GPL|AGPL|SSPL|NC", words)] == []


def test_the_list_is_the_same_each_time() -> None:
    assert json.dumps(sbom.bill()) == json.dumps(sbom.bill())


# --- asking about it --------------------------------------------------------------------------------------------------


@pytest.fixture
def database() -> Iterator[tuple[str, list[Any]]]:
    """A stand-in for the advisory database: it knows of one package; what it was asked is in the list."""
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            got.append((self.path, sent))
            results = [
                {"vulns": [{"id": "X-1"}]} if one["package"]["name"] == "django" else {} for one in sent["queries"]
            ]
            body = json.dumps({"results": results}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


def run(monkeypatch: pytest.MonkeyPatch, at: str) -> int:
    monkeypatch.setattr("sys.argv", ["audit", "--at", at])
    return audit.main()


def test_everything_is_asked_about_and_what_is_known_is_told(
    database: tuple[str, list[Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at, got = database
    assert run(monkeypatch, at) == audit.SOMETHING
    told = capsys.readouterr().out
    assert re.search(r"PyPI django [\d.]+ \(core\+dev\): X-1", told)
    asked = {(one["package"]["ecosystem"], one["package"]["name"]) for _path, sent in got for one in sent["queries"]}
    assert asked >= {("PyPI", one.name) for one in sbom.packages()} | {("npm", "maplibre-gl"), ("npm", "echarts")}
    assert {path for path, _sent in got} == {"/v1/querybatch"}


def test_a_database_out_of_reach_is_no_good_news(
    database: tuple[str, list[Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "http://127.0.0.1:1") == audit.NOT_ASKED
    assert "Nothing is known" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("at", "words"),
    [("", ["X-1", "(1: "]), ("http://127.0.0.1:1", ["Nothing is known", "(3: "])],
    ids=["known", "out of reach"],
)
def test_ci_asks_and_tells_and_goes_on(database: tuple[str, list[Any]], at: str, words: list[str]) -> None:
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")
    found = re.search(r"^advisories\(\) \{.*?^\}$", script, re.MULTILINE | re.DOTALL)
    assert found and re.search(r"^advisories$", script, re.MULTILINE)
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{found.group()}\nadvisories"],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHON": sys.executable, "ADVISORIES": at or database[0]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert all(one in ran.stdout for one in words)


# --- a release --------------------------------------------------------------------------------------------------------


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *words],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "README.md").write_text("邻里\n")
    git(folder, "init", "-q")
    git(folder, "add", "README.md")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_a_release_is_the_same_bytes_each_time_and_holds_what_is_committed(checkout: Path, tmp_path: Path) -> None:
    one, two = (release.make(tmp_path / name, None, checkout) for name in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    shutil.unpack_archive(one[0], tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").glob("*/*")] == ["README.md"]


def test_what_is_not_committed_is_not_released(checkout: Path, tmp_path: Path) -> None:
    (checkout / "README.md").write_text("changed\n")
    with pytest.raises(release.Unfit, match=r"README\.md"):
        release.make(tmp_path / "one", None, checkout)


def verified(folder: Path, signers: Path) -> bool:
    """As docs/security.md tells a county to."""
    signed = subprocess.run(
        [
            "ssh-keygen",
            "-Y",
            "verify",
            "-f",
            signers,
            "-I",
            "release@linli",
            "-n",
            "linli-release",
            "-s",
            "SHA256SUMS.sig",
        ],
        cwd=folder,
        input=(folder / "SHA256SUMS").read_bytes(),
        capture_output=True,
        check=False,
    )
    sums = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
    )
    return not signed.returncode and not sums.returncode


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed (Debian: openssh-client)")
def test_a_signed_release_is_verified_and_one_changed_by_a_byte_or_signed_by_another_is_not(
    checkout: Path, tmp_path: Path
) -> None:
    keys = [tmp_path / name for name in ("right", "wrong")]
    for key in keys:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    signers = tmp_path / "signers"
    signers.write_text(f"release@linli {keys[0].with_suffix('.pub').read_text()}")
    folder = tmp_path / "release"
    archive, *_more = release.make(folder, keys[0], checkout)
    assert verified(folder, signers)
    whole = archive.read_bytes()
    archive.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert not verified(folder, signers)
    release.make(folder, keys[1], checkout)
    assert not verified(folder, signers)


def test_a_key_that_signs_nothing_is_told(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(release.Unfit):
        release.make(tmp_path / "one", tmp_path / "no-key", checkout)
