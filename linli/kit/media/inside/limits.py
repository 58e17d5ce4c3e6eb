"""How large a file may be; both sides ask."""

MAX_PHOTO_BYTES = 20_000_000
MAX_VIDEO_BYTES = 200_000_000
MAX_DURATION_S = 300.0
