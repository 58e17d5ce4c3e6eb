"""The papers of a dispute as files: a whole dossier bound in one, or one paper alone, as PDF and as DOCX."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.kit.papers.asking import TooMuch, ask, available
from linli.kit.refusal import Refused
from linli.mediation.dossier import blocks as b
from linli.mediation.dossier.binding import Dossier
from linli.mediation.dossier.forms import blocks_of
from linli.mediation.dossier.parts import Head, Picture, Scan, Side, sha256_of
from linli.mediation.dossier.values import Form, Receipt, ServiceAddress, Session
from linli.mediation.dossier.words import SOUND_APART

_SETTING = "linli.mediation.dossier.setting"
#: A sign in the address of a paper's hash, to be filled in.
HASH = "<hash>"


@dataclass(frozen=True)
class Papers:
    """Both files, and the hash of what they say, which is printed on them."""

    pdf: bytes
    docx: bytes
    sha256: str


def require_papers() -> None:
    """Raises `Refused` in a home without the extra `papers`."""
    if not available():
        raise Refused(
            "no_papers",
            _(
                "This home makes no PDF and DOCX: install the extra “papers” (docs/mediation.md). The pages show it all."
            ),
        )


def set_dossier(dossier: Dossier, *, verify_at: str, at: datetime) -> Papers:
    """The bound dossier. `verify_at`: the address to verify it, with `HASH` where its hash belongs. Raises `Refused`."""
    sha256 = sha256_of(dossier)
    said = {
        "is": "dossier",
        "cover": _cover(dossier),
        "forms": [
            {"number": number, "title": _called(form), "remark": _remark(form), "blocks": blocks_of(form, dossier.head)}
            for number, form in dossier.forms
        ],
        "back": _back(dossier),
    }
    return _set(dossier.head, said, sha256, verify_at, at)


def set_paper(paper: Form, head: Head, *, verify_at: str, at: datetime) -> Papers:
    """One paper alone. Raises `Refused`."""
    said = {"is": "single", "forms": [{"number": 0, "title": _called(paper), "blocks": blocks_of(paper, head)}]}
    return _set(head, said, sha256_of(head, paper), verify_at, at)


def _set(head: Head, said: dict[str, Any], sha256: str, verify_at: str, at: datetime) -> Papers:
    require_papers()
    files = _take_out(said["forms"])
    said |= {
        "case_no": head.case_no,
        "title": head.name if said["is"] == "dossier" else said["forms"][0]["title"],
        "body": head.body,
        "sha256": sha256,
        "address": verify_at.replace(HASH, sha256),
    }
    try:
        made = ask(
            _SETTING,
            {"said": said, "timestamp": int(at.timestamp())},
            files=files,
            makes=("paper.pdf", "paper.docx"),
        )
    except TooMuch:
        raise Refused(
            "paper_too_much",
            _(
                "These papers need too much memory or time to be set. Take the single papers, or shorten what was added last."
            ),
        ) from None
    return Papers(made["paper.pdf"], made["paper.docx"], sha256)


def _take_out(forms: list[dict[str, Any]]) -> dict[str, bytes]:
    """Pictures lie beside the task as files, each once; the blocks name them."""
    files: dict[str, bytes] = {}
    for form in forms:
        for block in form["blocks"]:
            for field in (*block.get("fields", []), *block.get("pages", [])):
                if isinstance(picture := field["picture"], Picture | Scan):
                    name = f"sent-{hashlib.sha256(picture.content).hexdigest()[:24]}"
                    files[name] = picture.content
                    field["picture"] = name
    return files


def _called(form: Form) -> str:
    """What the contents call it."""
    if isinstance(form, Session):
        return f"{form.title}（第{form.number}次）"
    if isinstance(form, ServiceAddress):
        return f"{form.title}（{form.party}）"
    if isinstance(form, Receipt):
        return f"{form.title}（{b.day(form.at)}）"
    return form.title


def _remark(form: Form) -> str:
    """What the contents say of what belongs to a paper and lies elsewhere."""
    return SOUND_APART if isinstance(form, Session) and SOUND_APART in form.sound else ""


def _cover(dossier: Dossier) -> dict[str, Any]:
    head, filing = dossier.head, dossier.filing
    rows = [("卷名", head.name), ("案号", head.case_no), ("纠纷类别", head.kind)]
    for side in Side:
        names = [one.name for one in head.parties if one.side == side]
        if names:
            rows.append((str(side), "、".join(names)))
    rows += [
        ("人民调解员", "、".join(head.mediators) or b.NOTHING),
        ("受理日期", b.day(head.accepted_on)),
        ("办结日期", b.day(head.concluded_on)),
        ("立卷人", filing.by),
        ("立卷日期", b.day(filing.on)),
        ("保管期限", kept(dossier)),
        ("备注", filing.remark or b.NOTHING),
    ]
    return {"body": head.body, "words": f"{head.mediation_type}卷宗", "rows": rows}


def kept(dossier: Dossier) -> str:
    """长期（至2056年11月9日）."""
    retention = dossier.filing.retention
    return retention.words + (f"（至{b.day(retention.until)}）" if retention.until else "")


def _back(dossier: Dossier) -> dict[str, Any]:
    filing = dossier.filing
    rows = [
        ("立卷人", filing.by),
        ("审核人", filing.checked_by or b.NOTHING),
        ("立卷日期", b.day(filing.on)),
        ("保管期限", kept(dossier)),
    ]
    return {"words": "卷内备考表", "rows": rows}
