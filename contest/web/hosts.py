"""Lets in only who asks for this site by a name of its own. Stands before everything, kept pages too."""

import ipaddress
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
PROBES = frozenset(
    {"/livez", "/readyz"}
)  # whoever watches asks by a bare number; they echo nothing
REFUSAL = b"This site has another name.\n"


class Door:
    """A WSGI layer that answers 400 to a Host header that is none of ours."""

    def __init__(self, inside: Any, base_url: str, more: str = "") -> None:
        self.inside = inside
        names = {urlsplit(base_url).hostname or "", *filter(None, more.casefold().split(","))}
        self.takes_numbers = bool(names & {"0.0.0.0", "::"})  # noqa: S104 -- served to a whole network
        self.names = names | (LOCAL if names & LOCAL or self.takes_numbers else set())

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.knows(environ.get("HTTP_HOST", "")) or environ.get("PATH_INFO") in PROBES:
            return self.inside(environ, start_response)  # type: ignore[no-any-return]
        kind = ("Content-Type", "text/plain; charset=utf-8")
        length = ("Content-Length", str(len(REFUSAL)))
        start_response("400 Bad Request", [kind, length])
        return [REFUSAL]

    def knows(self, host: str) -> bool:
        """Say whether a Host header names this site; its port is the proxy's affair."""
        try:
            parts = urlsplit(f"//{host}")
            name = parts.hostname or ""
            parts.port  # noqa: B018 -- reading it finds a port that is none
        except ValueError:
            return False
        if parts.path or parts.query or parts.fragment or "@" in host or "," in host:
            return False
        return name in self.names or (self.takes_numbers and _is_number(name))


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
