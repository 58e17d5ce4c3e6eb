"""What must hold before linli serves others than this machine; each refusal says what to set."""

import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from ipaddress import ip_network
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext as _

from linli.accounts.shared import shared_accounts
from linli.administration.actions.administrators import not_apart
from linli.kit.key_ring import METHODS
from linli.kit.refusal import Refused

TAG = "linli"
_SHORTEST_KEY, _LONGEST_ISSUER = 40, 400
_OURSELVES = ("localhost", "127.0.0.1", "::1")
#: The machine itself and what only it can ask: no webhook goes there, whoever names the address.
_OWN_NETWORKS = [ip_network(one) for one in ("127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10")]
SECOND_FACTORS = ("roles", "all")
#: A sign-in that goes on without use, or for days, is one that others find.
_LONGEST_IDLE_S, _LONGEST_SESSION_S = 2 * 3600, 24 * 3600


@register(TAG)
def check_safe_start(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """For `manage.py check`; the commands that start servers ask `refuse_unsafe_start`."""
    return [Error(sentence, id=f"linli.{code}") for code, sentence in unsafe()]


@register(TAG, deploy=True)
def check_production(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """For `manage.py check --deploy`: a home that names no hosts is meant for this machine alone."""
    words = _(
        "LINLI_HOSTS is not set: this home serves this machine alone. Set it to the names under which people reach it."
    )
    return [] if settings.HOSTS else [Error(words, id="linli.no_hosts")]


def refuse_unsafe_start() -> None:
    """Raises `Refused` with the first thing that makes a start unsafe."""
    for code, sentence in (*unsafe(), *unsafe_accounts()):
        raise Refused(code, sentence)


def unsafe_accounts() -> Iterator[tuple[str, str]]:
    """As `unsafe`, of accounts: this asks the store."""
    return chain(shared_accounts(), not_apart()) if settings.HOSTS else iter(())


def unsafe() -> Iterator[tuple[str, str]]:
    """Code and sentence of everything that is not safe."""
    for is_unsafe, code, sentence in _ALWAYS + (_WHEN_OTHERS_REACH_IT if settings.HOSTS else ()):
        if is_unsafe():
            yield code, sentence() % {"home": settings.HOME, "keys": " ".join(_open_key_files())}


def _open_to_others(path: Path, what: int) -> bool:
    return path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & what)


def _key_files() -> list[Path]:
    """The files with keys that the settings name, and that are there."""
    named = (
        *_mail_passwords(),
        settings.HOME / "vault_keys",
        settings.MEDIA_S3_KEY_FILE,
        settings.BACKUP_KEY_FILE,
        settings.SMS_KEY_FILE,
        settings.OIDC_SECRET_FILE,
    )
    return [path for path in named if path.exists()]


def _mail_passwords() -> Iterator[Path]:
    for address in (settings.MAIL_OUT, *settings.MAIL_IN):
        # What cannot be read is told by whoever reads mail.
        with suppress(ValueError):
            yield from map(Path, parse_qs(urlsplit(address).query).get("password_file", ()))


def _open_key_files() -> list[str]:
    return [str(path) for path in _key_files() if _open_to_others(path, 0o077)]


def _is_store_plain() -> bool:
    """A database on another machine, spoken to without encryption, or with whoever says that it is the one."""
    store = settings.DATABASES["default"]
    host = str(store.get("HOST") or "")
    is_elsewhere = bool(host) and not host.startswith("/") and host not in _OURSELVES
    return is_elsewhere and store.get("OPTIONS", {}).get("sslmode") not in ("verify-ca", "verify-full")


def _is_bucket_plain() -> bool:
    parts = urlsplit(settings.MEDIA_S3)
    return parts.scheme == "http" and parts.hostname not in _OURSELVES


def _is_network(text: str) -> bool:
    try:
        return bool(ip_network(text, strict=False))
    except ValueError:
        return False


def _names_this_machine() -> bool:
    """A network that webhooks may go to holds this machine, or everything."""
    named = [ip_network(one, strict=False) for one in settings.WEBHOOK_NETWORKS if _is_network(one)]
    return any(one.version == own.version and one.overlaps(own) for one in named for own in _OWN_NETWORKS)


def _lasts_too_long() -> bool:
    is_idle_sane = 60 <= settings.IDLE_S <= _LONGEST_IDLE_S
    return not (is_idle_sane and 3600 <= settings.SESSION_COOKIE_AGE <= _LONGEST_SESSION_S)


def _is_provider_half() -> bool:
    """One of the three that single sign-on needs is there, and another is not."""
    if not (settings.OIDC_ISSUER or settings.OIDC_CLIENT_ID):
        return False
    parts, file = urlsplit(settings.OIDC_ISSUER), settings.OIDC_SECRET_FILE
    is_address = parts.scheme in ("https", "http") and bool(parts.hostname) and not (parts.query or parts.fragment)
    has_secret = file.is_file() and file.stat().st_size > 0
    return not (is_address and len(settings.OIDC_ISSUER) <= _LONGEST_ISSUER and settings.OIDC_CLIENT_ID and has_secret)


def _is_provider_plain() -> bool:
    parts = urlsplit(settings.OIDC_ISSUER)
    return parts.scheme == "http" and parts.hostname not in _OURSELVES


Row = tuple[Callable[[], bool], str, Callable[[], str]]

_ALWAYS: tuple[Row, ...] = (
    (
        lambda: _open_to_others(settings.HOME / "secret_key", 0o077),
        "key_open",
        lambda: _("Others on this machine can read the secret key. Run: chmod 600 %(home)s/secret_key"),
    ),
    (
        lambda: bool(_open_key_files()),
        "key_file_open",
        lambda: _("Others on this machine can read keys. Run: chmod 600 %(keys)s"),
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
    (
        lambda: settings.SECOND_FACTOR not in SECOND_FACTORS,
        "bad_second_factor",
        lambda: _("LINLI_SECOND_FACTOR is “roles” or “all”. Correct it, or unset it."),
    ),
    (
        lambda: settings.SEALING not in METHODS,
        "bad_sealing",
        lambda: _("LINLI_SEALING is “aes-256-gcm” or “sm4-gcm”. Correct it, or unset it."),
    ),
    (
        _is_provider_half,
        "provider_half",
        lambda: _(
            "Single sign-on needs three things: LINLI_OIDC_ISSUER (https://…), LINLI_OIDC_CLIENT_ID, and the file "
            "LINLI_OIDC_SECRET_FILE. Set all of them, or none."
        ),
    ),
)
_WHEN_OTHERS_REACH_IT: tuple[Row, ...] = (
    (
        lambda: bool(settings.DEBUG),
        "debug_in_production",
        lambda: _("LINLI_DEBUG shows the inside of the program to everybody. Unset it, or unset LINLI_HOSTS."),
    ),
    (
        lambda: any("*" in host or host.startswith(".") for host in settings.HOSTS),
        "any_host",
        lambda: _("LINLI_HOSTS must name the hosts, not “*”. Set it to the names under which people reach linli."),
    ),
    (
        lambda: any("/" in host or host != host.strip() for host in settings.HOSTS),
        "host_not_a_name",
        lambda: _(
            "LINLI_HOSTS holds names alone, separated by commas: linli.county.example without https:// or spaces."
        ),
    ),
    (
        _lasts_too_long,
        "session_too_long",
        lambda: _(
            "A sign-in ends after 120 minutes without use and after 24 hours at most. Correct LINLI_IDLE_MINUTES (1 to 120) "
            "and LINLI_SESSION_HOURS (1 to 24)."
        ),
    ),
    (
        _names_this_machine,
        "networks_of_our_own",
        lambda: _(
            "LINLI_WEBHOOK_NETWORKS holds this machine itself, so that webhooks could ask it for anything. Name the networks "
            "of the other systems alone, such as 10.44.0.0/16."
        ),
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
    (
        _is_store_plain,
        "store_not_encrypted",
        lambda: _(
            "The database lies on another machine, and its certificate is not asked for. Add to LINLI_DATABASE_URL: "
            "?sslmode=verify-full&sslrootcert=PATH"
        ),
    ),
    (
        _is_bucket_plain,
        "bucket_not_encrypted",
        lambda: _("Photos go to another machine without encryption. Let LINLI_MEDIA_S3 begin with https://"),
    ),
    (
        _is_provider_plain,
        "provider_not_encrypted",
        lambda: _("Single sign-on goes over the network without encryption. Let LINLI_OIDC_ISSUER begin with https://"),
    ),
)
