"""Plays every address and method as everybody, and says in one word how each was received."""

import csv
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse

from contest.accounts.models import User
from contest.app import create_app
from contest.contests.models import Appointment, Contest, Phase, Role
from contest.core import clock
from contest.demo import cast as people
from contest.demo.play import Play, repeatable
from contest.entries.models import Entry
from contest.followup.models import Case
from contest.judging.models import Assignment
from contest.results.models import Certificate
from contest.schema import Base
from contest.teams.models import Member, Team
from contest.web import access
from contest.web.db import begin_writing, db
from tests import make
from tests.conftest import settings
from tests.journeys.demonstration import Demonstration
from tests.worlds.addresses import Addresses
from tests.worlds.asking import JSON, engine_of, use
from tests.worlds.pairs import (
    NAMED,
    NEIGHBOUR,
    OWN,
    ROLES,
    SCRIPT,
    certify,
    playing,
    session_of,
    settle,
)  # fmt: skip

TABLE = Path(__file__).with_name("matrix.csv")
MOMENTS = ("draft", "collecting", "judging", "embargo", "published", "follow-up")
JUDGE_ELSEWHERE = people.Person("Jorn Bakker", "jorn@elsewhere.example")
LEAD_ELSEWHERE = people.Person("Lies Mulder", "lies@elsewhere.example")
# The things asked about are those of one team and of the judge who reads its entry. Beside those of
# tests.worlds there are people who have the same part in the same contest, but for other things.
PEOPLE: dict[str, people.Person | None] = {
    **ROLES,
    "other team's lead": OWN.people[0],
    "other judge": NAMED.person,
    "judge elsewhere": JUDGE_ELSEWHERE,
    "lead elsewhere": LEAD_ELSEWHERE,
}
OPEN, SIGN_IN = "open", "sign-in"
Row = tuple[str, str]  # method and route
Answers = dict[tuple[Row, str], str]  # of a row to somebody


def received(status: int, location: str | None) -> str:
    """Return the class of an answer; everything that was let in is one, whatever became of it."""
    if status == 303 and (location or "").startswith("/sign-in?"):
        return SIGN_IN
    return {401: SIGN_IN, 403: "403", 404: "404", 405: "405"}.get(status, OPEN)


