"""What people write as an address leads nowhere but to the public internet (W7).

Others had this wrong: flaw-94, flaw-103, flaw-109.
"""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest

from contest.web.egress import Unreachable, fetch, is_public, place

LOCAL = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1",
    "0177.0.0.1", "017700000001", "0177.1", "127.000.000.001", "127.127.127.127",
    "127.255.255.254", "0", "0.0.0.0", "0x0", "localhost", "LOCALHOST", "LocalHost", "[::1]",
    "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:0:0]", "[::127.0.0.1]", "[::7f00:1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:0001::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1",
    "127｡0｡0｡1", "user@127.0.0.1", "user:pass@localhost", "127.0.0.1:22", "[::1]:443",
    "[fe80::1%25lo]", "127.0.0.1%00.evil.example",
]  # fmt: skip
INSIDE = [
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "169.254.0.1",
    "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "0.0.0.1",
    "168.63.129.16", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1",
    "64:ff9b:1::1", "64:ff9b::a00:1", "2002:a00:1::", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "100::1",
]  # fmt: skip
OUTSIDE = ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("host", LOCAL)
def test_however_it_is_spelled_this_machine_is_not_asked(host: str) -> None:
    with pytest.raises(Unreachable):
        place(f"https://{host}/")


@pytest.mark.parametrize("number", INSIDE)
def test_a_name_that_leads_inside_is_not_asked(number: str) -> None:
    assert not is_public(ip_address(number))
    for numbers in ([number], ["93.184.215.14", number], [number, "93.184.215.14"]):
        with pytest.raises(Unreachable, match="public internet"):
            place("https://hooks.example/", resolve=lambda *_, found=numbers: found)


@pytest.mark.parametrize("number", OUTSIDE)
def test_a_name_that_leads_outside_is_asked_by_its_number(number: str) -> None:
    _, pinned = place("https://hooks.example/x?y", resolve=lambda *_: [number])
    where, _, port = pinned.rpartition(":")
    assert (ip_address(where.strip("[]")), port) == (ip_address(number), "443")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/", "ftp://hooks.example/", "file:///etc/passwd", "gopher://x",
        "//hooks.example", "https://", "https:///x", "https://hooks.example:22/", "https://hooks.example:99999/",
        "https://[/",
        "https://a@hooks.example/", "unix:/run/docker.sock", "dict://x:11211/", "jar:https://x!/", "",
        "hooks",
    ],
)  # fmt: skip
def test_only_plain_addresses_of_the_web_are_asked(url: str) -> None:
    with pytest.raises(Unreachable):
        place(url, resolve=lambda *_: ["93.184.215.14"])


class Other(BaseHTTPRequestHandler):
    """Another machine, which may mean us harm."""

    def do_GET(self) -> None:
        said = {"/moved": (302, b""), "/long": (200, b"x" * 3_000_000)}.get(
            self.path, (200, f"{self.headers['Host']}".encode())
        )
        self.send_response(said[0])
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()
        self.wfile.write(said[1])

    do_POST = do_GET  # noqa: N815 -- the library's name

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def other() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_host_of_the_settings_is_asked_under_its_name_once_resolved(
    other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """flaw-94: a second look at the name may find another number, so there is none."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    monkeypatch.setattr(
        "contest.web.egress.place.__kwdefaults__", {"trusted": (), "resolve": rebinding}
    )
    answer = fetch(f"{other}/", form={"a": "b"}, trusted={"localhost"})
    assert (answer.status, answer.body) == (200, other.removeprefix("http://").encode())
    assert asked == ["localhost"]


def test_nobody_is_sent_on_and_nobody_answers_at_length(other: str) -> None:
    assert fetch(f"{other}/moved", trusted={"localhost"}).status == 302
    with pytest.raises(Unreachable, match="too long"):
        fetch(f"{other}/long", trusted={"localhost"})
    with pytest.raises(Unreachable, match="https"):
        fetch(f"{other}/")
    with pytest.raises(Unreachable, match="cannot be asked"):
        fetch("http://localhost:9/", trusted={"localhost"})
