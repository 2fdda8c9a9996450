"""How long our patterns and parsers think about a text (W11): measured by `make attack` alone."""

import ast
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

LONG = 100_000
MARKDOWN = ["://", "a://", "http://a.b/", "[", "![a](", "*a _b ", "|a\n|-|\n"]
CALLS = {"compile", "match", "search", "fullmatch", "sub", "split", "findall", "finditer"}
PIECES = [
    "a", "0", "-", ".", " ", "\n", "(", "/", '"', "a.", "a-", "\n ", "a@", "://", "http://a.", "(a",
    "\ue0001", 'ContentType="',
]  # fmt: skip


def patterns() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Yield every pattern that stands in the program as it is used there, by where it stands."""
    for path in sorted(Path("contest").rglob("*.py")):
        source = path.read_text()
        for node in ast.walk(ast.parse(source)) if "re." in source else ():
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


def markdown(piece: str, length: int) -> str:
    """Return a text of this length that is hard to read as Markdown."""
    return piece * (length // len(piece))
