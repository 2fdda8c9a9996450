"""A result that is decided, computed, signed, dated, published and corrected while entries come and go."""

import json
import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.contests.actor import Actor
from contest.contests.models import Contest, Role, Round
from contest.core.errors import DomainError
from contest.entries import actions as entries
from contest.entries import queries as entry_queries
from contest.entries.models import Entry, State
from contest.messages.models import Message
from contest.results import snapshot
from contest.results.actions import decisions, sets
from contest.results.models import Certificate, ResultSet, ResultState
from contest.results.queries import sets as queries
from contest.results.queries import shown
from tests.lives.game import Game, Move, moving
from tests.results.story import choices, story, swapped

ON = {
    None: {ResultState.COMPUTED},
    ResultState.COMPUTED: {ResultState.CERTIFIED, ResultState.DISCARDED},
    ResultState.CERTIFIED: {ResultState.EMBARGOED, ResultState.DISCARDED},
    ResultState.EMBARGOED: {ResultState.PUBLISHED, ResultState.DISCARDED},
    ResultState.PUBLISHED: {ResultState.SUPERSEDED},
    ResultState.SUPERSEDED: set(),
    ResultState.DISCARDED: set(),
}
TOLD = {State.AWARDED, State.NOT_AWARDED}


class ResultGame(Game):
    """Three entries, two prizes, three officers."""

    def begin(self, session: Session) -> None:
        told = story(session)
        self.told = told
        self.contest_id, self.round_id = told.contest.id, told.round.id
        self.entry_ids = [e.id for e in told.entries]
        self.officers = {
            "organiser": (told.organiser.id, Role.ORGANISER),
            "chair": (told.chair.id, Role.CHAIR),
            "sponsor": (told.officer.id, Role.SPONSOR),
        }
        self.seen: dict[uuid.UUID, tuple[str, str, str]] = {}
        self.states: dict[uuid.UUID, ResultState] = {}
        self.instants: dict[uuid.UUID, datetime] = {}

    def load(self, session: Session) -> tuple[Contest, Round, ResultSet | None]:
        contest = session.get(Contest, self.contest_id, options=[joinedload(Contest.series)])
        round_ = session.get(Round, self.round_id, options=[joinedload(Round.contest)])
        assert contest is not None
        assert round_ is not None
        return contest, round_, queries.live(session, self.contest_id)

    def stage(self) -> None:
        return None

    def moved(self, name: str, before: None, after: None) -> None:
        """`look` follows each result by itself."""

    def person(self, session: Session, name: str) -> User:
        return session.get_one(User, self.officers[name][0])

    def live(self) -> ResultSet:
        found: ResultSet | None = self.thing[2]
        if found is None:
            raise DomainError("No result is on its way.")
        return found

    def propose(self, session: Session) -> None:
        decisions.propose(session, self.thing[1], choices(session, self.thing[1]),
                          by=self.person(session, "chair"), at=self.at)  # fmt: skip

    def propose_otherwise(self, session: Session) -> None:
        decisions.propose(session, self.thing[1], swapped(self.told),
                          by=self.person(session, "chair"), at=self.at)  # fmt: skip

    def apply(self, session: Session) -> None:
        decisions.apply(session, self.thing[1], by=self.person(session, "chair"), at=self.at)

    def take_back(self, session: Session) -> None:
        decisions.take_back(session, self.thing[1], reason="A mistake.",
                            by=self.person(session, "chair"), at=self.at)  # fmt: skip

    def compute(self, session: Session) -> None:
        sets.compute(session, self.thing[0], by=self.person(session, "chair"), at=self.at,
                     reason="The patent was invalid.")  # fmt: skip

    def sign(self, session: Session, who: str) -> None:
        made, (_, role) = self.live(), self.officers[who]
        sets.sign(session, made, code=made.sha256[:8], role=role, by=self.person(session, who),
                  at=self.at)  # fmt: skip

    def date(self, session: Session, minutes: int) -> None:
        made = self.live()
        until = self.at + timedelta(minutes=minutes)
        sets.embargo(session, made, publish_at=until, by=self.person(session, "chair"), at=self.at)
        self.instants[made.id] = until

    def publish(self, session: Session) -> None:
        if not sets.publish(session, self.live(), by=None, at=self.at):
            raise DomainError("Its instant has not come.")

    def discard(self, session: Session) -> None:
        sets.discard(session, self.live(), reason="A mistake.", by=self.person(session, "chair"),
                     at=self.at)  # fmt: skip

    def entry(self, session: Session, number: int) -> Entry:
        found = entry_queries.entry(session, self.entry_ids[number])
        assert found is not None
        return found

    def withdraw(self, session: Session, number: int) -> None:
        entries.withdraw(session, self.entry(session, number), "We merge.",
                         by=self.told.leads[number], at=self.at)  # fmt: skip

    def find_ineligible(self, session: Session) -> None:
        entries.find_ineligible(session, self.entry(session, 0), self.thing[1], rule="4",
                                reason="Founded too early.", by=self.person(session, "organiser"),
                                at=self.at)  # fmt: skip

    def retitle(self, session: Session) -> None:
        self.entry(session, 1).title = f"Renamed at {self.at}"

    def look(self, session: Session) -> None:
        found = session.scalars(
            select(ResultSet).where(ResultSet.contest_id == self.contest_id)
            .options(selectinload(ResultSet.signatures)).order_by(ResultSet.number)
        ).all()  # fmt: skip
        assert [r.number for r in found] == list(range(1, len(found) + 1))
        assert sum(r.state in queries.LIVE for r in found) <= 1
        public = [r for r in found if r.state is ResultState.PUBLISHED]
        assert len(public) <= 1
        for each in found:
            self.follow(each)
        was_public = any(r.published_at is not None for r in found)
        self.visible(session, public[0] if public else None, was_public=was_public)

    def follow(self, each: ResultSet) -> None:
        before = self.states.get(each.id)
        way = {each.state, *(() if before is None else (before,))}
        assert len(way) == 1 or each.state in self.reach(before), f"{before} to {each.state}"
        text = each.body, each.salt, each.sha256
        assert self.seen.setdefault(each.id, text) == text
        self.states[each.id] = each.state
        assert snapshot.digest(each.salt, each.body) == each.sha256
        if each.certified_at is not None:
            assert len({s.user_id for s in each.signatures}) >= 2
        if each.published_at is not None:
            assert each.publish_at is not None
            assert self.instants[each.id] == each.publish_at <= each.published_at <= self.at

    def reach(self, before: ResultState | None) -> set[ResultState]:
        """Return where two moves may lead, for two happen between looks where one overtakes another."""
        first = ON[before]
        return first.union(*(ON[state] for state in first)) if first else set()

    def visible(self, session: Session, public: ResultSet | None, *, was_public: bool) -> None:
        visitor = Actor(None, self.contest_id)
        told = shown.results_for(session, self.contest_id, visitor)
        states = {e: session.get_one(Entry, e).state for e in self.entry_ids}
        mails = session.scalars(select(Message.kind)).all()
        if not was_public:
            assert told is None
            assert not TOLD & set(states.values()), "entries tell the result before its instant"
            assert "result_published" not in mails
            assert not session.scalars(select(Certificate.id)).all()
            for step in shown.history(session, self.contest_id):
                assert step.salt == step.reason == ""
        if public is not None:
            assert told is not None
            assert told.sha256 == public.sha256
            for award in json.loads(public.body)["awards"]:
                assert states[uuid.UUID(award["entry"])] is State.AWARDED, (states, self.path)

    moves: ClassVar[dict[str, Move]] = {
        "propose": propose,
        "propose otherwise": propose_otherwise,
        "apply": apply,
        "take back": take_back,
        "compute": compute,
        "organiser signs": lambda self, s: self.sign(s, "organiser"),
        "chair signs": lambda self, s: self.sign(s, "chair"),
        "sponsor signs": lambda self, s: self.sign(s, "sponsor"),
        "date now": lambda self, s: self.date(s, 0),
        "date later": lambda self, s: self.date(s, 90),
        "publish": publish,
        "discard": discard,
        "winner withdraws": lambda self, s: self.withdraw(s, 0),
        "other withdraws": lambda self, s: self.withdraw(s, 2),
        "winner is ineligible": find_ineligible,
        "retitle": retitle,
    }
    usual = (
        "propose",
        "apply",
        "compute",
        "organiser signs",
        "sponsor signs",
        "date now",
        "publish",
    )
    move = moving([*sorted(moves), *usual * 4])
