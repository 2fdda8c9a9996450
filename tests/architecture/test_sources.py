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
