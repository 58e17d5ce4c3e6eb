"""The agreement: clauses filled, the text read and edited, versions compared, signed on this device."""

import base64
import binascii
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.kit.numbers import whole_number
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.mediation.actions import agreeing, signing
from linli.mediation.actions.course import who_of
from linli.mediation.agreeing.comparing import compare
from linli.mediation.forms.agreeing import AgreedBy, Editor, StoryForm, story_before
from linli.mediation.forms.fields import called, line, put_refusal, text_box
from linli.mediation.models import Agreement, Dispute, Party, Signature
from linli.mediation.rules import AgreementState, Who, require
from linli.mediation.views.coming import Steps
from linli.mediation.views.reaching import back_to, file_page, person_of

#: A picture as a data address is a third longer than its bytes.
_LONGEST_PICTURE = signing.LARGEST_IMAGE * 4 // 3 + 100


@file_page
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    """Choose clauses, fill them, and have the text assembled."""
    by, at = person_of(request), timezone.now()
    require("draft_agreement", dispute.state, who_of(dispute, by=by, at=at))
    return _edit(request, dispute, is_oral=False)


@file_page
@require_http_methods(["GET", "POST"])
def oral(request: HttpRequest, dispute: Dispute) -> HttpResponse:
    """Register what was agreed without a paper (art. 28)."""
    by, at = person_of(request), timezone.now()
    require("draft_agreement", dispute.state, who_of(dispute, by=by, at=at))
    return _edit(request, dispute, is_oral=True)


def _edit(request: HttpRequest, dispute: Dispute, *, is_oral: bool) -> HttpResponse:
    last = dispute.agreements.order_by("-version").first()
    if request.method != "POST":
        story = StoryForm(initial=dict(story_before(dispute, last, timezone.localdate())), label_suffix="")
        editor = Editor.fresh(dispute, last, is_oral=is_oral)
        return _editor_page(request, editor, story, AgreedBy(dispute=dispute, label_suffix=""))
    editor = Editor.sent(dispute, request.POST, is_oral=is_oral)
    if editor.do(request.POST.get("do", ""), request.POST.get("code", "")):
        story = StoryForm(initial=request.POST.dict(), label_suffix="")
        said = {"agreed_by": request.POST.getlist("agreed_by")}
        return _editor_page(request, editor, story, AgreedBy(dispute=dispute, initial=said, label_suffix=""))
    story = StoryForm(request.POST, label_suffix="")
    agreed = AgreedBy(request.POST, dispute=dispute, label_suffix="")
    if not story.is_valid() or (is_oral and not agreed.is_valid()):
        return _editor_page(request, editor, story, agreed, status=422)
    try:
        made = _save(request, editor, story, agreed)
    except NotYours:
        raise
    except BadInput as refusal:
        editor.problem = refusal
        if "clause" not in refusal.facts:
            put_refusal(story, refusal)
        return _editor_page(request, editor, story, agreed, status=422)
    except Refused as refusal:
        story.add_error(None, refusal.message)
        return _editor_page(request, editor, story, agreed, status=409)
    if is_oral:
        messages.success(request, _("Registered: the oral agreement is in force."))
        return back_to(dispute, "promises")
    return redirect("mediation:agreement", dispute.pk, made.pk)


def _save(request: HttpRequest, editor: Editor, story: StoryForm, agreed: AgreedBy) -> Agreement:
    known: dict[str, Any] = {"clauses": editor.clauses, "story": story.story()}
    known |= {"by": person_of(request), "at": timezone.now()}
    if editor.is_oral:
        keys = [UUID(one) for one in agreed.cleaned_data["agreed_by"]]
        return agreeing.register_oral(editor.dispute, **known, agreed_by=keys)
    return agreeing.draft_agreement(editor.dispute, **known)


def _editor_page(
    request: HttpRequest, editor: Editor, story: StoryForm, agreed: AgreedBy, status: int = 200
) -> HttpResponse:
    context = {"dispute": editor.dispute, "editor": editor, "story": story, "agreed": agreed, "room": "mediation"}
    return render(request, "mediation/agreement_edit.html", context, status=status)


# --- one version ------------------------------------------------------------------------------------------------------


@file_page
@require_safe
def show(request: HttpRequest, dispute: Dispute, version: UUID) -> HttpResponse:
    """The text as it stands, what differs from the obligations, who has signed, and what was changed since another version."""
    agreement = get_object_or_404(dispute.agreements.all(), pk=version)
    by, at = person_of(request), timezone.now()
    steps = Steps(dispute, who_of(dispute, by=by, at=at))
    context: dict[str, Any] = {
        "dispute": dispute,
        "agreement": agreement,
        "text": agreement.words["text"],
        "differences": agreeing.differences_of(agreement) if agreement.state != AgreementState.REPLACED else [],
        "signers": _signers(dispute, agreement),
        "versions": list(dispute.agreements.order_by("-version")),
        "is_current": agreement.state in (AgreementState.DRAFT, AgreementState.OFFERED),
        "may_draft": "draft_agreement" in steps.open,
        "may_sign": "sign" in steps.open and agreement.state == AgreementState.OFFERED,
        "acts": _acts(steps, agreement),
        "room": "mediation",
    }
    other = _other(request, dispute, agreement)
    if other is not None:
        context |= {"other": other, "spans": compare(other.words["text"], agreement.words["text"])}
    return render(request, "mediation/agreement.html", context)


