"""Receives an upload: bytes first, the row later. Runs before the transaction, holding no lock."""

import re
from dataclasses import dataclass

from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.files import look
from contest.files.models import Scan
from contest.files.store import Readable, Store

LONGEST_NAME = 200
DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)  # no names on Windows


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that is stored, opened and scanned, and has no row yet."""

    name: str
    sha256: str
    size_bytes: int
    type: str
    pages: int | None
    scan: Scan


def arrive(
    store: Store,
    stream: Readable,
    name: str,
    *,
    limit_bytes: int,
    most_pages: int | None = None,
    types: frozenset[str] = frozenset({look.PDF}),
    scanner: str = "",
) -> Arrived:
    """Store the stream if it is what we take.

    Raises DomainError with the reason when it is empty, too large, of another type, damaged, locked,
    too long or infected; nothing is stored then.
    """
    with store.take(stream, limit_bytes) as incoming:
        seen = look.inspect(incoming.path, types=types, most_pages=most_pages)
        require(seen.decision)
        scanned = look.scan(incoming.path, scanner)
        if scanned is Scan.REFUSED:
            raise DomainError(look.INFECTED)
        store.keep(incoming)
    return Arrived(
        name=plain_name(name),
        sha256=incoming.sha256,
        size_bytes=incoming.size_bytes,
        type=seen.type,
        pages=seen.pages,
        scan=scanned,
    )


def plain_name(name: str) -> str:
    """Return the last part of a file's name without what could confuse a terminal or a header."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(c for c in last if c.isprintable()).strip().strip(".")
    if DEVICE.fullmatch(clean.partition(".")[0].strip()):
        clean = f"_{clean}"
    if len(clean) > LONGEST_NAME:
        stem, dot, ending = clean.rpartition(".")
        clean = (
            f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"
            if dot
            else clean[:LONGEST_NAME]
        )
    return clean or "file"
