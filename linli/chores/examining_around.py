"""What the doctor looks at around a home: the clock of the machine, whether somebody outside hears when all stands still, and
whether the identity provider answers.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from linli.accounts import provider
from linli.accounts.id_tokens import NotProved
from linli.accounts.rules import Fault
from linli.chores import heartbeat
from linli.chores.examining import Finding, Level
from linli.kit import timekeeping

#: Limits and the order of acts bear a second; signatures of webhooks and codes of a second factor do not bear half a minute.
_MAY_DIFFER_S = 2.0


def examine_around(at: datetime) -> Iterator[Finding]:
    """Everything, in order."""
    yield of_clock(timekeeping.is_kept())
    offset = timekeeping.store_offset_s()
    if offset is not None:
        yield of_store_clock(offset)
    yield from of_watcher(at)
    yield from of_provider(at)


def of_clock(is_kept: bool | None) -> Finding:
    """What the kernel knows of its clock; None: it cannot be asked."""
    if is_kept is None:
        return Finding(
            Level.WARN, _("Whether a time server keeps the clock cannot be asked here; look at it yourself.")
        )
    if is_kept:
        return Finding(Level.OK, _("A time server keeps the clock of this machine."))
    return Finding(
        Level.WARN,
        _(
            "No time server keeps the clock of this machine. Run “timedatectl set-ntp true”; without internet name the "
            "time server of the county in /etc/systemd/timesyncd.conf."
        ),
    )


def of_store_clock(offset_s: float) -> Finding:
    """How the clock of the database server stands to ours."""
    if abs(offset_s) <= _MAY_DIFFER_S:
        return Finding(Level.OK, _("The clock of the database server agrees with ours."))
    words = _("The clock of the database server differs from ours by %(seconds)s s. Let both ask the same time server.")
    return Finding(Level.FAIL, words % {"seconds": f"{offset_s:+.1f}"})


def of_watcher(at: datetime) -> Iterator[Finding]:
    """Whether the outside watcher is called, and why not."""
    if not settings.HEARTBEAT_URL:
        if settings.HOSTS:
            yield Finding(
                Level.WARN,
                _("Nobody outside hears when linli stands still. Set LINLI_HEARTBEAT_URL; docs/operation.md says how."),
            )
        return
    found = heartbeat.troubles(at)
    if found:
        words = _("The outside watcher is not called, because not all is well: %(what)s. See docs/operation.md.")
        yield Finding(Level.WARN, words % {"what": ", ".join(found)})
    else:
        yield Finding(Level.OK, _("All is well, and the worker tells the outside watcher so each minute."))


def of_provider(at: datetime) -> Iterator[Finding]:
    """Whether the identity provider says what it is, and gives its keys; the password goes on working without it."""
    if not provider.is_set():
        return
    try:
        found = provider.keys_of(provider.of_itself(at), at)
    except NotProved as fault:
        yield _FAULTS[fault.fault](fault.why)
        return
    if found:
        yield Finding(Level.OK, _("The identity provider answers, and gives its keys."))
    else:
        yield Finding(Level.FAIL, _("The identity provider gives no key that linli can use. See docs/accounts.md."))


def _down(why: str) -> Finding:
    words = _(
        "The identity provider of LINLI_OIDC_ISSUER does not answer (%(why)s). People sign in by their passwords."
    )
    return Finding(Level.WARN, words % {"why": why})


def _untrusted(why: str) -> Finding:
    words = _("What answers at LINLI_OIDC_ISSUER is not what it should be (%(why)s). See docs/accounts.md.")
    return Finding(Level.FAIL, words % {"why": why})


_FAULTS = {Fault.DOWN: _down, Fault.UNTRUSTED: _untrusted}
