"""The one way by which the program asks other machines for something on the web.

An address may have been written by anybody. Its name is resolved once and the connection goes to what
was found then, so nobody can answer with another address afterwards; what is not on the public internet
is not asked, unless the operator's own settings name that host. Nobody is sent on elsewhere, and nobody
answers for long or at length.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

SECONDS = 10
MOST_BYTES = 1024 * 1024
NAT64 = ipaddress.ip_network("64:ff9b::/96")
COMPATIBLE = ipaddress.ip_network("::/96")
# Public by their numbers alone: what tells a rented machine about itself, and what is kept for protocols.
KEPT = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24")))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]


class Unreachable(Exception):
    """The address is not asked, or did not answer as it should; says why in words for the log."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def fetch(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    trusted: Collection[str] = (),
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """Return what the address answers; a form is posted.

    `trusted` are names of hosts that the operator's settings name: they may stand on the operator's own
    network, and then speak plain HTTP. Raises Unreachable.
    """
    import httpx  # noqa: PLC0415 -- slow import

    parts, pinned = place(url, trusted=trusted)
    until = time.monotonic() + SECONDS
    body = bytearray()
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
            asked = client.build_request(
                "GET" if form is None else "POST",
                parts._replace(netloc=pinned).geturl(),
                data=form,
                headers={**(headers or {}), "Host": parts.netloc},
                extensions={"sni_hostname": parts.hostname},
            )
            answer = client.send(asked, stream=True, auth=httpx.BasicAuth(*auth) if auth else None)
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > most_bytes or time.monotonic() > until:
                    raise Unreachable("the answer is too long")
            answer.close()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Unreachable(f"it cannot be asked: {type(error).__name__}") from None
    return Answer(answer.status_code, bytes(body))


def found(host: str, port: int) -> list[str]:
    """Return the numbers of a host as the system finds them."""
    return [str(f[4][0]) for f in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def place(
    url: str, *, trusted: Collection[str] = (), resolve: Resolve = found
) -> tuple[SplitResult, str]:
    """Return the parts of an address and the number and port to connect to; raise Unreachable.

    A host with one number that is not public is not asked under its others either.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Unreachable("it is no address") from None
    known = host in trusted
    if parts.scheme not in ({"https", "http"} if known else {"https"}) or not host:
        raise Unreachable("it is no https address")
    if parts.username is not None or (port not in {None, 443} and not known):
        raise Unreachable("it names a user or a port")
    port = port or (443 if parts.scheme == "https" else 80)
    try:
        numbers = [ipaddress.ip_address(number) for number in resolve(host, port)]
    except (OSError, UnicodeError, ValueError):
        raise Unreachable("its host is not known") from None
    if not numbers or not (known or all(map(is_public, numbers))):
        raise Unreachable("its host is not on the public internet")
    number = numbers[0]
    return parts, f"[{number}]:{port}" if number.version == 6 else f"{number}:{port}"


def is_public(address: Address) -> bool:
    """Say whether a number belongs to the public internet, also where it is packed into another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and (address in NAT64 or address in COMPATIBLE):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.scope_id or address.is_site_local:
            return False
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not special and not any(address in net for net in KEPT)
