"""An entry that its team writes, hands in and takes back while screeners decide on it."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.contests.models import Round
from contest.core.errors import DomainError
from contest.entries import actions, queries, receipt
from contest.entries.models import Entry, InfoRequest, Receipt, State, Version
from contest.judging.queries import panel
from tests import make
from tests.lives.game import Game, Move, moving

KEY = receipt.signing_key("", "a secret of the tests")
ON = {  # the life of an entry up to the judging, as the design tells it
    State.DRAFT: {State.SUBMITTED},
    State.SUBMITTED: {State.ELIGIBLE, State.INELIGIBLE, State.INFO_REQUESTED, State.WITHDRAWN},
    State.INFO_REQUESTED: {State.SUBMITTED, State.ELIGIBLE, State.INELIGIBLE, State.WITHDRAWN},
    State.ELIGIBLE: {State.SUBMITTED, State.INELIGIBLE, State.WITHDRAWN},
    State.INELIGIBLE: {State.SUBMITTED},
    State.WITHDRAWN: {State.SUBMITTED},
}


class EntryGame(Game):
    """One team, one screener, one deadline with ten minutes of grace."""

    def begin(self, session: Session) -> None:
        contest = make.contest(session)
        lead, screener = make.user(session), make.user(session, name="Screener")
        round_ = make.round_(session, contest, grace_seconds=600)
        form = make.form(session, round_)
        entry = make.entry(session, lead, contest=contest)
        make.draft(session, entry, form)
        self.entry_id, self.round_id, self.form_id = entry.id, round_.id, form.id
        self.lead_id, self.screener_id = lead.id, screener.id
        assert round_.closes_at is not None
        self.last: datetime = round_.closes_at + timedelta(seconds=600)
        self.asked_until: datetime = make.NOON
        self.seen: dict[uuid.UUID, tuple[object, ...]] = {}
        self.words = 0

    thing: tuple[Entry, Round]

    def load(self, session: Session) -> tuple[Entry, Round]:
        entry = queries.entry(session, self.entry_id)
        round_ = session.get(Round, self.round_id, options=[joinedload(Round.contest)])
        assert entry is not None
        assert round_ is not None
        return entry, round_

    def stage(self) -> State:
        return self.thing[0].state

    def moved(self, name: str, before: State, after: State) -> None:
        if before is not after:
            assert after in ON[before], f"{before} to {after} by {name}"
        if name == "submit":
            right = self.asked_until if before is State.INFO_REQUESTED else self.last
            assert self.at < right, f"taken at {self.at}, the right ended at {right}"

    def write(self, session: Session) -> None:
        draft = queries.draft(session, self.entry_id, self.round_id)
        assert draft is not None
        self.words += 1
        draft.answers[0].value = f"Reeds {self.words}."

    def submit(self, session: Session) -> None:
        entry, round_ = self.thing
        actions.submit(session, entry, round_, by=self.who(session), at=self.at, key=KEY)

    def withdraw(self, session: Session) -> None:
        actions.withdraw(session, self.thing[0], "We merge.", by=self.who(session), at=self.at)

    def eligible(self, session: Session) -> None:
        actions.find_eligible(session, *self.thing, by=self.staff(session), at=self.at)

    def ineligible(self, session: Session) -> None:
        actions.find_ineligible(session, *self.thing, rule="4", reason="Too late founded.",
                                by=self.staff(session), at=self.at)  # fmt: skip

    def ask(self, session: Session) -> None:
        form = queries.form(session, self.round_id)
        assert form is not None
        until = self.at + timedelta(days=1)
        actions.request_info(session, *self.thing, [form.questions[0].id], message="Where?",
                             until=until, by=self.staff(session), at=self.at)  # fmt: skip
        self.asked_until = until

    def reconsider(self, session: Session) -> None:
        actions.reconsider(
            session, *self.thing, reason="A mistake.", by=self.staff(session), at=self.at
        )

    def extend(self, session: Session) -> None:
        entry, round_ = self.thing
        until = self.at + timedelta(days=1)
        actions.extend(session, round_, entry.team, until, "A flood.", by=self.staff(session),
                       at=self.at)  # fmt: skip
        self.last = max(until, self.ends(round_))

    def ends(self, round_: Round) -> datetime:
        ends = round_.grace_ends_at()
        assert ends is not None
        return ends

    def begin_screening(self, session: Session) -> None:
        actions.begin_screening(session, self.thing[1], by=self.staff(session), at=self.at)

    def start_judging(self, session: Session) -> None:
        actions.start_judging(session, self.thing[1], by=self.staff(session), at=self.at)

    def clock(self, session: Session) -> None:
        if not actions.begin_all_due(session, at=self.at):
            raise DomainError("Nothing is due.")

    def who(self, session: Session) -> User:
        return session.get_one(User, self.lead_id)

    def staff(self, session: Session) -> User:
        return session.get_one(User, self.screener_id)

    def look(self, session: Session) -> None:
        versions = session.scalars(
            select(Version).where(Version.entry_id == self.entry_id).order_by(Version.number)
        ).all()
        assert [v.number for v in versions] == list(range(1, len(versions) + 1))
        receipts = {r.version_id: r for r in session.scalars(select(Receipt))}
        now: dict[uuid.UUID, tuple[object, ...]] = {
            v.id: (v.sha256, str(v.answers), v.submitted_at, v.lateness,
                   receipts[v.id].body, receipts[v.id].signature)
            for v in versions
        }  # fmt: skip
        for number, seen in self.seen.items():
            assert now[number] == seen, "what was acknowledged has changed"
        self.seen = now
        entry, round_ = self.load(session)
        assert (entry.state is State.DRAFT) == (not versions)
        judged = [e.id for e in panel.judged_entries(session, round_)]
        assert judged == ([entry.id] if entry.state is State.ELIGIBLE else [])
        waiting = session.scalars(
            select(InfoRequest).where(
                InfoRequest.entry_id == entry.id, InfoRequest.answered_at.is_(None)
            )
        ).all()
        assert waiting or entry.state is not State.INFO_REQUESTED

    moves: ClassVar[dict[str, Move]] = {
        "write": write,
        "submit": submit,
        "withdraw": withdraw,
        "find eligible": eligible,
        "find ineligible": ineligible,
        "ask": ask,
        "reconsider": reconsider,
        "extend": extend,
        "begin screening": begin_screening,
        "start judging": start_judging,
        "clock": clock,
    }
    move = moving([*sorted(moves), "write", "submit", "submit"])
