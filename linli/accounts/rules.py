"""What is asked of a password, who needs a second factor, what is believed of an identity provider, how long failures make one
wait, and the names of devices.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.people.rules import Role

# --- ways in, and second factors --------------------------------------------------------------------------------------


class Way(models.TextChoices):
    """Who says that it is they: they themselves by their password, or the identity provider of the county."""

    PASSWORD = "password", _("password")
    PROVIDER = "provider", _("single sign-on")


class Factor(models.TextChoices):
    """What somebody proved beside the password, or beside being known to the provider."""

    NONE = "", _("password alone")
    AUTHENTICATOR = "authenticator", _("code of an authenticator")
    PASSKEY = "passkey", _("passkey")
    RECOVERY = "recovery", _("recovery code")
    PROVIDER = "provider", _("second factor shown there")


def proved_words(way: str, factor: str) -> str:
    """How somebody signed in, in words."""
    if way != Way.PROVIDER:
        return str(Factor(factor).label)
    return f"{Way.PROVIDER.label} · {Factor(factor).label}" if factor else str(Way.PROVIDER.label)


#: Roles whose holders see what is sealed, or administer: a password alone does not open that to others than this machine.
NEED_FACTOR = frozenset({Role.MEDIATOR, Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN})
#: A new password and a reset second factor together are an account: they are in two hands (GB/T 22239-2019 8.1.5).
GIVES_PASSWORDS = Role.SECURITY_ADMIN
RESETS_FACTORS = Role.SYSTEM_ADMIN


class HelpReason(models.TextChoices):
    """Why an administrator helps somebody to sign in."""

    NEW = "new", _("New on the job")
    FORGOTTEN = "forgotten", _("Password forgotten")
    LOST = "lost", _("Phone, stick or codes lost or broken")
    MISUSE = "misuse", _("Somebody else may have used the account")
    LEFT = "left", _("No longer works here")


#: RFC 6238 as every authenticator app knows it: six digits, SHA-1, a new code every thirty seconds.
DIGITS, STEP_S = 6, 30
#: Steps that a clock may be off, either way.
DRIFT = 1
MOST_PASSKEYS = 10
RECOVERY_CODES = 10
#: No letter or digit that is taken for another.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


# --- the identity provider --------------------------------------------------------------------------------------------


class Fault(models.TextChoices):
    """Why nobody came in through the provider, and what to do now. No account and a closed one are told alike."""

    DENIED = "denied", _("%(name)s did not say who you are, or it was broken off. Begin again.")
    DOWN = "down", _("%(name)s cannot be reached just now. Your password goes on working.")
    STALE = "stale", _("This took too long, or was begun in another window. Begin again.")
    UNTRUSTED = (
        "untrusted",
        _("What %(name)s answered could not be trusted. Use your password, and tell the system administrator."),
    )
    UNKNOWN = (
        "unknown",
        _(
            "%(name)s knows you, but no open account here is linked with it. Use your password, then link it in My account."
        ),
    )


#: What a provider answers instead of a code (OpenID Connect Core 1.0, 3.1.2.6); all else is a fault of its own or of a setting.
REFUSALS = dict.fromkeys(
    ("access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"),
    Fault.DENIED,
)
#: By kind and curve of a key what it may have signed with (RFC 7518, RFC 8037). Whatever else a token names is refused: `none`,
#: and what is symmetric.
ALGORITHMS: dict[tuple[str, str], tuple[str, ...]] = {
    ("RSA", ""): ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("EC", "P-521"): ("ES512",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
#: Seconds that its clock may differ from ours, and that a token may be old.
PROVIDER_DRIFT_S, TOKEN_FOR_S = 60, 600
#: Seconds from going there to coming back, within which a person types a password and a code.
THERE_AND_BACK_S = 900
#: Its document and keys are asked for again after so long; before somebody is sent there after so short, to see that it is up.
ASKED_AGAIN_S, SEEN_UP_S = 3600, 60
#: For a key that is not known they are asked for at most once in so long; and after it did not answer, nobody else waits for it
#: until then.
KEYS_ANEW_S, REST_S = 60, 10


# --- passwords --------------------------------------------------------------------------------------------------------

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
#: How many former passwords are not taken again.
REMEMBERED = 5
#: A password that somebody was given and has not used by then opens nothing: it lies on paper or in a message.
GIVEN_FOR = timedelta(days=3)
#: Kinds of characters; a Chinese character is of the last.
_KINDS = ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]")
KINDS_ASKED = 3
DEMO_PASSWORD = "linli-demo"
#: Passwords of demonstrations and of fresh installations: never taken, wherever they come from.
SHARED_PASSWORDS = frozenset(
    {DEMO_PASSWORD, "linli", "linli123", "admin", "admin123", "password", "123456", "12345678"}
)
#: Names of accounts that belong to nobody.
SHARED_NAMES = frozenset(
    {
        "admin",
        "administrator",
        "root",
        "superuser",
        "sa",
        "test",
        "demo",
        "guest",
        "user",
        "linli",
        "管理员",
        "系统管理员",
    }
)


@dataclass(frozen=True)
class Owner:
    """Whose password it is to be."""

    username: str = ""
    name: str = ""
    telephone: str = ""

    def words(self) -> list[str]:
        """What must not stand in it."""
        return [word.casefold() for word in (self.username, self.name, self.telephone) if len(word) >= 2]


def kinds(password: str) -> int:
    """How many kinds of characters are in it: small and capital letters, digits, others."""
    return sum(1 for kind in _KINDS if re.search(kind, password))


def has_words_of(password: str, owner: Owner) -> bool:
    """Whether it holds the user name, the name or the telephone number."""
    return any(word in password.casefold() for word in owner.words())


def is_monotonous(password: str) -> bool:
    """Whether it is made of fewer than five different characters."""
    return len(set(password.casefold())) < 5


#: Whether something is wrong, and what to do then. `True` in the third place: asked in production alone.
PASSWORD_RULES: tuple[tuple[Callable[[str, Owner], bool], object, bool], ...] = (
    (
        lambda password, _owner: len(password) < SHORTEST_PASSWORD,
        _("Take at least ten characters. A short sentence is easy to remember."),
        False,
    ),
    (lambda password, _owner: len(password) > LONGEST_PASSWORD, _("Take 200 characters at most."), False),
    (
        lambda password, _owner: is_monotonous(password),
        _("Too few different characters. Take at least five different ones."),
        False,
    ),
    (has_words_of, _("Leave out the user name, the name and the telephone number."), False),
    (
        lambda password, _owner: password.casefold() in SHARED_PASSWORDS,
        _("Everybody knows this password. Take another."),
        False,
    ),
    (
        lambda password, _owner: kinds(password) < KINDS_ASKED,
        _("Mix at least three kinds: small letters, capital letters, digits, other characters."),
        True,
    ),
)


def faults(password: str, owner: Owner, *, is_production: bool) -> list[object]:
    """What is wrong with a password, as sentences; empty: nothing that these rules know of."""
    return [
        sentence
        for is_wrong, sentence, in_production in PASSWORD_RULES
        if (is_production or not in_production) and is_wrong(password, owner)
    ]


# --- lock-out ---------------------------------------------------------------------------------------------------------

#: Minutes to wait after the last free failure, after the one that follows, and so on.
WAITS_MIN = (1, 2, 4, 8, 15, 30, 60)
#: Failures older than this are forgotten.
FORGOTTEN_AFTER_S = 86_400


@dataclass(frozen=True)
class Limit:
    """Failures that cost nothing, and the longest that one waits for the others."""

    free: int
    longest_min: int

    def wait_s(self, tries: int) -> int:
        """Seconds to wait after so many failures in a row."""
        if tries < self.free:
            return 0
        return min(WAITS_MIN[min(tries - self.free, len(WAITS_MIN) - 1)], self.longest_min) * 60


#: One name from one address; one name from anywhere; any name from one address, behind which a township may be. The last two
#: wait for a quarter of an hour at most: whoever types another's name must not be able to keep them out.
NAME_AND_ADDRESS = Limit(free=5, longest_min=60)
NAME = Limit(free=30, longest_min=15)
ADDRESS = Limit(free=100, longest_min=15)
#: Codes and passkeys of one person, who has given the password already.
SECOND = Limit(free=5, longest_min=60)


# --- devices ----------------------------------------------------------------------------------------------------------

#: What stands in the words a browser sends of itself, the more particular first.
BROWSERS = (
    ("MicroMessenger", "wechat", _("WeChat")),
    ("DingTalk", "dingtalk", _("DingTalk")),
    ("Edg", "edge", "Edge"),
    ("QQBrowser", "qq", _("QQ Browser")),
    ("UCBrowser", "uc", _("UC Browser")),
    ("360", "360", _("360 Browser")),
    ("Firefox", "firefox", "Firefox"),
    ("Chrome", "chrome", "Chrome"),
    ("Safari", "safari", "Safari"),
)
SYSTEMS = (
    ("OpenHarmony", "harmony", _("HarmonyOS")),
    ("HarmonyOS", "harmony", _("HarmonyOS")),
    ("Android", "android", "Android"),
    ("iPhone", "iphone", "iPhone"),
    ("iPad", "ipad", "iPad"),
    ("Windows", "windows", "Windows"),
    ("Mac OS", "mac", "macOS"),
    ("Linux", "linux", "Linux"),
)
_BROWSER_NAMES = {code: name for _mark, code, name in BROWSERS}
_SYSTEM_NAMES = {code: name for _mark, code, name in SYSTEMS}
MOBILE = frozenset({"harmony", "android", "iphone", "ipad"})


def family(agent: str) -> tuple[str, str]:
    """Browser and system as two short codes; empty where nothing is known. No version, so that nobody is told apart by it."""
    return _first(BROWSERS, agent), _first(SYSTEMS, agent)


def _first(table: Iterable[tuple[str, str, object]], agent: str) -> str:
    return next((code for mark, code, _name in table if mark in agent), "")


def device_words(browser: str, system: str) -> str:
    """A device in words."""
    names = {"browser": _BROWSER_NAMES.get(browser, ""), "system": _SYSTEM_NAMES.get(system, "")}
    if browser and system:
        return str(_("%(browser)s on %(system)s")) % names
    return str(names["browser"] or names["system"] or _("A device we do not know"))
