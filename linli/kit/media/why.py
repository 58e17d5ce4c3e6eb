"""Why a file is not taken: each reason has a code that never changes, and a sentence that says what to do."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import BadInput

WHY: dict[str, "str | Promise"] = {
    "media_empty": _("This file is empty. Choose it again, or take the picture again."),
    "media_unknown": _("This file is no photo or video. JPEG, PNG, WebP, HEIC, MP4 and MOV are taken."),
    "media_kind": _(
        "This file is %(kind)s. Only JPEG, PNG, WebP, HEIC, MP4 and MOV are taken; save it as one of them."
    ),
    "media_truncated": _("This file is cut off. Send it again, or take the picture again."),
    "media_broken": _("This file is damaged and cannot be shown. Choose another, or take the picture again."),
    "media_photo_too_large": _("A photo may have %(most)s MB at most. Take it again at a lower resolution."),
    "media_video_too_large": _("A video may have %(most)s MB at most. Take a shorter one."),
    "media_too_long": _("A video may last %(most)s minutes at most. Take a shorter one."),
    "media_too_many_pixels": _(
        "A picture of this kind may have %(most)s million pixels at most. Take it at a lower resolution."
    ),
    "media_bomb": _("This file unpacks to far more than a photo or video has. It is not taken."),
    "media_polyglot": _("There is another file inside this one (%(kind)s). It is not taken; take the picture again."),
    "media_no_video": _("There is only sound in this file, no picture. Take a video or a photo."),
    "media_locked": _("This video is locked against copying. Take one with the camera itself."),
    "media_codec": _(
        "This video is written in a way that cannot be shown here (%(kind)s). Take one with the camera itself."
    ),
    "media_needs_extra": _(
        "%(kind)s files cannot be read here yet. The administrator can install what is missing: pip install 'linli[media]'. "
        "Until then, send a JPEG photo."
    ),
    "media_too_slow": _("This file took too long to check. Send a smaller one, or try again later."),
    "media_no_voice": _(
        "This file is no voice recording. AAC in MP4 and Opus in WebM or Ogg are taken; record it here, or write it in words."
    ),
    "media_voice_too_large": _("A voice note may have %(most)s MB at most. Say it in fewer words, or write it."),
    "media_voice_too_long": _("A voice note may last %(most)s seconds at most. Say it in fewer words, or write it."),
    "media_voice_empty": _("There is nothing to be heard in this recording. Record it again, or write it in words."),
    "media_voice_broken": _("This recording is damaged or cut off. Record it again, or write it in words."),
    "media_voice_holds_more": _(
        "This recording holds more than a voice: a place, a picture or another file. Record it here, or write it in words."
    ),
    "media_crashes": _("This file brings down the program that opens it. It is not taken; take the picture again."),
}


def refused(code: str, **facts: Any) -> BadInput:
    """What to raise for a code of the table."""
    return BadInput(code, WHY[code], field="photos", **facts)
