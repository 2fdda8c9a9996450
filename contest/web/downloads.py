"""What a browser saves instead of showing it, and tables that are harmless in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from flask import Response

# What makes a spreadsheet compute; the wide ones do it where people type Chinese and Japanese.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
UNSEEN = " \u00a0\u200b\ufeff"


def attachment(name: str) -> str:
    """Return the header that names a download, in the two spellings of RFC 6266."""
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%;' else "_" for c in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, '', errors='replace')}"


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return a CSV file in which nothing is a formula, whatever people wrote."""
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(head)
    sheet.writerows([inert(value) for value in row] for row in rows)
    response = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = attachment(name)
    return response


def inert(value: object) -> object:
    """Return a text so that no spreadsheet takes it for a formula; figures stay figures."""
    computes = isinstance(value, str) and value.lstrip(UNSEEN).startswith(FORMULA)
    return f"'{value}" if computes else value
