"""Papers of this room as DOCX: the answer to a person as a letter, a sheet, the filing pack."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.kit.papers import asking
from linli.kit.papers.glyphs import clean, everywhere
from linli.kit.refusal import Refused
from linli.privacy.finding import FOUND
from linli.privacy.models import PersonRequest, Sheet
from linli.privacy.rules.requests import REFUSALS, RIGHTS, State
from linli.privacy.saying import rows_of


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs, and a table below them."""

    heading: str
    lines: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class Paper:
    """A paper in words."""

    title: str
    lines: list[str]
    sections: list[Section]


def docx_of(paper: Paper) -> bytes:
    """Set it. Raises `Refused` where the extra `papers` is not installed."""
    if not asking.available():
        raise Refused("no_papers", _("Papers need the extra “papers”. Print the page instead, or have it installed."))
    # What is pasted out of other programs holds signs that no such file may hold.
    made = asking.ask("linli.privacy.setting", everywhere(clean, asdict(paper)), makes=("paper.docx",))
    return made["paper.docx"]


def letter_of(request: PersonRequest) -> Paper:
    """The answer to a request, to be handed over or sent."""
    words = request.words
    lines = [
        _("To: %(name)s") % {"name": words.get("name") or _("whoever asked")},
        _("You asked on %(day)s: %(kind)s (%(article)s).")
        % {
            "day": date_format(timezone.localtime(request.asked_at), "DATE_FORMAT"),
            "kind": request.get_kind_display(),
            "article": RIGHTS[request.kind],  # type: ignore[index]
        },
    ]
    sections = [Section(str(request.get_state_display()), _reason(request) + words.get("answer", "").splitlines())]
    rows = rows_of(request.found, FOUND)
    if rows:
        sections.append(Section(_("Found and done"), rows=[[str(said), str(count)] for said, count in rows]))
    end = [
        _("If this does not satisfy you, complain to the authority for personal information, or go to the court "
          "(Personal Information Protection Law, arts. 50 and 65)."),
        settings.PRIVACY_CONTACT,
        date_format(timezone.localtime(request.answered_at), "DATE_FORMAT") if request.answered_at else "",
    ]  # fmt: skip
    sections.append(Section(_("If you do not agree"), [line for line in end if line]))
    return Paper(_("Answer to your request about your own data"), lines, sections)


def _reason(request: PersonRequest) -> list[str]:
    if request.state != State.REFUSED:
        return []
    reason = REFUSALS[request.refused_for]
    return [_("%(reason)s (%(source)s).") % {"reason": reason.words, "source": reason.source}]


def sheet_paper(sheet: Sheet) -> Paper:
    """A sheet with its answers."""
    made = date_format(timezone.localtime(sheet.made_at), "DATE_FORMAT")
    lines = [sheet.form.source, _("Version %(n)s, %(day)s") % {"n": sheet.version, "day": made}]
    rows = [[str(one.label), said or "—"] for one, said in sheet.answers()]
    return Paper(f"{sheet.get_kind_display()}：{sheet.name}", lines, [Section(_("Answers"), rows=rows)])


def plain(value: Any) -> str:
    """Yes or no in words, anything else as it is."""
    return {True: _("on"), False: _("off")}[value] if isinstance(value, bool) else str(value)
