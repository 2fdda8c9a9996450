"""Codes that prove a person has their device, or the paper on which they keep the spare ones."""

import base64
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import constant_time, hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

FACTOR, ASKED, SETTING_UP, PROVIDED = "factor", "asked", "setting-up", "provided"  # why sealed
STEP = 30  # seconds; RFC 6238 with SHA-1 and six digits is what every app understands
DRIFT = 1  # steps that a telephone's clock may be early or late
SPARE = 10  # recovery codes
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # without letters that are read as others
LENGTH = 28  # of ALPHABET: 137 bits, out of reach also for who has the hashes


def new_secret() -> bytes:
    """Return a secret for an app."""
    return secrets.token_bytes(20)


def written(secret: bytes) -> str:
    """Return the secret as one types it into an app."""
    return base64.b32encode(secret).decode()


def address(secret: bytes, *, email: str, issuer: str) -> str:
    """Return what the QR code says, as authenticator apps read it."""
    label = quote(f"{issuer}:{email}")
    return f"otpauth://totp/{label}?secret={written(secret)}&issuer={quote(issuer)}"


def code(secret: bytes, step: int) -> str:
    """Return the six digits of one step of time."""
    return HOTP(secret, 6, hashes.SHA1()).generate(step).decode()  # noqa: S303 -- as RFC 6238 says


def step_of(at: datetime) -> int:
    """Return the step of time in which an instant lies."""
    return int(at.timestamp()) // STEP


def matching(secret: bytes, typed: str, *, after: int, at: datetime) -> int | None:
    """Return the step whose code was typed, later than the one used last; None if there is none."""
    digits = plain(typed).encode()
    now = step_of(at)
    for step in range(max(now - DRIFT, after + 1), now + DRIFT + 1):
        if constant_time.bytes_eq(code(secret, step).encode(), digits):
            return step
    return None


def plain(typed: str) -> str:
    """Return a code as it is compared: one script, no spaces and dashes, capitals."""
    return re.sub(r"[\s\-]+", "", unicodedata.normalize("NFKC", typed)).upper()


def recovery_codes() -> list[str]:
    """Return new codes to be shown once, in groups of four."""
    made = ("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(SPARE))
    return ["-".join(one[i : i + 4] for i in range(0, LENGTH, 4)) for one in made]


def hashed(recovery_code: str) -> str:
    """Return what is kept of a recovery code."""
    return hashlib.sha256(b"contest-recovery-v1" + plain(recovery_code).encode()).hexdigest()


def sealed(secret: bytes, keys: Sequence[str], purpose: str = FACTOR) -> str:
    """Return the secret as it is stored: useless without our own secret, and for another purpose."""
    return _boxes(keys, purpose).encrypt(secret).decode()


def opened(text: str, keys: Sequence[str], purpose: str = FACTOR) -> bytes | None:
    """Return what `sealed` made by one of the keys, or None when it was not made here."""
    try:
        return _boxes(keys, purpose).decrypt(text.encode())
    except InvalidToken:
        return None


def resealed(text: str, keys: Sequence[str]) -> str | None:
    """Return what was sealed by any of the keys as the first of them seals it; None for anything else."""
    try:
        return _boxes(keys, FACTOR).rotate(text.encode()).decode()
    except InvalidToken:
        return None


def _boxes(keys: Sequence[str], purpose: str) -> MultiFernet:
    return MultiFernet([_box(key, purpose) for key in keys])


def _box(key: str, purpose: str) -> Fernet:
    info = f"contest-{purpose}-v1".encode()
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info)
    return Fernet(base64.urlsafe_b64encode(derive.derive(key.encode())))
