"""What a play stands on: its session, its clock, its people."""

import random
import secrets
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts import actions as accounts
from contest.accounts.models import User
from contest.contests import queries as contests
from contest.contests.models import Appointment, Contest, Mode, Role, Round, RoundKind
from contest.core import clock
from contest.demo import call, cast
from contest.demo.cast import JudgeCast, Person
from contest.demo.script import Script
from contest.entries import queries as entries
from contest.entries.models import Entry
from contest.files.store import Store
from contest.organisations.models import Organisation
from contest.teams.models import Team
from contest.undertakings import actions as undertakings
from contest.undertakings import queries as promises
from contest.undertakings.models import Kind as Promise

T = TypeVar("T")


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Make ids and entry codes the same each time, so that two builds differ in nothing but secrets."""
    source = random.Random(seed)  # noqa: S311 -- not for secrets
    new_id, choice = uuid.uuid4, secrets.choice
    uuid.uuid4 = lambda: uuid.UUID(int=source.getrandbits(128), version=4)
    secrets.choice = source.choice
    try:
        yield
    finally:
        uuid.uuid4, secrets.choice = new_id, choice


class Play:
    """One contest being played. `run_promised` does the jobs that are due, as the worker would."""

    def __init__(
        self,
        session: Session,
        script: Script,
        *,
        store: Store,
        key: Ed25519PrivateKey,
        run_promised: Callable[[], None],
    ) -> None:
        self.session, self.script, self.store, self.key = session, script, store, key
        self.run_promised = run_promised
        self.slug = script.slug
        self.tables: Round | None = None
        self.readiness: Round | None = None
        self.renew()

    def renew(self) -> None:
        """Forget what is loaded, as between two requests, and load what every step needs."""
        self.session.flush()
        self.session.expunge_all()
        self.people: dict[str, User] = {}
        self.firms = {o.slug: o for o in self.session.scalars(select(Organisation))}
        contest = contests.by_slug(self.session, self.slug)
        if contest is not None:
            self.contest: Contest = contest
            for round_ in contests.rounds(self.session, contest.id):
                if round_.number == 1:
                    self.desk: Round = round_
                elif round_.kind is RoundKind.PITCH:
                    self.pitch: Round = round_
                elif round_.mode is Mode.PAIRWISE:
                    self.tables = round_
                else:
                    self.readiness = round_
            self.tracks = dict(
                zip(call.TRACKS, contests.tracks(self.session, contest.id), strict=False)
            )
            self.teams = {
                t.name: t.id
                for t in self.session.scalars(select(Team).where(Team.contest_id == contest.id))
            }

    # What the play stands on

    def at(self, instant: datetime) -> datetime:
        """Move the clock on."""
        clock.stop(instant)
        return instant

    def person(self, wanted: Person, at: datetime) -> User:
        """Return the person, who signs up if nobody has the address."""
        known = self.people.get(wanted.email) or self.session.scalar(
            select(User).where(User.email == wanted.email)
        )
        if known is None:
            known = accounts.invite(
                self.session, email=wanted.email, name=wanted.name, locale=wanted.locale,
                by=None, at=at,
            )  # fmt: skip
        if known.confirmed_at is None:
            accounts.confirm(self.session, known, number=secrets.token_urlsafe(12), name=wanted.name,
                             password=None, at=at)  # fmt: skip
            accounts.change_profile(self.session, known, name=wanted.name, locale=wanted.locale,
                                    zone=wanted.zone, by=known, at=at)  # fmt: skip
        self.people[wanted.email] = known
        return known

    def user(self, person: Person) -> User:
        """Return somebody who signed up before."""
        if person.email not in self.people:
            self.people[person.email] = self.session.scalars(
                select(User).where(User.email == person.email)
            ).one()
        return self.people[person.email]

    @property
    def organiser(self) -> User:
        return self.user(cast.ORGANISER)

    @property
    def chair(self) -> User:
        return self.user(cast.CHAIR)

    def sign(self, user: User, kinds: Sequence[Promise], at: datetime) -> None:
        for text in promises.unsigned(self.session, user, "contest", self.contest.id, kinds, at):
            lang = user.locale if user.locale in text.body else "en"
            whole = found(promises.text(self.session, text.id))
            undertakings.sign(self.session, whole, lang=lang, by=user, at=at)

    def entries(self) -> list[Entry]:
        found_ = entries.entries_of(self.session, self.contest.id)
        return sorted(found_, key=lambda e: e.team.name)

    def appointment(self, judge: JudgeCast) -> Appointment:
        user = self.user(judge.person)
        return found(contests.appointment_of(self.session, self.contest.id, user.id, Role.JUDGE))


def found(thing: T | None) -> T:
    """Return what the play itself made a moment ago."""
    if thing is None:
        raise LookupError("the demonstration lacks something that an earlier step makes")
    return thing
