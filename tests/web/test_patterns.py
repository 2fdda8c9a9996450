"""No text makes a pattern or a parser think for long (W11, flaw-116, flaw-118, flaw-123)."""

import ast
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contest.web.text import clean_html

SHORT, LONG = 10_000, 100_000  # the long ones are for `make attack`
SECONDS = 0.1
CALLS = {"compile", "match", "search", "fullmatch", "sub", "split", "findall", "finditer"}
PIECES = [
    "a", "0", "-", ".", " ", "\n", "(", "/", '"', "a.", "a-", "\n ", "a@", "://", "http://a.", "(a",
    "\ue0001", 'ContentType="',
]  # fmt: skip


def patterns() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Yield every pattern that stands in the program as it is used there, by where it stands."""
    for path in sorted(Path("contest").rglob("*.py")):
        source = path.read_text()
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                    uses = set(re.findall(rf"\b{name}\.(\w+)\(", source))
                case ast.Call() as call:
                    uses = {getattr(call.func, "attr", "")}
                case _:
                    continue
            match call:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=how),
                    args=[ast.Constant(value=str(written)), *_],
                ) if how in CALLS and uses != {"compile"}:
                    pattern = re.compile(written)
                    whole = uses and uses <= {"match", "fullmatch"}
                    yield f"{path}:{call.lineno}", pattern.fullmatch if whole else pattern.findall


def seconds(act: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    act(text)
    return time.process_time() - began


def slowest(length: int) -> tuple[float, str, str]:
    """Return the longest time that a pattern takes for a text of this length, where, and which text."""
    return max(
        (seconds(act, "a" + piece * (length // len(piece)) + "!"), where, piece)
        for where, act in patterns()
        for piece in PIECES
    )


def test_every_pattern_answers_at_once_to_any_text() -> None:
    assert slowest(SHORT) < (SECONDS / 3, "", "")


@pytest.mark.parametrize(
    "piece", ["://", "a://", "http://a.b/", "[", "![a](", "*a _b ", "|a\n|-|\n"]
)
def test_markdown_takes_time_that_grows_with_the_text_and_not_faster(piece: str) -> None:
    """Addresses once took the square of it: 214 seconds for 100 kB."""
    assert seconds(clean_html, piece * (20_000 // len(piece))) < 1
