import pytest

from contest.accounts import address
from contest.core.errors import DomainError


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada@Example.ORG ", "ada@example.org"),
        ("jürgen@bücher.de", "jürgen@xn--bcher-kva.de"),
        ("li.wei+x@xnode.co.jp", "li.wei+x@xnode.co.jp"),
    ],
)
def test_an_address_is_stored_in_one_way(typed: str, stored: str) -> None:
    assert address.normalised(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "ada", "ada@", "@example.org", "a b@example.org", "a" * 300 + "@example.org",
              "ada@example.org\nbcc: eve@example.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        address.normalised(typed)
    assert refusal.value.field == "email"
