"""A sealed backup opens by its passphrase alone, and only as it was."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from contest.app import create_app
from contest.upkeep import sealing
from contest.web.db import begin_writing, db
from tests import databases, make
from tests.conftest import settings

WORDS = b"correct horse battery staple"
PIECE = sealing.PIECE + sealing.TAG
START = len(sealing.HEAD) + sealing.SALT


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "COST", 2**4)


def sealed(folder: Path, size: int) -> Path:
    (folder / "plain").write_bytes(bytes(n % 251 for n in range(size)))
    sealing.seal(folder / "plain", folder / "sealed", WORDS)
    return folder / "sealed"


@pytest.mark.parametrize(
    "size", [0, 1, sealing.PIECE - 1, sealing.PIECE, sealing.PIECE + 1, 200_000]
)
def test_what_was_sealed_comes_back(tmp_path: Path, size: int) -> None:
    file = sealed(tmp_path, size)

    sealing.unseal(file, tmp_path / "again", WORDS)

    assert (tmp_path / "again").read_bytes() == (tmp_path / "plain").read_bytes()
    assert sealing.is_sealed(file)
    assert not sealing.is_sealed(tmp_path / "plain")


def flipped(data: bytes) -> bytes:
    return data[:-5] + bytes([data[-5] ^ 1]) + data[-4:]


ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "flipped": flipped,
    "other salt": lambda data: data[: len(sealing.HEAD)] + bytes(16) + data[START:],
    "cut within a piece": lambda data: data[:-1],
    "cut after a piece": lambda data: data[: START + 2 * PIECE],
    "nothing left": lambda data: data[:START],
    "first piece gone": lambda data: data[:START] + data[START + PIECE :],
    "pieces swapped": lambda data: (
        data[:START]
        + data[START + PIECE : START + 2 * PIECE]
        + data[START : START + PIECE]
        + data[START + 2 * PIECE :]
    ),
    "something behind": lambda data: data + b"x",
    "not sealed": lambda data: data[1:],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_changed_is_not_opened(tmp_path: Path, attack: str) -> None:
    file = sealed(tmp_path, 200_000)
    file.write_bytes(ATTACKS[attack](file.read_bytes()))

    with pytest.raises(sealing.NotOpened):
        sealing.unseal(file, tmp_path / "again", WORDS)


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(sealing.NotOpened, match="another one"):
        sealing.unseal(sealed(tmp_path, 100), tmp_path / "again", WORDS + b"x")


@pytest.fixture
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An instance on a database of its own: a backup is one instant of it."""
    folder = tmp_path_factory.mktemp("sealing")
    made = create_app(settings(folder, databases.new(folder)))
    with made.app_context():
        with db.session.begin():
            begin_writing()
            make.user(db.session(), email="ada@example.org")
        engine = db.engine
    yield made
    engine.dispose()


@pytest.mark.database
def test_the_commands_seal_check_and_refuse(instance: Flask, tmp_path: Path) -> None:
    words, file = tmp_path / "words", tmp_path / "backup"
    words.write_bytes(WORDS)
    run = instance.test_cli_runner().invoke

    done = run(args=["backup", str(file), "--passphrase-file", str(words)])

    assert (done.exit_code, "holds" in done.output) == (0, True), done.output
    assert b"ada@example.org" not in file.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "words"]
    refused = run(args=["restore", str(file)])
    assert (refused.exit_code, "the passphrase is another one" in refused.output) == (1, True)
    words.write_bytes(b"short")
    assert run(args=["backup", str(file), "--passphrase-file", str(words)]).exit_code == 2
