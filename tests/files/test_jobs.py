from io import BytesIO

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.files import actions, jobs, queries
from contest.files.arrival import arrive
from contest.files.models import Rendition, Scan
from contest.files.sending import store
from contest.web.db import db
from tests import make


def test_the_pages_of_a_received_deck_are_drawn_once_however_often_asked(
    app: Flask, session: Session
) -> None:
    with app.app_context():
        arrived = arrive(store(), BytesIO(make.pdf(pages=2)), "deck.pdf", limit_bytes=10**6)
        file = actions.receive(db.session(), arrived, by=None, at=make.NOON)
        jobs.render(str(file.id))
        jobs.render(str(file.id))
        db.session.commit()  # as the worker does
        pages = queries.renditions(db.session(), [file.id])[file.id]
        assert all(store().has(picture.sha256) for picture in pages)

    assert (file.scan, file.pages) == (Scan.CLEAN, 2)
    assert [(p.page, p.width) for p in pages] == [(1, 1200), (2, 1200)]
    assert len(session.scalars(select(Rendition)).all()) == 4
