"""One dispute as it is lived: its rows in the product, found as they are needed, and its parties as they tell of themselves."""

from dataclasses import dataclass, field

from bench.disputes.county import County
from bench.disputes.pen import Life
from linli.events.models import Event
from linli.mediation.ledgers.narrowing import LARGE_FROM
from linli.mediation.models import Agreement, Dispute, Obligation, Party, Proof, Session
from linli.mediation.rules import AgreementState, NextWay, Side
from linli.mediation.rules.parties import Particulars, Representative
from linli.people.models import Person

#: Of which the parties are told where no agreement comes of it.
WAYS = (NextWay.ARBITRATION, NextWay.COURT)
PLACE = "综治中心"
_SIDES = {0: Side.APPLICANT, 1: Side.RESPONDENT, 2: Side.THIRD}


@dataclass
class Case:
    """One dispute as it is lived: the rows of the product, found as they are needed."""

    county: County
    life: Life
    registered: Dispute | None = None
    event: Event | None = None
    known: list[Party] = field(default_factory=list)
    signed: int = 0

    @property
    def dispute(self) -> Dispute:
        """The dispute, once it is registered."""
        assert self.registered is not None
        return self.registered

    @property
    def keeper(self) -> Person:
        """The head of the body that has it; before one has, of the nearest that is to take it."""
        if self.dispute.body_id is not None:
            return self.county.heads[self.dispute.body.area_id]  # type: ignore[union-attr]
        return self.county.heads[self.life.area[:12] if self.life.level == "village" else self.life.town]

    @property
    def mediator(self) -> Person:
        """Whoever is asked to mediate it, or does."""
        return self.dispute.assignments.in_force().select_related("mediator__person").get().mediator.person

    def party(self, place: int) -> Party:
        """By its place."""
        if len(self.known) <= place:
            self.known = list(self.dispute.parties.present())
        return self.known[place]

    @property
    def parties(self) -> list[Party]:
        """All."""
        self.known = list(self.dispute.parties.present())
        return self.known

    def agreement(self, state: str = AgreementState.IN_FORCE) -> Agreement:
        """The one in this state."""
        return self.dispute.agreements.get(state=state)

    def obligation(self, place: int) -> Obligation:
        """A promise of the agreement in force, by its place."""
        return self.agreement().obligations.select_related("agreement__dispute").get(number=place + 1)

    def proof(self, place: int) -> Proof:
        """What waits for an answer."""
        return Proof.objects.unanswered().select_related("obligation__agreement__dispute").get(
            obligation__agreement__dispute=self.dispute, obligation__agreement__state=AgreementState.IN_FORCE,
            obligation__number=place + 1,
        )  # fmt: skip

    def session(self, state: str) -> Session:
        """The last one in this state."""
        return self.dispute.sessions.filter(state=state).order_by("-number")[0]


def told_of(life: Life, side: int) -> Particulars:
    """Names and telephones that nobody else has; of larger ones the other side is a group that sends two."""
    telephone = f"13{life.place:06}{side:03}"
    name = f"{'赵钱孙李周吴郑王'[life.place % 8]}{life.place}{'甲乙丙'[side]}"
    if side == 1 and life.people >= LARGE_FROM and life.place % 2:
        speakers = (Representative(f"{name}一"), Representative(f"{name}二"))
        return Particulars(
            _SIDES[side],
            name,
            telephone=telephone,
            representatives=speakers,
            speaks_for_group=True,
            group_size=life.people - 1,
        )
    mail = f"p{life.place}@example.org" if side == 1 and life.place % 3 == 0 else ""
    return Particulars(_SIDES[side], name, telephone=telephone, mail=mail)
