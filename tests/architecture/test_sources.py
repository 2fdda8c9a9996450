import ast
import re
from functools import cache
from pathlib import Path

import pytest

SOURCES = [(path, path.read_text()) for path in Path("contest").rglob("*.py")]
FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "misc", "services", "managers", "data"}


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (
            ".commit()",
            {
                "contest/jobs/aside.py",
                "contest/jobs/worker.py",
                "contest/upkeep/cli.py",
                "contest/web/requests.py",
            },
        ),
        ("datetime.now(", {"contest/core/clock.py"}),
        ("utcnow", set()),
        ("populate_obj", set()),
    ],
)
def test_each_thing_is_done_in_its_one_place(text: str, allowed: set[str]) -> None:
    assert {str(path) for path, source in SOURCES if text in source} == allowed


def test_no_module_is_named_after_nothing() -> None:
    assert [path for path, _ in SOURCES if FORBIDDEN_NAMES & {path.stem, path.parent.name}] == []


TALKS = {"aiohttp", "ftplib", "http.client", "http.server", "httpx", "imaplib", "obstore", "poplib",
         "requests", "smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib.request", "urllib3",
         "websockets", "xmlrpc"}  # fmt: skip
STARTS = {"multiprocessing", "pty", "subprocess"}
MAY_TALK = {
    "contest/web/egress.py": {"httpx", "socket"},  # whatever somebody wrote as an address
    "contest/messages/post.py": {"smtplib", "ssl"},  # the operator's mail server
    "contest/files/store.py": {"obstore"},  # the operator's object store
    "contest/upkeep/jobs.py": {"obstore"},  # where the operator keeps checkpoints
    "contest/files/jailed.py": {"socket"},  # tries whether it can, and must not
    "contest/jobs/worker.py": {"socket"},  # the name of the machine
    "contest/__main__.py": {"socket"},  # whether a port is free
}
MAY_START = {"contest/__main__.py", "contest/files/jail.py", "contest/files/look.py"}


@cache
def tree(source: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(source)))


def imported(source: str) -> set[str]:
    """Return the modules that a source imports, wherever in it, and the packages they stand in."""
    names = set()
    for node in tree(source):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names | {name.partition(".")[0] for name in names}


def test_only_one_module_asks_what_people_wrote_as_an_address() -> None:
    """W7: whoever else talks to another machine takes its address from the operator."""
    talks = {
        str(path): found
        for path, source in SOURCES
        if (found := imported(source) & TALKS) and "bench" not in path.parts
    }
    assert talks == MAY_TALK


def test_programs_are_started_by_the_jail_the_scanner_and_the_command_line_alone() -> None:
    starts = {str(path) for path, source in SOURCES if imported(source) & STARTS}
    assert {path for path in starts if "/bench/" not in path} == MAY_START
    shells = {
        str(path) for path, source in SOURCES if "shell=True" in source or "os.system" in source
    }
    assert shells == set()


def called(source: str) -> set[str]:
    return {
        node.func.id
        for node in tree(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def test_nothing_that_people_write_is_run() -> None:
    """W10, flaw-91, flaw-97, flaw-105, flaw-113: no text becomes a program or a template."""
    runs = {"eval", "exec", "compile", "__import__", "Template", "render_template_string"}
    assert [str(path) for path, source in SOURCES if called(source) & runs] == []


def test_marks_are_made_where_texts_are_shown_and_nowhere_else() -> None:
    """W3, flaw-96, flaw-114."""
    assert {str(path) for path, source in SOURCES if "Markup" in called(source)} == {
        "contest/messages/rendering.py",
        "contest/web/text.py",
    }


COMPUTED = r"\w\[(?![\"'\d])[^\]]+\]\s*(?:\|\||\?\?)?=[^=>]"  # name[key] = …
PROTOTYPES = re.compile(rf"__proto__|\bprototype\b|\bconstructor\s*\[|{COMPUTED}")


def test_no_script_sets_a_property_whose_name_it_was_given() -> None:
    scripts = {str(p): p.read_text() for p in Path("frontend").rglob("*.js")}
    assert len(scripts) > 5
    assert PROTOTYPES.search("kept[name] = value")
    assert [path for path, text in scripts.items() if PROTOTYPES.search(text)] == []
