from io import BytesIO

import pytest
from flask import Flask

from contest.files import sending
from contest.files.models import File, Rendition, Scan
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


def test_files_are_sent_as_attachments_that_nobody_keeps_or_runs(app: Flask) -> None:
    with app.test_request_context():
        kept = sending.store().put(BytesIO(make.pdf()), 1024 * 1024)
        file = File(
            sha256=kept.sha256,
            size_bytes=kept.size_bytes,
            name="d.pdf",
            type="application/pdf",
            scan=Scan.CLEAN,
        )
        response = sending.send(file)
        picture = sending.send(Rendition(sha256=kept.sha256), cache_seconds=60)

    assert response.get_data() == make.pdf()
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Content-Disposition"] == "inline"
    assert picture.headers["Cache-Control"] == "private, max-age=60"
