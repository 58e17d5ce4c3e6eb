"""The states of disputes as they look: each belongs to one family, with a colour and a mark that no other family has."""

import re
from pathlib import Path

from linli.mediation import apps
from linli.mediation.rules import ENDED, State

CSS = (Path(apps.__file__).parent / "static/mediation/mediation.css").read_text(encoding="utf-8")
FAMILIES = (
    {State.REGISTERED, State.OFFERED},
    {State.ACCEPTED, State.MEDIATING},
    {State.SETTLED},
    {State.CLOSED},
    ENDED - {State.CLOSED},
)


def rules(*, marks: bool) -> dict[str, str]:
    """By state what the style sheet says of its chip, or of the mark before it."""
    said: dict[str, str] = {}
    for line in CSS.splitlines():
        head, _brace, body = line.strip().partition("{")
        if head.startswith((".dispute-", ".state")) and ("::before" in head) == marks:
            said |= {state: body for state in re.findall(r"\.dispute-(\w+)", head) if state in State.values}
    return said


def test_every_state_has_the_colour_of_its_family_and_no_other() -> None:
    colours = rules(marks=False)
    assert set(colours) == set(State)
    assert [len({colours[state] for state in family}) for family in FAMILIES] == [1] * len(FAMILIES)
    assert len(set(colours.values())) == len(FAMILIES)


def test_families_differ_by_the_shape_of_their_mark_too() -> None:
    shapes = rules(marks=True)
    # The ring that stands before every state is the mark of those that wait.
    assert 'class*=" dispute-"]::before' in CSS
    found = [{shapes.get(state, "a ring") for state in family} for family in FAMILIES]
    assert [len(one) for one in found] == [1] * len(FAMILIES)
    assert len({shape for one in found for shape in one}) == len(FAMILIES)
