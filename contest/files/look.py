"""Finds out what a file is, by parser and in a jail, and whether a virus scanner minds it."""

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.files.models import Scan

JAILED = Path(__file__).with_name("jailed.py")
SECONDS = 90
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
    found = _jailed("look", path)
    fault = found.get("fault")
    if fault is None and found["type"] not in types:
        fault = "unknown"
    if fault == "unknown" or (fault in OFFICE_FAULTS and types == {PDF}):
        return Look("", None, deny(FAULTS["unknown"] if types == {PDF} else NO_DOCUMENT))
    if fault is not None:
        return Look("", None, deny(FAULTS[fault]))
    kind, pages = str(found["type"]), None if found["pages"] is None else int(found["pages"])
    if most_pages is not None and pages is not None and pages > most_pages:
        return Look(kind, pages, deny(
            N_("This PDF has %(pages)s pages; at most %(limit)s are taken."),
            pages=pages, limit=most_pages,
        ))  # fmt: skip
    return Look(kind, pages, ALLOW)


@contextmanager
def pictures(path: Path) -> Iterator[list[Picture]]:
    """Draw the pages of a PDF; the drawings are gone afterwards. None when it cannot be drawn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        drawn = _jailed("render", path, folder).get("drawn", [])
        yield [
            Picture(
                page=int(d["page"]),
                kind=str(d["kind"]),
                width=int(d["size"][0]),
                height=int(d["size"][1]),
                path=folder / f"{int(d['page'])}-{d['kind']}.webp",
            )
            for d in drawn
        ]


def scan(path: Path, command: str) -> Scan:
    """Ask the operator's virus scanner. No command: clean. No answer: pending, to be asked again."""
    if not command:
        return Scan.CLEAN
    try:
        code = subprocess.run(  # noqa: S603 -- the command is the operator's setting
            [*shlex.split(command), str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SCAN_SECONDS,
            check=False,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return Scan.PENDING
    return {0: Scan.CLEAN, 1: Scan.REFUSED}.get(code, Scan.PENDING)


INFECTED = N_("The virus scanner refuses this file. Check your computer and send a clean copy.")


def _jailed(*words: object) -> dict[str, Any]:
    try:
        answer = subprocess.run(  # noqa: S603 -- our own script, and paths that we made
            [sys.executable, "-I", str(JAILED), *map(str, words)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=True,
        )
        found: dict[str, Any] = json.loads(answer.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"fault": "crashed"}
    return found
