"""Storing: whole or not at all, under one name, on the folder of the home and in a bucket over HTTP."""

import hashlib
import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from linli.kit.media import renditions
from linli.kit.media.keeping import NotKept, keep, keep_file
from linli.kit.media.storing import original, store, try_out
from linli.kit.media.testing import picture, shown, video
from linli.kit.refusal import BadInput, Refused


def test_what_is_put_is_there_whole(either_store: str, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    (tmp_path / "sent").write_bytes(content)
    kept = store()
    kept.put("originals/ab/abc", tmp_path / "sent")
    assert (kept.exists("originals/ab/abc"), kept.size("originals/ab/abc")) == (True, len(content))
    with kept.open("originals/ab/abc") as file:
        assert file.read() == content
        file.seek(2_000_000)
        assert file.read(5) == content[2_000_000:2_000_005]
        file.seek(-3, io.SEEK_END)
        assert (file.read(), file.read()) == (content[-3:], b"")


def test_a_name_has_one_content(either_store: str) -> None:
    kept = store()
    kept.put("views/ab/one", b"first")
    kept.put("views/ab/one", b"second")
    assert kept.open("views/ab/one").read() == b"first"


def test_what_is_deleted_is_gone(either_store: str) -> None:
    kept = store()
    kept.put("views/ab/gone", b"here")
    kept.delete("views/ab/gone")
    kept.delete("views/ab/gone")
    assert not kept.exists("views/ab/gone")
    for look in (kept.open, kept.size):
        with pytest.raises(FileNotFoundError):
            look("views/ab/gone")


def test_a_photo_and_a_film_go_all_the_way(either_store: str) -> None:
    for content in (picture(size=(3000, 2000)), video()):
        file = keep(content)
        assert store().open(original(file.sha256)).read() == content
        assert Image.open(io.BytesIO(shown(file.sha256))).format == "JPEG"
        assert Image.open(store().open(renditions.thumb(file.sha256))).width <= 480
    assert store().open(renditions.film(file.sha256)).read()[4:8] == b"ftyp"


def test_nothing_is_stored_of_what_is_refused(either_store: str) -> None:
    content = picture()[:-100]
    with pytest.raises(BadInput):
        keep(content)
    assert not store().exists(original(hashlib.sha256(content).hexdigest()))


def test_the_store_can_be_tried_out(either_store: str) -> None:
    try_out()


def test_a_crash_while_writing_leaves_no_half_file(settings: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store().put("originals/ab/abc", tmp_path / "absent")
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_store_that_cannot_be_written_is_said_and_nothing_is_kept(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "file"
    with pytest.raises(NotKept) as refusal:
        keep(picture())
    assert (refusal.value.code, refusal.value.status) == ("media_not_kept", 503)
    with pytest.raises(OSError):
        try_out()


def test_a_wrong_key_is_said(bucket: str, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_S3, settings.MEDIA_S3_KEY_FILE = bucket, tmp_path / "key"
    (tmp_path / "key").write_text("linli-test-key\nwrong\n")
    with pytest.raises(NotKept):
        keep(picture())
    with pytest.raises(OSError, match=r"SignatureDoesNotMatch|403"):
        try_out()


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/linli", "http://127.0.0.1:9", "linli", "http:///linli"])
def test_an_address_that_is_none_is_said(address: str, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_S3, settings.MEDIA_S3_KEY_FILE = address, tmp_path / "key"
    (tmp_path / "key").write_text("a b")
    with pytest.raises(Refused) as refusal:
        try_out()
    assert refusal.value.code == "media_s3_address"


def test_a_key_file_without_two_lines_is_said(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_S3, settings.MEDIA_S3_KEY_FILE = "http://127.0.0.1:9/linli", tmp_path / "key"
    (tmp_path / "key").write_text("only one\n\n".replace(" ", "-"))
    with pytest.raises(Refused) as refusal:
        try_out()
    assert refusal.value.code == "media_s3_key"


def test_a_photo_of_a_home_made_before_is_still_shown(settings: Any) -> None:
    content = picture(size=(2048, 1000))
    sha256 = hashlib.sha256(content).hexdigest()
    path = Path(settings.MEDIA_ROOT) / sha256[:2] / f"{sha256}.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert shown(sha256) == content
    assert Image.open(store().open(renditions.thumb(sha256))).width == 480


def test_a_photo_nobody_sent_is_absent() -> None:
    with pytest.raises(FileNotFoundError):
        renditions.view("0" * 64)


def test_a_file_is_left_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(picture())
    keep_file(tmp_path / "photo.jpg")
    assert (tmp_path / "photo.jpg").read_bytes() == picture()
