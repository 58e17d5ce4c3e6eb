"""The examination of a home: what is well, what to look at, what is broken, and what to do about it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from django.conf import settings
from django.db.models import Count, IntegerField, Max, Min, Sum
from django.db.models.functions import Cast, Left, Substr
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli import checks
from linli.administration.actions import administrators
from linli.areas.actions.checking import check_ground
from linli.areas.codes import padded_township
from linli.areas.models import Area
from linli.briefing.models import Briefing, Schedule
from linli.briefing.rules import State as BriefingState
from linli.chores import home
from linli.chores.models import Chore, Resealing
from linli.events import search
from linli.events.actions import ladder, lost_draws, wrong_with
from linli.events.models import Contact, Draw, Event, NumberSeries, Pack
from linli.journal import months
from linli.journal.anchors import anchors_path, read_anchors
from linli.journal.models import Entry
from linli.journal.proving import verify_chain
from linli.journal.saying import said as said_of_journal
from linli.kit import key_ring
from linli.kit.last_backup import last_backup
from linli.kit.media import faces
from linli.kit.media.checking import is_complete
from linli.kit.media.storing import try_out
from linli.kit.papers import asking
from linli.kit.reasons import reason
from linli.kit.refusal import Refused
from linli.kit.sealing import unseal
from linli.kit.workdays import stored_calendar
from linli.mediation.models import LedgerFollower
from linli.notices.balance import balance
from linli.notices.models import Delivery
from linli.notices.rules import State as NoticeState
from linli.statistics.models import Difference, Follower

_AT_MOST = 20
_LITTLE_SPACE, _NO_SPACE = 2_000_000_000, 200_000_000
_CLOCK_MAY_BE_OFF = timedelta(minutes=10)
_BACKUP_OLD_AFTER = timedelta(days=2)
_STALE_AFTER = timedelta(minutes=10)
_ANCHORS_MAY_LAG = timedelta(days=1)
_NOTICE_BEFORE_YEAR_END = timedelta(days=45)


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line of the examination."""

    level: Level
    sentence: str


Findings = Iterator[Finding]


def _ok(sentence: str) -> Finding:
    return Finding(Level.OK, sentence)


def _both(one: str, other: str) -> str:
    """Two sentences after each other; Chinese has no space between them."""
    return _("%(one)s %(other)s") % {"one": one, "other": other}


def _warn(sentence: str) -> Finding:
    return Finding(Level.WARN, sentence)


def _fail(sentence: str) -> Finding:
    return Finding(Level.FAIL, sentence)


def examine(at: datetime) -> Findings:
    """Everything, in order. A home whose database lacks something is looked at no further."""
    if home.schema().outstanding:
        yield _fail(_("The database is older than this version of linli. Run “linli work --once”."))
        return
    yield _ok(_("The database is as this version needs it."))
    for look in EXAMINATION:
        yield from look(at)


def _look_at_safety(at: datetime) -> Findings:
    unsafe = [*checks.unsafe(), *checks.unsafe_accounts()]
    yield from (_fail(sentence) for _code, sentence in unsafe)
    if not unsafe:
        yield _ok(_("Secret key and home belong to their owner alone."))


def _look_at_administrators(at: datetime) -> Findings:
    # Of a production the start has asked it, and `_look_at_safety` says it.
    wrong = [] if settings.HOSTS else list(administrators.not_apart())
    yield from (_fail(sentence) for _code, sentence in wrong)
    if nobody := administrators.missing(at):
        roles = ", ".join(str(role.label) for role in nobody)
        yield _warn(_("Nobody is: %(roles)s. Run “linli administrators name”.") % {"roles": roles})
    elif not wrong:
        yield _ok(_("System administrator, security administrator and auditor are three people."))


def _look_at_disk(at: datetime) -> Findings:
    free = shutil.disk_usage(settings.HOME).free
    sentence = _("%(gigabytes)s GB are free on the disk of the home.") % {"gigabytes": f"{free / 1e9:.1f}"}
    if free < _NO_SPACE:
        yield _fail(_both(sentence, _("Make room now: without it no act can be stored.")))
    elif free < _LITTLE_SPACE:
        yield _warn(_both(sentence, _("Make room soon.")))
    else:
        yield _ok(sentence)


