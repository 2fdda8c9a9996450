"""Nobody is sent to another site, however its address is written (W6, flaw-115)."""

import pytest

from contest.accounts.signin import safe_next

EVIL = "evil.example"
ELSEWHERE = [
    f"http://{EVIL}", f"https://{EVIL}/", f"HTTPS://{EVIL}", f"//{EVIL}", f"///{EVIL}", f"////{EVIL}",
    f"/\\{EVIL}", f"\\\\{EVIL}", f"\\/{EVIL}", f"/\\/{EVIL}", f"/\t/{EVIL}", f"/\n/{EVIL}", f"/\r/{EVIL}",
    f"\t//{EVIL}", f" //{EVIL}", f"\x00//{EVIL}", f"\x1f//{EVIL}", f"//{EVIL}\\@localhost",
    f"/\x0b/{EVIL}", f"/\x00/{EVIL}", f"//\t/{EVIL}", f"http:{EVIL}", f"http:/{EVIL}", f"http:///{EVIL}",
    f"https:\\\\{EVIL}", f"https:/\\{EVIL}", f"ftp://{EVIL}", f"javascript:alert(1)//{EVIL}",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "blob:x", "file:///etc/passwd", "mailto:a@b.c",
    f"//localhost@{EVIL}", f"//localhost:80@{EVIL}", f"http://localhost@{EVIL}", f"http://{EVIL}#localhost",
    f"http://{EVIL}?localhost", f"http://localhost.{EVIL}", f"//{EVIL}/%2f..", f"///{EVIL}/%2e%2e",
    f"//google.com@{EVIL}", f"http://[::1]@{EVIL}", "http://[", "//[", f"?next=//{EVIL}",
    f".{EVIL}", f"@{EVIL}",
    EVIL, f"www.{EVIL}", f"//\u3002{EVIL}", f"//{EVIL}%00", f"//{EVIL}:80",
    "//0x7f000001", "//2130706433", "//127.0.0.1", "//[::ffff:127.0.0.1]", "/" + "a" * 1000, "", "   ",
]  # fmt: skip
HERE = [
    "/", "/contests/x", "/contests/x?q=1&next=/y", "/a/b#part", "/search?q=创新", "/a//b", "/a/..//b",
    f"/sign-in?next=http://{EVIL}", f"/%2f%2f{EVIL}", f"/%5c{EVIL}", f"/@{EVIL}", f"/:80/{EVIL}", "/;/x",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_an_address_elsewhere_is_not_followed(target: str) -> None:
    assert safe_next(target, "/here") == "/here"


@pytest.mark.parametrize("target", HERE)
def test_an_address_of_ours_is(target: str) -> None:
    assert safe_next(target, "/elsewhere") == target
