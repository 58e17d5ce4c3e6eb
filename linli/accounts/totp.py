"""Codes of authenticator apps (RFC 6238) by `cryptography`, and the QR code by which an app takes the secret in."""

import io
from base64 import b32encode
from urllib.parse import quote

import segno
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from linli.accounts.rules import DIGITS, DRIFT, STEP_S

#: RFC 4226 §4 asks for 16 bytes and advises 20.
SECRET_BYTES = 20


def step_of(code: str, secret: bytes, unix_s: float, *, after: int) -> int | None:
    """The step whose code this is, no farther from now than the drift and later than `after`; None: it is not valid."""
    now = int(unix_s) // STEP_S
    typed = code.encode()
    # All are looked at, whichever fits.
    fitting = [step for step in range(now - DRIFT, now + DRIFT + 1) if bytes_eq(code_at(secret, step), typed)]
    return next((step for step in fitting if step > after), None)


def code_at(secret: bytes, step: int) -> bytes:
    """The code of a step."""
    return TOTP(secret, DIGITS, SHA1(), STEP_S).generate(step * STEP_S)


def spelled(secret: bytes) -> str:
    """The secret to be typed by hand, in groups of four letters and digits."""
    letters = b32encode(secret).decode().rstrip("=")
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def qr_svg(secret: bytes, *, issuer: str, username: str) -> str:
    """What an app reads with its camera, as SVG to stand in a page."""
    letters = b32encode(secret).decode().rstrip("=")
    address = (
        f"otpauth://totp/{quote(issuer)}:{quote(username)}?secret={letters}&issuer={quote(issuer)}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    )
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", xmldecl=False, svgclass="qr", omitsize=True, border=2)
    return drawn.getvalue().decode()
