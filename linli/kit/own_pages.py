"""Where a form sends somebody back to: a page of ours, by its path, or nowhere."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

_LONGEST = 2000


def own_page(wanted: str, request: HttpRequest, otherwise: str) -> str:
    """The page that was asked for if it is one of ours, else the other.

    A path begins with a slash: anything else `redirect` would take for the name of a view, and break on one there is not.
    """
    is_path = wanted.startswith("/") and len(wanted) <= _LONGEST
    is_ours = is_path and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if is_ours else otherwise
