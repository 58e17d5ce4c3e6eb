"""Is a paper genuine? Number, date, kind of paper and committee for whoever has its hash; nothing else, and no search."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kit.senders import sender
from linli.kit.throttle import too_many
from linli.mediation.public.doors import unstored
from linli.mediation.public.genuine import find

_AN_HOUR = 120
_HASH = re.compile(r"[0-9a-f]{64}")


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The form; and from it to the page of a hash."""
    typed = request.GET.get("hash", "")[:200]
    if not typed:
        return render(request, "mediation/public/verify.html", {"typed": ""})
    sha256 = "".join(typed.split()).lower()
    if _HASH.fullmatch(sha256):
        return redirect("mediation_public:verify", sha256)
    problem = _(
        "A hash has 64 digits and letters from a to f. Type it as it stands on the paper; spaces do not matter."
    )
    return unstored(render(request, "mediation/public/verify.html", {"typed": typed, "problem": problem}, status=422))


@require_safe
def verify(request: HttpRequest, sha256: str) -> HttpResponse:
    """Genuine or not."""
    if too_many(f"verify {sender(request)}", most=_AN_HOUR, within_s=3600):
        problem = _("Many have asked from here within the hour. Wait a while, then ask again.")
        return unstored(
            render(request, "mediation/public/verify.html", {"typed": sha256[:64], "problem": problem}, status=429)
        )
    asked = sha256.lower()
    found = find(asked) if _HASH.fullmatch(asked) else None
    context = {"typed": sha256[:64], "asked": True, "found": found}
    return unstored(render(request, "mediation/public/verify.html", context, status=200 if found else 404))
