"""A contest about to close, with teams that have written nothing yet and are signed in."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.app import create_app
from contest.contests.models import Round
from contest.core import clock
from contest.entries import queries
from contest.entries.actions import drafts
from contest.entries.models import Question, QuestionKind
from contest.files import look
from contest.files.arrival import Arrived
from contest.files.models import Scan
from contest.teams.models import Member
from contest.web.db import begin_writing, db
from tests import make
from tests.conftest import settings
from tests.rush.instance import SECRET

Headers = dict[str, str]


@dataclass(frozen=True, slots=True, eq=False)
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


def closing(hall: Hall, filled: Filled, closes_at: datetime) -> Filled:
    """Let it close then."""
    with hall.session(writes=True) as session:
        session.scalars(select(Round)).one().closes_at = closes_at
    return replace(filled, closes_at=closes_at)


def attach(hall: Hall, filled: Filled, decks: Mapping[Team, bytes]) -> None:
    """Let these teams have put a deck into their draft some time before."""
    store = hall.app.extensions["files"]
    with hall.session(writes=True) as session:
        question = session.get_one(Question, uuid.UUID(filled.deck.removeprefix("q-")))
        round_ = session.scalars(select(Round)).one()
        leads = {
            member.team_id: member.user
            for member in session.scalars(select(Member).options(joinedload(Member.user)))
        }
        for known, deck in decks.items():
            kept = store.put(BytesIO(deck), len(deck))
            arrived = Arrived("deck.pdf", kept.sha256, len(deck), look.PDF, 1, Scan.CLEAN)
            team = queries.team(session, known.id)
            assert team is not None
            drafts.attach(session, team, round_, question, arrived, by=leads[known.id],
                          at=clock.now(), limit_bytes=2 * len(deck))  # fmt: skip
