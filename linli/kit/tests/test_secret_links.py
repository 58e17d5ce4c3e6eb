"""Addresses that are keys stand in no line of a log."""

import logging

import pytest

from linli.kit.secret_links import Masked


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("Not Found: /mediation/party/S3cret_-x/do/claim", "Not Found: /mediation/party/…/do/claim"),
        ("/follow/S3cret?x=1 and /mediation/party/other/", "/follow/…?x=1 and /mediation/party/…/"),
        ("/mediation/apply", "/mediation/apply"),
    ],
)
def test_what_stands_behind_such_a_beginning_is_left_out(line: str, masked: str) -> None:
    for message, arguments in ((line, ()), ("%s", (line,))):
        record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, arguments, None)
        assert Masked().filter(record) and record.getMessage() == masked
