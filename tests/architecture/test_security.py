"""What the documents on security point to exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.browser import ROOT

LISTS = ROOT / "docs" / "security"
POINTER = re.compile(r"`(tests/[\w/]+\.py)::([\w-]+)`")
FLAWS, REQUIREMENTS = 123, 253
STATES = {"tested", "document", "does not apply", "open"}


@cache
def said(path: Path) -> frozenset[str]:
    """Return the names of the tests of a file, and what stands in quotes in it: ids of its promises."""
    tree = ast.parse(path.read_text())
    tests = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    ids = {
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }
    return frozenset(tests | (ids if path.parent.name == "attack" else set()))


def rows(name: str) -> list[list[str]]:
    lines = (LISTS / name).read_text().splitlines()
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines
        if re.match(r"\| \d", line)
    ]


@pytest.mark.parametrize("name", ["asvs.md", "flaws.md", "attempts.md", "inventory.md"])
def test_every_test_that_is_named_exists(name: str) -> None:
    named = POINTER.findall((LISTS / name).read_text())
    assert named
    assert [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).exists() or test not in said(ROOT / path)
    ] == []


def test_every_flaw_has_its_line_which_says_what_keeps_it_out() -> None:
    found = rows("flaws.md")
    assert [int(row[0]) for row in found] == list(range(1, FLAWS + 1))
    for number, _, by in found:
        assert POINTER.search(by) or by.startswith(("does not apply: ", "open: ")), number


def test_every_requirement_has_its_line_which_says_how_it_stands() -> None:
    found = rows("asvs.md")
    numbers = [row[0] for row in found]
    assert len(numbers) == len(set(numbers)) == REQUIREMENTS
    for number, level, _, state, by in found:
        assert level in {"1", "2"}
        assert state in STATES
        assert by, number
        assert state != "tested" or POINTER.search(by), number
        assert state != "document" or "](" in by, number


def test_the_counts_at_the_top_of_the_list_are_those_of_its_lines() -> None:
    told = dict(re.findall(r"\* \*\*([a-z ]+)\*\* \((\d+)\)", (LISTS / "asvs.md").read_text()))
    states = [row[3] for row in rows("asvs.md")]
    assert {state: int(count) for state, count in told.items()} == {
        state: states.count(state) for state in STATES
    }
