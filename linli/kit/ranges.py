"""Answering with a file, or with the part of it that a player asks for."""

import re
from collections.abc import Iterator
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_PIECE = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def ranged(request: HttpRequest, file: IO[bytes], kind: str) -> HttpResponseBase:
    """A file, or one range of it (RFC 9110 §14); several at once are answered with all of it. Closes the file."""
    size = file.seek(0, 2)
    file.seek(0)
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or not (asked[1] or asked[2]):
        return _with_ranges(FileResponse(file, content_type=kind), Content_Length=size)
    first = int(asked[1]) if asked[1] else max(size - int(asked[2]), 0)
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first > last:
        file.close()
        return _with_ranges(HttpResponse(status=416), Content_Range=f"bytes */{size}")
    file.seek(first)
    response = StreamingHttpResponse(_Piece(file, last - first + 1), content_type=kind, status=206)
    return _with_ranges(response, Content_Range=f"bytes {first}-{last}/{size}", Content_Length=last - first + 1)


def _with_ranges(response: Any, **headers: object) -> HttpResponseBase:
    response.headers["Accept-Ranges"] = "bytes"
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    return response  # type: ignore[no-any-return]


class _Piece:
    """So many bytes of a file from where it stands; the file is closed with the answer, also one nobody reads."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file, self._length = file, length
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while self._length > 0 and (piece := self._file.read(min(_PIECE, self._length))):
            self._length -= len(piece)
            yield piece
