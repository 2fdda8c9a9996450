"""What a real browser does with files that we send, and with addresses that we would follow."""

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from flask import Flask
from flask.typing import ResponseReturnValue
from playwright.sync_api import Dialog, Error, Page, sync_playwright

from contest.files import look, sending, store
from contest.files.models import File, Rendition, Scan
from contest.web import headers
from tests import servers
from tests.browser import QUIET, environment, executable
from tests.files.zoo import MIB, Sample
from tests.site import served

PARTS = ("/", "\\", "\t", "\n", " ", ":", "@", ".", "%2f", "?", "#", "\u3002", ";")
EVIL = "evil.example"
LEAVES = """([targets, site]) => targets.filter(target => {
    try { return new URL(target, site + "/a/b").origin !== site } catch { return true }
}).length"""
SHOWN_BY = (
    '<iframe src="{0}"></iframe><embed src="{0}"><object data="{0}"></object><img src="{0}">'
    '<script src="{0}"></script><link rel="stylesheet" href="{0}">'
)


@contextmanager
def page() -> Iterator[Page]:
    """Open a browser of its own."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as tool:
        launched = tool.chromium.launch(
            executable_path=executable(), args=list(QUIET), env=environment(Path(home))
        )
        yield launched.new_page()
        launched.close()


def made_up() -> Iterator[str]:
    """Yield a foreign host behind all beginnings of up to four pieces that ever misled somebody."""
    for length in range(1, 5):
        for parts in itertools.product(PARTS, repeat=length):
            yield f"/{''.join(parts)}{EVIL}"


def elsewhere(targets: Sequence[str]) -> int:
    """Return how many of the targets a browser on our site takes for another site's."""
    with page() as window:
        return int(window.evaluate(LEAVES, [targets, "https://contest.example"]))


def run(samples: Sequence[Sample]) -> int:
    """Return how many files a browser runs or shows when it is sent to them, here and from a strange site.

    Each is sent as a deck, and as what a drawn page would be if the drawing were hostile.
    """
    contents = [c for c in (sample.content() for sample in samples) if 0 < len(c) < MIB]
    ran: list[str] = []
    with _site(contents) as ours, _strange(ours, len(contents)) as strange, page() as window:
        window.on("dialog", lambda dialog: _note(ran, dialog))
        for number in range(len(contents)):
            try:
                window.goto(f"{ours}/{number}/deck")
                ran.append(f"shown: {number}")
            except Error as error:
                assert "Download is starting" in str(error), error  # noqa: PT017 -- which it was
            window.goto(f"{ours}/{number}/page")
        window.goto(strange)
    return len(ran)


def _note(ran: list[str], dialog: Dialog) -> None:
    ran.append(dialog.message)
    dialog.dismiss()


@contextmanager
def _site(contents: Sequence[bytes]) -> Iterator[str]:
    app = Flask("site")
    app.config["RATELIMIT_ENABLED"] = False
    kept = app.extensions["files"] = store.from_url(f"file://{tempfile.mkdtemp()}/files")
    stored = [kept.put(BytesIO(content), MIB).sha256 for content in contents]

    @app.get("/<int:number>/<kind>")
    def send(number: int, kind: str) -> ResponseReturnValue:
        if kind == "page":
            return sending.send(Rendition(sha256=stored[number], kind="page"))
        size = len(contents[number])
        return sending.send(File(sha256=stored[number], size_bytes=size, name="a.html",
                                 type=look.PDF, scan=Scan.CLEAN))  # fmt: skip

    with served(headers.Layer(app, app.wsgi_app), servers.free_port()) as url:
        yield url


@contextmanager
def _strange(ours: str, count: int) -> Iterator[str]:
    """Serve a page of another site that tries to show and to run every file of ours."""
    app = Flask("strange")
    addresses = (f"{ours}/{number}/{kind}" for number in range(count) for kind in ("deck", "page"))
    text = "<!DOCTYPE html>" + "".join(SHOWN_BY.format(address) for address in addresses)
    app.add_url_rule("/", "index", lambda: text)
    with served(app, servers.free_port()) as url:
        yield url
