"""A6, flaw 66: a site answers to its own names only, and no header makes it another one."""

from typing import Any

import pytest

from contest.app import create_app
from contest.web.hosts import Door
from tests.conftest import settings

HTTPS = "https://contest.example.org"


@pytest.mark.parametrize(
    ("base", "more", "host", "known"),
    [
        (HTTPS, "", "contest.example.org", True),
        (HTTPS, "", "contest.example.org:443", True),
        (HTTPS, "", "CONTEST.example.org", True),
        (HTTPS, "", "evil.example", False),
        (HTTPS, "", "contest.example.org.evil.example", False),
        (HTTPS, "", "evil.example/contest.example.org", False),
        (HTTPS, "", "evil.example?contest.example.org", False),
        (HTTPS, "", "contest.example.org@evil.example", False),
        (HTTPS, "", "evil.example#@contest.example.org", False),
        (HTTPS, "", "contest.example.org,evil.example", False),  # two Hosts, as a server joins them
        (HTTPS, "", "contest.example.org:80:80", False),
        (HTTPS, "", "contest.example.org:port", False),
        (HTTPS, "", "[contest.example.org", False),
        (HTTPS, "", "127.0.0.1", False),
        (HTTPS, "", "localhost", False),
        (HTTPS, "", "", False),
        (HTTPS, "wettbewerb.example,b.example", "wettbewerb.example", True),
        ("http://127.0.0.1:8000", "", "localhost:8000", True),
        ("http://localhost:8000", "", "[::1]:8000", True),
        ("http://127.0.0.1:8000", "", "evil.example", False),
        ("http://0.0.0.0:8000", "", "192.168.1.7:8000", True),
        ("http://0.0.0.0:8000", "", "evil.example", False),
    ],
)
def test_only_own_names_are_known(base: str, more: str, host: str, known: bool) -> None:
    assert Door(None, base, more).knows(host) is known


def test_another_name_is_answered_by_400_with_every_header(tmp_path: Any) -> None:
    client = create_app(settings(tmp_path, BASE_URL=HTTPS)).test_client()

    for headers in (
        {"Host": "evil.example"},
        {"Host": "evil.example", "X-Forwarded-Host": "contest.example.org"},
    ):
        refused = client.get("/sign-in", headers=headers)
        assert refused.status_code == 400
        assert "default-src 'none'" in refused.headers["Content-Security-Policy"]
        assert "evil" not in refused.text
    assert client.get("/livez", headers={"Host": "10.0.0.7"}).text == "alive"
