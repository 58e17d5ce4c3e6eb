"""What the operating system says is told in the language of the reader."""

from pathlib import Path

import pytest
from django.utils import translation

from linli.kit.reasons import reason


def test_a_reason_is_told_in_the_language_of_the_reader(tmp_path: Path) -> None:
    with pytest.raises(OSError) as missing, (tmp_path / "none").open():
        pass
    with translation.override("zh-hans"):
        assert reason(missing.value) == "没有这个文件或文件夹"
    with translation.override("en"):
        assert reason(missing.value) == "No such file or directory"


def test_an_error_without_a_reason_is_no_trouble() -> None:
    assert reason(OSError("odd")) == ""
