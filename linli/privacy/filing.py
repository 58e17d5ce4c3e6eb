"""The filing pack: functions, states of switches and security of this installation, read from what is in force now.

Measures for government mobile applications (国办函〔2026〕12号): the filing names the functions, and of each thing that the rules
watch whether it is there and why. Nothing here is canned: a line says what a setting, a table or a list of addresses says.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli import __version__
from linli.accounts import provider
from linli.accounts import rules as account_rules
from linli.accounts.models import Authenticator, Passkey
from linli.areas.models import Area
from linli.briefing.models import Schedule
from linli.events.models import DrawPlan, Pack
from linli.intake.models import ApiKey, Device
from linli.intake.webhooks.models import Subscription as Webhook
from linli.journal.anchors import anchors_path
from linli.journal.models import ChainHead, Verification
from linli.kit.media import faces
from linli.mediation.models import Body
from linli.notices.sending import ways_set
from linli.people.models import Appointment
from linli.people.rules import ADMINISTRATORS, Role
from linli.privacy.models import Sheet
from linli.privacy.papers import Paper, Section, plain
from linli.privacy.rules.schedule import TO_APPROVE
from linli.privacy.rules.sheets import Kind
from linli.privacy.saying import days_in_words
from linli.privacy.terms import approved, promise

Row = tuple[Any, Any]


def pack(at: datetime) -> Paper:
    """The whole pack, in the language that is active."""
    day = date_format(timezone.localtime(at), "DATE_FORMAT")
    counties = ", ".join(str(one) for one in Area.objects.open().filter(parent__isnull=True)[:20])
    return Paper(
        _("Filing pack of a government mobile application"),
        [
            _("Made on %(day)s by linli %(version)s, from what is in force in this installation.")
            % {"day": day, "version": __version__},
            _("Area: %(area)s. Contact: %(contact)s")
            % {"area": counties or "—", "contact": settings.PRIVACY_CONTACT or "—"},
            _("Basis: %(source)s") % {"source": "国办函〔2026〕12号《政务移动互联网应用程序规范化管理办法》"},
        ],
        [
            Section(_("1. Functions"), rows=_table(_functions())),
            Section(
                _("2. What the rules watch"),
                [_("Absent means: there is no table, field or page for it; a test of the program walks all of them.")],
                _table(_watched()),
            ),
            Section(_("3. Switches"), rows=_table(_switches())),
            Section(_("4. Security in force"), rows=_table(_security(at))),
            Section(_("5. Personal information"), rows=_table(_personal())),
            Section(
                _("6. To be added by the unit"),
                [_("Project approval; result of the protection review; acceptance; similar applications; commitment.")],
            ),
        ],
    )


def _table(rows: list[Row]) -> list[list[str]]:
    return [[str(name), plain(value)] for name, value in rows]


# --- functions ----------------------------------------------------------------------------------------------------------

#: An address of each function by its name, and what it does. One whose address is not there is not listed.
_FUNCTIONS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("report", lambda: _("Residents report a matter and follow it by a receipt, without an account")),
    ("openness:index", lambda: _("Open figures and matters of an area")),
    ("opinions:leave", lambda: _("Complaint and suggestion about the application, on every page")),
    ("privacy:request", lambda: _("Requests about one's own data")),
    ("field:shell", lambda: _("Field app of grid workers: tasks, reports, offline")),
    ("desk", lambda: _("Desk: accept, dispatch, handle, verify, close")),
    ("mediation:list", lambda: _("Mediation of disputes")),
    ("mediation_public:apply", lambda: _("Residents apply for mediation")),
    ("statistics:mine", lambda: _("Figures of areas and departments; none of persons")),
    ("wall:mine", lambda: _("Wall of the centre")),
    ("briefing:mine", lambda: _("Briefings as papers")),
    ("notices", lambda: _("Notices to staff")),
    ("audit:search", lambda: _("Audit of acts and looks")),
)


def _functions() -> list[Row]:
    rows = []
    for name, said in _FUNCTIONS:
        try:
            rows.append((said(), reverse(name)))
        except NoReverseMatch:
            continue
    return rows


# --- what the rules watch -----------------------------------------------------------------------------------------------

#: Whole words of names of tables and fields by which each would be done.
_WATCHED: tuple[tuple[Callable[[], str], str], ...] = (
    (lambda: _("Forced check-in"), "checkin check_in clock_in"),
    (lambda: _("Points and rankings of persons"), "points jifen ranking rank leaderboard score"),
    (lambda: _("Time online, mileage"), "online_time online_hours mileage login_hours"),
    (lambda: _("Rates of installing or use"), "install_rate usage_rate active_rate"),
    (lambda: _("Tracks of persons"), "track tracks trajectory last_position"),
    (lambda: _("Likes and votes"), "likes vote votes"),
    (lambda: _("Business, advertising"), "advert advertisement price payment"),
)


def _watched() -> list[Row]:
    names = [f"_{name.lower()}_" for name in _names()]
    rows: list[Row] = []
    for said, words in _WATCHED:
        found = any(f"_{word}_" in name for word in words.split() for name in names)
        rows.append((said(), _("there is a field of this name: explain it") if found else _("absent")))
    return rows


def _names() -> list[str]:
    models = [one for one in apps.get_models() if one.__module__.startswith("linli.")]
    return [one.__name__ for one in models] + [field.name for one in models for field in one._meta.get_fields()]


# --- switches -----------------------------------------------------------------------------------------------------------


def _switches() -> list[Row]:
    ways = ", ".join(str(one.label) for one in ways_set())
    return [
        (_("Messages to reporters and parties"), ways or _("off")),
        (_("Reports by mail"), bool(settings.MAIL_IN)),
        (_("Map tiles of a public service"), bool(settings.TIANDITU_KEY)),
        (_("Programs that may report or read by a key"), ApiKey.objects.filter(revoked_at__isnull=True).count()),
        (_("Systems that are told of matters"), Webhook.objects.count()),
        (_("Category packs in use"), Pack.objects.filter(in_use=True).count()),
        (_("Looking again by lot"), DrawPlan.objects.exists()),
        (_("Mediation bodies"), Body.objects.filter(closed_on__isnull=True).count()),
        (_("Briefings by the calendar"), Schedule.objects.filter(ended_at__isnull=True).count()),
        (_("Faces covered by machine before a person looks"), faces.available()),
    ]


# --- security -----------------------------------------------------------------------------------------------------------


def _security(at: datetime) -> list[Row]:
    last = Verification.objects.exclude(ended_at=None).order_by("-id").first()
    verified = _("never") if last is None or last.ended_at is None else _verified(last)
    hasher = settings.PASSWORD_HASHERS[0].rpartition(".")[2].removesuffix("PasswordHasher")
    return [
        (_("Hosts it answers to"), ", ".join(settings.HOSTS) or _("this machine alone")),
        (
            _("Encrypted transport only"),
            bool(settings.SESSION_COOKIE_SECURE and settings.SECURE_SSL_REDIRECT),
        ),
        (_("Store"), connection.vendor),
        (_("Passwords kept as"), hasher),
        (_("Shortest password"), account_rules.SHORTEST_PASSWORD),
        (_("Earlier passwords that are refused"), account_rules.REMEMBERED),
        (_("Second factor asked of"), _factor_asked()),
        (_("Accounts with a second factor"), _with_factor()),
        (_("Single sign-on"), settings.OIDC_ISSUER if provider.is_set() else _("none")),
        (_("A session ends after"), _("%(n)s hours") % {"n": settings.SESSION_COOKIE_AGE // 3600}),
        (_("And without use after"), _("%(n)s minutes") % {"n": settings.IDLE_S // 60}),
        (_("Contacts and dossiers sealed with"), settings.SEALING),
        *_administrators(at),
        (_("Accounts that can sign in"), get_user_model().objects.filter(is_active=True).count()),
        (_("Devices signed in"), Device.objects.filter(revoked_at__isnull=True).count()),
        (_("Entries of the journal"), sum(ChainHead.objects.values_list("length", flat=True))),
        (_("Journal anchored outside the database"), Path(anchors_path()).exists()),
        (_("Journal verified"), verified),
        (_("Backup every night"), bool(settings.BACKUP_TO)),
        (_("Backups kept"), settings.BACKUP_KEEP if settings.BACKUP_TO else _("none")),
        (_("Media store"), _("bucket") if settings.MEDIA_S3 else _("folder")),
    ]


def _factor_asked() -> str:
    """Whose sign-in needs one: in a home that others reach, by role or everybody's."""
    if not settings.HOSTS:
        return _("nobody: it answers to this machine alone")
    if settings.SECOND_FACTOR == "all":
        return _("everybody")
    return ", ".join(str(role.label) for role in Role if role in account_rules.NEED_FACTOR)


