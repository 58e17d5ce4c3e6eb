"""All settings, in one place. A fresh checkout runs with no environment at all; docs/settings.md lists `LINLI_*`."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

CHECKOUT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("LINLI_HOME") or CHECKOUT / "var").resolve()
PORT = int(os.environ.get("LINLI_PORT", "8000"))
#: Processes of the front; 0: one on SQLite, one per two processors on PostgreSQL.
FRONTS = int(os.environ.get("LINLI_FRONTS", "0"))
#: Days for which a report is kept as it was sent after it was taken in; 0: for good.
SENT_KEPT_DAYS = int(os.environ.get("LINLI_SENT_KEPT_DAYS", "30"))
#: A note between shifts that nobody has taken over after so many minutes stands at the top of the queue.
HANDOVER_MINUTES = int(os.environ.get("LINLI_HANDOVER_MINUTES", "30"))
#: Reports that one key of another system may send in an hour: what a county moves over in one go, and no flood without an end.
KEY_REPORTS = int(os.environ.get("LINLI_KEY_REPORTS", "1000000"))
DEBUG = os.environ.get("LINLI_DEBUG") == "1"
#: A production home is meant for others than this machine; `checks.py` then refuses what is unsafe.
HOSTS = [host for host in os.environ.get("LINLI_HOSTS", "").split(",") if host]
ALLOWED_HOSTS = [*HOSTS, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in HOSTS]


#: Whether this very process has made the secret key of its home: then nothing was ever sealed with it.
SECRET_KEY_IS_NEW = not (HOME / "secret_key").exists()


def _secret_key() -> str:
    """The key of this home, made once and kept in a file only its owner may read."""
    path = HOME / "secret_key"
    if not path.exists():
        HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = HOME / f"secret_key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        # The name appears with the whole key behind it, and only for the first of several processes.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


def _database() -> dict[str, Any]:
    """SQLite in the home, or what `LINLI_DATABASE_URL` names."""
    url = os.environ.get("LINLI_DATABASE_URL")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "linli.sqlite3",
            # To open a store anew costs more than most pages: its whole schema is read each time.
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                # IMMEDIATE: a deferred transaction that must upgrade fails at once when another one writes.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728; "
                "PRAGMA cache_size=-20000; PRAGMA journal_size_limit=27103364; PRAGMA temp_store=MEMORY;",
            },
        }
    return postgres(url)


def postgres(url: str) -> dict[str, Any]:
    """The database at `postgres://user:password@host:port/name`.

    A socket folder goes into the query: `postgres://linli@/linli?host=/run/postgresql`.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "OPTIONS": query,
    }


SECRET_KEY = _secret_key()
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "linli.kit",
    "linli.areas",
    "linli.people",
    "linli.journal",
    "linli.accounts",
    "linli.holds",
    "linli.exports",
    "linli.events",
    "linli.statistics",
    "linli.notices",
    "linli.desk",
    "linli.opinions",
    "linli.administration",
    "linli.briefing",
    "linli.wall",
    "linli.openness",
    "linli.mediation",
    "linli.intake",
    "linli.field",
    "linli.audit",
    "linli.privacy",
    "linli.chores",
    "linli.web",
    "linli.demo",
]

MIDDLEWARE = [
    "linli.web.tracing.traced",
    "linli.web.squeezing.squeezed",
    "linli.web.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "linli.web.account.keeping.kept_while_used",
    "linli.web.middleware.language",
    "linli.web.middleware.scope",
    "linli.administration.middleware.emergency",
    "linli.intake.holders.holders",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "linli.web.wrong_method.led_to_the_page",
    "linli.web.middleware.addresses",
    "linli.web.middleware.refusals",
    "linli.web.rates.limited",
]

ROOT_URLCONF = "linli.urls"
WSGI_APPLICATION = "linli.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linli.web.context.page",
            ],
        },
    }
]

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["linli.people.signing_in.UsernameOrTelephone"]
LOGIN_URL = "sign_in"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "linli.web.signing.form_too_old"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(HOSTS)
#: A sign-in ends after so many hours, and after so many minutes without use.
SESSION_COOKIE_AGE = int(os.environ.get("LINLI_SESSION_HOURS", "12")) * 3600
IDLE_S = int(os.environ.get("LINLI_IDLE_MINUTES", "30")) * 60
#: A password older than so many days must be changed; 0: never for its age alone.
PASSWORD_DAYS = int(os.environ.get("LINLI_PASSWORD_DAYS", "0"))
#: Who needs a second factor once others reach this home: those whose `roles` ask for it, or `all`.
SECOND_FACTOR = os.environ.get("LINLI_SECOND_FACTOR", "roles")
#: Single sign-on: the address of an OpenID Connect provider, how this home is called there, the file with its secret, and the
#: name on the button; none: people sign in by password alone.
OIDC_ISSUER = os.environ.get("LINLI_OIDC_ISSUER", "")
OIDC_CLIENT_ID = os.environ.get("LINLI_OIDC_CLIENT_ID", "")
OIDC_SECRET_FILE = Path(os.environ.get("LINLI_OIDC_SECRET_FILE") or HOME / "oidc_secret")
OIDC_NAME = os.environ.get("LINLI_OIDC_NAME", "")
#: What it calls people by our user names in; empty: everybody links their account themselves.
OIDC_NAME_CLAIM = os.environ.get("LINLI_OIDC_NAME_CLAIM", "")
#: Values of acr or amr by which it says that a second factor was shown.
OIDC_SECOND_FACTOR = [one.strip() for one in os.environ.get("LINLI_OIDC_SECOND_FACTOR", "").split(",") if one.strip()]
X_FRAME_OPTIONS = "DENY"
#: Others reach it through a proxy on this machine, which says by this header whether they came encrypted.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = bool(HOSTS)
SECURE_HSTS_SECONDS = 365 * 86400 if HOSTS else 0
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
#: What lies below a host's name, and the list that browsers carry with them, are for the county to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

