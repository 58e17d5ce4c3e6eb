"""Web push: sealed for one browser (RFC 8291 with aes128gcm, RFC 8188) and signed as this home (VAPID, RFC 8292)."""

import base64
import json
import os
import struct
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from linli.kit import posting
from linli.kit.addresses import own_address, read_address
from linli.kit.refusal import BadInput
from linli.notices.course import Parcel
from linli.notices.rules import Result
from linli.notices.sending.answers import result_of

#: The push service keeps it so long for a browser that is off.
KEPT_S = 24 * 3600
_SIGNED_FOR = timedelta(hours=12)
_RECORD_BYTES, _SALT_BYTES = 4096, 16
_POINT_BYTES, _AUTH_BYTES = 65, 16


def send(parcel: Parcel) -> Result:
    """Hand it to the push service of the browser. The key is its topic, so that a repeat takes the place of the first."""
    address = parcel.address
    words = {"title": parcel.words.sentence, "link": parcel.words.link, "tag": parcel.key}
    body = seal(json.dumps(words, ensure_ascii=False).encode(), address["p256dh"], address["auth"])
    headers = {
        "Authorization": vapid(address["endpoint"], parcel.at),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_S),
        "Topic": parcel.key,
        "Urgency": "high" if parcel.is_pressing else "normal",
    }
    return result_of(posting.send(address["endpoint"], headers, body), gone=True)


def read_subscription(endpoint: str, p256dh: str, auth: str) -> dict[str, str]:
    """What a browser said of itself, as it is kept. Raises `BadInput`."""
    read_address(endpoint)
    try:
        _point(p256dh)
        is_right = len(_decoded(auth)) == _AUTH_BYTES
    except ValueError:
        is_right = False
    if not is_right:
        raise BadInput(
            "bad_subscription", _("The browser sent no usable subscription. Refresh the page and try again.")
        )
    return {"endpoint": endpoint.strip(), "p256dh": p256dh, "auth": auth}


def seal(
    words: bytes, p256dh: str, auth: str, *, own: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """Encrypt for the browser that has these keys (base64url). `own` and `salt` are drawn anew for each, but in tests."""
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(_SALT_BYTES)
    theirs = _point(p256dh)
    ours = _raw(own.public_key())
    secret = own.exchange(ec.ECDH(), theirs)
    keyed = _derived(secret, _decoded(auth), b"WebPush: info\0" + _raw(theirs) + ours, 32)
    key = _derived(keyed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(keyed, salt, b"Content-Encoding: nonce\0", 12)
    # The mark 2 says that this record is the last one.
    sealed = AESGCM(key).encrypt(nonce, words + b"\x02", None)
    return salt + struct.pack("!IB", _RECORD_BYTES, len(ours)) + ours + sealed


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def vapid(endpoint: str, at: datetime) -> str:
    """The header that shows a push service who sends: signed for its origin, for twelve hours."""
    target = read_address(endpoint)
    claims = {
        "aud": f"{target.scheme}://{target.authority}",
        "exp": int((at + _SIGNED_FOR).timestamp()),
        "sub": own_address("/"),
    }
    parts = ({"typ": "JWT", "alg": "ES256"}, claims)
    signed = ".".join(_encoded(json.dumps(one, separators=(",", ":")).encode()) for one in parts)
    r, s = decode_dss_signature(_own_key(settings.HOME).sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = _encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_key()}"


def public_key() -> str:
    """The public key of this home, as browsers take it (base64url of the uncompressed point)."""
    return _encoded(_raw(_own_key(settings.HOME).public_key()))


@cache
def _own_key(home: Path) -> ec.EllipticCurvePrivateKey:
    """The key pair of this home, made once and kept in a file only its owner may read."""
    path = home / "web_push_key"
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        draft = home / f"web_push_key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(made)
        # The name appears with the whole key behind it, and only for the first of several processes.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _point(text: str) -> ec.EllipticCurvePublicKey:
    """Raises `ValueError` for anything that is no point of the curve."""
    raw = _decoded(text)
    if len(raw) != _POINT_BYTES:
        raise ValueError("no uncompressed point")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
