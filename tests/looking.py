"""Looks closely at pages: WCAG 2.2 AA in light and dark, nothing wider than a desk's or a phone's screen.

The run on PostgreSQL does not look again: what a page looks like does not depend on the database.
"""

import os
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import axe_playwright_python
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from tests.browser import DESKTOP, PHONE, Device, Scheme

AXE = "/-axe.js"  # every server of the tests has it (tests.site): the browser keeps it compiled
AXE_FILE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DRESSES: tuple[tuple[Device, Scheme, list[str]], ...] = (  # and which of axe's rules depend on it
    (DESKTOP, "light", ALL),
    (DESKTOP, "dark", ["colours"]),
    (PHONE, "dark", ["colours", "narrow"]),
    (PHONE, "light", ["colours"]),
)
# A colour on its way from light to dark is neither: nothing may move.
PREPARE = """address => new Promise((done, fail) => {
    const sheet = new CSSStyleSheet(), script = document.createElement("script");
    sheet.replaceSync("*, *::before, *::after, *::details-content"
        + "{ transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    Object.assign(script, { src: address, onload: done, onerror: fail });
    document.head.append(script); }).then(() => axe.configure({ rules: [
        { id: "color-contrast", selector: "[data-judged]", tags: ["wcag2aa", "colours"] },
        { id: "target-size", tags: ["wcag22aa", "narrow"] },
        { id: "scrollable-region-focusable", tags: ["wcag2a", "narrow"] } ] }))"""
# Contrast is most of axe's work, and the same for a text of the same colour, size and weight on the
# same ground. What each text stands on is told in a line; of those with one line, one is judged.
RUN = """async ([tags, judged]) => {
    await new Promise(done => requestAnimationFrame(done));
    const known = new Set(judged), lines = [], fresh = [];
    const line = (element, style) => [
        style.color, style.fontSize, style.fontWeight, style.textShadow,
        element.matches("input, select, textarea, button") ? element.localName : "",
        element.control?.matches(":disabled") ? "of what is disabled" : ""].join(" ");
    const shows = element => element.matches("input, select, textarea")
        || [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const walk = (element, ground) => {
        const style = getComputedStyle(element);
        if (style.display === "none") return;
        if (style.backgroundColor !== "rgba(0, 0, 0, 0)") ground += " on " + style.backgroundColor;
        if (style.backgroundImage !== "none") ground += " on " + style.backgroundImage.slice(0, 200);
        if (style.opacity !== "1") ground += " at " + style.opacity;
        if (!["static", "relative"].includes(style.position)) ground += " over " + element.className;
        if (element.matches(":disabled, [aria-disabled=true], [inert]")) ground += " disabled";
        if (style.visibility === "visible" && shows(element)) {
            const told = line(element, style) + ground;
            if (!known.has(told)) { known.add(told); lines.push(told); fresh.push(element); }
        }
        for (const child of element.children) walk(child, ground);
    };
    walk(document.documentElement, "");
    for (const element of fresh) element.dataset.judged = "";
    const { violations } = fresh.length || tags.length > 1 ? await axe.run({
        resultTypes: ["violations"], preload: false, runOnly: tags }) : { violations: [] };
    for (const element of fresh) delete element.dataset.judged;
    const faults = violations.map(v =>
        `${v.id}: ${v.help}: ` + v.nodes.map(n =>
            n.target + " " + n.html.slice(0, 300) + " " + n.any.map(a => a.message).join("; ")
        ).join(" | "));
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth)
        faults.push(`${scrollWidth} px wide on a screen of ${clientWidth} px`);
    return [lines, faults]; }"""
LOOKS = os.environ.get("CONTEST_TEST_DATABASE") != "postgresql"
ALBUM = os.environ.get("CONTEST_ALBUM")  # a folder for pictures of every page, to look at


class Seen:
    """The kinds of page that were looked at in this run, by whichever of its processes."""

    folder: Path
    colours: ClassVar[set[str]] = set()  # of texts and what they stand on

    @classmethod
    def is_new(cls, kind: str) -> bool:
        try:
            (cls.folder / kind).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def look_at(page: Page, app: Flask) -> None:
    """Check the page in every dress, unless one of its kind was checked before."""
    if is_to_be_looked_at(page.url, app):
        own = _device(page)
        assert_right_in_every_dress(page, kind_at(page.url, app))
        put_on(page, own)


def is_to_be_looked_at(address: str, app: Flask) -> bool:
    """Tell whether no page of this kind was looked at yet in this run; whoever asks has to look."""
    return LOOKS and Seen.is_new(kind_at(address, app))


def assert_right_in_every_dress(page: Page, name: str) -> None:
    """Fail unless the page is accessible and fits in light and dark, on a desk and on a phone.

    It begins in the dress the page wears, and leaves it in the last: each change costs a layout.
    """
    worn, faults = "light", []
    page.evaluate(PREPARE, AXE)
    for device, scheme, tags in DRESSES if _device(page) is DESKTOP else reversed(DRESSES):
        put_on(page, device)
        if scheme != worn:
            page.emulate_media(color_scheme=scheme)
            worn = scheme
        found = _faults(page, tags)
        faults += [f"{page.url} ({device.name}, {scheme}): {fault}" for fault in found]
        if ALBUM:
            page.screenshot(path=Path(ALBUM) / f"{name}-{device.name}-{scheme}.png", full_page=True)
    assert faults == [], "\n".join(faults)


def assert_right(page: Page) -> None:
    """Fail unless the page as it stands fits and keeps to WCAG 2.2 AA as far as axe can tell."""
    page.evaluate(PREPARE, AXE)
    found = _faults(page, ALL)
    assert found == [], f"{page.url}\n" + "\n".join(found)


def _faults(page: Page, tags: list[str]) -> list[str]:
    """Return what is wrong, of colours only what no page of this process has shown before."""
    lines, faults = page.evaluate(RUN, [tags, list(Seen.colours)])
    if not faults:
        Seen.colours.update(lines)
    return [str(fault) for fault in faults]


def _device(page: Page) -> Device:
    size = page.viewport_size
    return PHONE if size and size["width"] == PHONE.width else DESKTOP


def put_on(page: Page, device: Device) -> None:
    """Change what is different: each change costs the browser a layout."""
    if _device(page) is not device:
        page.set_viewport_size({"width": device.width, "height": device.height})


def kind_at(address: str, app: Flask) -> str:
    """Return the endpoint that answers an address."""
    try:
        endpoint, _ = app.url_map.bind("").match(urlsplit(address).path)
    except HTTPException:
        return "nowhere"
    return str(endpoint)
