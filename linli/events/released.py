"""Pictures that everybody may see: which they are, where they lie, and how far a desk has come with those of a matter."""

from collections import defaultdict
from collections.abc import Iterable
from typing import IO, Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext_lazy as _

from linli.events.actions.releasing import public_name
from linli.events.models import Event, Picture, Release
from linli.events.rules import RELEASING
from linli.kit.media.storing import store
from linli.people.rules import Scope


def public_pictures(events: Iterable[Event]) -> dict[Any, list[Release]]:
    """The public pictures of these matters by their key, each in the order in which they came. One query."""
    found: dict[Any, list[Release]] = defaultdict(list)
    releases = Release.objects.public().filter(picture__event__in=list(events)).select_related("picture")
    for release in releases.order_by("picture"):
        found[release.picture.event_id].append(release)
    return found


def photo_response(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """What everybody may see, under the SHA-256 of the rendition itself. Raises `Http404` for anything else.

    Caches keep it and ask each time whether it is still public: what was taken back is nowhere shown a second longer.
    """
    if not Release.objects.public().filter(public_sha256=sha256).exists():
        raise Http404
    etag = f'"{sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = FileResponse(_file(sha256), content_type="image/jpeg")
    patch_cache_control(response, public=True, no_cache=True)
    response.headers["ETag"] = etag
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _file(sha256: str) -> IO[bytes]:
    try:
        return store().open(public_name(sha256))
    except FileNotFoundError:
        raise Http404 from None


def may_release(event: Event, scope: Scope) -> bool:
    """Whether the matter is public and this person may prepare its pictures for that, or hide them again."""
    if event.category is None or not event.category.is_public:
        return False
    roles = scope.roles_in(event.area_id)
    return any(allowed & roles for allowed in RELEASING.values())


def standing(release: Release | None) -> tuple[str, Any]:
    """How far it has come: a word for the code, and one for people."""
    if release is None or release.withdrawn_at:
        return "private", _("not public")
    if release.wanted_at:
        return "waiting", _("being prepared")
    if release.failed_at:
        return "failed", _("could not be prepared")
    if release.draft_sha256:
        return "draft", _("draft to be looked at")
    return "public", _("public")


def rows(pictures: Iterable[Picture]) -> list[dict[str, Any]]:
    """Each picture of a matter with how far it has come. One query."""
    known = {release.pk: release for release in Release.objects.filter(picture__in=[one.pk for one in pictures])}
    return [
        {"picture": one, "stage": standing(known.get(one.pk)), "is_public": _is_public(known.get(one.pk))}
        for one in pictures
    ]


def _is_public(release: Release | None) -> bool:
    return release is not None and release.public_sha256 is not None
