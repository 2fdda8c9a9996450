"""A provider of OpenID Connect on the loopback, which tests ask over real HTTP and may tell to cheat."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwk, jwt

from contest.core import clock

CLIENT, SECRET = "contest", "the client's secret"
BACK = "http://127.0.0.1:8000/sign-in/sso/back"
KEY = jwk.RSAKey.generate_key(2048, {"kid": "one"})
STRANGE = jwk.RSAKey.generate_key(2048, {"kid": "one"})


class Provider:
    """Signs in `person` without asking, as if they had a session there."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.person: dict[str, Any] = {
            "sub": "person-1",
            "email": "ada@example.org",
            "email_verified": True,
            "name": "Ada",
        }
        self.lies: dict[str, Any] = {}  # claims of the token that are not as they should be
        self.signs_with: Any = KEY
        self.algorithm = "RS256"
        self.tells: dict[str, Any] = {}  # about itself, otherwise than it should
        self.codes: dict[str, dict[str, str]] = {}
        self.refused: list[str] = []

    def about(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.tells

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where the person goes next."""
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT, BACK)
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert asked["scope"].split()[0] == "openid"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{BACK}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def token(self, given: dict[str, str], authorization: str) -> dict[str, Any]:
        """Return the token for a code, once, to whom it was given."""
        asked = self.codes.pop(given["code"], None)
        challenge = hashlib.sha256(given["code_verifier"].encode()).digest()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None:
            raise ValueError("no such code")
        if _packed(challenge).decode() != asked["code_challenge"]:
            raise ValueError("PKCE")
        if authorization != f"Basic {basic}" or given["redirect_uri"] != asked["redirect_uri"]:
            raise ValueError("client")
        at = int(clock.now().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300,
                  "nonce": asked["nonce"], **self.person, **self.lies}  # fmt: skip
        header = {"alg": self.algorithm, "kid": "one"}
        known = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm in {"none", "HS256"}:
            return {"id_token": self._by_hand(header, known)}
        algorithms = [self.algorithm]
        return {"id_token": jwt.encode(header, known, self.signs_with, algorithms=algorithms)}

    def _by_hand(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Return a token without a signature, or signed with what everybody knows: the public key."""
        text = b".".join(_packed(json.dumps(part).encode()) for part in (header, claims))
        public = KEY.as_pem(private=False)
        mark = hmac.digest(public, text, "sha256") if self.algorithm == "HS256" else b""
        return (text + b"." + _packed(mark)).decode()


def _packed(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for it."""

    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.endswith("/authorize"):
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(303)
            self.send_header("Location", self.provider.authorize(asked))
            self.end_headers()
        elif parts.path.endswith("/keys"):
            self._say(200, {"keys": [KEY.as_dict(private=False)]})
        else:
            self._say(200, self.provider.about())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        try:
            self._say(200, self.provider.token(given, self.headers.get("Authorization", "")))
        except ValueError as error:
            self.provider.refused.append(str(error))
            self._say(400, {"error": "invalid_grant"})

    def log_message(self, *_: Any) -> None:
        pass

    def _say(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running() -> Iterator[Provider]:
    """Serve a provider on a free port until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}/{secrets.token_hex(4)}")
    Handler.provider = provider
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
