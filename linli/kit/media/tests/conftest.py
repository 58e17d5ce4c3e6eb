"""What the tests of media share: either storage, empty."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linli.kit.media.testing import KEY, SECRET, s3_server


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store that speaks S3, over HTTP."""
    with s3_server(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture(params=["folder", "s3"])
def either_store(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> str:
    """The test runs on the folder and on the bucket."""
    if request.param == "s3":
        settings.MEDIA_S3 = f"{request.getfixturevalue('bucket')}/{tmp_path.name}"
        settings.MEDIA_S3_KEY_FILE = tmp_path / "key"
        settings.MEDIA_S3_KEY_FILE.write_text(f"{KEY}\n{SECRET}\n")
    return str(request.param)
