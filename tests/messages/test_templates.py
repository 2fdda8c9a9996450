"""Every kind of message that the sources write has its text, and the text asks for what it is given."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta

FOLDER = Path("templates/mail")
HOW = {
    "to",
    "at",
    "contest_id",
    "hold",
    "due_at",
    "dedupe_key",
    "address",
}  # arguments that are not facts
GIVEN = {"to", "name", "message_id", "note", "link", "signed_link", "said", "moment", "word"}


@dataclass(frozen=True)
class Written:
    kind: str
    facts: frozenset[str]
    where: str


def written() -> Iterator[Written]:
    """Find the calls of `write` that name their kind."""
    for path in Path("contest").rglob("*.py"):
        source = path.read_text()
        for node in ast.walk(ast.parse(source)) if "write(" in source else ():
            match node:
                case ast.Call(
                    func=ast.Name(id="write") | ast.Attribute(attr="write"),
                    args=[ast.Name(id="session"), ast.Constant(value=str(kind))],
                    keywords=keywords,
                ):
                    facts = frozenset(str(k.arg) for k in keywords) - HOW
                    yield Written(kind, facts, f"{path}:{node.lineno}")


@pytest.mark.parametrize("message", list(written()), ids=lambda message: message.where)
def test_a_message_has_a_text_for_its_facts(app: Flask, message: Written) -> None:
    source = (FOLDER / f"{message.kind}.txt").read_text()

    wanted = meta.find_undeclared_variables(app.jinja_env.parse(source))

    assert wanted - set(app.jinja_env.globals) - GIVEN - message.facts == set()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_a_text_begins_with_its_subject_and_an_empty_line(path: Path) -> None:
    subject, empty, *rest = path.read_text().splitlines()

    assert subject
    assert empty == ""
    assert any(rest)
