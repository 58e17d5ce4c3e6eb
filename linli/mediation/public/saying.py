"""What a party's page says of where its dispute stands, and of the other ways, in plain words."""

from django.utils.translation import gettext_lazy as lazy

from linli.mediation.rules import NextWay, State

#: By state: what happens next.
NEXT = {
    State.REGISTERED: lazy("The committee looks whether this can be mediated, and then asks the other side."),
    State.OFFERED: lazy("The sides are asked whether they want mediation. Without everybody's yes it does not begin."),
    State.ACCEPTED: lazy("A mediator is being found. You have a say in who it is."),
    State.MEDIATING: lazy("The mediator talks with both sides. You can hand in what shows your point below."),
    State.SETTLED: lazy("The agreement binds everybody. Now what was promised is done."),
    State.NOT_ACCEPTED: lazy("This is not mediated. Other ways are open to you; they stand below."),
    State.FAILED: lazy("No agreement was found. Other ways are open to you; they stand below."),
    State.WITHDRAWN: lazy("The mediation was taken back. Other ways stay open to you."),
    State.TERMINATED: lazy("The mediation was ended. Other ways are open to you; they stand below."),
    State.CLOSED: lazy("This is finished. If it begins again, tell the committee with the number."),
}
#: The ways that stay open (art. 26).
WAYS = {
    NextWay.ARBITRATION: lazy("Where a contract says so, and for labour disputes: ask the arbitration commission."),
    NextWay.ADMINISTRATIVE: lazy("Where an office decides such matters, as with land rights: ask it in writing."),
    NextWay.COURT: lazy("You can bring an action in the people's court. The mediation takes no right from you."),
}
