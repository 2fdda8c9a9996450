"""W17: requests whose end can be read in two ways. Whatever a proxy makes of them, they are one or none."""

import re
import socket
from collections.abc import Mapping

import click

from tests.accounts import doors

FORM = b"POST /sign-in HTTP/1.1\r\nHost: %H\r\n"
HIDDEN = b"GET /livez HTTP/1.1\r\nHost: %H\r\n\r\n"  # what a smuggler wants to be answered
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLED: Mapping[str, bytes] = {
    "a length and chunks": FORM + b"Content-Length: 6\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + HIDDEN,
    "chunks and a length": FORM
    + CHUNKED
    + b"Content-Length: 4\r\n\r\n2\r\na=\r\n0\r\n\r\n"
    + HIDDEN,
    "two lengths": FORM + b"Content-Length: 3\r\nContent-Length: 40\r\n\r\na=b" + HIDDEN,
    "a list of lengths": FORM + b"Content-Length: 3, 40\r\n\r\na=b" + HIDDEN,
    "a signed length": FORM + b"Content-Length: +3\r\n\r\na=b" + HIDDEN,
    "a space before the colon": FORM
    + b"Transfer-Encoding : chunked\r\nContent-Length: 3\r\n\r\na=b"
    + HIDDEN,
    "an unknown coding": FORM + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two codings": FORM + CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a folded header": FORM
    + b"X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\na=b"
    + HIDDEN,
    "chunks of the old protocol": FORM.replace(b"1.1", b"1.0")
    + CHUNKED
    + b"\r\n0\r\n\r\n"
    + HIDDEN,
    "a chunk beyond numbers": FORM + CHUNKED + b"\r\nffffffffffffffffff\r\na\r\n0\r\n\r\n" + HIDDEN,
    "a body where none belongs": b"GET /livez HTTP/1.1\r\nHost: %H\r\nContent-Length: 46\r\n\r\n"
    + HIDDEN,
    "two hosts": b"GET /sign-in HTTP/1.1\r\nHost: %H\r\nHost: evil.example\r\n\r\n",
}
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")


def answered(port: int, raw: bytes) -> list[int]:
    """Send bytes as they are and return with what they were answered."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(raw.replace(b"%H", b"127.0.0.1:%d" % port))
        try:
            while more := line.recv(65536):
                got += more
                line.settimeout(0.7)  # for whatever else it answers
        except OSError:  # nothing more comes, or the line was cut
            pass
    return [int(status) for status in STATUS.findall(got)]


def smuggled() -> float:
    """Return how many of them get an answer to what they hide."""
    found = 0
    with doors.site() as (instance, _app):
        for name, raw in SMUGGLED.items():
            statuses = answered(instance.port, raw)
            wanted = [[200]] if name == "a body where none belongs" else [[400], [411]]
            if statuses not in wanted:
                found += 1
                click.echo(f"    {name}: {statuses}")
    return found
