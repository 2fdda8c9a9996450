"""P2: after an erasure nothing says who somebody was, and every hash still holds."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import SignIn, User
from contest.contests.models import Role, RoundPhase
from contest.core.errors import DomainError
from contest.entries.models import Entry, State
from contest.events import queries as events
from contest.events.models import Event
from contest.followup.models import Stage
from contest.judging.models import AssignmentState, Scorecard
from contest.messages.models import Message
from contest.privacy import jobs, queries
from contest.privacy.actions import erasing
from contest.privacy.models import PATIENCE, Erasure
from contest.teams.models import TeamInvitation
from contest.web.db import begin_writing, db
from tests import make
from tests.pages import Client
from tests.privacy.canary import Canary, canary, rows_with


@pytest.fixture
def ada(app: Flask, session: Session) -> Canary:
    canary(session, app.extensions["files"], "CNRY-bob")
    return canary(session, app.extensions["files"], "CNRY-ada")


def test_p2_no_row_says_who_somebody_was(session: Session, ada: Canary) -> None:
    assert len(rows_with(session, *ada.words)) >= 12
    others = rows_with(session, "CNRY-bob")

    erasing.erase(session, ada.user, by=ada.user.id, at=make.NOON)

    assert rows_with(session, *ada.words) == set()
    assert len(rows_with(session, "CNRY-bob")) == len(others)
    assert len(rows_with(session, *ada.kept)) == 2  # the team's answer, and the comment to a team


def test_p2_the_person_keeps_a_number_and_cannot_sign_in(session: Session, ada: Canary) -> None:
    number = ada.user.id
    erasing.erase(session, ada.user, by=number, at=make.NOON)
    user = session.scalars(select(User).where(User.id == number)).one()
    assert (user.name, user.email) == (f"N. N. {number.hex[:4]}", f"{number.hex}@erased.invalid")
    assert (user.active, user.password, user.erased_at) == (False, None, make.NOON)
    assert not user.has_factor()


def test_p2_the_record_holds_and_tells_of_the_erasure(session: Session, ada: Canary) -> None:
    before = session.scalars(select(Event.hash).order_by(Event.chain, Event.sequence)).all()
    erasing.erase(session, ada.user, by=ada.user.id, at=make.NOON)
    assert events.verify(session).faults == ()
    hashes = session.scalars(select(Event.hash)).all()
    assert set(before) <= set(hashes)
    verbs = session.scalars(select(Event.verb).where(Event.subject_id == ada.user.id)).all()
    assert "user.erased" in verbs


def test_scores_stay_under_nobodys_name(session: Session, ada: Canary) -> None:
    erasing.erase(session, ada.user, by=ada.user.id, at=make.NOON)
    card = session.scalars(select(Scorecard).where(Scorecard.comment == "CNRY-ada-comment")).one()
    assert card.note == ""
    assert card.submitted_at is not None


def test_an_invitation_without_its_address_opens_the_team_to_nobody(
    session: Session, ada: Canary
) -> None:
    erasing.erase(session, ada.user, by=ada.user.id, at=make.NOON)
    open_to_all = select(TeamInvitation).where(
        TeamInvitation.email.is_(None), TeamInvitation.revoked_at.is_(None)
    )
    assert session.scalars(open_to_all).all() == []


def test_what_somebody_began_alone_goes_with_its_files(session: Session, ada: Canary) -> None:
    erasing.erase(session, ada.user, by=ada.user.id, at=make.NOON)
    assert rows_with(session, ada.sha256) == set()


def test_a_letter_to_another_names_nobody_any_more(session: Session, ada: Canary) -> None:
    number = ada.user.id
    erasing.erase(session, ada.user, by=number, at=make.NOON)
    told = session.scalars(
        select(Message).where(Message.subject == f"N. N. {number.hex[:4]} joined")
    )
    message = told.one()
    assert message.facts == {"person": f"N. N. {number.hex[:4]}"}
    assert message.body == f"Write to {number.hex}@erased.invalid."


# --- what stands in the way ---


def leads_others(session: Session, user: User) -> None:
    make.team(session, user, make.user(session), contest=make.contest(session))


def answers_alone_for_an_entry(session: Session, user: User) -> None:
    contest = make.contest(session)
    make.entry(session, user, contest=contest, state=State.SUBMITTED)


def has_entries_to_score(session: Session, user: User) -> None:
    contest = make.contest(session)
    seat = make.appointment(session, contest, user)
    round_ = make.round_(session, contest, phase=RoundPhase.JUDGING)
    entry = make.entry(session, make.user(session), contest=contest)
    make.assignment(session, round_, seat, entry, state=AssignmentState.OPENED)


def organises_alone(session: Session, user: User) -> None:
    make.contest(session, organiser=user)


def administers_alone(session: Session, user: User) -> None:
    user.is_admin = True
    session.flush()


def owns_a_case(session: Session, user: User) -> None:
    entry = make.entry(session, make.user(session), contest=make.contest(session))
    make.case(session, entry, make.organisation(session), stage=Stage.POC, sponsor_owner=user)


BARS: list[tuple[Callable[[Session, User], None], str]] = [
    (leads_others, "Hand over the lead first"),
    (answers_alone_for_an_entry, "nobody else is left to answer for it"),
    (has_entries_to_score, "1 entries still wait for you as a judge"),
    (organises_alone, "Nobody else organises “Clean Rivers”"),
    (administers_alone, "Nobody else administers this instance"),
    (owns_a_case, "You are in charge of “Reed filter”"),
]


@pytest.mark.parametrize(("bar", "told"), BARS)
def test_nobody_is_erased_who_would_leave_others_alone(
    client: Client, session: Session, bar: Callable[[Session, User], None], told: str
) -> None:
    ada = make.user(session)
    assert queries.obstacles(session, ada) == []
    bar(session, ada)
    client.sign_in(ada)
    page = client.page("/profile/erase").text
    assert told in page
    assert "Erase my account" not in page
    with pytest.raises(DomainError):
        erasing.ask(session, ada, by=ada, at=make.NOON)


def test_a_second_organiser_and_a_finished_round_hold_nobody_back(session: Session) -> None:
    ada = make.user(session)
    contest = make.contest(session, organiser=ada)
    make.appointment(session, contest, make.user(session), Role.ORGANISER)
    seat = make.appointment(session, contest, ada)
    entry = make.entry(session, make.user(session), contest=contest)
    over = make.round_(session, contest, phase=RoundPhase.PUBLISHED)
    make.assignment(session, over, seat, entry, state=AssignmentState.OPENED)
    assert queries.obstacles(session, ada) == []


# --- asked, waited for, carried out ---


def hour(client: Client, at: datetime) -> None:
    """Do what a worker does every hour."""
    with client.application.app_context():
        begin_writing()
        jobs.keep(at=at)
        db.session.commit()


def test_an_erasure_is_asked_for_waited_for_and_carried_out(
    client: Client, session: Session
) -> None:
    ada = make.user(session, name="Ada Canary", email="ada.canary@example.org")
    client.sign_in(ada)
    assert client.post("/profile/erase", data={"email": "bob@example.org"}).status_code == 422
    assert (
        client.post("/profile/erase", data={"email": "Ada.Canary@example.org"}).status_code == 303
    )
    assert "This account will be erased" in client.page("/profile/data").text
    [letter] = session.scalars(select(Message))
    assert letter.kind == "erasure_asked"

    hour(client, make.NOON + PATIENCE - timedelta(seconds=1))
    session.expire_all()
    assert ada.erased_at is None
    hour(client, make.NOON + PATIENCE)
    session.expire_all()
    assert ada.erased_at == make.NOON + PATIENCE
    assert rows_with(session, "Ada Canary", "ada.canary@example.org") == set()
    assert client.get("/profile").status_code == 303  # signed out


def test_whoever_finds_a_browser_left_alone_neither_erases_nor_carries_away(
    client: Client, session: Session
) -> None:
    ada = make.user(session)
    client.sign_in(ada)
    for sign_in in session.scalars(select(SignIn)):
        sign_in.proved_at = make.NOON - timedelta(hours=1)
    session.flush()
    for address in ("/profile/erase", f"/profile/data/{ada.id}/fetch"):
        got = client.post(address, data={"email": ada.email})
        assert got.status_code == 401, address
        assert "Is it still you?" in got.text
    assert session.scalars(select(Erasure)).all() == []


def test_an_erasure_is_taken_back(client: Client, session: Session) -> None:
    ada = make.user(session)
    client.sign_in(ada)
    client.post("/profile/erase", data={"email": ada.email})
    client.post("/profile/erase/take-back")
    assert "Your account stays." in client.page("/profile/data").text
    hour(client, make.NOON + 2 * PATIENCE)
    session.expire_all()
    assert ada.erased_at is None


def test_an_erasure_that_has_come_in_somebodys_way_waits_and_says_so_once(
    client: Client, session: Session
) -> None:
    ada = make.user(session)
    erasing.ask(session, ada, by=ada, at=make.NOON)
    leads_others(session, ada)
    for hours in (0, 1):
        hour(client, make.NOON + PATIENCE + timedelta(hours=hours))
    session.expire_all()
    assert ada.erased_at is None
    kinds = [m.kind for m in session.scalars(select(Message))]
    assert sorted(kinds) == ["erasure_asked", "erasure_waits"]


def test_an_administrator_erases_another_and_says_why(client: Client, session: Session) -> None:
    admin, ada = make.user(session, is_admin=True), make.user(session)
    client.sign_in(ada)
    assert client.get("/people/erase").status_code == 403
    client.sign_in(admin)
    assert "/people/erase" in client.page("/profile/data").text
    client.page("/people/erase")
    wrong = client.post("/people/erase", data={"email": "no@example.org", "reason": "Asked"})
    assert "Nobody here has this address." in wrong.text
    client.post("/people/erase", data={"email": ada.email, "reason": "Asked by telephone"})
    erasure = session.scalars(select(Erasure)).one()
    assert (erasure.user_id, erasure.asked_by, erasure.reason) == (
        ada.id, admin.id, "Asked by telephone",
    )  # fmt: skip
    [letter] = session.scalars(select(Message))
    assert letter.recipient_id == ada.id


def test_somebody_in_a_running_contest_leaves_the_team_and_its_entry_stays(
    session: Session,
) -> None:
    bob, ada = make.user(session), make.user(session)
    entry = make.entry(session, bob, ada, contest=make.contest(session), state=State.SUBMITTED)
    erasing.erase(session, ada, by=ada.id, at=make.NOON)
    verbs = session.scalars(select(Event.verb).where(Event.subject_id == entry.team_id)).all()
    assert verbs == ["team.left"]
    assert session.scalars(select(Entry.title).where(Entry.id == entry.id)).one() == "Reed filter"
