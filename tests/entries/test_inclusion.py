"""L4: a receipt proves, without us, that it stood in the signed record; nothing else shows."""

import json
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy.orm import Session

from contest.core import signing
from contest.entries.cli import receipt
from contest.events import checkpoints
from tests import make
from tests.entries.test_pages import Place
from tests.pages import Client

KEY = signing.signing_key("", "a secret for the tests")


def test_a_receipt_proves_offline_that_it_stood_in_the_signed_record(
    client: Client, session: Session, tmp_path: Path
) -> None:
    place = Place(session)
    client.sign_in(place.ada)
    client.post(place.write, data={"title": "Reed filter", f"q-{place.pitch.id}": "Reeds",
                                   f"_base-q-{place.pitch.id}": "0"})  # fmt: skip
    address = client.post(f"{place.write}/submit").location
    file = tmp_path / "receipt.json"

    def downloaded() -> dict[str, object]:
        file.write_text(client.get(f"{address}/receipt.json").text)
        return dict(json.loads(file.read_text()))

    def checked(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(receipt, ["verify", str(file), *words])
        return result.exit_code, result.output

    assert "inclusion" not in downloaded()
    assert "none yet" in checked()[1]
    checkpoints.take(session, KEY, at=make.NOON)
    told = downloaded()

    assert "on record when that was signed at 2030-06-01T12:00:00.000000Z" in checked()[1]
    assert checked("--key", signing.public_key(KEY))[0] == 0
    proof = told["inclusion"]
    assert isinstance(proof, dict)
    for name, wrong in (("path", [["left", "00" * 32]]), ("blind", "00"), ("key", "00" * 32)):
        file.write_text(json.dumps(told | {"inclusion": proof | {name: wrong}}))
        assert checked()[0] == 1, name
