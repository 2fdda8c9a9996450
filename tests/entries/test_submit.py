import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.contests.models import Round
from contest.core.errors import DomainError
from contest.core.words import Words
from contest.entries import actions, queries, receipt
from contest.entries.models import Entry, Lateness, QuestionForm, Receipt, State
from contest.events.models import Event
from contest.messages import rendering
from contest.messages.models import Message
from contest.undertakings.models import Kind
from tests import make
from tests.make import DAY, NOON
from tests.pages import Client
from tests.statements import counted, tables_under_the_head

KEY = receipt.signing_key("", "a secret of the tests")
US = timedelta(microseconds=1)


class Desk:
    """An entry whose draft can go."""

    def __init__(self, session: Session, *, grace_seconds: int = 0) -> None:
        self.session = session
        self.contest = make.contest(session)
        self.ada, self.bob = make.user(session), make.user(session, name="Bob")
        self.round: Round = make.round_(session, self.contest, grace_seconds=grace_seconds)
        self.form: QuestionForm = make.form(session, self.round)
        made = make.entry(session, self.ada, self.bob, contest=self.contest)
        make.draft(session, made, self.form)
        entry = queries.entry(session, made.id)
        assert entry is not None
        self.entry: Entry = entry

    def write(self, pitch: str) -> None:
        draft = queries.draft(self.session, self.entry.id, self.round.id)
        assert draft is not None
        draft.answers[0].value = pitch
        self.session.flush()

    def submit(self, *, at: object = NOON) -> Receipt:
        return actions.submit(self.session, self.entry, self.round, by=self.ada, at=at, key=KEY)  # type: ignore[arg-type]


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def test_submit_freezes_a_version_signs_a_receipt_and_mails_every_member(
    desk: Desk, session: Session
) -> None:
    made = desk.submit()

    version = made.version
    assert (version.number, version.submitted_at, version.lateness) == (1, NOON, Lateness.ON_TIME)
    assert desk.entry.state is State.SUBMITTED
    assert desk.form.frozen_at == NOON
    assert [a.get("value") for a in version.answers] == ["Reeds.", None]
    told, event = json.loads(made.body), session.scalars(select(Event)).one()
    assert (told["received_at"], told["answers"]) == ("2030-06-01T12:00:00.000000Z", version.sha256)
    assert (told["sequence"], told["event"]) == (event.sequence, event.hash)
    assert version.sha256 == receipt.digest(version.answers) == event.facts["sha256"]
    assert receipt.verifies(made.body, made.signature, receipt.public_key(KEY))
    assert queries.is_in_chain(session, made)
    mails = session.scalars(select(Message)).all()
    assert {(m.kind, m.recipient_id) for m in mails} == {
        ("receipt", desk.ada.id),
        ("receipt", desk.bob.id),
    }


def test_whoever_hands_in_keeps_others_waiting_only_for_record_and_receipt(
    desk: Desk, session: Session
) -> None:
    with counted(session) as statements:
        desk.submit()

    assert tables_under_the_head(statements) == {"chain_heads", "events", "receipts"}


def test_a_changed_draft_becomes_version_2_and_version_1_stays(
    desk: Desk, session: Session
) -> None:
    desk.submit()
    desk.write("Tall reeds.")
    desk.submit(at=NOON + timedelta(hours=1))

    found = queries.versions(session, desk.entry.id)
    assert [(v.number, v.answers[0]["value"]) for v in found] == [
        (2, "Tall reeds."),
        (1, "Reeds."),
    ]
    latest = queries.latest_version(session, desk.entry.id)
    assert latest is not None
    assert latest.number == 2


def test_the_same_draft_twice_makes_one_version(desk: Desk, session: Session) -> None:
    desk.submit()
    with pytest.raises(DomainError, match="Nothing has changed since version 1"):
        desk.submit()
    assert len(queries.versions(session, desk.entry.id)) == 1


def test_one_microsecond_decides_and_the_draft_is_kept(desk: Desk, session: Session) -> None:
    closes = desk.round.closes_at
    assert closes is not None
    with pytest.raises(DomainError, match="Your draft is kept as it is"):
        desk.submit(at=closes)
    assert queries.versions(session, desk.entry.id) == ()
    assert queries.draft(session, desk.entry.id, desk.round.id) is not None

    assert desk.submit(at=closes - US).version.lateness is Lateness.ON_TIME


