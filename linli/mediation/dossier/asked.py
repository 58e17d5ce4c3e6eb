"""Who entrusted it, who was asked, and who was tried in vain, read into the values of their papers."""

from datetime import datetime
from typing import TYPE_CHECKING

from linli.mediation.actions import reaching
from linli.mediation.dossier import values as v
from linli.mediation.dossier import words as w
from linli.mediation.dossier.parts import Sign
from linli.mediation.models import EntrustmentLetter, Session
from linli.mediation.rules import Door, Manner
from linli.people.models import Person

if TYPE_CHECKING:
    from linli.mediation.dossier.reading import File


def entrusted_of(file: "File") -> v.Entrusted | None:
    """The register of the letter by which others entrusted it, with the letter where it was scanned; None at other doors."""
    dispute = file.dispute
    if dispute.door != Door.TRANSFER:
        return None
    letter = EntrustmentLetter.objects.filter(dispute=dispute).first()
    return v.Entrusted(
        entrusted_by=str(file.told.get("entrusted_by", "")),
        letter_no="",
        received_at=dispute.registered_at,
        summary=str(file.told.get("summary", "")),
        consents=tuple(f"{file.name(one.pk)}：{_CONSENT[one.consent]}" for one in file.parties),
        answer="同意接受委托" if dispute.accepted_at else "",
        registrar=file.register.registrar,
        scan=file.scan(letter, "委托调解函") if letter else None,
    )


_CONSENT = {"unasked": "未征询", "asked": "已征询，待答复", "agreed": "同意调解", "refused": "不同意调解"}


def inquiries_of(file: "File") -> tuple[v.Inquiry, ...]:
    """Sessions in which somebody was only asked."""
    return tuple(_inquiry(file, one) for one in file.held if one.manner == Manner.INQUIRY)


def _inquiry(file: "File", session: Session) -> v.Inquiry:
    record = file.record_of(session)
    asked = "、".join(file.called(key) for key in session.present)
    by = record.written_by.name if record else file.mediator
    return v.Inquiry(
        began_at=session.began_at or session.planned_at,
        place=str(session.words.get("place", "")),
        asked=asked,
        relation="",
        asker=file.mediator or by,
        recorder=by,
        text=str(record.words.get("text", "")) if record else "",
        signs=(Sign("被调查人", asked), Sign("调查人", file.mediator or by)),
    )


def tries_of(file: "File") -> v.Tries | None:
    """Every try to reach a party in vain, in the order of their times; None where there was none."""
    made = [
        (datetime.fromisoformat(one["at"]), one, party) for party in file.parties for one in reaching.tries_of(party)
    ]
    if not made:
        return None
    by = dict(Person.objects.filter(pk__in={one["by"] for _at, one, _party in made}).values_list("pk", "name"))
    items = [
        v.Try(
            at=at,
            side=w.SIDE[party.side],
            name=file.name(party.pk),
            way=w.WAY[one["way"]],
            words=one["words"],
            by=by.get(one["by"], ""),
        )
        for at, one, party in sorted(made, key=lambda found: found[0])
    ]
    return v.Tries((items[0], *items[1:]))
