"""A real browser for tests: the same on every machine, with fonts for every language, and strict.

`visit` opens windows; a test that made the browser complain (a script error, a refused style, a
missing asset, a server error) fails when it ends, whatever else it asserted.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from copy import copy
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).parent.parent
PACKED = ROOT / "node_modules" / "@sparticuz" / "chromium" / "bin"
UNPACKED = ROOT / ".cache" / "chromium"

QUIET = (  # no sandbox in containers, and nothing said to anybody but the server under test
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
UNPAINTED = (
    "--force-gpu-mem-available-mb=1"  # tests ask what stands where, and no eye sees the pixels
)
HASTY = (  # no script of ours or of axe runs long enough for a better translation to pay
    "--js-flags=--single-threaded,--no-opt,--no-maglev,--min-semi-space-size=64"
)
PATIENCE = 20_000  # ms; a page that works is never waited for that long, even on a busy machine

Scheme = Literal["light", "dark"]


class Device(NamedTuple):
    """A screen a page must look right on."""

    name: str
    width: int
    height: int
    touch: bool


DESKTOP = Device("desktop", 1360, 900, touch=False)
PHONE = Device("phone", 360, 740, touch=True)


class Window:
    """One person's browser window: a page, once it is wanted, cookies, and what was complained about."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        context.set_default_timeout(PATIENCE)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("response", self._answered)

    @cached_property
    def page(self) -> Page:
        return self.context.new_page()

    @property
    def is_open(self) -> bool:
        return "page" in self.__dict__

    def tab(self) -> "Window":
        """Return another page of the same person."""
        other = copy(self)
        other.__dict__.pop("page", None)
        return other

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text} at {message.location.get('url')}")

    def _answered(self, response: Response) -> None:
        """Note failures; a page may answer 4xx on purpose, one of its own assets never."""
        asset = response.request.resource_type not in {"document", "fetch", "xhr"}
        if response.status >= (400 if asset else 500):
            self.complaints.append(f"{response.status}: {response.url}")

    def tells(self) -> str:
        """Say where the window stands and what it shows."""
        if not self.is_open:
            return "--- never opened"
        try:
            said = self.page.locator("body").inner_text(timeout=2000)
        except PlaywrightError as error:
            said = f"({error})"
        return f"--- {self.page.url}\n{said[:3000]}"


Visit = Callable[..., Page]
NewWindow = Callable[..., Window]
FAILED = pytest.StashKey[bool]()  # set by tests/conftest.py
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with tempfile.TemporaryDirectory(prefix="contest-browser-") as home, sync_playwright() as tool:
        launched = tool.chromium.launch(
            executable_path=executable(),
            args=[*QUIET, UNPAINTED, HASTY],
            env=environment(Path(home)),
        )
        yield launched
        launched.close()


@pytest.fixture
def new_window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[NewWindow]:
    """Give a new person a window: `new_window(device=PHONE, scheme="dark", locale="ja-JP")`."""
    windows: list[Window] = []

    def new_window(**screen: Any) -> Window:
        windows.append(window_of(browser, **screen))
        return windows[-1]

    yield new_window
    if request.node.stash.get(FAILED, False):
        for window in windows:
            sys.stdout.write(window.tells())  # pytest shows it with the failure
    complaints = [complaint for window in windows for complaint in window.complaints]
    for window in windows:
        window.context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def one_window(browser: Browser) -> Window:
    return window_of(browser)


@pytest.fixture
def glass(one_window: Window) -> Iterator[Window]:
    """Lend the window in which pages are looked at: one for all, it remembers what they share."""
    yield one_window
    complaints, one_window.complaints = one_window.complaints, []
    assert complaints == []


@pytest.fixture
def visit(new_window: NewWindow) -> Visit:
    """Open a page as a new person, in a window like those of `new_window`: `visit(url)`."""

    def visit(url: str | None = None, **screen: Any) -> Page:
        page = new_window(**screen).page
        if url is not None:
            page.goto(url)
        return page

    return visit


def window_of(
    browser: Browser,
    *,
    device: Device = DESKTOP,
    scheme: Scheme = "light",
    locale: str = "en-GB",
    timezone_id: str = "Europe/Berlin",
    base_url: str | None = None,
) -> Window:
    """Return a window with cookies of its own; whoever asks closes its context."""
    return Window(
        browser.new_context(
            viewport={"width": device.width, "height": device.height},
            has_touch=device.touch,
            is_mobile=device.touch,
            color_scheme=scheme,
            reduced_motion="reduce",
            locale=locale,
            timezone_id=timezone_id,
            base_url=base_url,
        )
    )


def executable() -> Path:
    """Return the Chromium that npm brought: pinned, and without the weight of windows."""
    unpack()
    return UNPACKED / "chromium"


def unpack() -> None:
    """Unpack Chromium and its libraries once; whoever comes second finds them whole."""
    if UNPACKED.exists():
        return
    UNPACKED.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=UNPACKED.parent) as scratch:
        whole = Path(scratch) / "chromium"
        whole.mkdir()
        _decompress(PACKED / "chromium.br", whole / "chromium")
        (whole / "chromium").chmod(0o755)
        _decompress(PACKED / "al2023.tar.br", whole / "libraries.tar")
        with tarfile.open(whole / "libraries.tar") as libraries:
            if hasattr(tarfile, "data_filter"):  # the first releases of Python 3.11 have none
                libraries.extraction_filter = tarfile.data_filter
            libraries.extractall(whole)
        (whole / "libraries.tar").unlink()
        try:
            whole.rename(UNPACKED)
        except OSError:
            if not UNPACKED.exists():
                raise


def _decompress(source: Path, target: Path) -> None:
    """Undo brotli with the node that Playwright carries."""
    playwright = find_spec("playwright")
    assert playwright is not None
    assert playwright.origin is not None
    script = """
        const [source, target] = process.argv.slice(1), fs = require("fs");
        require("stream").pipeline(fs.createReadStream(source),
            require("zlib").createBrotliDecompress(), fs.createWriteStream(target),
            error => { if (error) throw error; });
    """
    node = Path(playwright.origin).parent / "driver" / "node"
    subprocess.run([node, "-e", script, source, target], check=True)


def environment(home: Path) -> dict[str, str | float | bool]:
    """Give the browser our fonts, a home to write in, and the libraries it may lack."""
    folders = [_folder("fontpkg_noto_sans"), _folder("manimgx_fonts_cjk")]
    settings = home / "fonts.conf"
    settings.write_text(
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        + "".join(f"<dir>{folder}</dir>" for folder in folders)
        + f"<cachedir>{ROOT / '.cache' / 'fonts'}</cachedir>"
        + "<alias><family>sans-serif</family><prefer><family>Noto Sans</family>"
        + "<family>Noto Sans CJK SC</family></prefer></alias></fontconfig>"
    )
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "FONTCONFIG_FILE": str(settings),
        "LD_LIBRARY_PATH": str(UNPACKED / "lib"),
    }


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


if __name__ == "__main__":
    unpack()
