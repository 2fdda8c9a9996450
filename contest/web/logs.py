"""Log lines: one JSON object each, in UTC, that nobody can forge and that names nobody.

An exception is told by its type and by where it came from, never by its words: these may be what
somebody typed. The incident's number leads from a complaint to its line.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from flask import g, has_request_context

# Begins where a word does: else a long word without an address is read once from each of its letters.
ADDRESS = re.compile(r"(?<![^\s<>()\[\]\"',;:=])[^\s<>()\[\]\"',;:=]+@[^\s<>()\[\]\"',;:=]+")
TOKEN = re.compile(r"[\w.~-]{40,}")  # ids are shorter
MASK = "…"
WRITE_THEMSELVES = ("dbos",)  # unless they find a handler


def begin(level: int = logging.WARNING, stream: TextIO = sys.stderr) -> None:
    """Write what this process logs, also by the libraries, in our form."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in WRITE_THEMSELVES:
        library = logging.getLogger(name)
        library.handlers, library.propagate = [handler], False


class Lines(logging.Formatter):
    """Makes a record one line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        told |= getattr(record, "told", {})
        if has_request_context() and "incident" in g:
            told["incident"] = g.incident
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            told["trace"] = _frames(record.exc_info[2])
        return json.dumps(told)  # which also writes line ends as \n


def masked(text: str) -> str:
    """Return the text without mail addresses and long secrets."""
    return TOKEN.sub(MASK, ADDRESS.sub(MASK, text))


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]
