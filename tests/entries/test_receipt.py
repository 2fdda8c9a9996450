import json

import pytest

from contest.entries import receipt
from tests import make

KEY = receipt.signing_key("", "a secret of the tests")
BODY = receipt.body({"entry": "x", "received_at": make.NOON, "files": [{"bytes": 3}]})


def test_a_receipt_is_canonical_and_verifies_with_the_public_key_alone() -> None:
    signature = receipt.sign(BODY, KEY)

    assert BODY == (
        '{"entry":"x","files":[{"bytes":3}],"format":"contest-receipt-v1",'
        '"received_at":"2030-06-01T12:00:00.000000Z"}'
    )
    assert receipt.verifies(BODY, signature, receipt.public_key(KEY))


@pytest.mark.parametrize("place", range(0, 108, 7))
def test_a_flipped_bit_anywhere_fails(place: int) -> None:
    signature, public = receipt.sign(BODY, KEY), receipt.public_key(KEY)

    def flip(text: str) -> str:
        return text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]

    assert not receipt.verifies(flip(BODY), signature, public)
    assert not receipt.verifies(BODY, flip(signature), public)
    assert not receipt.verifies(BODY, signature, flip(public) if place < 64 else "00" * 32)


def test_a_signature_of_something_else_is_no_receipt() -> None:
    other = json.dumps({"format": "something else"})
    assert not receipt.verifies(other, receipt.sign(other, KEY), receipt.public_key(KEY))


def test_the_key_comes_from_its_own_setting_or_from_the_secret() -> None:
    seed = "11" * 32
    assert receipt.public_key(receipt.signing_key(seed, "x")) == receipt.public_key(
        receipt.signing_key(seed, "y")
    )
    assert receipt.public_key(KEY) != receipt.public_key(receipt.signing_key("", "another"))
