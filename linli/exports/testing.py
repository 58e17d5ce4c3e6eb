"""Taking a list away in tests, as people do: with a reason, and a yes where one is needed."""

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