#: What the program and pages speak to those who chose nothing.
LANGUAGE_CODE = os.environ.get("LINLI_LANGUAGE", "zh-hans")
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [CHECKOUT / "linli" / "locale"]
LANGUAGE_COOKIE_NAME = "linli_language"
USE_TZ = True
TIME_ZONE = os.environ.get("LINLI_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_ROOT = HOME / "media"
#: A bucket instead of the folder: https://host/bucket. Its key and secret lie in a file, a line each.
MEDIA_S3 = os.environ.get("LINLI_MEDIA_S3", "")
MEDIA_S3_KEY_FILE = Path(os.environ.get("LINLI_MEDIA_S3_KEY_FILE") or HOME / "media_s3_key")
#: How new keys of the vault seal: aes-256-gcm or sm4-gcm.
SEALING = os.environ.get("LINLI_SEALING", "aes-256-gcm")
#: Where the worker makes a backup every night, the key that seals it, and how many are kept.
BACKUP_TO = os.environ.get("LINLI_BACKUP_TO", "")
BACKUP_KEY_FILE = Path(os.environ.get("LINLI_BACKUP_KEY_FILE") or HOME / "backup_key")
BACKUP_KEEP = int(os.environ.get("LINLI_BACKUP_KEEP", "14"))
#: A folder of fonts for papers (仿宋_GB2312, 方正小标宋 and the like), looked at before those of the extra `papers`.
PAPER_FONTS = os.environ.get("LINLI_PAPER_FONTS", "")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
#: A form with a dozen photos; a text field of 1 MB is refused by the form with a sentence, not by the parser.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

#: The folder of the anchors of the journal: better on another machine, or on a medium that is written once.
ANCHORS = Path(os.environ.get("LINLI_ANCHORS") or HOME / "anchors")

#: 天地图 key; without one the maps show our own boundaries only.
TIANDITU_KEY = os.environ.get("LINLI_TIANDITU_KEY", "")
#: Approval number (审图号) printed on public maps.
MAP_APPROVAL_NUMBER = os.environ.get("LINLI_MAP_APPROVAL_NUMBER", "")

#: Whom residents ask about their own data: office, telephone, address, in one line of `/privacy`.
PRIVACY_CONTACT = os.environ.get("LINLI_PRIVACY_CONTACT", "")

#: Under which terms the open data of areas may be used, in a line; none: the files say that none are set.
OPEN_DATA_LICENCE = os.environ.get("LINLI_OPEN_DATA_LICENCE", "")

#: Networks, besides the public internet, to which webhooks may be sent: county intranets are private networks.
WEBHOOK_NETWORKS = [one.strip() for one in os.environ.get("LINLI_WEBHOOK_NETWORKS", "").split(",") if one.strip()]
#: Notices: the mail server they are handed to, `smtps://user@host:465?from=…&password_file=PATH`; none: mail waits.
MAIL_OUT = os.environ.get("LINLI_MAIL_OUT", "")
#: A gateway for text messages, `https://host/path`, `aliyun://…` or `tencent://…`; none: they lie in `outbox` of the home.
SMS_GATEWAY = os.environ.get("LINLI_SMS_GATEWAY", "")
SMS_KEY_FILE = Path(os.environ.get("LINLI_SMS_KEY_FILE") or HOME / "sms_key")
SMS_BODY = os.environ.get("LINLI_SMS_BODY") or '{"to": "{to}", "text": "{text}", "id": "{id}"}'
#: Hosts of robots other than the makers' own: `wecom=https://gateway.example,feishu=…`.
ROBOT_HOSTS = dict(
    one.strip().split("=", 1) for one in os.environ.get("LINLI_ROBOT_HOSTS", "").split(",") if "=" in one
)
#: Mailboxes whose mail becomes reports: `imaps://user@host/INBOX?area=CODE&password_file=PATH`, several parted by spaces.
MAIL_IN = os.environ.get("LINLI_MAIL_IN", "").split()

#: How what is logged is written: `text`, or `json`, an object a line.
LOG = os.environ.get("LINLI_LOG", "text")
if LOG not in ("text", "json"):
    raise ValueError("LINLI_LOG: text / json")
#: An outside watcher that is called each minute while this home is really well; silence is its alarm.
HEARTBEAT_URL = os.environ.get("LINLI_HEARTBEAT_URL", "")
#: The front whose health is asked before it is called; empty: none, for a worker on a machine without one.
HEARTBEAT_FRONT = os.environ.get("LINLI_HEARTBEAT_FRONT", f"http://127.0.0.1:{PORT}/healthz")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Some addresses are keys: they stand in no line, whoever writes it.
    "filters": {"secret_links": {"()": "linli.kit.secret_links.Masked"}},
    "formatters": {"text": {}, "json": {"()": "linli.kit.json_logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["secret_links"], "formatter": LOG}},
    "loggers": {
        **{name: {"filters": ["secret_links"]} for name in ("django.request", "django.server")},
        # A line for every page, for those who gather logs by machine.
        "linli.requests": {"level": "INFO" if LOG == "json" else "WARNING"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
