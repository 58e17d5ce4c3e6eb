"""Somebody of the staff at their screen, for tests through addresses."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.mediation.models import Dispute
from linli.mediation.testing import CLAIMS, SUMMARY
from linli.people.models import Person

SEALED = ("王小明", "李大力", "13900000001", "上县村一队3号", SUMMARY, CLAIMS)
WAYS = ["arbitration", "court"]


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def local(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def scan(name: str = "scan.pdf", size: int = 100) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n" + b"0" * size, content_type="application/pdf")


@dataclass
class Desk:
    """Somebody at their screen, with the files they have opened."""

    person: Person
    client: Client = field(default_factory=Client)
    done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.client.force_login(self.person)

    def open(self, dispute: Dispute) -> None:
        answer = self.client.post(reverse("mediation:look", args=[dispute.pk]), {"purpose": "mediate"})
        assert answer.status_code == 302

    def do(self, dispute: Dispute, act: str, of: Any = None, **sent: Any) -> None:
        """By its form: the page is there, and what is sent is done."""
        args = [dispute.pk, act] + ([of.pk] if of is not None else [])
        address = reverse("mediation:act_on" if of is not None else "mediation:act", args=args)
        if act not in self.done:
            assert self.client.get(address).status_code == 200, act
        answer = self.client.post(address, sent)
        said = re.findall(r'(?:field-error|problem)"[^>]*>(.*?)</', answer.content.decode(), re.DOTALL)
        assert answer.status_code == 302 or act in ("give_link", "find_doubles"), (act, answer.status_code, said)
        assert answer.status_code in (200, 302), (act, said)
        self.done.add(act)
        dispute.refresh_from_db()


def clause_fields(both: list[str], **changes: str) -> dict[str, Any]:
    """A payment, and what closes an agreement, as the page sends it."""
    fields = {"owed_by": both[1], "owed_to": both[0], "reason": "修沟费用", "amount": "1.2万元"} | changes
    return {
        "facts": SUMMARY,
        "place_of": ["0", "1"],
        "c0-code": "pay_once",
        **{f"c0-{name}": value for name, value in fields.items()},
        "c1-code": "end_of_matter",
        "do": "save",
    }
