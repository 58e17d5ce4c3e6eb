"""How large a file may be; both sides ask."""

MAX_PHOTO_BYTES = 20_000_000
MAX_VIDEO_BYTES = 200_000_000
MAX_DURATION_S = 300.0
#: A voice note: at 24 kbit/s a minute has 180 kB; recorders that cannot be told so write up to 192 kbit/s.
MAX_VOICE_BYTES = 2_000_000
MAX_VOICE_S = 60.0
#: Recorders end with a whole packet, a moment after they were told to.
VOICE_SLACK_S = 2.0
#: Less is a slip of the finger.
LEAST_VOICE_S = 0.3
