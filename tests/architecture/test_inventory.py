"""What the inventory and the list of fields say is what the program does."""

import ast
import re
from pathlib import Path

from flask import Flask

from contest.accounts import links
from contest.judging import forms as judging_forms
from contest.permissions import fields
from contest.results import snapshot
from contest.upkeep import sealing
from tests.accounts.crossing import FORMS, PURPOSES, SEALS
from tests.browser import ROOT

INVENTORY = (ROOT / "docs" / "security" / "inventory.md").read_text()
# What takes one of several things, a day in a year that can be meant, or a file that is measured as it
# arrives: names of organisations are looked up in the directory, and hidden fields are never stored.
CHOSEN = {
    "Boolean", "Day", "File", "Hidden", "LocalDateTime", "Organisation", "Radio", "Select",
    "SelectMultiple",
}  # fmt: skip
LIMIT = re.compile(r"\b(most \d|like `|one of )")
RATE = re.compile(r"\d+ per [\w ]+")


def test_the_list_of_fields_is_up_to_date(app: Flask) -> None:
    with app.app_context():
        assert fields.describe() == (ROOT / "docs" / "security" / "fields.md").read_text()


def test_every_field_has_a_limit_whatever_the_document_says(app: Flask) -> None:
    with app.app_context():
        rows = re.findall(
            r"^\| (\w+: \w+) \| (\w+) \| (\w+) \| (.*) \|$", fields.describe(), re.MULTILINE
        )
    typed = [row for row in rows if row[2] not in CHOSEN]
    assert len(typed) > 100
    assert {kind for _, _, kind, _ in typed} == {
        "Decimal", "Email", "Float", "Integer", "Password", "String", "TextArea", "Words",
    }  # fmt: skip
    assert [row for row in typed if not LIMIT.search(row[3])] == []


def test_a_form_that_a_request_has_made_is_not_in_the_list(app: Flask) -> None:
    with app.test_request_context():
        before = fields.describe()
        made = judging_forms.score_form(None, None)
        assert made.__class__.__module__.startswith("contest.")
        assert fields.describe() == before


def test_every_purpose_of_a_key_stands_in_the_inventory() -> None:
    others = (snapshot.DOMAIN, snapshot.ENTRY_DOMAIN, sealing.HEAD.strip())
    used = {*PURPOSES, *SEALS, *FORMS, *(name.decode() for name in others)}
    assert set(links.LIFETIMES) < used
    assert {name for name in used if f"`{name}`" not in INVENTORY} == set()


def _limits() -> dict[str, set[str]]:
    """Return the rates of each limit as the sources name them."""
    found: dict[str, set[str]] = {}
    for path in Path("contest").rglob("*.py"):
        source = path.read_text()
        for function in ast.walk(ast.parse(source)) if "limits.count(" in source else ():
            if not isinstance(function, ast.FunctionDef):
                continue
            words = [n.value for n in ast.walk(function) if isinstance(n, ast.Constant)]
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "limits.count":
                    rates = [k.value for k in node.keywords if isinstance(k.value, ast.Constant)]
                    told = [r.value for r in rates] or words
                    name = ast.literal_eval(node.args[0])
                    found.setdefault(name, set()).update(
                        word for word in told if isinstance(word, str) and RATE.fullmatch(word)
                    )
    return found


def test_every_limit_of_tries_stands_in_the_inventory() -> None:
    told = re.findall(r"^\| ([a-z-]+) \| (\d+ per .*) \|$", INVENTORY, re.MULTILINE)
    assert {name: set(rates.split(", ")) for name, rates in told} == _limits()
