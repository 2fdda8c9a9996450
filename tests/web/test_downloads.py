"""What people take home does nothing there (W8, flaw-98, F6, F7)."""

import csv
import io
from decimal import Decimal
from urllib.parse import unquote

import pytest
from flask import Flask
from werkzeug.http import parse_options_header

from contest.files.arrival import LONGEST_NAME, plain_name
from contest.web.downloads import attachment, inert, table

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://evil.example\")",
    "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1", "\ufeff=1+1", "\u200b=1+1", "＝1+1",
    "＋1", "－1", "＠SUM(A1)", "=1+1\";=1+1",
]  # fmt: skip
NAMES = [
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "C:\\x.pdf", "a\0b.pdf", "x" * 65_536,
    "\u202efdp.exe", "a\r\nSet-Cookie: x=1.pdf", "a\"; filename=\"b.exe", "a%0d%0ab.pdf", "CON",
    "con.pdf", "aux.", "NUL.tar.gz", "😀👩‍👩‍👧.pdf", "创新.pdf", "é\u0301.pdf", "\ud800.pdf", "",
    " ", ".", "..", "...", ".htaccess", "-rf", "~", "$(id)", "`id`", "a;b|c&d",
    "<script>alert(1)</script>.pdf", "a/b/c", "a\x7fb", "a\u2028b", "\ufeff", "x.pdf" + "." * 300,
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_table_is_a_formula(app: Flask, text: str) -> None:
    with app.test_request_context():
        answer = table("t.csv", ["a", "b"], [[text, -1.5], [f"fine {text}", Decimal("-0.5000")]])
    rows = list(
        csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"), newline=""))
    )
    assert rows == [["a", "b"], [f"'{text}", "-1.5"], [f"fine {text}", "-0.5000"]]
    assert inert("plain") == "plain"


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_any_name_is_stored_safely_and_sent_in_one_header(name: str) -> None:
    plain = plain_name(name)
    assert 0 < len(plain) <= LONGEST_NAME
    assert plain.isprintable()
    assert not {"/", "\\", "\0"} & set(plain)
    assert not plain.startswith(".")
    assert plain.partition(".")[0].rstrip().upper() not in {
        "CON",
        "PRN",
        "AUX",
        "NUL",
        "COM1",
        "LPT1",
    }

    for told in (name, plain):
        header = attachment(told)
        assert header.isascii()
        assert header.isprintable()
        kind, options = parse_options_header(header)
        assert (kind, set(options)) == ("attachment", {"filename"})
    assert unquote(attachment(plain).rpartition("''")[2]) == plain