def _look_at_media(at: datetime) -> Findings:
    try:
        try_out()
    except Refused as refusal:
        yield _fail(refusal.message)
    except OSError as error:
        facts = {"where": settings.MEDIA_S3 or settings.MEDIA_ROOT, "why": reason(error)}
        yield _fail(_("Photos and videos cannot be stored in %(where)s: %(why)s.") % facts)
    else:
        yield _ok(_("Photos and videos can be stored."))
    if not is_complete():
        yield _warn(_("HEIC photos and videos cannot be read here. Run: pip install 'linli[media]'"))
    if faces.available():
        yield _ok(_("Faces are covered by machine before somebody looks at a photo for the public."))
    else:
        yield _warn(
            _("No machine covers faces here; people cover them all by hand. See docs/operation.md: the extra blur.")
        )


def _look_at_papers(at: datetime) -> Findings:
    """Whoever has set a schedule waits for papers."""
    if asking.available():
        yield _ok(_("Briefings are set as PDF and DOCX."))
    elif Schedule.objects.filter(ended_at__isnull=True).exists():
        yield _warn(_("Briefings are made to be read only. For PDF and DOCX run: pip install 'linli[papers]'"))
    if count := Briefing.objects.filter(state=BriefingState.FAILED).count():
        yield _warn(_("%(count)s briefings could not be made; their pages say what to do.") % {"count": count})


def _look_at_journal(at: datetime) -> Findings:
    breaks = list(islice(verify_chain(), _AT_MOST))
    for one in breaks:
        yield _fail(_("%(break)s. Compare with a backup from before it.") % {"break": said_of_journal(one)})
    if not breaks:
        yield _ok(_("The journal is whole: %(count)s entries.") % {"count": Entry.objects.count()})


def _look_at_months(at: datetime) -> Findings:
    """Of a journal that an operator cut up by month."""
    if not months.is_parted():
        return
    count = {"count": len(months.parts())}
    if names := months.missing(at):
        words = _("The journal lacks the partition %(names)s. The worker makes it; does it run, and what does it log?")
        yield _warn(words % {"names": ", ".join(names)})
    else:
        yield _ok(_("The journal lies in %(count)s partitions; that of the next month is there.") % count)
    if strays := months.strays():
        words = _("%(count)s entries have a number that no month has; they are safe. See docs/growth.md.")
        yield _warn(words % {"count": strays})
    if months.unproved():
        yield _warn(_("References to the journal hold, and are not proved. Run “linli journal partition” again."))


def _look_at_anchors(at: datetime) -> Findings:
    lines = read_anchors().lines
    facts = {"file": anchors_path(), "day": lines[-1].day if lines else "", "count": len(lines)}
    if not lines:
        if Entry.objects.exists():
            yield _warn(_("The journal is not anchored yet: %(file)s. The worker does it once a day.") % facts)
    elif lines[-1].day < timezone.localdate(at - _ANCHORS_MAY_LAG).isoformat():
        yield _warn(
            _("The journal was last anchored on %(day)s. Does the worker run, and can it write %(file)s?") % facts
        )
    else:
        yield _ok(_("The journal is anchored: %(count)s lines, the last of %(day)s.") % facts)


def _look_at_clock(at: datetime) -> Findings:
    last = Entry.objects.order_by("-pk").values_list("recorded_at", flat=True).first()
    if last is not None and last > at + _CLOCK_MAY_BE_OFF:
        facts = {"last": _said(last), "now": _said(at)}
        yield _fail(
            _("The clock is wrong: the journal was last written at %(last)s, now it is %(now)s. Set it.") % facts
        )
    else:
        yield _ok(_("The clock does not lie before the last entry of the journal."))


