"""Single sign-on by OpenID Connect. The only module that knows the protocol.

The way is the one with a code: state ties the answer to the browser that asked, the nonce the token to
the question, and the verifier (PKCE) the code to us. Libraries are loaded when somebody signs in so.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from contest.web import egress

MOST_BYTES = 256 * 1024  # of an answer
KEPT_SECONDS = 600  # what the provider says about itself
PATIENCE = timedelta(minutes=10)  # so long somebody may take at the provider
LEEWAY = 60  # seconds that two clocks may differ
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # by a public key only
STRONG = frozenset(
    {
        "mfa",  # RFC 8176
        "phr",
        "phrh",
        "https://refeds.org/profile/mfa",
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    }
)


class Refused(Exception):
    """The provider's answer proves nothing; says why in words for the log, not for people."""


@dataclass(frozen=True, slots=True)
class Started:
    """What a browser keeps while its person is at the provider."""

    state: str
    nonce: str
    verifier: str
    next: str
    at: float

    @classmethod
    def now(cls, next_page: str, at: datetime) -> "Started":
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, next_page, at.timestamp())

    @classmethod
    def read(cls, kept: object, state: str, at: datetime) -> "Started":
        """Undo `asdict`; raise Refused for the answer to a question that this browser did not ask."""
        try:
            started = cls(**kept)  # type: ignore[arg-type]
        except TypeError:
            raise Refused("nobody asked") from None
        if not secrets.compare_digest(started.state, state):
            raise Refused("the state is another one")
        if at.timestamp() - started.at > PATIENCE.total_seconds():
            raise Refused("it took too long")
        return started

    def kept(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom the provider says somebody is."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str
    is_strong: bool

    def text(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, text: bytes) -> "Claims":
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Provider:
    """Who vouches for people, as the settings name them."""

    issuer: str
    client_id: str
    client_secret: str
    back: str  # where the provider sends people back to
    name: str

    def address(self, started: Started) -> str:
        """Return where somebody goes to sign in."""
        challenge = hashlib.sha256(started.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "scope": "openid email profile",
            "state": started.state,
            "nonce": started.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        where = self._endpoint("authorization_endpoint")
        return f"{where}{'&' if '?' in where else '?'}{urlencode(query)}"

    def claims(self, answer: Mapping[str, str], started: Started, at: datetime) -> Claims:
        """Return whom the provider vouches for in its answer; raise Refused where it does not."""
        if answer.get("error") or not answer.get("code"):
            raise Refused("the provider refused")
        if answer.get("iss", self.issuer) != self.issuer:
            raise Refused("another provider answered")  # RFC 9207
        token = _ask(
            self.issuer,
            self._endpoint("token_endpoint"),
            form={
                "grant_type": "authorization_code",
                "code": answer["code"],
                "redirect_uri": self.back,
                "client_id": self.client_id,
                "code_verifier": started.verifier,
            },
            auth=(self.client_id, self.client_secret),
        )
        return self._read(str(token.get("id_token", "")), started.nonce, at)

    def _read(self, id_token: str, nonce: str, at: datetime) -> Claims:
        from joserfc import jwk, jwt  # noqa: PLC0415 -- slow import
        from joserfc.errors import JoseError  # noqa: PLC0415 -- slow import

        rules = jwt.JWTClaimsRegistry(
            now=int(at.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            keys = jwk.KeySet.import_key_set(_ask(self.issuer, self._endpoint("jwks_uri")))  # type: ignore[arg-type]
            said = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
            rules.validate(said)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Refused(f"the token does not hold: {type(error).__name__}") from None
        audience = said["aud"]
        if isinstance(audience, list) and len(audience) > 1 and said.get("azp") != self.client_id:
            raise Refused("the token is for somebody else")
        subject = said["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise Refused("the token names nobody")
        ways = said.get("amr")
        shown = {said.get("acr"), *(ways if isinstance(ways, list) else ())}
        return Claims(
            issuer=self.issuer,
            subject=subject,
            email=str(said.get("email") or ""),
            is_verified=said.get("email_verified") is True,
            name=str(said.get("name") or ""),
            is_strong=bool(STRONG & {way for way in shown if isinstance(way, str)}),
        )

    def _endpoint(self, name: str) -> str:
        """Return an address that the provider tells of itself; none that is less safe than its own."""
        known, until = _told.get(self.issuer, ({}, 0.0))
        if time.monotonic() > until:
            known = _ask(self.issuer, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if known.get("issuer") != self.issuer:
                raise Refused("the provider calls itself otherwise")
            _told[self.issuer] = known, time.monotonic() + KEPT_SECONDS
        url = str(known.get(name, ""))
        if urlsplit(url).scheme not in {"https", urlsplit(self.issuer).scheme}:
            raise Refused(f"the provider names no safe {name}")
        return url


_told: dict[str, tuple[dict[str, Any], float]] = {}


def _ask(
    issuer: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Return what an address of the provider answers, as JSON; its own host may stand on our network."""
    trusted = {urlsplit(issuer).hostname or ""}
    try:
        answer = egress.fetch(url, form=form, auth=auth, trusted=trusted, most_bytes=MOST_BYTES,
                              headers={"Accept": "application/json"})  # fmt: skip
        said = json.loads(answer.body)
    except (egress.Unreachable, ValueError) as error:
        raise Refused(f"the provider did not answer: {error}") from None
    if answer.status != 200 or not isinstance(said, dict):
        raise Refused(f"the provider answers {answer.status}")
    return said
