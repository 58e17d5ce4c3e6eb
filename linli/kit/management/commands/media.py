"""`linli media inspect`: what files are, and whether they would be taken. Stores nothing."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.kit.media.checking import File, inspect
from linli.kit.printable import printable
from linli.kit.progress import progress
from linli.kit.reasons import reason
from linli.kit.refusal import BadInput, Refused

ACCEPTED, REFUSED = "accepted", "refused"
_NONE = "-"


class Command(BaseCommand):
    """One line per file, in the order given, its parts between tabs."""

    help = gettext_noop("Photos, videos and voice notes: say whether files would be taken, and what they hold.")

    def add_arguments(self, parser: CommandParser) -> None:
        """The act and its files."""
        acts = parser.add_subparsers(dest="act", required=True)
        look = acts.add_parser(
            "inspect",
            help=_("One line per file: accepted or refused, file, why, kind, pixels, bytes, seconds, time, position."),
        )
        look.add_argument("--voice", action="store_true", help=_("Look at them as voice notes: nothing else is taken."))
        look.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at each; ends with status 1 when any would be refused."""
        files: list[str] = options["files"]
        refused = 0
        for name in progress(files, total=len(files), label=_("Looking")):
            parts = _told(name, options["voice"])
            refused += parts[0] == REFUSED
            self.stdout.write("\t".join(printable(part) for part in parts))
        if refused:
            self.stdout.flush()
            raise SystemExit(1)


def _told(name: str, as_voice: bool) -> list[str]:
    path = Path(name)
    try:
        what = path.stat()
        if not stat.S_ISREG(what.st_mode):
            words = _("This is a folder.") if stat.S_ISDIR(what.st_mode) else _("This is no file.")
            return [REFUSED, name, words, *[_NONE] * 6]
        return [ACCEPTED, name, _NONE, *_facts(inspect(path, as_voice=as_voice))]
    except Refused as refusal:
        code = f"{refusal.code}: " if isinstance(refusal, BadInput) else ""
        return [REFUSED, name, code + refusal.message, _NONE, _NONE, _size(path), *[_NONE] * 3]
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        return [REFUSED, name, f"{why}.", *[_NONE] * 6]


def _size(path: Path) -> str:
    return str(path.stat().st_size)


def _facts(file: File) -> Iterator[str]:
    yield file.type
    yield _NONE if file.is_voice else f"{file.width}x{file.height}"
    yield str(file.size)
    yield _NONE if file.duration_s is None else f"{file.duration_s:.1f}"
    yield file.taken_at.isoformat() if file.taken_at else _NONE
    yield f"lon={file.position[0]:.6f} lat={file.position[1]:.6f}" if file.position else _NONE
