"""For tests of backups: a small home on SQLite in a folder of its own, and programs run on homes as people would."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-m", "linli.command"]
#: What people find in a home: its matters, each contact, each photo's bytes; a status page with its photo; the journal.
_LOOK = """
import django; django.setup()
import json, sys
from django.test import Client
from linli.events.models import Contact, Event, Picture
from linli.journal.proving import verify_chain
from linli.kit.media.storing import original, store
from linli.kit.sealing import unseal
number, secret, sha256 = json.loads(sys.argv[1])
client = Client(SERVER_NAME="localhost")
page = client.post(f"/status/{number}", {"key": secret}, follow=True)
photo = client.get(f"/status/{number}/photos/{sha256}.jpg")
def size(sha256):
    with store().open(original(sha256)) as file:
        return len(file.read())
print(json.dumps({
    "numbers": sorted(Event.objects.values_list("number", flat=True)),
    "contacts": sorted(
        unseal(bytes(one.sealed), bound_to=one.pk.bytes, place="events.contact.sealed") for one in Contact.objects.all()
    ),
    "photos": [size(one) for one in Picture.objects.values_list("sha256", flat=True)],
    "page": [page.status_code, number in page.content.decode()],
    "photo": photo.status_code,
    "breaks": len(list(verify_chain())),
}))
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """Of programs that work on this home."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DJANGO_"))}
    own = {"LINLI_HOME": str(home), "LINLI_LANGUAGE": "en", "DJANGO_SETTINGS_MODULE": "linli.settings"}
    return {**inherited, **own, **more}


def look(home: Path, url: str, *matter: str) -> dict[str, Any]:
    """What is found in a home, by a process that has just opened it. `matter`: number, secret of the receipt, photo."""
    ran = subprocess.run(
        [sys.executable, "-c", _LOOK, json.dumps(matter)],
        env=environment(home, LINLI_DATABASE_URL=url),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def linli(home: Path, *words: str, **more: Any) -> "subprocess.CompletedProcess[str]":
    """Run the program on this home; `more` as of `subprocess.run`."""
    ran = subprocess.run([*PROGRAM, *words], env=environment(home), capture_output=True, text=True, timeout=300, **more)
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran
