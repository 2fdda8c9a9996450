from io import BytesIO

import pytest
from flask import Flask

from contest.core.errors import DomainError
from contest.files import sending
from contest.files.models import PLAIN, File, Rendition, Scan
from contest.files.store import Store
from contest.web.downloads import attachment
from tests import make


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("deck.pdf", "attachment; filename=\"deck.pdf\"; filename*=UTF-8''deck.pdf"),
        (
            '创"x;.pdf',
            "attachment; filename=\"__x_.pdf\"; filename*=UTF-8''%E5%88%9B%22x%3B.pdf",
        ),
    ],
)
def test_downloads_carry_their_name_in_both_spellings(name: str, header: str) -> None:
    assert attachment(name) == header


@pytest.fixture
def here(app: Flask, kept: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setitem(app.extensions, "files", kept)
    return kept


def test_files_are_sent_as_attachments_that_nobody_keeps_or_runs(app: Flask, here: Store) -> None:
    """F2, F3, flaw-92, flaw-95: the same from this disk and from an object store."""
    with app.test_request_context():
        kept = here.put(BytesIO(make.pdf()), 1024 * 1024)
        file = File(sha256=kept.sha256, size_bytes=kept.size_bytes, name="d.html",
                    type="application/pdf", scan=Scan.CLEAN)  # fmt: skip
        response = sending.send(file)
        picture = sending.send(Rendition(sha256=kept.sha256, kind="page"), cache_seconds=60)
        copy = sending.send(Rendition(sha256=kept.sha256, kind=PLAIN), name="7K2M.pdf")

    assert response.get_data() == make.pdf()
    assert response.mimetype == copy.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="d.html.pdf"')
    assert copy.headers["Content-Disposition"].startswith('attachment; filename="7K2M.pdf"')
    assert (picture.mimetype, picture.headers["Content-Disposition"]) == ("image/webp", "inline")
    for answer, keeping in (
        (response, "private, no-store"), (copy, "private, no-store"), (picture, "private, max-age=60"),
    ):  # fmt: skip
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == keeping
        assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())


@pytest.mark.parametrize("scan", [Scan.PENDING, Scan.REFUSED])
def test_what_no_scanner_has_let_pass_is_sent_to_nobody(app: Flask, scan: Scan) -> None:
    """F8."""
    with app.test_request_context(), pytest.raises(DomainError, match="scanner"):
        sending.send(File(sha256="a" * 64, name="d.pdf", type="application/pdf", scan=scan))
