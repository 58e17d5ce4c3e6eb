"""A production that is not safe does not start: each unsafe setting by itself, with what to set."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.utils import timezone

from linli import checks
from linli.chores.examining import Level
from linli.chores.examining import _look_at_safety as look_at_safety
from linli.kit.refusal import Refused
from linli.settings import postgres

CHECKOUT = Path(__file__).resolve().parent.parent

_ASK = """
import json, django
django.setup()
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
names = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE",
         "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "DEBUG")
found = [one.id for one in run_checks(include_deployment_checks=True) if not one.is_silenced()]
print(json.dumps([{name: getattr(settings, name) for name in names}, found]))
"""


def _asked(home: Path, **environment: str) -> tuple[dict[str, Any], list[str]]:
    home.chmod(0o700)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
    given = {"LINLI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "linli.settings", "PYTHONPATH": str(CHECKOUT)}
    answer = subprocess.run(
        [sys.executable, "-c", _ASK], env=kept | given | environment, capture_output=True, text=True, check=True
    )
    settings, found = json.loads(answer.stdout)
    return settings, found


def test_a_production_has_nothing_that_django_warns_of_and_its_cookies_go_encrypted(tmp_path: Path) -> None:
    settings, found = _asked(tmp_path, LINLI_HOSTS="linli.county.example")
    assert found == []
    assert settings == {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "DEBUG": False,
    }


#: One by one what makes a production unsafe: the settings, the code, and what is to be set.
UNSAFE: dict[str, tuple[dict[str, Any], str, str]] = {
    "debugging": ({"DEBUG": True}, "debug_in_production", "LINLI_DEBUG"),
    "any host": ({"HOSTS": ["*"]}, "any_host", "LINLI_HOSTS"),
    "any host of a domain": ({"HOSTS": [".county.example"]}, "any_host", "LINLI_HOSTS"),
    "an address": ({"HOSTS": ["https://linli.county.example"]}, "host_not_a_name", "LINLI_HOSTS"),
    "a space": ({"HOSTS": ["a.county.example", " b.county.example"]}, "host_not_a_name", "LINLI_HOSTS"),
    "a short key": ({"SECRET_KEY": "k" * 39}, "key_short", "secret_key"),
    "never idle": ({"IDLE_S": 3 * 3600}, "session_too_long", "LINLI_IDLE_MINUTES"),
    "never ending": ({"SESSION_COOKIE_AGE": 7 * 86400}, "session_too_long", "LINLI_SESSION_HOURS"),
    "no second factor": ({"SECOND_FACTOR": "none"}, "bad_second_factor", "LINLI_SECOND_FACTOR"),
    "no sealing": ({"SEALING": "none"}, "bad_sealing", "LINLI_SEALING"),
    "no network": ({"WEBHOOK_NETWORKS": ["county"]}, "bad_networks", "LINLI_WEBHOOK_NETWORKS"),
    "every network": ({"WEBHOOK_NETWORKS": ["0.0.0.0/0"]}, "networks_of_our_own", "LINLI_WEBHOOK_NETWORKS"),
    "this machine": ({"WEBHOOK_NETWORKS": ["::1"]}, "networks_of_our_own", "LINLI_WEBHOOK_NETWORKS"),
    "a plain bucket": ({"MEDIA_S3": "http://s3.county.example/b"}, "bucket_not_encrypted", "LINLI_MEDIA_S3"),
    "half a provider": ({"OIDC_CLIENT_ID": "linli"}, "provider_half", "LINLI_OIDC_ISSUER"),
}


@pytest.fixture
def production(settings: Any, tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    settings.HOME, settings.HOSTS, settings.DEBUG = tmp_path, ["linli.county.example"], False
    assert [*checks.unsafe()] == []
    return tmp_path


def refused_by_all_three(code: str, to_set: str) -> None:
    """The start, `check --deploy` and the doctor say it, and what to set."""
    (told,) = [sentence for found, sentence in checks.unsafe() if found == code]
    assert to_set in told
    assert f"linli.{code}" in {one.id for one in run_checks(tags=[checks.TAG], include_deployment_checks=True)}
    assert told in [one.sentence for one in look_at_safety(timezone.now()) if one.level == Level.FAIL]
    with pytest.raises(Refused) as refused:
        checks.refuse_unsafe_start()
    assert (refused.value.code, refused.value.message) == (code, told)


@pytest.mark.parametrize("unsafe", UNSAFE.values(), ids=UNSAFE)
def test_each_unsafe_setting_alone_is_refused_with_what_to_set(
    db: None, production: Path, settings: Any, unsafe: tuple[dict[str, Any], str, str]
) -> None:
    changed, code, to_set = unsafe
    for name, value in changed.items():
        setattr(settings, name, value)
    refused_by_all_three(code, to_set)


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o722])
def test_a_home_that_others_reach_is_refused(db: None, production: Path, mode: int) -> None:
    production.chmod(mode)
    if mode == 0o750:  # a group that the operator chose may read it
        assert [*checks.unsafe()] == []
    else:
        refused_by_all_three("home_writable" if mode & 0o002 else "home_readable", "chmod 700")


@pytest.mark.parametrize(
    "name", ["secret_key", "vault_keys", "sms_key", "media_s3_key", "backup_key", "mail", "mail_in"]
)
def test_a_key_that_others_can_read_is_refused(db: None, production: Path, settings: Any, name: str) -> None:
    settings.SMS_KEY_FILE, settings.MEDIA_S3_KEY_FILE = production / "sms_key", production / "media_s3_key"
    settings.BACKUP_KEY_FILE = production / "backup_key"
    settings.MAIL_OUT = f"smtps://a@mail.example?password_file={production / 'mail'}"
    settings.MAIL_IN = [f"imaps://a@mail.example/INBOX?area=440881&password_file={production / 'mail_in'}"]
    key = production / name
    key.write_text("k" * 64)
    key.chmod(0o600)
    assert [*checks.unsafe()] == []
    key.chmod(0o640)
    refused_by_all_three("key_open" if name == "secret_key" else "key_file_open", f"chmod 600 {key}")


def test_a_store_on_another_machine_is_asked_for_its_certificate(
    db: None, production: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOST", "OPTIONS"):
        monkeypatch.setitem(settings.DATABASES["default"], name, {"HOST": "db.county.example", "OPTIONS": {}}[name])
    assert [code for code, _sentence in checks.unsafe()] == ["store_not_encrypted"]


def test_what_is_no_production_or_an_unsafe_one_is_told_so(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.id for one in checks.check_production(None)] == ["linli.no_hosts"]
    settings.HOSTS = ["linli.county.example"]
    assert checks.check_production(None) == []
    plain = postgres("postgres://linli:secret@db.county.example/linli")
    monkeypatch.setitem(settings.DATABASES, "default", plain)
    settings.MEDIA_S3 = "http://store.county.example/linli"
    told = dict(checks.unsafe())
    assert {"store_not_encrypted", "bucket_not_encrypted"} <= set(told)
    plain["OPTIONS"]["sslmode"] = "verify-full"
    settings.MEDIA_S3 = "https://store.county.example/linli"
    assert {"store_not_encrypted", "bucket_not_encrypted"} & set(dict(checks.unsafe())) == set()


def test_a_key_that_others_can_read_is_told_with_its_file(settings: Any, tmp_path: Path) -> None:
    settings.SMS_KEY_FILE = tmp_path / "sms_key"
    settings.SMS_KEY_FILE.write_text("secret")
    settings.SMS_KEY_FILE.chmod(0o640)
    assert f"chmod 600 {settings.SMS_KEY_FILE}" in dict(checks.unsafe())["key_file_open"]


@pytest.mark.parametrize("words", [["up"], ["serve"], ["work"], ["work", "--once"]])
def test_every_command_that_starts_something_refuses_an_unsafe_production(
    db: None, production: Path, settings: Any, words: list[str]
) -> None:
    settings.HOSTS = ["*"]
    with pytest.raises(Refused) as refused:
        call_command(*words)
    assert refused.value.code == "any_host"
