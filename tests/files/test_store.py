"""Where the bytes are: on this disk, or in an object store."""

import hashlib
import io

import pytest

from contest.core.errors import DomainError
from contest.files.store import Store, from_url

BYTES = b"%PDF-1.7 not really" * 50_000


def test_what_was_put_comes_back_under_its_hash(kept: Store) -> None:
    arrived = kept.put(io.BytesIO(BYTES), 2_000_000)

    assert arrived.sha256 == hashlib.sha256(BYTES).hexdigest()
    with kept.local(arrived.sha256) as path:
        assert path.read_bytes() == BYTES


def test_more_than_the_limit_is_refused_while_it_streams_and_leaves_nothing(kept: Store) -> None:
    with pytest.raises(DomainError):
        kept.put(io.BytesIO(BYTES), 1000)
    assert kept.root is None or [p for p in kept.root.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("url", ["file://files", "file:files", "ftp://host/files"])
def test_an_address_that_would_store_files_somewhere_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="file://"):
        from_url(url)
