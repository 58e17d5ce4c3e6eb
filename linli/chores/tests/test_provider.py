"""The identity provider as those who keep a home meet it: what the start refuses, and what the doctor finds."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from linli import checks
from linli.accounts import provider
from linli.accounts.testing import Provider, running, use
from linli.chores.examining import Level
from linli.chores.examining_around import of_provider
from linli.events.testing import NOON


@pytest.fixture
def county(settings: Any, tmp_path: Path) -> Iterator[Provider]:
    tmp_path.chmod(0o700)
    settings.HOME = tmp_path
    with running() as one:
        use(one, settings, tmp_path)
        yield one


def codes() -> list[str]:
    return [code for code, _sentence in checks.unsafe()]


def test_three_things_are_set_or_none_of_them(county: Provider, settings: Any) -> None:
    assert codes() == []
    for name, value in (
        ("OIDC_ISSUER", ""),
        ("OIDC_ISSUER", "county.example"),
        ("OIDC_ISSUER", "https://county.example/?realm=1"),
        ("OIDC_ISSUER", f"https://county.example/{'x' * 400}"),
        ("OIDC_CLIENT_ID", ""),
        ("OIDC_SECRET_FILE", settings.HOME / "not there"),
    ):
        before = getattr(settings, name)
        setattr(settings, name, value)
        assert codes() == ["provider_half"], (name, value)
        setattr(settings, name, before)
    settings.OIDC_SECRET_FILE.write_text("")
    assert codes() == ["provider_half"]
    settings.OIDC_ISSUER = settings.OIDC_CLIENT_ID = ""
    assert codes() == []


def test_a_secret_that_others_can_read_is_refused(county: Provider, settings: Any) -> None:
    settings.OIDC_SECRET_FILE.chmod(0o644)
    assert codes() == ["key_file_open"]


def test_before_others_the_provider_is_spoken_to_encrypted(county: Provider, settings: Any) -> None:
    settings.HOSTS = ["linli.example"]
    assert codes() == []  # it is on this machine
    settings.OIDC_ISSUER = "http://county.example"
    assert codes() == ["provider_not_encrypted"]
    settings.OIDC_ISSUER = "https://county.example"
    assert codes() == []


def found() -> list[tuple[Level, str]]:
    provider.forget()
    with translation.override("en"):
        return [(one.level, one.sentence) for one in of_provider(NOON)]


def test_the_doctor_asks_it_what_it_is_and_for_its_keys(county: Provider, settings: Any) -> None:
    assert [level for level, _sentence in found()] == [Level.OK]
    county.rows = []
    assert [level for level, _sentence in found()] == [Level.FAIL]
    county.document = {"issuer": "https://elsewhere.example"}
    ((level, sentence),) = found()
    assert level == Level.FAIL and "issuer_of_document" in sentence
    county.answers["/.well-known/openid-configuration"] = (500, {}, json.dumps({}).encode())
    ((level, sentence),) = found()
    assert level == Level.WARN and "document_500" in sentence
    settings.OIDC_ISSUER = ""
    assert found() == []
