"""The proof of what was handed in when: one canonical text, signed; the public key is enough to check it."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from contest.core import signing
from contest.core.signing import canonical, public_key, sign, signing_key

__all__ = ["body", "canonical", "digest", "public_key", "sign", "signing_key", "verifies"]
FORMAT = "contest-receipt-v1"


def digest(answers: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of the answers in their one canonical form (RFC 8785)."""
    return hashlib.sha256(canonical(list(answers)).encode()).hexdigest()


def body(facts: Mapping[str, Any]) -> str:
    """Return the text that is signed."""
    return signing.body(FORMAT, facts)


def verifies(text: str, signature: str, public: str) -> bool:
    """Say whether the holder of the key signed exactly this text."""
    return signing.verifies(FORMAT, text, signature, public)
