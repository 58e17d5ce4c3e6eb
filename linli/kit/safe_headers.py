"""The headers that every answer carries, whichever door gives it: what may be loaded, framed, guessed and told."""

from collections.abc import Mapping

TIANDITU = "https://*.tianditu.gov.cn"
#: For whatever is no page: should a browser show it as one, nothing in it may run, load or be framed.
FILE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#: What people have sent is shown by itself in a browser's own viewer, which brings its style along.
SENT_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
)
#: The same for a paper: a browser shows no PDF inside a sandbox.
PAPER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
#: For doors that speak ASGI themselves.
OF_FILES: list[tuple[bytes, bytes]] = [
    (name.lower().encode(), value.encode())
    for name, value in {**ALWAYS, "Content-Security-Policy": FILE_POLICY}.items()
]
#: A worker keeps to the rules of its script, and a style sheet loads what it names.
_OF_PAGES = ("text/html", "text/javascript", "application/javascript", "text/css")
_SENT = ("image/", "video/", "audio/")


def page_policy(*, with_tiles: bool) -> str:
    """Nothing is loaded but from here; the map tiles of 天地图 only where a key for them is set."""
    tiles = f" {TIANDITU}" if with_tiles else ""
    return (
        f"default-src 'self'; img-src 'self' data: blob:{tiles}; connect-src 'self'{tiles}; worker-src 'self'; "
        "media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def policy_of(kind: str, of_pages: str) -> str:
    """The policy for an answer of this media type; `of_pages` for what belongs to a page."""
    kind = kind.partition(";")[0].strip().lower()
    if not kind or kind in _OF_PAGES:
        return of_pages
    return SENT_POLICY if kind.startswith(_SENT) else FILE_POLICY