def _said(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _look_at_draws(at: datetime) -> Findings:
    changed = [str(key) for key in lost_draws()]
    changed += [str(draw.pk) for draw in Draw.objects.order_by("pk").iterator(chunk_size=20) if wrong_with(draw)]
    if changed:
        facts = {"draws": ", ".join(changed[:_AT_MOST])}
        yield _fail(_("Not as they were drawn by lot: %(draws)s. “linli reinspections verify” says what.") % facts)
    elif count := Draw.objects.count():
        yield _ok(_("Lots are as they were drawn: %(count)s draws.") % {"count": count})


def _look_at_numbers(at: datetime) -> Findings:
    faults = list(islice(_number_faults(), _AT_MOST))
    for series in faults:
        yield _fail(_("The numbers %(series)s-… have gaps or do not end where the series does.") % {"series": series})
    if not faults:
        yield _ok(_("Numbers are without gaps in every township and month."))


def _number_faults() -> Iterator[str]:
    """Series whose numbers are not 1 to the last one given. One pass over the index of numbers."""
    first = Event.objects.order_by("pk").values_list("area_id", flat=True).first()
    given = {f"{one.township}-{one.month}": one.last for one in NumberSeries.objects.filter(last__gt=0)}
    width = len(padded_township(first or "")) + len("-202611")
    used = (
        Event.objects.order_by()
        .values(series=Left("number", width))
        .annotate(
            count=Count("pk"),
            lowest=Min(Cast(Substr("number", width + 2), IntegerField())),
            highest=Max(Cast(Substr("number", width + 2), IntegerField())),
        )
    )
    for row in used.order_by("series").iterator():
        last = given.pop(row["series"], 0)
        if not row["count"] == row["highest"] == last or row["lowest"] != 1:
            yield row["series"]
    yield from sorted(given)


def _look_at_calendar(at: datetime) -> Findings:
    years = stored_calendar().published_years
    today = timezone.localdate(at)
    if not years:
        yield _warn(_("No working days are known: limits count every weekday. Run “linli holidays”."))
        return
    last = max(years)
    waiting = Event.objects.open().filter(due_is_provisional=True).count()
    sentence = _("Working days are known until the end of %(year)s.") % {"year": last}
    if waiting:
        more = ngettext(
            "%(count)s open matter has a provisional limit.", "%(count)s open matters have provisional limits.", waiting
        ) % {"count": waiting}
        sentence = _both(sentence, more)
    if (today + _NOTICE_BEFORE_YEAR_END).year > last:
        yield _warn(_both(sentence, _("Load the next year once it is published: “linli holidays FILE”.")))
    else:
        yield _ok(sentence)


def _look_at_pack(at: datetime) -> Findings:
    pack = Pack.objects.filter(in_use=True).first()
    if pack is None:
        yield _warn(_("No categories are in use. Run “linli categories load grid-cn-lite”."))
    else:
        yield _ok(_("Categories in use: %(pack)s.") % {"pack": pack})


def _look_at_areas(at: datetime) -> Findings:
    count = Area.objects.open().count()
    if not count:
        yield _warn(_("There are no areas yet. Run “linli areas divisions” or “linli demo”."))
        return
    problems = sum(1 for _finding in check_ground())
    if problems:
        yield _warn(
            _("%(count)s areas; %(problems)s things to look at. “linli areas check” lists them.")
            % {"count": count, "problems": problems}
        )
    else:
        yield _ok(_("%(count)s areas without orphans, overlaps or gaps.") % {"count": count})


def _look_at_search(at: datetime) -> Findings:
    lag = search.lag()
    if lag > search.TAIL:
        yield _warn(
            _("The search index is %(count)s acts behind; older words are not found. Run “linli work --once”.")
            % {"count": lag}
        )
    else:
        yield _ok(_("The search index is up to date."))


def _look_at_chores(at: datetime) -> Findings:
    failing = sorted(Chore.objects.filter(failures__gt=0).values_list("pk", flat=True))
    last = Chore.objects.aggregate(last=Max("done_at"))["last"]
    if failing:
        yield _warn(_("These chores fail: %(names)s. The log of the worker says why.") % {"names": ", ".join(failing)})
    elif last is None or last < at - _STALE_AFTER:
        yield _warn(_("No worker is running. Start “linli up” or “linli work”."))
    else:
        yield _ok(_("The worker is doing its chores."))


def _look_at_clocks(at: datetime) -> Findings:
    """Silence is an alarm: a clock that nobody looks at warns nobody."""
    waited = timedelta(seconds=ladder.longest_wait(at))
    if waited > _STALE_AFTER:
        yield _warn(
            _("A clock has waited %(minutes)s minutes for its warning. Is “linli work” running?")
            % {"minutes": int(waited.total_seconds() // 60)}
        )
    else:
        yield _ok(_("Every clock is looked at in time."))


def _look_at_notices(at: datetime) -> Findings:
    sums = balance()
    faults = sums.faults()
    if faults:
        yield _fail(
            _("Notices do not add up: %(what)s. Compare with a backup from before it.") % {"what": ", ".join(faults)}
        )
        return
    facts = {"notices": sums.notices, "alone": sums.in_inbox_alone, "decided": sums.decided}
    yield _ok(_("Notices add up: %(notices)s, of them %(alone)s in the inbox alone; %(decided)s decided.") % facts)
    unsure = Delivery.objects.filter(
        state__in=(NoticeState.UNKNOWN, NoticeState.FAILED), made_at__gt=at - timedelta(days=7)
    )
    if count := unsure.count():
        words = ngettext(
            "%(count)s delivery of the last seven days failed or stayed without an answer. The log of notices says why.",
            "%(count)s deliveries of the last seven days failed or stayed without an answer. The log of notices says why.",
            count,
        )
        yield _warn(words % {"count": count})


def _look_at_figures(at: datetime) -> Findings:
    """Sums that are old are called so on every page; sums that are wrong would be believed."""
    if count := Difference.objects.count():
        yield _fail(
            _(
                "%(count)s numbers of the statistics differ from the matters. “linli statistics rebuild” counts all anew."
            )
            % {"count": count}
        )
        return
    follower = Follower.objects.filter(pk=1).first()
    if follower is None or follower.is_walking:
        yield _ok(_("Statistics are read from the matters themselves until all are counted."))
    elif follower.compared_on is None:
        yield _ok(_("Statistics are counted ahead; they are compared with the matters in the night."))
    else:
        days = {"day": follower.compared_on.isoformat()}
        yield _ok(_("Statistics agree with the matters, compared on %(day)s.") % days)


def _look_at_seals(at: datetime) -> Findings:
    """A home whose keys were lost makes others, and goes on; only what is sealed stays shut."""
    newest = Contact.objects.order_by("-pk").first()
    try:
        if newest:
            unseal(bytes(newest.sealed), bound_to=newest.pk.bytes, place="events.contact.sealed")
    except Refused as refusal:
        yield _fail(str(refusal.message))
    else:
        yield _ok(_("The keys of the vault open what is sealed."))
    if broken := Resealing.objects.aggregate(n=Sum("broken"))["n"]:
        words = _(
            "%(count)s seals are opened by no key of this home. “linli vault take FILE” brings keys from a backup."
        )
        yield _fail(words % {"count": broken})
    if key_ring.exists() and key_ring.path().stat().st_mode & 0o077:
        yield _fail(_("Others may read vault_keys. Run: chmod 600 %(file)s") % {"file": key_ring.path()})


def _look_at_backups(at: datetime) -> Findings:
    last = last_backup().as_of(at)
    if last.has_failed_since:
        yield _warn(_("The last backup failed: %(why)s") % {"why": last.why})
    if last.good_at is None and not settings.BACKUP_TO:
        yield _warn(_("No backup was ever made. Set LINLI_BACKUP_TO; docs/operation.md says how."))
    elif last.good_at is None:
        if not last.has_failed_since:
            yield _warn(_("No backup was made yet. A running worker makes the first one at once."))
    elif at - last.good_at > _BACKUP_OLD_AFTER:
        yield _warn(_("The last good backup was made at %(at)s. Run “linli backup”.") % {"at": _said(last.good_at)})
    elif not last.verified:
        yield _warn(_("The last backup, made at %(at)s, was not verified.") % {"at": _said(last.good_at)})
    elif not last.has_failed_since:
        yield _ok(_("The last backup was made at %(at)s and verified.") % {"at": _said(last.good_at)})


def _look_at_ledgers(at: datetime) -> Findings:
    """Pages do not believe sums that are wrong: they are as slow as the rows meanwhile."""
    follower = LedgerFollower.objects.filter(pk=1).first()
    if follower is not None and follower.differing:
        words = _("%(count)s numbers of the ledgers differ from the disputes. “linli ledgers rebuild” counts all anew.")
        yield _fail(words % {"count": follower.differing})
    elif follower is None or follower.is_walking:
        yield _ok(_("Figures of ledgers are read from the disputes themselves until all are counted."))
    else:
        yield _ok(_("Figures of ledgers are counted ahead; they are compared with the disputes in the night."))


EXAMINATION: tuple[Callable[[datetime], Findings], ...] = (
    _look_at_safety,
    _look_at_administrators,
    _look_at_seals,
    _look_at_disk,
    _look_at_media,
    _look_at_papers,
    _look_at_clock,
    _look_at_journal,
    _look_at_months,
    _look_at_anchors,
    _look_at_draws,
    _look_at_numbers,
    _look_at_areas,
    _look_at_pack,
    _look_at_calendar,
    _look_at_search,
    _look_at_chores,
    _look_at_clocks,
    _look_at_figures,
    _look_at_ledgers,
    _look_at_backups,
)
