"""What must hold before linli serves others than this machine; each refusal says what to set."""

import stat
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext as _

from linli.kit.refusal import Refused

TAG = "linli"
_SHORTEST_KEY = 40


@register(TAG)
def check_safe_start(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """For `manage.py check`; the commands that start servers ask `refuse_unsafe_start`."""
    return [Error(sentence, id=f"linli.{code}") for code, sentence in unsafe()]


def refuse_unsafe_start() -> None:
    """Raises `Refused` with the first thing that makes a start unsafe."""
    for code, sentence in unsafe():
        raise Refused(code, sentence)


def unsafe() -> Iterator[tuple[str, str]]:
    """Code and sentence of everything that is not safe."""
    for is_unsafe, code, sentence in _ALWAYS + (_WHEN_OTHERS_REACH_IT if settings.HOSTS else ()):
        if is_unsafe():
            yield code, sentence() % {"home": settings.HOME, "media_key": settings.MEDIA_S3_KEY_FILE}


def _open_to_others(path: Path, what: int) -> bool:
    return path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & what)


def _is_network(text: str) -> bool:
    try:
        return bool(ip_network(text, strict=False))
    except ValueError:
        return False


Row = tuple[Callable[[], bool], str, Callable[[], str]]

_ALWAYS: tuple[Row, ...] = (
    (
        lambda: _open_to_others(settings.HOME / "secret_key", 0o077),
        "key_open",
        lambda: _("Others on this machine can read the secret key. Run: chmod 600 %(home)s/secret_key"),
    ),
    (
        lambda: bool(settings.MEDIA_S3) and _open_to_others(settings.MEDIA_S3_KEY_FILE, 0o077),
        "media_key_open",
        lambda: _("Others on this machine can read the key of the media store. Run: chmod 600 %(media_key)s"),
    ),
    (
        lambda: _open_to_others(settings.HOME, 0o002),
        "home_writable",
        lambda: _("Others on this machine can write into the home. Run: chmod 700 %(home)s"),
    ),
    (
        lambda: not all(map(_is_network, settings.WEBHOOK_NETWORKS)),
        "bad_networks",
        lambda: _("LINLI_WEBHOOK_NETWORKS names networks such as 10.44.0.0/16, separated by commas. Correct it."),
    ),
)
_WHEN_OTHERS_REACH_IT: tuple[Row, ...] = (
    (
        lambda: bool(settings.DEBUG),
        "debug_in_production",
        lambda: _("LINLI_DEBUG shows the inside of the program to everybody. Unset it, or unset LINLI_HOSTS."),
    ),
    (
        lambda: any("*" in host for host in settings.HOSTS),
        "any_host",
        lambda: _("LINLI_HOSTS must name the hosts, not “*”. Set it to the names under which people reach linli."),
    ),
    (
        lambda: len(settings.SECRET_KEY) < _SHORTEST_KEY,
        "key_short",
        lambda: _("The secret key is too short. Restore the file %(home)s/secret_key from the backup."),
    ),
    (
        lambda: _open_to_others(settings.HOME, 0o005),
        "home_readable",
        lambda: _("Others on this machine can read the home. Run: chmod 700 %(home)s"),
    ),
)
