"""What each paper of a dispute says, form by form: values in, blocks out."""

from functools import singledispatch
from typing import Any

from linli.mediation.dossier.blocks import Block
from linli.mediation.dossier.parts import Head


@singledispatch
def blocks_of(paper: Any, head: Head) -> list[Block]:
    """The blocks of one paper. Each class of `values` registers its own."""
    raise TypeError(type(paper).__name__)


# Importing them registers what they say.
from linli.mediation.dossier.forms import afterwards, beginning, ending, meeting, next_way, single  # noqa: E402, F401
