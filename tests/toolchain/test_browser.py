"""The browser that other tests rely on: it shows every script and lets no complaint pass."""

from collections.abc import Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from playwright.sync_api import Browser

from tests import servers
from tests.browser import DESKTOP, PHONE, Device, Scheme, Visit, Window
from tests.looking import assert_right
from tests.site import served

pytestmark = pytest.mark.browser

PAGES = {
    "/": "<h1>Fine</h1><p lang='zh'>创新大赛</p><p>Pilot</p>",
    "/script": "<h1>Broken</h1><script src='/throws.js'></script>",
    "/throws.js": "throw new Error('broken')",
    "/inline": "<h1>Refused</h1><style>h1 { color: red }</style>",
    "/asset": "<h1>Lacking</h1><img src='/absent.png' alt='absent'>",
    "/grey": "<h1>Grey</h1><img src='data:,'>",
    "/night": "<h1>Night</h1><table bgcolor=black><td><font color='#999999'>Pale</font></table>",
    "/pale": "<h1>Day</h1><table bgcolor=white><td><font color='#999999'>Pale</font></table>",
    "/tight": "<a href=/>1</a> <a href=/script>2</a>",
    "/wide": "<h1>Wide</h1><pre>" + 400 * "x" + "</pre>",
}


def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    path = environ["PATH_INFO"]
    kind = "text/javascript" if path.endswith(".js") else "text/html; charset=utf-8"
    policy = ("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")
    if path == "/favicon.ico":
        start("204 No Content", [])
        return []
    if path not in PAGES:
        start("404 Not Found", [("Content-Type", kind), policy])
        return [b"<!doctype html><html lang=en><title>Absent</title><h1>Absent</h1>"]
    start("200 OK", [("Content-Type", kind), policy])
    head = "<!doctype html><html lang=en><meta name=viewport content='width=device-width'>"
    whole = f"{head}<title>Page</title><main>{PAGES[path]}</main>"
    return [(PAGES[path] if path.endswith(".js") else whole).encode()]


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    with served(answer, servers.free_port()) as url:
        yield url


@pytest.mark.parametrize("device", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_opens_on_the_device_asked_for(
    visit: Visit, pages: str, device: Device, scheme: Scheme
) -> None:
    page = visit(pages, device=device, scheme=scheme)

    assert page.viewport_size == {"width": device.width, "height": device.height}
    assert page.evaluate("query => matchMedia(query).matches", f"(prefers-color-scheme: {scheme})")
    assert_right(page)


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/script", "script: broken"),
        ("/inline", "console: Applying inline style violates"),
        ("/asset", "404: "),
    ],
)
def test_what_a_page_does_wrong_is_a_complaint(
    browser: Browser, pages: str, path: str, complaint: str
) -> None:
    window = Window(browser.new_context())
    window.page.goto(pages + path)
    window.context.close()

    assert [said[: len(complaint)] for said in window.complaints] == [complaint]


def test_a_page_that_is_not_there_is_no_complaint(visit: Visit, pages: str) -> None:
    assert visit(f"{pages}/absent").title() == "Absent"


def test_a_picture_without_words_is_not_accessible(visit: Visit, pages: str) -> None:
    with pytest.raises(AssertionError, match="image-alt"):
        assert_right(visit(f"{pages}/grey"))


def test_a_colour_that_was_right_on_one_ground_is_judged_again_on_another(
    visit: Visit, pages: str
) -> None:
    for _ in range(2):
        assert_right(visit(f"{pages}/night"))
        with pytest.raises(AssertionError, match="color-contrast"):
            assert_right(visit(f"{pages}/pale"))


def test_what_a_finger_would_miss_is_not_accessible(visit: Visit, pages: str) -> None:
    with pytest.raises(AssertionError, match="target-size"):
        assert_right(visit(f"{pages}/tight", device=PHONE))


def test_a_page_wider_than_its_screen_does_not_fit(visit: Visit, pages: str) -> None:
    with pytest.raises(AssertionError, match="on a screen of 360 px"):
        assert_right(visit(f"{pages}/wide", device=PHONE))


@pytest.mark.parametrize("text", ["创新", "東京", "한국", "Grüße", "Ελλάδα"])
def test_every_script_has_its_own_shapes(visit: Visit, pages: str, text: str) -> None:
    """Letters without a font all show the same empty box."""
    page = visit(pages)
    draw = """text => {
        const ink = document.createElement("canvas").getContext("2d");
        ink.font = "40px sans-serif";
        ink.fillText(text, 0, 50);
        return ink.canvas.toDataURL();
    }"""
    shapes = {page.evaluate(draw, letter) for letter in text}
    unknown = page.evaluate(draw, "\U000f0000")  # private use: no font has it

    assert len(shapes) == len(set(text))
    assert unknown not in shapes