def _acts(steps: Steps, agreement: Agreement) -> list[Any]:
    names = {AgreementState.DRAFT: ["offer_agreement"], AgreementState.OFFERED: ["sign", "stamp"]}
    return steps.on(agreement.pk, *names.get(AgreementState(agreement.state), []))


def _signers(dispute: Dispute, agreement: Agreement) -> list[dict[str, Any]]:
    """Everybody who has to sign, by side and number, and how they did."""
    to_this = agreement.signatures.filter(text_sha256=agreement.text_sha256)
    given = [one for one in to_this.select_related("mediator__person", "party") if agreeing.still_counts(one)]
    present = list(dispute.parties.present())
    names = called(present)
    by_party = {(one.party_id, one.speaker): one for one in given if one.party_id}
    rows = [row for one in present for row in _signers_of(one, names[one.pk], by_party)]
    mediator = next((one for one in given if one.mediator_id), None)
    return [*rows, {"name": Who.MEDIATOR.label, "row": mediator}]


def _signers_of(party: Party, name: str, given: dict[tuple[UUID, int], Signature]) -> list[dict[str, Any]]:
    """The party itself, or each representative of a group by number; one paper that all of them signed is one row."""
    whole, speakers = given.get((party.pk, 0)), agreeing.speakers_of(party)
    if whole or not speakers:
        return [{"name": name, "row": whole}]
    said = _("%(party)s, representative %(number)s")
    places = range(1, len(speakers) + 1)
    return [{"name": said % {"party": name, "number": place}, "row": given.get((party.pk, place))} for place in places]


def _other(request: HttpRequest, dispute: Dispute, agreement: Agreement) -> Agreement | None:
    wished = request.GET.get("with", "")
    rows = dispute.agreements.exclude(pk=agreement.pk)
    version = whole_number(wished, 9999)
    return None if version is None else rows.filter(version=version).first()


class Text(forms.Form):
    """The text, edited by hand."""

    text = text_box(
        gettext_lazy("Text of the agreement"),
        longest=agreeing.LONGEST_TEXT,
        rows=30,
        help_text=gettext_lazy(
            "Amounts, days and names are compared with the clauses afterwards, and differences are shown."
        ),
    )


@file_page
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, dispute: Dispute, version: UUID) -> HttpResponse:
    """Edit the words; the clauses stay. It makes the next version."""
    agreement = get_object_or_404(dispute.agreements.all(), pk=version)
    by, at = person_of(request), timezone.now()
    require("draft_agreement", dispute.state, who_of(dispute, by=by, at=at))
    form = Text(request.POST if request.method == "POST" else None, initial=agreement.words, label_suffix="")
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        story, clauses = agreeing.story_of(agreement), agreement.words["clauses"]
        try:
            made = agreeing.draft_agreement(
                dispute, clauses=clauses, story=story, text=form.cleaned_data["text"], by=by, at=at
            )
            return redirect(f"{reverse('mediation:agreement', args=[dispute.pk, made.pk])}?with={agreement.version}")
        except BadInput as refusal:
            put_refusal(form, refusal)
        except NotYours:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.message)
            status = 409
    context = {"dispute": dispute, "agreement": agreement, "form": form, "room": "mediation"}
    return render(request, "mediation/agreement_text.html", context, status=status)


# --- signing on this device -------------------------------------------------------------------------------------------


class Sign(forms.Form):
    """The mediator's own signature, drawn or typed."""

    typed = line(
        gettext_lazy("Or type your name"),
        longest=100,
        required=False,
        help_text=gettext_lazy("For those who cannot draw on this device. Exactly as it stands in the agreement."),
    )
    image = forms.CharField(required=False, max_length=_LONGEST_PICTURE, widget=forms.HiddenInput)
    strokes = forms.CharField(required=False, max_length=400_000, widget=forms.HiddenInput)
    text_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def drawn(self) -> signing.Drawn:
        """As the action takes it. Raises `BadInput`."""
        told = self.cleaned_data
        if told["typed"]:
            return signing.Drawn(typed=told["typed"])
        return signing.Drawn(image=_picture(told["image"]), strokes=signing.read_strokes(told["strokes"]))


def _picture(sent: str) -> bytes:
    head, _comma, rest = sent.partition(",")
    try:
        return base64.b64decode(rest, validate=True) if head == "data:image/png;base64" else b""
    except (binascii.Error, ValueError):
        return b""


@file_page
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, dispute: Dispute, version: UUID) -> HttpResponse:
    """The mediator reads the text and signs it here."""
    agreement = get_object_or_404(dispute.agreements.all(), pk=version)
    by, at = person_of(request), timezone.now()
    require("sign", dispute.state, who_of(dispute, by=by, at=at))
    form = Sign(
        request.POST if request.method == "POST" else None,
        initial={"text_sha256": agreement.text_sha256},
        label_suffix="",
    )
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            digest = form.cleaned_data["text_sha256"]
            signing.sign_as_mediator(agreement, drawn=form.drawn(), text_sha256=digest, by=by, at=at)
        except BadInput as refusal:
            put_refusal(form, refusal, {"image": "typed"})
        except NotYours:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.message)
            status = 409
        else:
            messages.success(request, _("Signed."))
            return redirect("mediation:agreement", dispute.pk, agreement.pk)
    context = {"dispute": dispute, "agreement": agreement, "text": agreement.words["text"], "form": form}
    return render(request, "mediation/agreement_sign.html", context | {"room": "mediation"}, status=status)
