"""What all papers of a dispute are made of, and the hash of what they say. Words are Chinese as printed; times are aware."""

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")
#: One or more: what must be there cannot be left out.
Some = tuple[T, *tuple[T, ...]]


class Side(StrEnum):
    """On which side a party stands."""

    APPLICANT = "申请人"
    RESPONDENT = "被申请人"
    THIRD = "第三人"


@dataclass(frozen=True)
class Picture:
    """PNG or JPEG as it came: a signature or a fingerprint."""

    content: bytes


@dataclass(frozen=True)
class Scan:
    """A file that belongs to a paper: PNG, JPEG or PDF as it was given. Each of its pages becomes one of the paper's."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Party:
    """A side as papers name it. `id_number` stays empty but where an agreement goes to court."""

    side: Side
    name: str
    kind: str = "自然人"
    telephone: str = ""
    address: str = ""
    representative: str = ""
    id_number: str = ""
    #: 推选代表：how many people they speak for.
    stands_for: int = 0


@dataclass(frozen=True)
class Sign:
    """A place to sign: empty to be signed on paper, or signed with a picture, a way (手机签名 …) and a time."""

    role: str
    name: str
    way: str = ""
    at: datetime | None = None
    picture: Picture | None = None

    @property
    def is_signed(self) -> bool:
        """Whoever signed did it in some way."""
        return bool(self.way)


@dataclass(frozen=True)
class Stamp:
    """The seal of the committee. `at`: when it was put; None for the place where it belongs."""

    body: str
    at: datetime | None = None


@dataclass(frozen=True)
class Head:
    """What stands on every paper of a dispute. `key` goes only into the hash: nobody can guess contents by it."""

    key: str
    case_no: str
    body: str
    kind: str
    parties: Some[Party]
    mediators: tuple[str, ...] = ()
    recorder: str = ""
    mediation_type: str = "人民调解"
    accepted_on: date | None = None
    concluded_on: date | None = None

    @property
    def name(self) -> str:
        """张某与李某等邻里纠纷: what the cover calls it."""
        first = [next((one for one in self.parties if one.side == side), None) for side in tuple(Side)[:2]]
        shown = [one.name for one in first if one] or [self.parties[0].name]
        more = "等" if len(self.parties) > len(shown) else ""
        kind = self.kind if self.kind.endswith(("纠纷", "争议")) else f"{self.kind}纠纷"
        return "与".join(shown) + more + kind


def sha256_of(*values: Any) -> str:
    """The hash of what is said, the same on every day and machine: of its words and times, and of pictures their hashes."""
    said = json.dumps([_plain(one) for one in values], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Picture):
        return {"is": "Picture", "sha256": hashlib.sha256(value.content).hexdigest()}
    if isinstance(value, Scan):
        return {"is": "Scan", "name": value.name, "sha256": hashlib.sha256(value.content).hexdigest()}
    if is_dataclass(value):
        return {"is": type(value).__name__, **{one.name: _plain(getattr(value, one.name)) for one in fields(value)}}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
