"""Handing a parcel to its way: the only place from which notices leave this home. Called by the worker alone."""

import time
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings

from linli.notices.course import Parcel
from linli.notices.rules import Kind, Result
from linli.notices.sending import mail, push, robots, sms

SENDERS: dict[str, Callable[[Parcel], Result]] = {
    Kind.WEB_PUSH: push.send,
    Kind.MAIL: mail.send,
    Kind.SMS: sms.send,
    Kind.WECOM: robots.send,
    Kind.DINGTALK: robots.send,
    Kind.FEISHU: robots.send,
}


def ways_set() -> list[Kind]:
    """The ways to reporters for which this home has a gateway: their numbers are never laid into a folder."""
    found = {Kind.MAIL: bool(settings.MAIL_OUT), Kind.SMS: bool(settings.SMS_GATEWAY)}
    return [kind for kind, is_set in found.items() if is_set]


def carry(parcel: Parcel) -> Result:
    """Send it, and what came of it. What breaks is told to the caller."""
    begun = time.monotonic()
    result = SENDERS[parcel.kind](parcel)
    return replace(result, took_ms=int((time.monotonic() - begun) * 1000))
