"""The proof of what was handed in when: one canonical text, signed; the public key is enough to check it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = (
    "contest-receipt-v1"  # stands inside the signed text, so that no other signature passes for one
)


def signing_key(seed: str, secret: str) -> Ed25519PrivateKey:
    """Return the key from 64 hex digits, or one derived from the instance's secret."""
    if seed:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=FORMAT.encode())
    return Ed25519PrivateKey.from_private_bytes(derive.derive(secret.encode()))


def public_key(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def digest(answers: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of the answers in their one canonical form (RFC 8785)."""
    return hashlib.sha256(canonical(list(answers)).encode()).hexdigest()


def canonical(value: Any) -> str:
    return rfc8785.dumps(value).decode()


def body(facts: Mapping[str, Any]) -> str:
    """Return the text that is signed. Instants become UTC with microseconds."""
    return canonical({"format": FORMAT, **{name: _plain(value) for name, value in facts.items()}})


def sign(text: str, key: Ed25519PrivateKey) -> str:
    return key.sign(text.encode()).hex()


def verifies(text: str, signature: str, public: str) -> bool:
    """Say whether the holder of the key signed exactly this text."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(
            bytes.fromhex(signature), text.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return f'"format":"{FORMAT}"' in text


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        instant = value.astimezone(UTC).isoformat(timespec="microseconds")
        return instant.replace("+00:00", "Z")
    return value
