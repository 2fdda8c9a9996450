"""P3 and P6: each class goes on its day, nothing else does, and what went is written down."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.contests.models import Appointment, Contest, Phase, Role
from contest.entries.models import Attachment, DraftAnswer, Entry, Version
from contest.events import queries as events
from contest.events.log import Verb, record
from contest.files.models import File
from contest.judging.models import Scorecard
from contest.messages.models import Message, State
from contest.privacy import files, retention
from contest.privacy.actions import retaining
from contest.privacy.models import Class, Removal
from contest.privacy.retention import RULES
from contest.results.models import Award
from contest.teams.models import TeamInvitation
from contest.upkeep import invariants
from contest.vault.models import DocumentView
from tests import make
from tests.entries.test_submit import Desk
from tests.make import DAY, NOON
from tests.pages import Client


class Ended:
    """A contest that ended at noon, with something of every class; the winner's is kept."""

    def __init__(self, session: Session) -> None:
        self.session = session
        desk = Desk(session)
        desk.submit()
        self.contest, self.entry = desk.contest, desk.entry
        self.chief = make.user(session)
        make.appointment(session, self.contest, self.chief, Role.ORGANISER)
        self.judge = make.appointment(session, self.contest, make.user(session))
        card = make.scorecard(
            session,
            make.assignment(session, desk.round, self.judge, desk.entry),
            make.rubric(session, desk.round), 3, 4,
        )  # fmt: skip
        card.note = "I know them"
        version = session.scalars(select(Version)).one()
        self.file = make.file(session)
        session.add(
            Attachment(version=version, question_id=desk.form.questions[1].id, file=self.file)
        )
        session.add(DocumentView(user_id=self.judge.user_id, file=self.file, version=version,
                                 capacity="judge", at=NOON))  # fmt: skip
        self.unsent = make.entry(session, make.user(session), contest=self.contest, title="Half")
        make.draft(session, self.unsent, desk.form, pitch="Half a thought")
        session.add(
            TeamInvitation(
                team_id=self.entry.team_id, email="invited@example.org", invited_by=desk.ada.id,
                invited_at=NOON, expires_at=NOON + DAY,
            )
        )  # fmt: skip
        for message in session.scalars(select(Message)):
            message.state, message.contest_id = State.SENT, self.contest.id
        self.contest.phase, self.contest.concluded_at = Phase.CONCLUDED, NOON
        record(session, Verb.CONTEST_CONCLUDED, self.contest, by=self.chief.id, at=NOON,
               contest_id=self.contest.id)  # fmt: skip
        session.flush()

    def things(self) -> dict[Class, int]:
        self.session.expire_all()
        return {line.kind: line.things for line in retention.foreseen(self.session, self.contest)}


@pytest.fixture
def ended(session: Session) -> Ended:
    return Ended(session)


ALL = {
    Class.ACCESS: 1, Class.DRAFTS: 1, Class.INVITATIONS: 1, Class.NOTES: 1, Class.MESSAGES: 2,
    Class.LEDGER: 1, Class.ENTRIES: 1,
}  # fmt: skip


def test_p3_what_would_go_is_foreseen_and_nothing_changes(ended: Ended) -> None:
    assert ended.things() == ALL
    assert ended.things() == ALL


@pytest.mark.parametrize("kind", list(Class))
def test_p3_each_class_goes_on_its_day_and_no_other(ended: Ended, kind: Class) -> None:
    only = {k.value: RULES[k].days if k is kind else None for k in Class}
    retaining.choose(ended.session, ended.contest, only, by=ended.chief, at=NOON)
    day = NOON + timedelta(days=RULES[kind].days)

    assert retaining.keep_to(ended.session, ended.contest, at=day - timedelta(seconds=1)) == []
    [removal] = retaining.keep_to(ended.session, ended.contest, at=day)

    assert (removal.kind, removal.things) == (kind.value, ALL[kind])
    after = ended.things()
    gone_with = {Class.ENTRIES: {Class.LEDGER}}.get(kind, set())  # nobody opens what is not there
    assert after == {k: 0 if k is kind or k in gone_with else n for k, n in ALL.items()}
    assert retaining.keep_to(ended.session, ended.contest, at=day + DAY) == []


