"""Looks closely at each kind of page once: WCAG 2.2 AA in light and dark, on a desk and on a phone."""

import os
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from tests.browser import DESKTOP, PHONE, WCAG_22_AA, assert_fits

OPTIONS = {  # only colours depend on the scheme
    "light": {"runOnly": {"type": "tag", "values": WCAG_22_AA}, "resultTypes": ["violations"]},
    "dark": {"runOnly": ["color-contrast"], "resultTypes": ["violations"]},
}
STILL = """() => { const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after, *::details-content"
        + "{ transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }"""
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))).then(
    () => Promise.race([
        Promise.allSettled(document.getAnimations().map(a => a.finished)),
        new Promise(done => setTimeout(done, 500)),
    ])).then(() => true)"""
RUN = """options => axe.run(options).then(found => found.violations.map(
    v => `${v.id}: ${v.help}: ` + v.nodes.map(n => n.target + " " + n.html.slice(0, 300)
        + " " + n.any.map(a => a.message).join("; ")).join(" | ")))"""
ALBUM = os.environ.get("CONTEST_ALBUM")  # a folder for pictures of every page, to look at

seen: set[str] = set()


def look_at(page: Page, app: Flask) -> None:
    """Check the page in every dress, unless one of its kind was checked before."""
    kind = kind_of(page, app)
    if kind in seen:
        return
    seen.add(kind)
    size = page.viewport_size
    assert size is not None
    page.evaluate(STILL)  # a colour on its way from light to dark is neither
    page.evaluate(Axe().axe_script)
    faults = []
    for device, scheme in product((DESKTOP, PHONE), ("light", "dark")):
        page.set_viewport_size({"width": device.width, "height": device.height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        found = page.evaluate(RUN, OPTIONS[scheme])
        faults += [f"{page.url} ({device.name}, {scheme}): {fault}" for fault in found]
        assert_fits(page)
        if ALBUM and (device is DESKTOP) == (scheme == "light"):
            page.screenshot(path=Path(ALBUM) / f"{kind}-{device.name}.png", full_page=True)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light")
    assert faults == [], "\n".join(faults)


def kind_of(page: Page, app: Flask) -> str:
    """Return the endpoint that answers the page's address."""
    try:
        endpoint, _ = app.url_map.bind("").match(urlsplit(page.url).path)
    except HTTPException:
        return "nowhere"
    return str(endpoint)
