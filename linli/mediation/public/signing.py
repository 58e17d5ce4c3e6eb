"""Reading the agreement, beside the version before it, and signing it: by finger, by typing the name, or on paper."""

import base64
import binascii
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.kit.refusal import BadInput, Refused
from linli.mediation.actions import agreeing, own, signing
from linli.mediation.models import Agreement, Party
from linli.mediation.public.doors import by_link, other_languages
from linli.mediation.public.reading import Own
from linli.mediation.public.values import Text

#: A drawing as text: the picture, and the points of its strokes.
_LONGEST_IMAGE, _LONGEST_STROKES = 420_000, 300_000
_PICTURE = "data:image/png;base64,"


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def show(request: HttpRequest, party: Party, token: str) -> HttpResponse:
    """The text; and signing it, or asking for paper."""
    text = Own(party, timezone.now()).text
    if text is None:
        return redirect("mediation_public:party", token)
    if request.method != "POST":
        return _page(request, party, token)
    try:
        done = _do(request.POST, party, text)
    except Refused as refusal:
        return _page(request, party, token, refusal.status, problem=refusal.message, typed=request.POST)
    messages.success(request, done)
    return redirect("mediation_public:party_agreement", token)


def _page(request: HttpRequest, party: Party, token: str, status: int = 200, **more: Any) -> HttpResponse:
    seen = Own(party, timezone.now())
    context = {
        "own": seen,
        "text": seen.text,
        "may_sign": "sign" in seen.steps,
        "token": token,
        "languages": other_languages(),
        "typed": {},
        **more,
    }
    return render(request, "mediation/public/agreement.html", context, status=status)


def _do(sent: Any, party: Party, text: Text) -> str:
    at = timezone.now()
    agreement = get_object_or_404(Agreement.objects.filter(dispute=party.dispute), pk=text.key)
    if sent.get("act") == "paper":
        own.want_paper(agreement, party=party, at=at)
        return _("It is noted. The mediator brings the agreement on paper.")
    if not sent.get("sure"):
        raise BadInput("not_sure", _("Please tick that you have read it all and want it."), field="sure")
    drawn = signing.Drawn(
        image=_image(sent.get("image", "")),
        strokes=_strokes(sent.get("strokes", "")),
        typed="" if sent.get("image") else sent.get("typed", "")[:100],
    )
    said = sent.get("speaker", "")
    speaker = int(said) if said.isdecimal() and len(said) == 1 else 0
    text_sha256 = sent.get("text", "")[:64]
    signing.sign_on_phone(agreement, party=party, drawn=drawn, text_sha256=text_sha256, at=at, speaker=speaker)
    if agreeing.unsigned_by(party, agreeing.signed_in(agreement)):
        return _("Thank you, you have signed. The other representatives of your group sign here too.")
    return _("Thank you, you have signed. It binds when everybody has signed and the committee has stamped it.")


def _image(sent: str) -> bytes:
    """The picture out of a data address; nothing where none was sent. Raises `BadInput`."""
    if not sent:
        return b""
    try:
        if not sent.startswith(_PICTURE) or len(sent) > _LONGEST_IMAGE:
            raise ValueError
        return base64.b64decode(sent.removeprefix(_PICTURE), validate=True)
    except (ValueError, binascii.Error):
        raise BadInput(
            "not_a_picture",
            _("The picture of the signature cannot be read. Clear the field, sign again."),
            field="image",
        ) from None


def _strokes(sent: str) -> tuple[Any, ...]:
    if not sent or len(sent) > _LONGEST_STROKES:
        return ()
    return signing.read_strokes(sent)
