"""The papers of a briefing: PDF and DOCX."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.kit.addresses import own_address
from linli.kit.papers.asking import Fails, TooMuch, ask, available
from linli.kit.refusal import BadInput, Refused

_SETTING = "linli.briefing.setting"


@dataclass(frozen=True)
class Papers:
    """Both files."""

    pdf: bytes
    docx: bytes


def sample() -> bytes:
    """The template of linli itself."""
    return (Path(__file__).resolve().parent / "paper" / "briefing.docx").read_bytes()


def require_papers() -> None:
    """Raises `Refused` in a home without the extra `papers`."""
    if not available():
        raise Refused(
            "no_papers",
            _("This home makes no PDF and DOCX: install the extra “papers” (docs/briefing.md). The page shows it all."),
        )


def set_papers(paper: dict[str, Any], template: bytes | None, *, at: datetime, pdf: bool = True) -> Papers:
    """Both papers of what a briefing says. `template`: an office's own DOCX. Raises `Refused`; `BadInput` for the template."""
    require_papers()
    task = {
        "paper": paper,
        "pdf": pdf,
        "timestamp": int(at.timestamp()),
        # Numbers lead to their rows where the home has a name that others reach.
        "base": own_address("") if settings.HOSTS else "",
    }
    files = {} if template is None else {"template.docx": template}
    try:
        made = ask(_SETTING, task, files=files, makes=("briefing.pdf", "briefing.docx")[0 if pdf else 1 :])
    except Fails as fails:
        raise BadInput(
            "template_fails",
            _("The template does not render: %(why)s. Correct it in Word, or take linli's own."),
            why=fails.why,
            field="template",
        ) from None
    except TooMuch:
        if template is None:
            raise
        raise BadInput(
            "template_too_much",
            _("The template needs too much memory or time. Correct it in Word, or take linli's own."),
            field="template",
        ) from None
    return Papers(made.get("briefing.pdf", b""), made["briefing.docx"])
