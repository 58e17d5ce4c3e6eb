"""A restored home opened as the program opens it, in a process of its own, and what is found there.

`python -m linli.chores.backup.proof` tells it of the home in its environment, as JSON.
"""

import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from linli.kit.refusal import Refused

#: What a backup seals with the current key of its home, to see later that keys and home belong together.
WORD, BOUND_TO, PLACE = "linli", b"linli backup", "backup"
_AT_MOST = 20
_OF_ANCHORS = {"cut_anchored", "rewritten"}
#: Settings that mean the home at work.
_OF_THE_LIVING = ("LINLI_BACKUP_", "LINLI_ANCHORS")


class Proof(msgspec.Struct, frozen=True):
    """What was found."""

    #: As in the manifest; taken before anything was migrated.
    counts: dict[str, int]
    chains: dict[str, tuple[int, str]]
    #: Where the journal does not hold: chain and position.
    breaks: list[tuple[str, int]]
    entries: int
    #: Whether the secret key opens what this home has sealed.
    opens_seals: bool


def prove(home: Path, address: str, seal: str) -> Proof:
    """Open the home in a folder, with its store at an address (none: in the folder). Raises `Refused` if that fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OF_THE_LIVING)}
    environment |= {"LINLI_HOME": str(home), "LINLI_DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "linli.settings"}
    ran = subprocess.run(
        [sys.executable, "-m", __name__, seal], env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        why = (ran.stderr.strip().splitlines() or [""])[-1]
        raise Refused("does_not_open", _("What was restored for a check does not open: %(why)s"), why=why)
    return msgspec.json.decode(ran.stdout, type=Proof)


def _look(seal: str) -> Proof:
    from django.db import connection

    from linli.chores import home
    from linli.chores.backup.tallying import tally
    from linli.journal.models import Entry
    from linli.journal.proving import verify_chain

    connection.ensure_connection()
    store: Any = connection.connection
    found = tally(store, connection.vendor)
    if home.schema().outstanding:  # older than this program: its next start is rehearsed
        home.make_ready()
    # Whether it is what was anchored, the home at work is asked: anchors lie elsewhere, and go on while this is restored.
    chains = (one for one in verify_chain() if one.chain and one.why not in _OF_ANCHORS)
    breaks = [(one.chain, one.position) for one in islice(chains, _AT_MOST)]
    return Proof(found.counts, found.chains, breaks, Entry.objects.count(), _opens(seal))


def _opens(seal: str) -> bool:
    from linli.kit.sealing import unseal

    try:
        return unseal(bytes.fromhex(seal), bound_to=BOUND_TO, place=PLACE) == WORD
    except Refused:
        return False


if __name__ == "__main__":
    import django

    django.setup()
    sys.stdout.write(msgspec.json.encode(_look(sys.argv[1])).decode())
