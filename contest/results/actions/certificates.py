"""Writes down certificates that were made."""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from contest.events.log import Verb, record
from contest.files.models import File, Scan
from contest.results.models import Certificate
from contest.results.queries.certificates import Wanted

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that reads like something else
CODE_LENGTH = 28


def new_code() -> str:
    """Return a code that nobody guesses: 138 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def issue(
    session: Session, wanted: Wanted, *, code: str, sha256: str, size_bytes: int, at: datetime
) -> Certificate:
    """Add the certificate whose stored PDF has this hash."""
    # Not through files.receive: we made these bytes, so nobody scans them or draws their pages.
    file = File(
        sha256=sha256, size_bytes=size_bytes, type="application/pdf",
        name=f"certificate-{code}.pdf", scan=Scan.CLEAN, pages=1, uploaded_at=at,
    )  # fmt: skip
    session.add(file)
    session.flush()
    made = Certificate(
        result_set_id=wanted.result_set.id,
        entry_id=wanted.entry.id,
        award_id=wanted.award_id,
        lang=wanted.lang,
        file_id=file.id,
        code=code,
        made_at=at,
    )
    session.add(made)
    record(
        session, Verb.CERTIFICATE_MADE, made, by=None, at=at,
        contest_id=wanted.result_set.contest_id, entry_id=wanted.entry.id, file_id=file.id,
    )  # fmt: skip
    return made
