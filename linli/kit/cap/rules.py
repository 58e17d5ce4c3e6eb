"""What the standard says in prose and no schema checks: pure functions over a message that was read.

Each yields code, path and facts; the section that asks for it stands beside the sentence in `problems.py`.
"""

from collections.abc import Callable, Iterator

from linli.kit.cap.identifiers import troubles
from linli.kit.cap.model import Alert, Area, Info

Finding = tuple[str, str, dict[str, object]]
#: Kinds that are about earlier messages, and states in which the note says which exercise it is.
ABOUT_OTHERS = frozenset({"Update", "Cancel", "Ack", "Error"})


def findings(alert: Alert) -> Iterator[Finding]:
    """Everything that differs, in the order of the message."""
    for rule in _OF_ALERT:
        yield from rule(alert)
    for number, info in enumerate(alert.infos, 1):
        yield from _expires_early(alert, info, f"info[{number}]")
        for place, area in enumerate(info.areas, 1):
            yield from _ceiling_alone(area, f"info[{number}]/area[{place}]")


def _national_id(alert: Alert) -> Iterator[Finding]:
    for code, facts in troubles(alert.identifier):
        yield code, "identifier", facts


def _scope(alert: Alert) -> Iterator[Finding]:
    """Restricted says to whom, Private names them (CAP 1.2 §3.2.1 restriction, addresses)."""
    if alert.scope == "Restricted" and not alert.restriction:
        yield "no_restriction", "restriction", {}
    if alert.scope == "Private" and not alert.addresses:
        yield "no_addresses", "addresses", {}


def _references(alert: Alert) -> Iterator[Finding]:
    if alert.message_type in ABOUT_OTHERS and not alert.references:
        yield "no_references", "references", {"kind": alert.message_type}
    own = (alert.sender, alert.identifier, alert.sent_at)
    if any((one.sender, one.identifier, one.sent_at) == own for one in alert.references):
        yield "refers_to_itself", "references", {}


def _note(alert: Alert) -> Iterator[Finding]:
    """An error says why, an exercise which one it is (CAP 1.2 §3.2.1 status, msgType)."""
    kinds = (
        alert.message_type if alert.message_type == "Error" else "",
        alert.status if alert.status == "Exercise" else "",
    )
    for kind in filter(None, kinds):
        if not alert.note:
            yield "no_note", "note", {"kind": kind}


def _expires_early(alert: Alert, info: Info, where: str) -> Iterator[Finding]:
    before = {"sent": alert.sent_at, "effective": info.effective_at, "onset": info.onset_at}
    if info.expires_at is None:
        return
    late = next((name for name, at in before.items() if at is not None and info.expires_at < at), None)
    if late:
        yield "expires_early", f"{where}/expires", {"name": late}


def _ceiling_alone(area: Area, where: str) -> Iterator[Finding]:
    if area.ceiling_ft is not None and area.altitude_ft is None:
        yield "ceiling_alone", f"{where}/ceiling", {}


_OF_ALERT: tuple[Callable[[Alert], Iterator[Finding]], ...] = (_national_id, _scope, _references, _note)
