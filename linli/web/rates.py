"""How often one may knock at the doors of pages: a limit on every act, on every file, and on searching, whoever added the door.

A door that needs a narrower one has it besides, in its own module (`docs/security.md` lists them). Counted by person, and by
address for whoever is not signed in; the numbers are beyond what hands do, and below what hurts others.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from linli.kit import throttle
from linli.kit.refusal import TooOften
from linli.web.middleware import Answer, refusal_page
from linli.web.throttle import sender

WITHIN_S = 600
#: Of one person in that time. An act a second; a file every five.
OF_PERSON = {"act": 600, "costly": 120, "search": 600}
#: Of one address without a sign-in: a whole village may stand behind it.
OF_ADDRESS = {"act": 3000, "costly": 600, "search": 3000}
#: Read, and yet not cheap: files that are made when they are asked for, and looks that are written down.
COSTLY = {
    *("audit:search", "audit:anchors", "briefing:paper", "duty_template", "duty_table", "duties", "pack_file"),
    *("bulk:refused", "events:draw_population", "events:slip", "exports:file", "tools:shift_rows"),
    *(f"statistics:{name}" for name in ("table", "rows_csv", "department_table", "department_rows_csv")),
    *("statistics:official_template", "openness:csv", "openness:geojson", "openness:feed"),
    *(f"ledgers:{name}" for name in ("file", "figures_file", "matrix_file")),
    *(f"mediation:{name}" for name in ("kept_file", "session_calendar", "session_sound", "draw_population")),
    *(f"mediation_public:party_{name}" for name in ("paper", "papers", "evidence", "proof", "session", "sound")),
    *(f"mediation_public:{name}" for name in ("party", "party_act", "party_agreement", "party_language", "verify")),
    *(f"privacy:{name}" for name in ("filing_file", "sheet_file", "letter", "copy")),
}
#: Never too often, and why.
WITHOUT = {"sign_out": "nobody is kept in"}
_SENTENCES = {
    "act": _(
        "Very much has been sent from here within ten minutes, and this was not saved. Wait a few minutes, go back and "
        "send it again."
    ),
    "costly": _("Very much has been opened from here within ten minutes. Wait a few minutes, then open this again."),
    "search": _("Very much has been searched from here within ten minutes. Wait a few minutes, then search again."),
}
_SAFE = ("GET", "HEAD", "OPTIONS")


class limited:
    """Before every page: whoever asks too often is told to wait, and nothing is done."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as usual."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, named: Any) -> HttpResponse | None:
        """Count what costs. None: it goes on."""
        kind = kind_of(request)
        if not kind:
            return None
        who, most = _counted_under(request, kind)
        if not throttle.too_many(who, most=most, within_s=WITHIN_S):
            return None
        answer = refusal_page(request, TooOften("too_often", _SENTENCES[kind]))
        answer.headers["Retry-After"] = str(WITHIN_S)
        return answer


def kind_of(request: HttpRequest) -> str:
    """What is counted of a request that has found its door; nothing for one that costs little."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name in WITHOUT:
        return ""
    if request.method not in _SAFE:
        return "act"
    if name in COSTLY:
        return "costly"
    # What cannot be read is for the door to refuse, in its own form.
    return "search" if "q=" in request.META.get("QUERY_STRING", "") and request.GET.get("q") else ""


def _counted_under(request: HttpRequest, kind: str) -> tuple[str, int]:
    if request.user.is_authenticated:
        return f"door {kind} {request.user.pk}", OF_PERSON[kind]
    return f"door {kind} from {sender(request)}", OF_ADDRESS[kind]
