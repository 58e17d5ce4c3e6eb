"""Back to where one came from, and nowhere else."""

import pytest
from django.test import Client, RequestFactory

from linli.kit.own_pages import own_page


@pytest.mark.parametrize("wanted", ["/desk/", "/desk/events/1/?a=b#c", "/", "/a:b"])
def test_a_path_of_ours_is_gone_to(wanted: str) -> None:
    assert own_page(wanted, RequestFactory().get("/"), "/home") == wanted


@pytest.mark.parametrize(
    "wanted",
    ["", '"', "desk", "a:b", "//x.example/", "/\\x.example", "http://x.example/", "javascript:alert(1)", "/" * 2001],
)
def test_nothing_else_is(wanted: str) -> None:
    assert own_page(wanted, RequestFactory().get("/"), "/home") == "/home"


@pytest.mark.parametrize("wanted", ['"', "9999-12-31T23:59", "no_such_view"])
def test_what_is_no_page_breaks_no_form(db: None, client: Client, wanted: str) -> None:
    for where in ("/language", "/accessibility/type"):
        assert client.post(where, {"next": wanted}).status_code == 302
    assert client.get("/sign-in", {"next": wanted}).status_code == 200
