"""Looks closely at pages: WCAG 2.2 AA in light and dark, nothing wider than a desk's or a phone's screen.

The run on PostgreSQL does not look again: what a page looks like does not depend on the database.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from tests.browser import DESKTOP, PHONE, Device, Scheme

AXE = "/-axe.js"  # every server of the tests has it (tests.site): the browser keeps it compiled
AXE_FILE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
DRESSES: tuple[
    tuple[Device, Scheme, object], ...
] = (  # in the dark only colours differ; on a phone, sizes
    (DESKTOP, "light", ALL),
    (DESKTOP, "dark", ["color-contrast"]),
    (PHONE, "dark", ["color-contrast", "target-size", "scrollable-region-focusable"]),
)
STILL = """() => { const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after, *::details-content"
        + "{ transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }"""
RUN = """async rules => {
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const found = await axe.run({ runOnly: rules, resultTypes: ["violations"], preload: false });
    return found.violations.map(v => `${v.id}: ${v.help}: ` + v.nodes.map(
        n => n.target + " " + n.html.slice(0, 300) + " " + n.any.map(a => a.message).join("; ")
    ).join(" | ")); }"""
LOOKS = os.environ.get("CONTEST_TEST_DATABASE") != "postgresql"
ALBUM = os.environ.get("CONTEST_ALBUM")  # a folder for pictures of every page, to look at


class Seen:
    """The kinds of page that were looked at in this run, by whichever of its processes."""

    folder: Path

    @classmethod
    def is_new(cls, kind: str) -> bool:
        try:
            (cls.folder / kind).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def look_at(page: Page, app: Flask) -> None:
    """Check the page in every dress, unless one of its kind was checked before."""
    kind = kind_of(page, app)
    if LOOKS and Seen.is_new(kind):
        assert_right_in_every_dress(page, kind)


def assert_right_in_every_dress(page: Page, name: str) -> None:
    """Fail unless the page is accessible and fits in light and dark, on a desk and on a phone."""
    own, faults = _device(page), []
    page.evaluate(STILL)  # a colour on its way from light to dark is neither
    page.add_script_tag(url=AXE)
    for device, scheme, rules in DRESSES:
        _dress(page, device, scheme)
        found = page.evaluate(RUN, rules)
        faults += [f"{page.url} ({device.name}, {scheme}): {fault}" for fault in found]
        assert_fits(page)
        if ALBUM:
            page.screenshot(path=Path(ALBUM) / f"{name}-{device.name}-{scheme}.png", full_page=True)
    _dress(page, own, "light")
    assert faults == [], "\n".join(faults)


def assert_accessible(page: Page) -> None:
    """Fail unless the page as it stands keeps to WCAG 2.2 AA as far as axe can tell."""
    page.add_script_tag(url=AXE)
    found = page.evaluate(RUN, ALL)
    assert found == [], f"{page.url}\n" + "\n".join(found)


def assert_fits(page: Page) -> None:
    """Fail when the page scrolls sideways."""
    root = page.locator("html")
    wide, seen = root.evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert wide <= seen, f"{page.url} is {wide} px wide on a screen of {seen} px"


def _device(page: Page) -> Device:
    size = page.viewport_size
    return PHONE if size and size["width"] == PHONE.width else DESKTOP


def _dress(page: Page, device: Device, scheme: Scheme) -> None:
    """Change what is different: each change costs the browser a layout."""
    if _device(page) is not device:
        page.set_viewport_size({"width": device.width, "height": device.height})
    page.emulate_media(color_scheme=scheme)


def kind_of(page: Page, app: Flask) -> str:
    """Return the endpoint that answers the page's address."""
    return kind_at(page.url, app)


def kind_at(address: str, app: Flask) -> str:
    """Return the endpoint that answers an address."""
    try:
        endpoint, _ = app.url_map.bind("").match(urlsplit(address).path)
    except HTTPException:
        return "nowhere"
    return str(endpoint)