def test_grace_and_an_extension_are_noted_on_the_version(session: Session) -> None:
    desk = Desk(session, grace_seconds=60)
    closes = desk.round.closes_at
    assert closes is not None
    assert desk.submit(at=closes).version.lateness is Lateness.GRACE
    desk.write("Later reeds.")

    with pytest.raises(DomainError, match="The deadline has passed"):
        desk.submit(at=closes + timedelta(seconds=60))
    actions.extend(session, desk.round, desk.entry.team, closes + DAY, "The power failed.",
                   by=desk.bob, at=closes)  # fmt: skip
    late = desk.submit(at=closes + DAY - US)

    assert late.version.lateness is Lateness.EXTENSION
    assert "extension.given" in session.scalars(select(Event.verb)).all()
    kinds = session.scalars(select(Message.kind)).all()
    assert kinds.count("extension_given") == 2


def test_an_extension_must_lead_beyond_the_rounds_own_end(desk: Desk, session: Session) -> None:
    closes = desk.round.closes_at
    assert closes is not None
    with pytest.raises(DomainError, match="after the round's own end"):
        actions.extend(session, desk.round, desk.entry.team, closes, "No.", by=desk.bob, at=NOON)


def test_what_is_missing_is_listed_with_the_place_that_mends_it(
    desk: Desk, session: Session
) -> None:
    make.undertaking(session, desk.contest, Kind.RULES)
    signed = make.undertaking(session, desk.contest, Kind.IP)
    for member in (desk.ada, desk.bob):
        make.signature(session, signed, member)
    desk.write("")

    fields = queries.fields(desk.form, queries.draft(session, desk.entry.id, desk.round.id))
    missing = queries.missing(session, desk.entry.team, fields, title="Reed filter", at=NOON)
    assert [(b.place, b.facts.get("name")) for b in missing] == [
        ("entries.write", None),
        ("undertakings.sign", "Ada Lovelace"),
        ("undertakings.sign", "Bob"),
    ]
    with pytest.raises(DomainError, match="is not answered yet"):
        desk.submit()


def test_a_withdrawn_entry_keeps_its_reason_and_may_come_back_in_time(desk: Desk) -> None:
    desk.submit()
    actions.withdraw(desk.session, desk.entry, "We merged.", by=desk.ada, at=NOON)
    assert (desk.entry.state, desk.entry.withdrawn_reason) == (State.WITHDRAWN, "We merged.")

    assert desk.submit().version.number == 2
    assert desk.entry.withdrawn_reason == ""


def test_every_member_is_told_who_withdrew_the_entry_and_until_when_it_can_come_back(
    app: Flask, desk: Desk
) -> None:
    desk.submit()
    actions.withdraw(desk.session, desk.entry, "We merged.", by=desk.bob, at=NOON)

    told = desk.session.scalars(select(Message).where(Message.kind == "withdrawn")).all()
    assert {m.recipient_id for m in told} == {desk.ada.id, desk.bob.id}
    with app.test_request_context():
        letter = rendering.render(told[0])
    assert letter.subject == "“Reed filter” is withdrawn: Clean Rivers"
    assert "Bob withdrew your team's entry" in letter.body
    assert "We merged." in letter.body
    assert "Until 2 Jun 2030, 20:00 (UTC+8) it can be handed in again" in letter.body
    assert f"/teams/{desk.entry.team_id}/entry" in letter.body


@pytest.mark.parametrize(
    ("given", "until"), [(None, None), (NOON + 5 * DAY, "Until 6 Jun 2030, 20:00 (UTC+8)")]
)
def test_after_the_deadline_a_withdrawn_entry_comes_back_only_where_the_team_had_more_time(
    app: Flask, desk: Desk, given: datetime | None, until: str | None
) -> None:
    desk.submit()
    if given is not None:
        make.extension(desk.session, desk.entry.team, desk.round, given)
    actions.withdraw(desk.session, desk.entry, "", by=desk.ada, at=NOON + 2 * DAY)

    told = desk.session.scalars(select(Message).where(Message.kind == "withdrawn")).all()
    with app.test_request_context():
        body = rendering.render(told[0]).body
    assert (until or "it does not come back") in body
    assert "The reason given" not in body
    assert ("it can be handed in again" in body) is (until is not None)


def test_a_question_of_the_call_that_is_new_is_named_when_handing_in(
    session: Session, desk: Desk
) -> None:
    desk.write("Reeds.")
    make.eligibility(session, desk.round.contest, question="Insured?")

    with pytest.raises(DomainError, match="is not answered yet") as refused:
        desk.submit()

    assert refused.value.facts == {"question": Words(en="Insured?")}


@pytest.mark.usefixtures("noon")
def test_the_page_of_withdrawing_says_whether_the_entry_can_come_back(
    client: Client, session: Session
) -> None:
    desk = Desk(session)
    desk.submit()
    client.sign_in(desk.ada)
    address = f"/entries/{desk.entry.id}/withdraw"
    assert (NOON + DAY).isoformat() in client.page(address).text

    desk.round.closes_at, desk.entry.state = NOON - DAY, State.ADVANCED
    make.round_(session, desk.contest, number=2)

    assert "cannot come back" in client.page(address).text
