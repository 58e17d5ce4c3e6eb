"""What an import did, in plain lines."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.intake.importing import Report


def summary(report: Report, file: str, *, dry_run: bool) -> Iterator[str]:
    """The lines to print: counts, refusals by reason with an example, and what else people should know."""
    words = (
        _(
            "%(file)s: %(rows)s rows. %(new)s matters would be brought in, %(known)s are here already, %(refused)s are refused."
        )
        if dry_run
        else _("%(file)s: %(rows)s rows. %(new)s matters brought in, %(known)s were here already, %(refused)s refused.")
    )
    counts = {"rows": report.rows, "new": report.new, "known": report.known, "refused": report.refused.total()}
    yield words % {"file": file, **{name: f"{count:,}" for name, count in counts.items()}}
    yield from _refusals(report)
    yield from notes_of(report)


def _refusals(report: Report) -> Iterator[str]:
    for code, count in report.refused.most_common():
        line, sentence = report.examples[code]
        yield _("- %(count)s refused, e.g. line %(line)s: %(sentence)s") % {
            "count": f"{count:,}",
            "line": line,
            "sentence": sentence,
        }
    if report.refused and report.refused_file:
        yield _("The refused rows are listed in %(file)s.") % {"file": _short(report.refused_file)}


def _short(path: Path) -> str:
    """A path under the home as people know it."""
    home = Path(settings.HOME)
    return f"LINLI_HOME/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


#: By kind of note.
_TOLD = {
    "pack": gettext_lazy("! The pack %(column)s was not in this home; it has been loaded."),
    "area": gettext_lazy(
        "! Rows without an area of this home, brought to the one the map names for them: %(count)s. %(words)s"
    ),
    "elsewhere": gettext_lazy("! Rows with a point outside the area they name, which was taken as named: %(count)s."),
    "category": gettext_lazy(
        "! Column %(column)s: rows with a category that has no line in the map: %(count)s. %(words)s"
    ),
    "word": gettext_lazy("! Column %(column)s: rows with a word that has no line in the map: %(count)s. %(words)s"),
    "time": gettext_lazy("! Column %(column)s: rows without a time, for which the map gives one: %(count)s. %(words)s"),
}


def notes_of(report: Report) -> Iterator[str]:
    """What was taken by default, and what was not read."""
    for (kind, column), count in sorted(report.notes.counts.items()):
        commonest = report.notes.commonest(kind, column)
        words = ", ".join(
            f"“{word[:40]}” ({times:,})" if word else _("empty (%(times)s)") % {"times": f"{times:,}"}
            for word, times in commonest
        )
        yield str(_TOLD[kind]) % {"count": f"{count:,}", "column": column, "words": words}
    for column, reason in report.unread.items():
        yield _("! The column “%(column)s” is refused and was not read. %(reason)s") % {
            "column": column[:40],
            "reason": reason,
        }
