"""Notices that are about no matter: what they say, and the page they lead to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.journal.models import Entry
from linli.notices import about_disputes


@dataclass(frozen=True)
class About:
    """A verb's sentence for whoever is told, and the address behind it, by the journal's key of what it is about."""

    words: Callable[[dict[str, Any]], str]
    link: Callable[[str], str]
    icon: str


def _unsent(facts: dict[str, Any]) -> str:
    number = int(facts.get("waiting", 1))
    words = ngettext(
        "You have %(n)s unsent report on your phone. Open the app where there is a network.",
        "You have %(n)s unsent reports on your phone. Open the app where there is a network.",
        number,
    )
    return words % {"n": number}


def _opinion(key: str) -> str:
    return reverse("opinions:show", args=[key])


def _request(key: str) -> str:
    return reverse("privacy:one", args=[key])


def _emergencies(_key: str) -> str:
    return reverse("administration:emergencies")


def _ended(facts: dict[str, Any]) -> str:
    number = int(facts.get("looks", 0))
    words = ngettext(
        "An emergency access has ended; %(n)s thing was opened with it. The journal has each.",
        "An emergency access has ended; %(n)s things were opened with it. The journal has each.",
        number,
    )
    return words % {"n": number}


def _key_ends(facts: dict[str, Any]) -> str:
    words = _("The key of another system (%(name)s) ends on %(day)s. Rotate it before.")
    return words % {"name": facts.get("name", ""), "day": facts.get("ends_on", "")}


def _screen_ends(facts: dict[str, Any]) -> str:
    words = _("The screen “%(name)s” goes dark on %(day)s. Renew it before.")
    return words % {"name": facts.get("name", ""), "day": facts.get("ends_on", "")}


def _differing(facts: dict[str, Any]) -> str:
    number = int(facts.get("numbers", 1))
    words = ngettext(
        "%(n)s number of the statistics is not what the matters say. Run “linli statistics rebuild”, and find out why.",
        "%(n)s numbers of the statistics are not what the matters say. Run “linli statistics rebuild”, and find out why.",
        number,
    )
    return words % {"n": number}


def _broken(facts: dict[str, Any]) -> str:
    number = int(facts.get("found", 1))
    words = ngettext(
        "The journal does not hold at %(n)s place. Look at once, and leave everything as it is.",
        "The journal does not hold at %(n)s places. Look at once, and leave everything as it is.",
        number,
    )
    return words % {"n": number}


def _ledgers_differ(facts: dict[str, Any]) -> str:
    number = int(facts.get("numbers", 1))
    words = ngettext(
        "%(n)s number of the ledgers is not what the disputes say. Run “linli ledgers rebuild”, and find out why.",
        "%(n)s numbers of the ledgers are not what the disputes say. Run “linli ledgers rebuild”, and find out why.",
        number,
    )
    return words % {"n": number}


def _account(_key: str) -> str:
    return reverse("account")


def _briefing(key: str) -> str:
    return reverse("briefing:show", args=[key])


def _exports(_key: str) -> str:
    return reverse("exports:list")


#: By verb. Kinds of things that stand in none of these are matters.
ABOUT: dict[str, About] = {
    "device.reports_wait": About(_unsent, lambda _key: reverse("field:shell") + "#outbox", "smartphone"),
    "request.asked": About(
        lambda _facts: _("Somebody asks about their own data. The clock runs."),
        _request,
        "shield-check",
    ),
    "request.due_soon": About(
        lambda _facts: _("A request about somebody's own data must be answered within three days."),
        _request,
        "shield-check",
    ),
    "request.overdue": About(
        lambda _facts: _("A request about somebody's own data was not answered in time. Answer it now."),
        _request,
        "shield-alert",
    ),
    "opinion.left": About(
        lambda _facts: _("Somebody left a complaint or suggestion about linli."), _opinion, "message-square"
    ),
    "opinion.answered": About(
        lambda _facts: _("Your complaint or suggestion about linli was answered."), _opinion, "message-square"
    ),
    "emergency.asked": About(
        lambda _facts: _("Somebody asks for an emergency access. It waits for your decision."), _emergencies, "siren"
    ),
    "emergency.granted": About(
        lambda _facts: _("An emergency access is open: two persons have granted it."), _emergencies, "siren"
    ),
    "emergency.refused": About(lambda _facts: _("Your emergency access was not granted."), _emergencies, "siren"),
    "emergency.ended": About(_ended, _emergencies, "siren"),
    "key.ends_soon": About(_key_ends, lambda _key: reverse("intake:keys"), "key-round"),
    "screen.ends_soon": About(_screen_ends, lambda _key: reverse("wall:screens"), "monitor"),
    "figures.differ": About(_differing, lambda _key: reverse("statistics:definitions") + "#kept", "triangle-alert"),
    "journal.broken": About(_broken, lambda _key: reverse("audit:chains"), "triangle-alert"),
    "ledgers.differ": About(_ledgers_differ, lambda _key: reverse("ledgers:definitions"), "triangle-alert"),
    "account.locked": About(
        lambda _facts: _(
            "Somebody tried to sign in as you, and failed too often. If it was not you, change the password."
        ),
        _account,
        "lock",
    ),
    "account.password_given": About(
        lambda _facts: _("An administrator gave your account a new password."), _account, "key-round"
    ),
    "account.factors_reset": About(
        lambda _facts: _("An administrator reset your second factors. Set one up again."), _account, "shield-alert"
    ),
    "account.linked": About(
        lambda _facts: _(
            "Your account is linked with the single sign-on, because the names are the same. If that is not you, remove it."
        ),
        _account,
        "link",
    ),
    "account.unlinked": About(
        lambda _facts: _("An administrator removed the single sign-on from your account."), _account, "unlink"
    ),
    "account.signed_out_by": About(
        lambda _facts: _("An administrator signed you out everywhere."), _account, "log-out"
    ),
    "export.asked": About(lambda _facts: _("Somebody asks to take a list away. Say yes or no."), _exports, "file-text"),
    "export.granted": About(lambda _facts: _("You may take the list away that you asked for."), _exports, "file-text"),
    "export.lapsed": About(
        lambda _facts: _("Nobody answered in time whether you may take a list away. Ask for it anew."),
        _exports,
        "file-text",
    ),
    "export.refused": About(lambda _facts: _("The list you asked for is not given away."), _exports, "file-text"),
    "briefing.made": About(lambda _facts: _("A new briefing is there to read."), _briefing, "file-text"),
}
#: What they are about, in the journal's words.
KINDS = (
    *("access", "apikey", "device", "export", "opinion", "difference", "ledgerfollower", "briefing", "verification"),
    *("dispute", "person", "personrequest", "screen"),
)


def about(entry: Entry) -> About | None:
    """None: it is about a matter, or nothing is said of it here."""
    return _dispute(entry.verb) if entry.on_kind == "dispute" else ABOUT.get(entry.verb)


def _dispute(verb: str) -> About:
    icon = "siren" if verb == "dispute.risk_noted" else "scale"
    return About(
        lambda facts: about_disputes.words_of(verb, facts), lambda key: about_disputes.link_of(verb, key), icon
    )
