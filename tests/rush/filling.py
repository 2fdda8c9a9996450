"""A contest about to close, with teams that have written nothing yet and are signed in."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.app import create_app
from contest.entries.models import QuestionKind
from contest.web.db import begin_writing, db
from tests import make
from tests.conftest import settings
from tests.rush.instance import SECRET

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Team:
    """What one submitter knows: where to send what, and the headers of somebody signed in."""

    number: int
    id: uuid.UUID
    headers: Headers

    @property
    def path(self) -> str:
        return f"/teams/{self.id}/entry"


@dataclass(frozen=True, slots=True)
class Filled:
    """The contest: its teams, its two questions and until when it takes entries."""

    teams: tuple[Team, ...]
    pitch: str
    deck: str
    closes_at: datetime
    grace_seconds: int


@dataclass
class Hall:
    """An app of our own on the database of an instance, to fill it and to look behind it."""

    url: str
    folder: Path
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(settings(self.folder, self.url))

    @contextmanager
    def session(self, *, writes: bool = False) -> Iterator[Session]:
        """Give a session; what was written is kept. No connection stays behind."""
        with self.app.app_context():
            if writes:
                begin_writing()
            yield db.session()
            if writes:
                db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def headers(self, session: Session, user: User) -> Headers:
        """Return the headers with which this person comes from now on."""
        token = hashlib.sha1(user.id.bytes, usedforsecurity=False).hexdigest()
        held = {**make.signed_in(session, user), "csrf_token": token}
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        csrf = URLSafeTimedSerializer(SECRET, "wtf-csrf-token").dumps(token)
        return {"Cookie": f"session={signer.dumps(held)}", "X-CSRFToken": str(csrf)}


def fill(hall: Hall, *, teams: int, closes_at: datetime, grace_seconds: int) -> Filled:
    """Write the contest into an empty database."""
    with hall.session(writes=True) as session:
        contest = make.contest(session, slug="rush", organiser=make.user(session))
        round_ = make.round_(session, contest, closes_at=closes_at, grace_seconds=grace_seconds)
        pitch, deck = make.form(session, round_).questions
        pitch.kind = QuestionKind.LINE  # so it is the entry's title too
        made = []
        for number in range(teams):
            lead = make.user(session, email=f"lead{number}@example.org")
            team = make.team(session, lead, contest=contest, name=f"Team {number}")
            made.append(Team(number, team.id, hall.headers(session, lead)))
        return Filled(tuple(made), f"q-{pitch.id}", f"q-{deck.id}", closes_at, grace_seconds)