def _with_factor() -> int:
    holders = set(Authenticator.objects.filter(confirmed_at__isnull=False).values_list("person", flat=True))
    return len(holders | set(Passkey.objects.values_list("person", flat=True)))


def _verified(last: Verification) -> str:
    assert last.ended_at is not None
    day = date_format(timezone.localtime(last.ended_at), "DATE_FORMAT")
    return _("%(day)s: %(found)s breaks") % {"day": day, "found": last.found}


def _administrators(at: datetime) -> list[Row]:
    """How many hold each of the three roles, and how many hold more than one of them."""
    held = Appointment.objects.filter(role__in=ADMINISTRATORS).valid_on(timezone.localdate(at))
    persons: dict[str, set[int]] = {role: set() for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)}
    for role, person in held.values_list("role", "person"):
        persons[role].add(person)
    everybody = [person for some in persons.values() for person in some]
    rows: list[Row] = [(Role(role).label, len(some)) for role, some in persons.items()]
    return [*rows, (_("Persons with more than one of these three"), len(everybody) - len(set(everybody)))]


# --- personal information -----------------------------------------------------------------------------------------------


def _personal() -> list[Row]:
    terms = approved(one.code for one in TO_APPROVE)
    sheets = Sheet.objects.newest()
    rows: list[Row] = [
        (_("Page for residents"), reverse("privacy:about")),
        (_("Requests answered within"), _("%(n)s working days") % {"n": promise().working_days}),
    ]
    for one in TO_APPROVE:
        term = terms.get(one.code)
        said = f"{days_in_words(term.days)} · {term.source}" if term else _("not approved yet: nothing is deleted")
        rows.append((one.what, said))
    return [
        *rows,
        (_("Impact assessments"), sheets.filter(kind=Kind.IMPACT).count()),
        (_("Processors"), sheets.filter(kind=Kind.PROCESSOR).count()),
        (_("Breach reports"), sheets.filter(kind=Kind.BREACH).count()),
    ]
