"""Finds out what a file is, by parser and in a jail, and whether a virus scanner minds it."""

import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.files import jail
from contest.files.models import Scan

SCAN_SECONDS = 60
PDF = "application/pdf"
DOCUMENTS = {  # what people work on together -> how such a file's name ends
    PDF: ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    **{
        f"application/vnd.openxmlformats-officedocument.{kind}": ending
        for kind, ending in (
            ("wordprocessingml.document", ".docx"),
            ("spreadsheetml.sheet", ".xlsx"),
            ("presentationml.presentation", ".pptx"),
        )
    },
    **{
        f"application/vnd.oasis.opendocument.{kind}": ending
        for kind, ending in (("text", ".odt"), ("spreadsheet", ".ods"), ("presentation", ".odp"))
    },
}
FAULTS = {
    "locked": N_("This PDF is protected by a password. Save it without one and try again."),
    "broken": N_("This file is damaged and cannot be opened. Export it again and try once more."),
    "cut": N_(
        "This PDF ends too early; a part of it is missing. Export it again and try once more."
    ),
    "unknown": N_("This is not a PDF. Export your document as PDF and try again."),
    "long": N_("This PDF has more pages than anybody reads. Send the part that matters."),
    "large": N_("This picture is too large. Save it with at most 50 million pixels and try again."),
    "macros": N_("This file contains macros. Save it without them and try again."),
    "old": N_(
        "This file is protected by a password or of an old kind. Save it as .docx, .xlsx or .pptx"
        " without a password and try again."
    ),
    "crashed": N_("This file cannot be read safely. Export it again and try once more."),
}
OFFICE_FAULTS = frozenset({"macros", "old"})
NO_DOCUMENT = N_(
    "Files of this kind are not taken. Send a PDF, a picture, or a document, table or presentation"
    " of today's Office programs."
)


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is. `decision` says whether it is taken, and otherwise why not."""

    type: str
    pages: int | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class Picture:
    """A page that was drawn, as a file in a folder that is about to go."""

    page: int
    kind: str
    width: int
    height: int
    path: Path


def inspect(
    path: Path, *, types: frozenset[str] = frozenset({PDF}), most_pages: int | None = None
) -> Look:
    """Open the file with what reads its kind, and say what it is and whether it is taken."""
    match jail.run("look", path):  # a stranger's word: what it cannot say is not believed
        case {"type": str(kind), "pages": (int() | None) as pages} if kind in types:
            return Look(kind, pages, _length(pages, most_pages))
        case {"type": str()} | {"fault": "unknown"}:
            fault = "unknown"
        case {"fault": str(fault)} if fault in FAULTS:
            fault = "unknown" if fault in OFFICE_FAULTS and types == {PDF} else fault
        case _:
            fault = "crashed"
    if fault == "unknown" and types != {PDF}:
        return Look("", None, deny(NO_DOCUMENT))
    return Look("", None, deny(FAULTS[fault]))


def _length(pages: int | None, most: int | None) -> Decision:
    if most is None or pages is None or pages <= most:
        return ALLOW
    return deny(
        N_("This PDF has %(pages)s pages; at most %(limit)s are taken."), pages=pages, limit=most
    )


@contextmanager
def pictures(path: Path) -> Iterator[list[Picture]]:
    """Draw the pages of a PDF; the drawings are gone afterwards. None when it cannot be drawn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield list(_pictures(folder, jail.run("render", path, folder)))


def _pictures(folder: Path, told: object) -> Iterator[Picture]:
    match told:
        case {"drawn": [*drawn]}:
            for one in drawn:
                match one:
                    case {
                        "page": int(page),
                        "kind": "page" | "thumb" as kind,
                        "size": [int(w), int(h)],
                    }:
                        if picture := jail.written(folder, f"{page}-{kind}.webp"):
                            yield Picture(page, kind, w, h, picture)


@contextmanager
def plain(path: Path) -> Iterator[Path | None]:
    """Make a copy of a PDF that shows the same and names nobody; None when it cannot be made."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = jail.run("plain", path, folder)
        yield jail.written(folder, "plain.pdf") if told else None


def scan(path: Path, command: str) -> Scan:
    """Ask the operator's virus scanner. No command: clean. No answer: pending, to be asked again."""
    if not command:
        return Scan.CLEAN
    try:
        code = subprocess.run(  # noqa: S603 -- the command is the operator's setting
            [*shlex.split(command), str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SCAN_SECONDS,
            check=False,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return Scan.PENDING
    return {0: Scan.CLEAN, 1: Scan.REFUSED}.get(code, Scan.PENDING)


INFECTED = N_("The virus scanner refuses this file. Check your computer and send a clean copy.")
