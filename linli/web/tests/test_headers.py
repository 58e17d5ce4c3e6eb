"""What every answer carries, and how the house says no."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext

from linli.events.testing import World, make_event
from linli.kit.refusal import BadInput, NotYours, Refused
from linli.urls import urlpatterns as house

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ADDRESSES = (
    "/",
    "/report",
    "/sign-in",
    "/status/1",
    "/healthz",
    "/report/areas.json",
    "/nowhere",
    "/static/web/mark.svg",
)


def words_of(response: Any) -> str:
    return b"".join(response).decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_safe_headers(world: World, client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert {name: headers.get(name) for name in SAFE} == SAFE
    policy, is_page = headers["Content-Security-Policy"], headers["Content-Type"].startswith("text/html")
    assert policy.startswith("default-src 'self'" if is_page else "default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy or not is_page
    assert "http" not in policy


@override_settings(TIANDITU_KEY="key")
def test_tiles_are_let_in_only_where_a_key_for_them_is_set(world: World) -> None:
    client = Client()
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "img-src 'self' data: blob: https://*.tianditu.gov.cn" in policy
    assert "script-src" not in policy


def test_pages_of_the_desk_are_kept_by_no_cache_of_others(world: World, client: Client) -> None:
    client.force_login(world.cast.desk)
    event = make_event(world, at=timezone.now())
    for address in ("/desk/", f"/desk/events/{event.pk}/", "/desk/map/events.json"):
        assert "private" in client.get(address).headers["Cache-Control"]


# --- saying no --------------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_said_in_words(world: World, client: Client) -> None:
    for address in ("/nowhere", "/desk/nowhere", "/media/0.jpg", "/%00", "/status/%00", "/desk/areas/%00"):
        response = client.get(address, follow=True)
        assert response.status_code in (200, 404)
        assert "邻里" in words_of(response)
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert gettext("There is nothing here") in words_of(response)


def _fails(request: Any) -> Any:
    raise RuntimeError("a defect")


def _refuses(kind: type[Refused]) -> Any:
    def view(request: Any) -> Any:
        raise kind("some_code", "一句话：%(what)s", what="<b>")

    return view


#: The house with four more doors.
urlpatterns = [
    path("fails", _fails),
    path("refused", _refuses(Refused)),
    path("not-yours", _refuses(NotYours)),
    path("bad-input", _refuses(BadInput)),
    *house,
]


@pytest.mark.urls(__name__)
def test_a_defect_is_answered_in_both_languages_and_tells_nothing(world: World) -> None:
    response = Client(raise_request_exception=False).get("/fails")
    assert response.status_code == 500
    page = words_of(response)
    assert "没有保存" in page
    assert "not saved" in page
    assert "defect" not in page


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status"), [("/refused", 409), ("/not-yours", 403), ("/bad-input", 422)])
def test_a_refusal_is_a_page_a_piece_or_json(world: World, client: Client, address: str, status: int) -> None:
    page = client.get(address)
    piece = client.get(address, headers={"HX-Request": "true"})
    as_json = client.get(address, headers={"Accept": "application/json"})
    assert {page.status_code, piece.status_code, as_json.status_code} == {status}
    assert "一句话：&lt;b&gt;" in words_of(page)
    assert words_of(piece).startswith("<div")
    assert as_json.json() == {"error": {"code": "some_code", "message": "一句话：<b>"}}


def test_a_health_check_says_ok(db: None, client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


def test_an_unknown_host_is_refused(db: None, client: Client) -> None:
    response = client.get("/", headers={"Host": "elsewhere.example"})
    assert response.status_code == 400
