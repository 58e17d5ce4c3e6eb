"""A report is taken in once, however often its form is sent: the form carries the key its event will have."""

from uuid import UUID

from django.core.signing import BadSignature, Signer

from linli.kit.keys import new_key

_signer = Signer(salt="linli.events.once")


def form_key(sent: str = "") -> str:
    """What a form carries: the key it was sent with, or a new one."""
    return sent if key_of(sent) else _signer.sign(new_key().hex)


def key_of(sent: str) -> UUID | None:
    """The key of a form. None for one that this server did not make: then nobody can choose keys for others."""
    try:
        return UUID(hex=_signer.unsign(sent))
    except (BadSignature, ValueError):
        return None
