"""A start that would be unsafe is refused with what to set; and the answer to those who watch the server."""

from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from linli import checks
from linli.kit.refusal import Refused
from linli.web.health import healthz


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    settings.HOME = tmp_path
    (tmp_path / "secret_key").write_text("k" * 64)
    (tmp_path / "secret_key").chmod(0o600)
    return tmp_path


def codes() -> list[str]:
    return [code for code, _sentence in checks.unsafe()]


def test_a_home_of_ones_own_is_safe(home: Path, settings: Any) -> None:
    settings.DEBUG = True
    assert codes() == []
    checks.refuse_unsafe_start()


def test_a_key_others_can_read_is_refused(home: Path) -> None:
    (home / "secret_key").chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        checks.refuse_unsafe_start()


def test_a_home_others_can_write_to_is_refused(home: Path) -> None:
    home.chmod(0o777)
    assert codes() == ["home_writable"]


def test_a_network_nobody_can_read_is_refused(home: Path, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = ["10.44.0.0/16", "192.168.7.20", "fd12::/16"]
    assert codes() == []
    settings.WEBHOOK_NETWORKS += ["county"]
    assert codes() == ["bad_networks"]


def test_what_is_safe_alone_is_not_before_others(home: Path, settings: Any) -> None:
    settings.HOSTS = ["linli.example", "*"]
    settings.DEBUG = True
    home.chmod(0o755)
    settings.SECRET_KEY = "short"
    assert codes() == ["debug_in_production", "any_host", "key_short", "home_readable"]
    assert {"linli.key_short", "linli.any_host"} < {message.id for message in checks.check_safe_start(None)}


@pytest.mark.django_db(transaction=True)
def test_a_server_that_can_commit_is_well() -> None:
    answer = healthz(RequestFactory().get("/healthz"))
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


def test_a_full_disk_is_not_well(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.kit.health._LEAST_FREE_BYTES", 10**18)
    answer = healthz(RequestFactory().get("/healthz"))
    assert (answer.status_code, answer.content) == (503, b"disk\n")
