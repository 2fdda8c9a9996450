import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from contest.entries import receipt as proofs
from contest.entries.cli import receipt
from tests.make import NOON

KEY = proofs.signing_key("", "a secret of the tests")
DECK = b"the deck"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    body = proofs.body(
        {
            "contest": "shanghai-2019", "round": 1, "version": 2, "received_at": NOON,
            "chain": "c", "sequence": 7, "event": "e",
            "files": [{"sha256": hashlib.sha256(DECK).hexdigest(), "bytes": len(DECK)}],
        }
    )  # fmt: skip
    path = tmp_path / "receipt.json"
    path.write_text(
        json.dumps(
            {"body": body, "signature": proofs.sign(body, KEY), "key": proofs.public_key(KEY)}
        )
    )
    return path


def test_a_receipt_is_verified_without_the_site(file: Path, tmp_path: Path) -> None:
    deck = tmp_path / "deck.pdf"
    deck.write_bytes(DECK)

    result = CliRunner().invoke(
        receipt, ["verify", str(file), "--key", proofs.public_key(KEY), "--document", str(deck)]
    )

    assert result.exit_code == 0, result.output
    assert "genuine: shanghai-2019, round 1, version 2" in result.output
    assert "arrived: 2030-06-01T12:00:00.000000Z" in result.output
    assert f"in it: {deck}" in result.output


def test_what_does_not_hold_ends_with_1_and_says_why(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(b"another deck")
    forged = tmp_path / "forged.json"
    forged.write_text(file.read_text().replace("2030-06-01T12", "2030-06-01T11"))
    nonsense = tmp_path / "nonsense.json"
    nonsense.write_text("{}")
    for words, sentence in (
        ([str(forged)], "the signature does not fit the text"),
        ([str(file), "--key", "00" * 32], "signed with another key"),
        ([str(file), "--document", str(other)], "not one of those handed in"),
        ([str(nonsense)], "this is not a receipt"),
    ):
        result = CliRunner().invoke(receipt, ["verify", *words])
        assert (result.exit_code, sentence in result.output) == (1, True), result.output
