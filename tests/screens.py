"""Takes the pictures in docs/screens: `python -m tests.screens`, or `make screens`.

Every picture is of the demonstration as a newcomer gets it, at the moment that shows the page best,
seen by the person whose page it is, in English.
"""

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests import servers
from tests.browser import DESKTOP, PATIENCE, PHONE, QUIET, ROOT, Scheme, environment, executable

OUT = ROOT / "docs" / "screens"
TALLEST = 1600  # px of a picture; what stands below is cut
COLOURS = 160
SETTLED = 3000  # ms; long enough for what was pressed to be saved and for pages of a deck to come
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
FACE = re.compile(r"^  (?P<role>\S.*?)  .*(?P<address>http://\S+/enter/\S+)$", re.MULTILINE)
CONTEST = "/contests/shanghai-2019"
START_UP = 240  # s; building a demonstration takes half a minute on a quiet machine


class Picture(NamedTuple):
    """One page: where it is found, following links by what their address contains."""

    name: str
    moment: str
    role: str  # "" is a visitor
    start: str
    links: tuple[str, ...] = ()
    presses: tuple[str, ...] = ()  # what is pressed on it first


SCORING = (
    "button:has-text('Open the document')",
    ".scale >> nth=0 >> label:has(input[value='4'])",
    ".scale >> nth=1 >> label:has(input[value='3'])",
)
PICTURES = (
    Picture("contest", "collecting", "", CONTEST),
    Picture("write", "collecting", "team lead", f"{CONTEST}/team", ("/entry",)),
    Picture("start", "judging", "judge", "/"),
    Picture("overview", "judging", "organiser", f"{CONTEST}/manage"),
    Picture("screen", "judging", "screener", f"{CONTEST}/screening", ("/screen",)),
    Picture("panel", "judging", "chair", f"{CONTEST}/judging", ("/progress",)),
    Picture("score", "judging", "judge", "/judging", ("/assignments/",), SCORING),
    Picture("ranking", "follow-up", "chair", f"{CONTEST}/judging", ("/ranking",)),
    Picture("results", "follow-up", "", f"{CONTEST}/results/public"),
    Picture("followup", "follow-up", "follow-up owner", f"{CONTEST}/follow-up"),
)


@contextmanager
def demonstration(moment: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve the demonstration as `make demo` does; yield its address and a link to be each role."""
    port = servers.free_port()
    base = f"http://{servers.HOST}:{port}"
    command = (
        *(sys.executable, "-m", "contest", "demo", "hitachi-shanghai"),
        *("--at", moment, "--serve", "--port", str(port)),
    )
    with tempfile.TemporaryFile("w+") as said:
        server = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, cwd=ROOT)
        try:
            _wait(base, server)
            said.seek(0)
            yield base, {f["role"]: f["address"] for f in FACE.finditer(said.read())}
        finally:
            server.terminate()
            server.wait()


def _wait(base: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(START_UP):
        if server.poll() is not None:
            raise RuntimeError("the demonstration did not start; `python -m contest demo` says why")
        try:
            urlopen(base).close()
        except OSError:
            time.sleep(1)
        else:
            return
    raise RuntimeError("the demonstration takes too long to start")


def take(browser: Browser, picture: Picture, base: str, faces: dict[str, str]) -> None:
    """Go to a page as its person and picture it on both screens, in both schemes."""
    found = ""
    for device in (DESKTOP, PHONE):
        context = browser.new_context(
            viewport={"width": device.width, "height": device.height},
            has_touch=device.touch,
            is_mobile=device.touch,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Asia/Shanghai",
            base_url=base,
        )
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "lang", "value": "en", "url": base}])
        page = context.new_page()
        if picture.role:
            page.goto(faces[picture.role])
        found = found or _find(page, picture)
        page.goto(found)
        page.wait_for_load_state("networkidle")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            _keep(page, device.width, OUT / f"{picture.name}-{device.name}-{scheme}.png")
        context.close()


def _find(page: Page, picture: Picture) -> str:
    page.goto(picture.start)
    for part in picture.links:
        address = page.locator(f"main a[href*='{part}']").first.get_attribute("href")
        if address is None:
            raise RuntimeError(f"{page.url} has no link to {part}")
        page.goto(address)
    found = page.url
    for selector in picture.presses:
        if page.locator(selector).count():  # the last pictures may have left it pressed
            page.locator(selector).first.click()
            page.wait_for_timeout(SETTLED)
    return found


def _keep(page: Page, width: int, target: Path) -> None:
    """Write the top of the page with few colours: text stays sharp and the file small."""
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    if page.locator(".action-bar").count():  # it stands at the foot of the window
        height = page.evaluate("window.innerHeight")
    whole = page.screenshot(
        full_page=True,
        clip={"x": 0, "y": 0, "width": width, "height": height},
        animations="disabled",
    )
    picture = Image.open(io.BytesIO(whole)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def main() -> None:
    """Take every picture; names on the command line choose some."""
    chosen = [p for p in PICTURES if p.name in sys.argv[1:] or not sys.argv[1:]]
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=executable(),
            args=list(QUIET),
            env=environment(Path(home)),
        )
        for moment in sorted({p.moment for p in chosen}):
            with demonstration(moment) as (base, faces):
                for picture in chosen:
                    if picture.moment == moment:
                        take(browser, picture, base, faces)
                        os.write(1, f"{picture.name}\n".encode())
        browser.close()


if __name__ == "__main__":
    main()
