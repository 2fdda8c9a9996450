"""Notes who opened which document. The ledger only grows."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.entries.models import Version
from contest.files.models import File
from contest.vault.models import DocumentView

ONE_VISIT = timedelta(hours=1)  # opening it again within this is the same visit


def opened(
    session: Session, version: Version, file: File, *, capacity: str, by: User, at: datetime
) -> DocumentView:
    """Note that somebody opens a file of a version, as judge, screener, chair or organiser.

    Within an hour of their last opening it is the same visit and the same line.
    """
    last = session.scalar(
        select(DocumentView)
        .where(
            DocumentView.user_id == by.id,
            DocumentView.file_id == file.id,
            DocumentView.version_id == version.id,
            DocumentView.at > at - ONE_VISIT,
        )
        .order_by(DocumentView.at.desc())
        .limit(1)
    )
    if last is not None:
        return last
    view = DocumentView(
        user_id=by.id, file_id=file.id, version_id=version.id, capacity=capacity, at=at
    )
    session.add(view)
    session.flush()
    return view
