"""Texts that we sign, so that anybody who has the public key can check them without us.

What a text is stands inside it as its `format`: no signature of one kind passes for another.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DERIVED = b"contest-receipt-v1"  # as the first release derived it: old receipts keep their key


def seed(secret: str) -> bytes:
    """Return the seed of the key that belongs to the instance's secret."""
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=DERIVED)
    return derive.derive(secret.encode())


def signing_key(given: str, secret: str) -> Ed25519PrivateKey:
    """Return the key from 64 hex digits, or one derived from the instance's secret."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given) if given else seed(secret))


def public_key(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def canonical(value: Any) -> str:
    """Return the one text (RFC 8785) of a JSON value."""
    return rfc8785.dumps(value).decode()


def body(form: str, facts: Mapping[str, Any]) -> str:
    """Return the text that is signed. Instants become UTC with microseconds."""
    return canonical({"format": form, **{name: _plain(value) for name, value in facts.items()}})


def sign(text: str, key: Ed25519PrivateKey) -> str:
    return key.sign(text.encode()).hex()


def verifies(form: str, text: str, signature: str, public: str) -> bool:
    """Say whether the holder of the key signed exactly this text, as one of this form."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), text.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return f'"format":"{form}"' in text


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        instant = value.astimezone(UTC).isoformat(timespec="microseconds")
        return instant.replace("+00:00", "Z")
    return value
