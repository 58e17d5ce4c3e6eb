"""Photos, videos and voice notes as files: for whoever sees the matter; originals of what is seen, for those who handle it."""

from collections.abc import Callable
from typing import IO
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from linli.events import actions
from linli.events.models import Event, Voice
from linli.events.views.show import seen
from linli.kit.media import renditions
from linli.kit.media.storing import of_before, store
from linli.kit.media.storing import original as original_of
from linli.kit.ranges import ranged

VIDEO = "video/"
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
}


@require_safe
def photo(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A photo to look at, or the poster of a video, for those who may see an event it belongs to."""
    _require_seen(request, pictures__sha256=sha256)
    return photo_response(sha256)


@require_safe
def thumb(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """The same, small."""
    _require_seen(request, pictures__sha256=sha256)
    return thumb_response(sha256)


@require_safe
def film(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A video to play."""
    _require_seen(request, pictures__sha256=sha256, pictures__media_type__startswith=VIDEO)
    return film_response(request, sha256)


@require_safe
def voice(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A voice note to play, for those who may see an event it belongs to."""
    _require_seen(request, voices__sha256=sha256)
    return voice_response(request, sha256)


@login_required
@require_POST
def original(request: HttpRequest, pk: UUID, picture: UUID) -> HttpResponse:
    """The file as it was sent: an act, written down before the first byte is. Never kept by the browser."""
    event = seen(request, pk)
    one = get_object_or_404(event.pictures, pk=picture)
    file = _opened(lambda: store().open(_name_of(one.sha256)))
    try:
        why = request.POST.get("reason", "")
        actions.open_original(event, one, by=request.user, at=timezone.now(), reason=why)  # type: ignore[arg-type]
    except BaseException:
        file.close()
        raise
    place = list(event.pictures.order_by("pk").values_list("pk", flat=True)).index(one.pk) + 1
    name = f"{event.number}-{place}.{_ENDINGS.get(one.media_type, 'bin')}"
    response = FileResponse(file, content_type=one.media_type, as_attachment=True, filename=name)
    patch_cache_control(response, no_store=True, private=True)
    return response  # type: ignore[return-value]


def photo_response(sha256: str) -> HttpResponseBase:
    """A photo without its hidden data; its name is its content, so it never changes. Raises `Http404`."""
    return _lasting(FileResponse(_rendition(renditions.view, sha256), content_type="image/jpeg"))


def thumb_response(sha256: str) -> HttpResponseBase:
    """The same, small."""
    return _lasting(FileResponse(_rendition(renditions.thumb, sha256), content_type="image/jpeg"))


def film_response(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A video without its hidden data, or the range of it that a player asks for. Raises `Http404`."""
    file = _rendition(renditions.film, sha256)
    return _lasting(ranged(request, file, "video/mp4"))


def voice_response(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A voice note as it came, or the range of it that a player asks for. Raises `Http404`."""
    kind = Voice.objects.filter(sha256=sha256).values_list("media_type", flat=True).first()
    if kind is None:
        raise Http404
    file = _opened(lambda: store().open(original_of(sha256)))
    return _lasting(ranged(request, file, kind))


def _require_seen(request: HttpRequest, **having: str) -> None:
    if not request.user.is_authenticated:
        raise Http404
    visible = Event.objects.visible_to(request.scope)  # type: ignore[attr-defined]
    if not visible.filter(**having).exists():
        raise Http404


def _name_of(sha256: str) -> str:
    """The original in the store; of a home of the first days, all that is left of it."""
    name = original_of(sha256)
    return name if store().exists(name) else of_before(sha256)


def _rendition(made: Callable[[str], str], sha256: str) -> IO[bytes]:
    return _opened(lambda: store().open(made(sha256)))


def _opened(open_it: Callable[[], IO[bytes]]) -> IO[bytes]:
    try:
        return open_it()
    except FileNotFoundError:
        raise Http404 from None


def _lasting(response: HttpResponseBase) -> HttpResponseBase:
    patch_cache_control(response, private=True, max_age=86400, immutable=True)
    return response