def test_p6_judges_lose_their_rights_and_organisers_do_not(ended: Ended) -> None:
    retaining.keep_to(ended.session, ended.contest, at=NOON + 30 * DAY)
    ended.session.expire_all()
    left = ended.session.scalars(
        select(Appointment.role).where(
            Appointment.contest_id == ended.contest.id, Appointment.ended_at.is_(None)
        )
    ).all()
    assert left == [Role.ORGANISER]


def test_two_years_later_the_proofs_still_hold(app: Flask, ended: Ended) -> None:
    ended.session.expire_all()
    late = NOON + 3 * 365 * DAY
    assert len(retaining.keep_to(ended.session, ended.contest, at=late)) == len(Class)
    ended.session.expire_all()
    version = ended.session.scalars(select(Version)).one()
    assert (version.answers, version.forgotten_at) == ([], late)
    assert ended.session.scalars(select(File)).all() == []
    assert ended.session.scalars(select(DraftAnswer)).all() == []
    assert ended.session.scalars(select(Scorecard)).one().note == ""
    for check in (invariants.chain, invariants.proofs, invariants.scores):
        assert list(check(ended.session, app.extensions["files"])) == []
    assert events.verify(ended.session).faults == ()


def test_an_entry_that_won_or_is_shown_in_the_gallery_is_kept(ended: Ended) -> None:
    prize = make.prize(ended.session, ended.contest)
    ended.session.add(Award(prize_id=prize.id, entry_id=ended.entry.id, place=1,
                            given_by=ended.chief.id, given_at=NOON))  # fmt: skip
    ended.session.flush()
    assert ended.things()[Class.ENTRIES] == 0


def test_nothing_is_due_before_a_contest_has_ended(session: Session, ended: Ended) -> None:
    ended.contest.phase = Phase.RUNNING
    assert retaining.keep_to(session, ended.contest, at=NOON + 9999 * DAY) == []


def test_a_file_that_is_still_used_elsewhere_stays(session: Session, ended: Ended) -> None:
    assert files.let_go(session, [ended.file.id]) == 0
    assert session.scalar(select(func.count()).select_from(File)) == 1


def test_bytes_are_swept_a_day_after_the_last_row_is_gone(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = app.extensions["files"]
    kept = store.put(io.BytesIO(b"nobody wants me"), 100)
    assert files.sweep(session, store) == 0
    monkeypatch.setattr(files, "GRACE_SECONDS", -60)
    assert files.sweep(session, store) >= 1
    assert not store.has(kept.sha256)


def test_the_page_shows_what_goes_when_and_takes_other_days(
    client: Client, session: Session, ended: Ended
) -> None:
    client.sign_in(ended.chief)
    address = f"/contests/{ended.contest.slug}/retention"
    page = client.page(address).text
    assert "Drafts that were never handed in" in page
    days = {kind.value: RULES[kind].days for kind in Class}
    assert client.post(address, data={**days, "ledger": "-1"}).status_code == 422
    assert client.post(address, data={**days, "ledger": ""}).status_code == 303
    session.expire_all()
    assert retention.days(session, ended.contest)[Class.LEDGER] is None
    retaining.keep_to(session, ended.contest, at=NOON + 31 * DAY)
    session.flush()
    assert "Nothing was removed" not in client.page(address).text
    assert session.scalars(select(Removal)).one().kind == "access"


def test_the_page_of_an_entry_says_that_it_was_removed(
    client: Client, session: Session, ended: Ended
) -> None:
    retaining.keep_to(session, ended.contest, at=NOON + 1095 * DAY)
    session.flush()
    session.expire_all()
    client.sign_in(ended.chief)
    page = client.page(f"/entries/{ended.entry.id}").text
    assert "this contest keeps them no longer" in page
    assert "Reeds." not in page


def test_the_command_foresees_and_then_removes(
    app: Flask, session: Session, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = ended.contest.slug
    monkeypatch.setattr("contest.core.clock.now", lambda: NOON + 31 * DAY)
    foreseen = app.test_cli_runner().invoke(args=["retention", "--dry-run"]).output
    assert f"{slug:<30} access            1  now" in foreseen
    done = app.test_cli_runner().invoke(args=["retention"])
    assert done.exit_code == 0, done.output
    assert f"{slug:<30} access            1  removed" in done.output
    session.expire_all()
    assert session.get(Contest, ended.contest.id) is not None
    assert session.scalars(select(Entry)).all()
