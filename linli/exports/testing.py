"""Taking a list away in tests, as people do: with a reason, and a yes where one is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client
from django.urls import reverse

from linli.exports.models import Export


def taken(client: Client, address: str, approver: Client | None = None) -> str:
    """The file behind an address, without its mark. With an approver it is asked for unmasked."""
    sent = {"reason": "检查", **({"unmasked": "1"} if approver else {})}
    client.post(address, sent)
    export = Export.objects.order_by("-key")[0]
    if approver:
        approver.post(reverse("exports:answer", args=[export.pk]), {"answer": "grant"})
        client.post(address, {"export": str(export.pk)})
    answer: Any = client.get(reverse("exports:file", args=[export.pk]))
    mark, _line, text = b"".join(answer.streaming_content).decode().partition("\r\n")
    assert mark.startswith("\ufeff# ") and export.number in mark
    return text


@contextmanager
def taken_away(page: Any) -> Iterator[Any]:
    """On the page that asks what a list is for: look at it within, then say it and fetch the file; what the browser fetched."""
    with page.expect_download() as file:
        yield file
        page.locator("#reason").fill("对账")
        page.locator("form:has(#reason) button.primary").click()
        page.locator(".exports a[href$='/file']").first.click()
