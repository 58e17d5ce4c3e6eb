"""`linli alerts check`: what alerts (CAP) of others say, whether they can be used, what is wrong with them. Stores nothing."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from linli.kit.cap import Alert, Message, Pointer, Problem, read_file
from linli.kit.cap.labels import label
from linli.kit.printable import printable
from linli.kit.progress import progress
from linli.kit.refusal import BadInput

ACCEPTED, REFUSED = "accepted", "refused"
_NONE = "-"
#: Columns after file and why.
_FACTS = 10
#: Of one column, signs.
_SHOWN = 60


class Command(BaseCommand):
    """One line per message, in the order given, its parts between tabs; with `--verbose` a line per problem below it."""

    help = gettext_noop(
        "Alerts of others (CAP 1.2): say whether files can be used, what they say, and what is wrong with them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The act and its files."""
        acts = parser.add_subparsers(dest="act", required=True)
        look = acts.add_parser(
            "check",
            help=_(
                "One line per message: accepted or refused, file, why, sent, status, type, event, severity, areas, end, "
                "languages, signature, number of problems. Stores nothing."
            ),
        )
        look.add_argument(
            "--verbose", action="store_true", help=_("Below each, what is wrong with it, with place and source.")
        )
        look.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at each; ends with status 1 when any cannot be used."""
        files: list[str] = options["files"]
        refused = False
        for name in progress(files, total=len(files), label=_("Looking")):
            for parts, below in _told(name, timezone.now()):
                refused |= parts[0] == REFUSED
                self.stdout.write("\t".join(printable(part) for part in parts))
                for line in below if options["verbose"] else ():
                    self.stdout.write("  " + printable(line))
        if refused:
            self.stdout.flush()
            raise SystemExit(1)


Line = tuple[list[str], list[str]]


def _told(name: str, at: datetime) -> Iterator[Line]:
    """Each message of a file as its parts, with the lines below it."""
    try:
        found = read_file(Path(name))
    except BadInput as refusal:
        yield [REFUSED, name, f"{refusal.code}: {refusal.message}", *[_NONE] * _FACTS], []
        return
    for number, message in enumerate(found.messages, 1):
        called = name if len(found.messages) == 1 else f"{name}#{number}"
        yield _of_message(message, called, at), [_problem(one) for one in message.problems]
    if found.pointers:
        yield _of_pointers(found.pointers, name)


def _of_message(message: Message, called: str, at: datetime) -> list[str]:
    fatal = next((one for one in message.problems if one.is_fatal), None)
    count = str(len(message.problems))
    if message.alert is None:
        assert fatal is not None
        return [REFUSED, called, f"{fatal.code}: {_problem(fatal)}", *[_NONE] * (_FACTS - 1), count]
    return [ACCEPTED, called, _NONE, *_facts(message.alert, at), count]


def _facts(alert: Alert, at: datetime) -> Iterator[str]:
    yield _local(alert.sent_at)
    # What is no real alert must not be taken for one at a glance.
    yield label(alert.status) if alert.is_real else _("NOT REAL: %(status)s") % {"status": label(alert.status)}
    yield label(alert.message_type)
    yield _few(info.event for info in alert.infos)
    yield _few(label(info.severity) for info in alert.infos)
    yield _few(area.description for info in alert.infos for area in info.areas)
    yield _end(alert.expires_at, at)
    yield ",".join(alert.languages) or _NONE
    yield _("signed, not verified") if alert.is_signed else _NONE


def _end(expires_at: datetime | None, at: datetime) -> str:
    if expires_at is None:
        return _NONE
    local = _local(expires_at)
    return _("%(time)s, over") % {"time": local} if expires_at < at else local


def _local(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


def _few(words: Iterable[str]) -> str:
    """Each once, on one line, not all of a long one."""
    whole = "; ".join(dict.fromkeys(" ".join(one.split()) for one in words if one))
    return (whole if len(whole) <= _SHOWN else f"{whole[:_SHOWN]}…") or _NONE


def _problem(problem: Problem) -> str:
    """Where, what is right, and who says so."""
    where = problem.where or "alert"
    return _("line %(line)s, %(where)s: %(words)s (%(source)s)") % {
        "line": problem.line,
        "where": where,
        "words": problem.words,
        "source": problem.source,
    }


def _of_pointers(pointers: tuple[Pointer, ...], name: str) -> Line:
    """A feed that says where alerts lie is in order; they are read once somebody has fetched them."""
    count = len(pointers)
    words = ngettext(
        "names the address of %(count)s alert; fetch it and check it",
        "names the addresses of %(count)s alerts; fetch and check them",
        count,
    )
    parts = [ACCEPTED, name, words % {"count": count}, *[_NONE] * _FACTS]
    return parts, [
        _("line %(line)s: %(address)s %(title)s")
        % {"line": one.line, "address": one.address, "title": one.title[:_SHOWN]}
        for one in pointers
    ]
