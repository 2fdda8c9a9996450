"""What a browser and we say to each other about a passkey. The only module that knows WebAuthn."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from contest.accounts.models import Passkey, User


@dataclass(frozen=True, slots=True)
class Made:
    """A key that a device made for us."""

    credential: str
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Site:
    """Who asks: keys made for one site answer to no other. Taken from the settings alone."""

    base_url: str

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def wish(self, user: User, own: Iterable[Passkey], challenge: str) -> str:
        """Return what the browser is asked when a key shall be made, as JSON.

        It has to be found without a name and opened by finger, face or PIN: so it is two proofs in one.
        """
        return webauthn.options_to_json(
            webauthn.generate_registration_options(
                rp_id=self.host,
                rp_name="Contest",
                user_id=user.id.bytes,
                user_name=user.email,
                user_display_name=user.name or user.email,
                challenge=base64url_to_bytes(challenge),
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=[
                    PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential))
                    for one in own
                ],
            )
        )

    def made(self, answer: str, challenge: str) -> Made | None:
        """Return the key that the browser tells of, or None when the answer is none to our wish."""
        try:
            seen = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.host,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError, RecursionError):
            return None
        return Made(
            bytes_to_base64url(seen.credential_id), seen.credential_public_key, seen.sign_count
        )

    def question(self, challenge: str) -> str:
        """Return what the browser is asked when somebody shall prove that they have a key, as JSON."""
        return webauthn.options_to_json(
            webauthn.generate_authentication_options(
                rp_id=self.host,
                challenge=base64url_to_bytes(challenge),
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        )

    def count(self, answer: str, challenge: str, passkey: Passkey) -> int | None:
        """Return how often the key was used if it signed this challenge; None if it did not."""
        try:
            return webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.host,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            ).new_sign_count
        except (WebAuthnException, ValueError, TypeError, KeyError, RecursionError):
            return None


def named(answer: str) -> str:
    """Return which key an answer says it is of."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    return str(said.get("id", "")) if isinstance(said, dict) else ""
