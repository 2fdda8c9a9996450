"""S5: rules about the source that no reader should have to keep in mind.

Ruff's own rules (flake8-bandit, naive datetimes, debuggers) are part of `make check`; here stands that
they are on and never waived, and what they do not know. More about single dangers: test_sources.py.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

KINDS = (ast.Call, ast.Compare, ast.Import, ast.ImportFrom)
TEMPLATES = {str(p): p.read_text() for p in Path("templates").rglob("*.*") if p.is_file()}
SAYS_PRAGMA = {"contest/privacy/scrubbing.py", "contest/web/db.py", "contest/web/tries.py"}
SQL = {
    "text",
    "exec_driver_sql",
    "execute",
    "executemany",
    "executescript",
    "DDL",
    "literal_column",
}
SECRET = re.compile(r"(^|_)(token|secret|password|passphrase|nonce|otp|csrf|hmac|mac)$")


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    return [
        (str(p), node)
        for p in Path("contest").rglob("*.py")
        for node in ast.walk(ast.parse(p.read_text()))
        if isinstance(node, KINDS)
    ]


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for path, node in nodes():
        if isinstance(node, ast.Call) and _named(node.func) in names:
            yield path, node


def _named(node: ast.expr) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")


def test_s5_the_linter_watches_for_danger() -> None:
    chosen = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert {"S", "DTZ", "T10", "BLE"} <= set(chosen["select"])
    assert [rule for rule in chosen["ignore"] if rule.startswith(("S", "DTZ"))] == []


# exec, eval, pickle, shells, SQL made of strings, weak hashes, unchecked certificates, YAML, naive datetimes
@pytest.mark.parametrize(
    "rule", ["S102", "S307", "S301", "S602", "S608", "S324", "S501", "S506", "DTZ"]
)
def test_s5_nobody_waives_a_rule_that_has_no_exception(rule: str) -> None:
    waiver = re.compile(rf"noqa:.*\b{rule}")
    assert [str(p) for p in Path("contest").rglob("*.py") if waiver.search(p.read_text())] == []


def test_s5_no_template_calls_text_safe() -> None:
    found = {
        name for name, text in TEMPLATES.items()
        if re.search(r"\|\s*safe\b|autoescape\s+false|Markup", text)
    }  # fmt: skip
    assert found == set()


def test_s5_markup_is_a_constant_or_says_who_escaped_it() -> None:
    for path, call in calls("Markup"):
        if call.args and not isinstance(call.args[0], ast.Constant):
            line = Path(path).read_text().splitlines()[call.lineno - 1]
            assert "noqa: S704 -- " in line, f"{path}:{call.lineno}"


def test_s5_no_statement_is_made_of_strings() -> None:
    made = {
        f"{path}:{call.lineno}"
        for path, call in calls(*SQL)
        for argument in call.args[:1]
        if isinstance(argument, ast.JoinedStr | ast.BinOp)
        or (isinstance(argument, ast.Call) and _named(argument.func) == "format")
    }
    assert {place.partition(":")[0] for place in made} == SAYS_PRAGMA


def test_s5_secrets_are_compared_in_constant_time() -> None:
    """A column is compared in the database, by its index; the names of a class begin with a capital."""
    found = {
        f"{path}:{node.lineno}"
        for path, node in nodes()
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
        for sides in [[node.left, *node.comparators]]
        if any(SECRET.search(_named(side)) for side in sides)
        and not any(isinstance(side, ast.Constant) or _is_column(side) for side in sides)
    }
    assert found == set()


def _is_column(side: ast.expr) -> bool:
    return isinstance(side, ast.Attribute) and (
        _named(side.value)[:1].isupper() or _named(side.value) == "c"
    )


def test_s5_nothing_is_unpickled() -> None:
    imports = {
        alias.name.partition(".")[0]
        for _, node in nodes()
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (
            node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")]
        )
    }
    assert imports & {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml"} == set()
