"""Videos: the first picture decoded to see that it plays, a poster, and a copy without anything hidden. By PyAV (FFmpeg)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from linli.kit.media.inside import photos
from linli.kit.media.inside.bad import Bad

MAX_PIXELS = 40_000_000
#: What browsers play in an MP4; other sound is left out of the copy.
_SOUND = {"aac", "mp3", "opus", "ac3", "eac3", "flac", "alac"}
#: Units of the coded picture that hold words of the recorder, its settings and sometimes its place (SEI).
_WORDS = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39|40"}


def _av() -> Any:
    try:
        import av
        import av.logging
    except ImportError:
        raise Bad("media_needs_extra", kind="MP4") from None
    av.logging.set_level(None)
    return av


@contextmanager
def _opened(source: IO[bytes]) -> Iterator[Any]:
    """The file as FFmpeg sees it. The format is named: what passes for a playlist must not be followed."""
    av = _av()
    source.seek(0)
    try:
        with av.open(source, format="mov", options={"enable_drefs": "0", "use_absolute_path": "0"}) as container:
            yield container
    except av.error.InvalidDataError as error:
        raise Bad("media_broken") from error
    except (av.error.FFmpegError, ValueError, StopIteration) as error:
        raise Bad("media_broken") from error


def _frames(container: Any) -> Iterator[Any]:
    stream = container.streams.video[0]
    context = stream.codec_context
    if context is None:
        raise Bad("media_codec", kind="?")
    context.thread_count = 1
    context.options = {"max_pixels": str(MAX_PIXELS)}
    yield from container.decode(stream)


def decode(source: IO[bytes]) -> float:
    """Decode the first picture; the duration in seconds as FFmpeg has it. Raises `Bad` when nothing can be seen."""
    with _opened(source) as container:
        if not container.streams.video:
            raise Bad("media_no_video")
        if next(_frames(container), None) is None:
            raise Bad("media_broken")
        return float(container.duration or 0) / 1_000_000


def draw(source: IO[bytes], longest_side: int, out: IO[bytes], turned: int) -> None:
    """A picture of the first second that shows something, upright."""
    with _opened(source) as container:
        best, brightest = None, -1.0
        for frame in _first_second(container):
            light = _light(frame)
            if light > brightest:
                best, brightest = frame, light
            if light > 24:
                break
        if best is None:
            raise Bad("media_broken")
        image = best.to_image()
    upright = photos.turn(image, {90: 6, 180: 3, 270: 8}.get(turned, 1))
    photos.save(upright, longest_side, out)


def _first_second(container: Any) -> Iterator[Any]:
    for count, frame in enumerate(_frames(container)):
        if count >= 90 or (frame.time is not None and count and frame.time > 1.0):
            return
        yield frame


def _light(frame: Any) -> float:
    """How bright a picture is on the whole, 0 to 255."""
    small = bytes(frame.reformat(width=32, height=32, format="gray").planes[0])
    return sum(small) / len(small)


def copy(source: IO[bytes], out: IO[bytes]) -> None:
    """The same pictures and sound in a new MP4 that plays while it loads: no other track, no words, no place."""
    av = _av()
    with _opened(source) as container:
        options = {"movflags": "faststart", "fflags": "bitexact", "empty_hdlr_name": "1", "write_btrt": "0"}
        # To put the tables in front the writer reads again what it wrote, by name: this is the name of an open file.
        with av.open(f"/proc/self/fd/{out.fileno()}", "w", format="mp4", options=options) as film:
            film.metadata.clear()
            streams = [*container.streams.video[:1], *[one for one in container.streams.audio if _plays(one)][:1]]
            below = {one.index: film.add_stream_from_template(one) for one in streams}
            filters = {one.index: _filter(av, one, below[one.index]) for one in streams}
            for one in below.values():
                one.metadata.clear()
            if streams[0].codec_context.name == "hevc":
                below[streams[0].index].codec_tag = "hvc1"  # Safari plays no other
            for packet in container.demux(streams):
                if packet.dts is None:
                    continue
                index = packet.stream_index
                for clean in filters[index].filter(packet) if filters[index] else [packet]:
                    clean.stream = below[index]
                    film.mux(clean)


def _plays(stream: Any) -> bool:
    return stream.codec_context is not None and stream.codec_context.name in _SOUND


def _filter(av: Any, stream: Any, below: Any) -> Any:
    spec = _WORDS.get(stream.codec_context.name) if stream.codec_context else None
    return av.bitstream.BitStreamFilterContext(spec, stream, below) if spec else None
