"""What opens strangers' files can do nothing else, and what it says is not believed (F5)."""

import json
from pathlib import Path
from typing import Any

import pytest

from contest.files import jail, look
from contest.files.jail import Jail
from tests import make

KINDS = list(Jail) if jail.kind() is Jail.BUBBLEWRAP else [Jail.LIMITS]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_in_the_jail_talks_to_anybody_or_starts_a_program(kind: Jail) -> None:
    seen = jail.probe(kind)
    assert (seen["network"], seen["programs"]) == (False, False)
    assert seen["files"] is (kind is Jail.LIMITS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_jail_reads_a_deck(
    kind: Jail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jail, "kind", lambda: kind)
    deck = tmp_path / "deck.pdf"
    deck.write_bytes(make.pdf(pages=2))
    assert look.inspect(deck).pages == 2
    with look.pictures(deck) as drawn:
        assert len(drawn) == 4


@pytest.mark.parametrize(
    "program",
    [
        "while True: pass",
        "room = []\nwhile True: room.append(bytearray(1 << 20))",
        "import sys\nwhile True: sys.stdout.write('x' * 1000)",
        "import time; time.sleep(60)",
        "import os; os.kill(os.getpid(), 11)",
        "print('[' * 900_000)",
        "print('[1, 2]')",
    ],
    ids=["time", "memory", "output", "sleep", "crash", "nesting", "no words"],
)
def test_whatever_a_reader_does_is_over_soon_and_says_nothing(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "jailed.py"
    known = jail.JAILED.read_text().partition('if __name__ == "__main__"')[0]
    known = known.replace('"look": 10,', '"look": 1,', 1)
    script.write_text(f"{known}\nlock_up('look')\n{program}\n")
    monkeypatch.setattr(jail, "JAILED", script)
    monkeypatch.setattr(jail, "SECONDS", {"look": 1.5})

    assert jail.run("look", script) is None


@pytest.mark.parametrize(
    "told",
    [
        {}, {"type": ["application/pdf"], "pages": 1}, {"type": look.PDF, "pages": "1"},
        {"type": look.PDF}, {"fault": "no such fault"}, {"fault": ["locked"]}, {"type": None},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_an_answer_that_is_none_is_a_refusal(
    told: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jail, "run", lambda *_: told)
    assert not look.inspect(tmp_path).decision


def test_a_reader_that_was_taken_over_hands_out_no_file_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by a link in its folder nor by a name that leads out of it."""
    secret = tmp_path / "secret.webp"
    secret.write_text("the key of all sessions")

    def taken_over(_verb: str, _given: Path, folder: Path) -> dict[str, Any]:
        (folder / "1-page.webp").symlink_to(secret)
        (folder / "2-page.webp").write_text("drawn")
        names: list[Any] = [
            (1, "page"),
            (2, "page"),
            (3, "page"),
            (2, f"/../../{secret.stem}"),
            ("2", "page"),
        ]
        return {"drawn": [{"page": p, "kind": k, "size": [1, 1]} for p, k in names] + [7]}

    monkeypatch.setattr(jail, "run", taken_over)
    with look.pictures(tmp_path / "deck.pdf") as drawn:
        assert [picture.page for picture in drawn] == [2]
    assert jail.written(tmp_path, "../" + tmp_path.name + "/secret.webp") is None