class Stage:
    """The demonstration at one moment; whatever is done to it is undone after each request."""

    def __init__(self, app: Flask, connection: Connection, moment: str) -> None:
        self.app, self.moment = app, moment
        with app.app_context():
            session = db.session()
            self.addresses = {
                (method, rule): url
                for method in ("GET", "POST")
                for rule, (url, *_) in Addresses(app, session, few=1, first=_concerned(session))
                .by_route(method)
                .items()
            }
            bags = {user.email: session_of(user) for user in session.scalars(select(User))}
            db.session.remove()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self._cookies = {
            who: f"session={signer.dumps(bags[person.email])}"
            for who, person in PEOPLE.items()
            if person is not None and person.email in bags
        }
        self._connection = connection

    def ask(self, who: str, row: Row) -> str:
        """Ask as somebody and undo it; a form is sent empty, so it gets no further than the door."""
        got = self.open(who, row, headers={"Accept": JSON})
        return received(got.status_code, got.headers.get("Location"))

    def open(
        self, who: str, row: Row, *, method: str = "", headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> TestResponse:  # fmt: skip
        """Ask as somebody and undo what that did."""
        with self.undone(who) as (client, cookie):
            return client.open(
                self.addresses[row], method=method or row[0], data=data,
                headers={**cookie, **(headers or {})},
            )  # fmt: skip

    @contextmanager
    def undone(self, who: str) -> Iterator[tuple[Client, dict[str, str]]]:
        """Give what asks, and the header that says as whom; whatever it does is undone."""
        cookie = {"Cookie": self._cookies[who]} if who in self._cookies else {}
        with self._connection.begin_nested() as undone:
            yield Client(self.app, use_cookies=False), cookie
            undone.rollback()

    @contextmanager
    def changed(self, change: Callable[[Session], None]) -> Iterator[None]:
        """Let something have happened while the block runs."""
        with self._connection.begin_nested() as undone:
            with Session(self._connection, join_transaction_mode="create_savepoint") as session:
                change(session)
                session.commit()
            yield
            undone.rollback()


@contextmanager
def stage(demonstration: Demonstration, moment: str) -> Iterator[Stage]:
    """Set the stage at a moment of the demonstration."""
    after, happens = BETWEEN.get(moment, (moment, _nothing))
    url = demonstration.copy(after)
    app = create_app(settings(demonstration.folder, url).model_copy(update={"DEVELOPMENT": False}))
    with app.app_context(), repeatable(1):
        begin_writing()
        play = playing(db.session(), after)
        happens(play)
        play.renew()
        _settle_elsewhere(play)
        settle(play)
        db.session.commit()
        db.engine.dispose()
    engine = engine_of(url)
    with engine.connect() as connection:
        outer = connection.begin()
        kept = use(app, connection)
        try:
            yield Stage(app, connection, moment)
        finally:
            use(app, kept)
            outer.rollback()
            clock.stop(None)
    kept.dispose()
    engine.dispose()


def _nothing(_play: Play) -> None:
    pass


def _draft(play: Play) -> None:
    """Nothing of the contest has been announced; whoever works in it already has a part."""
    play.contest.phase, play.contest.announced_at = Phase.DRAFT, None


# Moments at which the demonstration never stands: after which of its own, and what happens then.
BETWEEN = {"draft": ("collecting", _draft), "embargo": ("pitch-day", certify)}


def _settle_elsewhere(play: Play) -> None:
    """Let two people have a part in a contest of somebody else."""
    at = clock.now()
    contest = make.contest(play.session, slug="elsewhere-2017")
    make.appointment(play.session, contest, play.person(JUDGE_ELSEWHERE, at), Role.JUDGE)
    make.team(play.session, play.person(LEAD_ELSEWHERE, at), contest=contest)


def _concerned(session: Session) -> set[str]:
    """Return the ids of what is asked about: one team and all that is its own, and its judge's."""
    contest = session.scalars(select(Contest).where(Contest.slug == SCRIPT.slug)).one()
    team = session.scalars(select(Team).where(Team.name == NEIGHBOUR.name)).first()
    lead = uuid.uuid5(uuid.NAMESPACE_URL, NEIGHBOUR.people[0].email)  # the number of a session
    about = {contest.slug, str(contest.id), str(lead)}
    if team is None:
        return about
    about |= {str(team.id)}
    about |= set(map(str, session.scalars(select(Member.id).where(Member.team_id == team.id))))
    entry = session.scalars(select(Entry).where(Entry.team_id == team.id)).first()
    seat = session.scalars(
        select(Appointment).join(User).where(
            User.email == cast(people.Person, ROLES["judge"]).email, Appointment.role == Role.JUDGE
        )
    ).one()  # fmt: skip
    mine = select(Assignment.id).where(Assignment.appointment_id == seat.id).order_by(Assignment.id)
    about |= {str(seat.id), str(session.scalars(mine).first())}
    if entry is not None:
        about |= {str(entry.id)}
        about |= set(
            session.scalars(select(Certificate.code).where(Certificate.entry_id == entry.id))
        )
        about |= set(map(str, session.scalars(select(Case.id).where(Case.entry_id == entry.id))))
        for table in Base.metadata.sorted_tables:
            if "case_id" in table.c and "id" in table.c:
                rows = session.execute(select(table.c.id, table.c.case_id))
                about |= {str(number) for number, case in rows if str(case) in about}
    return about


def routes(app: Flask) -> list[Row]:
    """Return what the program declares, in the order of its addresses."""
    return sorted((method, rule) for rule, method in access.declared(app))


def played(demonstration: Demonstration, moment: str, people_: list[str]) -> Answers:
    """Play every row as these people; somebody who is not there yet is a stranger to all of it."""
    with stage(demonstration, moment) as set_:
        return {(row, who): set_.ask(who, row) for row in routes(set_.app) for who in people_}


def expected(moment: str) -> Answers:
    """Read the table: a row without moments holds at all of them that no other row names."""
    wanted: Answers = {}
    with TABLE.open(newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: bool(row["at"]))
    for row in rows:
        if not row["at"] or moment in row["at"].split():
            for who in PEOPLE:
                wanted[(row["method"], row["route"]), who] = row[who]
    return wanted


def write(answers: Mapping[str, Answers], rows: Sequence[Row]) -> None:
    """Write the table anew from what was played: to be read line by line before it is kept."""
    with TABLE.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["method", "route", "at", *PEOPLE])
        for row in sorted(rows, key=lambda row: (row[1], row[0])):
            alike: dict[tuple[str, ...], list[str]] = {}
            for moment in answers:
                alike.setdefault(tuple(answers[moment][row, who] for who in PEOPLE), []).append(
                    moment
                )
            for told, moments in alike.items():
                at = "" if len(moments) == len(answers) else " ".join(moments)
                out.writerow([*row, at, *told])
