"""A report of another system becomes an event: read, placed, and taken in once however often it is sent."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.areas.codes import contains, lineage, within
from linli.areas.models import ANSWERING, Area
from linli.events import actions, placing
from linli.events.models import Category
from linli.events.rules import MAX_PHOTOS, MAX_TEXT, Source, clean_answers
from linli.intake.models import ApiKey, Sending
from linli.intake.open311.catalogue import offered
from linli.intake.open311.door import key_of
from linli.intake.open311.parameters import Parameters, jurisdiction
from linli.intake.open311.rendering import Problem
from linli.kit.media.checking import MAX_BYTES
from linli.kit.media.keeping import keep
from linli.kit.refusal import BadInput

#: Where the client gives no reference of its own, the same content within so long is the same report.
_SAME_WITHIN = timedelta(hours=24)
#: By which names clients give their own reference.
_REFERENCES = ("client_reference", "external_id", "customer_reference")
_CONTACT = ("first_name", "last_name", "phone", "email")
_LONGEST_URL = 500


def report(request: HttpRequest, at: datetime) -> tuple[dict[str, Any], bool]:
    """Take in what was sent; what to answer, and whether it is new. Raises `Problem`, `BadInput`."""
    sent = Parameters(request)
    key = key_of(sent, at)
    category = _category(sent)
    description, answers = sent.text("description", MAX_TEXT), _answers(sent, category)
    urls = media_urls(sent)
    area, position = _place(sent, key, jurisdiction(sent))
    files = uploaded(request)
    reference = _reference(request, sent, category)
    content = [category.code, area.code, position, description, answers, urls]
    content += [sent.text("address_string"), *(sent.text(name) for name in _CONTACT)]
    digest = _digest(["report", reference]) if reference else _digest(["report", content, _hashes(files)])
    photos = [keep(file) for file in files]

    def take(sending: Sending) -> None:
        event = actions.report(
            # The description is optional here; what it is about is not.
            text=description or ("" if photos else str(category)),
            area=area,
            at=at,
            source=Source.OPEN311,
            place=sent.text("address_string"),
            lon=position[0] if position else None,
            lat=position[1] if position else None,
            category=category,
            answers=answers,
            photos=photos,  # type: ignore[arg-type]
            contact=" ".join(filter(None, (sent.text(name, 100) for name in _CONTACT))),
        ).event
        if urls:
            actions.supplement(event, text=told_urls("", urls), by=None, at=at)
        sending.event = event

    sending, is_new = once(key, digest, at, take, lasts=None if reference else _SAME_WITHIN)
    assert sending.event is not None
    notice = None if category.is_public else _("This sort of matter is not shown to the public.")
    return {"service_request_id": sending.event.number, "service_notice": notice, "account_id": None}, is_new


def once(
    key: ApiKey, digest: str, at: datetime, take: Callable[[Sending], None], *, lasts: timedelta | None = None
) -> tuple[Sending, bool]:
    """Do `take` for the first arrival of this digest under this key (`lasts`: or the first after so long).

    Two that arrive at the same moment wait for each other at the unique index; whether it was the first comes with it.
    """
    with transaction.atomic():
        Sending.objects.bulk_create([Sending(key=key, digest=digest, at=at)], ignore_conflicts=True)
        sending = Sending.objects.select_for_update().get(key=key, digest=digest)
        if sending.event_id is not None and (lasts is None or at - sending.at < lasts):
            return sending, False
        sending.at = at
        take(sending)
        sending.save()
        return sending, True


def _category(sent: Parameters) -> Category:
    code = sent.text("service_code", 60)
    if not code:
        raise Problem(400, _("service_code is missing. services.xml lists the codes."))
    category = offered().filter(code=code).first()
    if category is None:
        raise Problem(404, _("There is no service with this service_code. services.xml lists the codes."))
    return category


def _answers(sent: Parameters, category: Category) -> dict[str, str]:
    """The answers to the questions of the service, each problem told at once; what nobody asked is left out."""
    given, problems = sent.attributes(), []
    for question in category.questions:
        try:
            clean_answers([question], given)
        except BadInput as refusal:
            problems.append(f"attribute[{question['code']}]: {refusal.message}")
    if problems:
        raise Problem(400, *problems)
    return clean_answers(category.questions, given)


def _place(sent: Parameters, key: ApiKey, top: Area | None) -> tuple[Area, tuple[float, float] | None]:
    """The area of the position, or the one named. Near a border it is the side on which the position lies."""
    position, code, address = sent.position(), sent.text("address_id", 30), sent.text("address_string")
    if position is None and not code and not address:
        raise Problem(400, _("A location is missing: lat and long, or address_string, or address_id."))
    if position is None and not code:
        area = _named_in(address, top)
    else:
        lon, lat = position or (None, None)
        area = placing.place(code, lon, lat).area
    if top is not None and not contains(top.code, area.code):
        raise Problem(400, _("This lies in another jurisdiction than the jurisdiction_id says."))
    if key.area_id is not None and not contains(key.area_id, area.code):
        raise Problem(403, _("This key is for %(area)s only.") % {"area": key.area})
    return area, position


def _named_in(address: str, top: Area | None) -> Area:
    """The finest area whose name, and that of all above it that are named, stands in the address; else the topmost.

    There is no register of addresses: where two places of one name are meant, the desk above both finds out.
    """
    areas = Area.objects.open().filter(kind__in=ANSWERING)
    if top is None:
        # One topmost area, or none: then nothing can be taken in at all.
        top = areas.filter(parent__isnull=True).first()
    if top is None:
        raise Problem(400, _("No area is served here yet."))
    named = [
        code for code, name in areas.filter(within(top.code, field="code")).values_list("pk", "name") if name in address
    ]
    finest = [code for code in named if not any(other != code and contains(code, other) for other in named)]
    shared = _shared(finest) if finest else top.code
    return areas.filter(pk__in=lineage(shared)).order_by("-code").first() or top


def _shared(codes: list[str]) -> str:
    """The finest area that holds all of these."""
    return max(
        (one for one in lineage(codes[0]) if all(contains(one, code) for code in codes)), key=len, default=codes[0]
    )


def media_urls(sent: Parameters) -> list[str]:
    """Links to photos elsewhere. They are kept as words for those who handle it, and never fetched by us."""
    urls = sent.every("media_url")
    for url in urls:
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        is_link = parts.scheme.lower() in ("http", "https") and parts.netloc and url.isprintable() and " " not in url
        if not is_link or len(url) > _LONGEST_URL:
            raise Problem(400, _("media_url is no link that begins with http:// or https://."))
    if len(urls) > MAX_PHOTOS:
        raise Problem(400, _("At most %(most)s media_url at once.") % {"most": MAX_PHOTOS})
    return urls


def told_urls(words: str, urls: list[str]) -> str:
    """Words, followed by links if there are any."""
    links = [_("Photo elsewhere, not fetched: %(url)s") % {"url": url} for url in urls]
    return "\n".join(filter(None, [words, *links]))


def uploaded(request: HttpRequest) -> list[bytes]:
    """The photos of a multipart form, whatever their fields are called. Raises `Problem` for too many or too large ones."""
    files: list[UploadedFile] = [file for name in request.FILES for file in request.FILES.getlist(name)]  # type: ignore[misc]
    if len(files) > MAX_PHOTOS:
        raise Problem(400, _("At most %(most)s photos at once.") % {"most": MAX_PHOTOS})
    if any((file.size or 0) > MAX_BYTES for file in files):
        raise Problem(400, _("A photo may have 20 MB at most. Take it again at a lower resolution."))
    return [file.read() for file in files]


def _reference(request: HttpRequest, sent: Parameters, category: Category) -> str:
    """What the client calls this report, by whatever name it says so; empty if it does not."""
    asked = {question["code"] for question in category.questions}
    extra = {code: text for code, text in sent.attributes().items() if code not in asked}
    given = [request.headers.get("Idempotency-Key", ""), *(sent.text(name) for name in _REFERENCES)]
    given += [extra.get(name, "") for name in (*_REFERENCES, "fixmystreet_id")]
    return next(filter(None, given), "")


def _hashes(files: list[bytes]) -> list[str]:
    return [hashlib.sha256(file).hexdigest() for file in files]


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def digest_of_update(update_id: str, content: list[Any], files: list[bytes]) -> str:
    """What makes an update the same one: the client's id of it, or all it says."""
    return _digest(["update", update_id] if update_id else ["update", "", content, _hashes(files)])
