from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.core.errors import DomainError
from contest.entries import actions, queries
from contest.entries.models import Entry, Question, QuestionForm
from contest.events.models import Event
from contest.files.arrival import arrive
from contest.files.sending import store
from contest.teams.models import Team
from tests import make
from tests.make import NOON
from tests.statements import counted, tables_under_the_head


class Desk:
    """A team at its draft: one round, one form, two members."""

    def __init__(self, session: Session) -> None:
        self.session = session
        contest = make.contest(session)
        self.ada, self.bob = make.user(session), make.user(session, name="Bob")
        team = queries.team(session, make.team(session, self.ada, self.bob, contest=contest).id)
        assert team is not None
        self.team: Team = team
        self.round = make.round_(session, contest)
        self.form: QuestionForm = make.form(session, self.round)

    @property
    def pitch(self) -> Question:
        return self.form.questions[0]

    def save(self, value: str, base: int, **kwargs: object) -> actions.Saved:
        given = {"by": self.ada, "at": NOON, **kwargs}
        return actions.save(
            self.session,
            self.team,
            self.round,
            self.pitch,
            value,
            base=base,
            **given,  # type: ignore[arg-type]
        )


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def test_the_first_keystroke_begins_the_entry_once(desk: Desk, session: Session) -> None:
    assert desk.save("R", 0).revision == 1
    assert desk.save("Re", 1, by=desk.bob).revision == 2

    entry = session.scalars(select(Entry)).one()
    assert (entry.team_id, len(entry.code)) == (desk.team.id, 6)
    assert [e.verb for e in session.scalars(select(Event))] == ["entry.begun"]


def test_the_first_keystroke_keeps_others_waiting_only_for_its_record(
    desk: Desk, session: Session
) -> None:
    with counted(session) as statements:
        desk.save("R", 0)

    assert tables_under_the_head(statements) == {"chain_heads", "events"}


def test_two_members_in_different_places_of_a_text_both_keep_their_words(desk: Desk) -> None:
    desk.save("Reeds clean rivers.\nIt is cheap.", 0)
    desk.save("Tall reeds clean rivers.\nIt is cheap.", 1)

    saved = desk.save("Reeds clean rivers.\nIt is cheap and quick.", 1, by=desk.bob)

    assert saved.value == "Tall reeds clean rivers.\nIt is cheap and quick."
    # Bob's page still shows his own text; what he types next is merged from there.
    later = desk.save("Reeds clean rivers.\nIt is cheap and very quick.", saved.own_revision)
    assert later.value == "Tall reeds clean rivers.\nIt is cheap and very quick."


def test_two_members_in_the_same_place_are_shown_both_texts(desk: Desk) -> None:
    desk.save("Reeds clean rivers.", 0)
    desk.save("Reeds save rivers.", 1)

    with pytest.raises(actions.Stale) as stale:
        desk.save("Reeds love rivers.", 1, by=desk.bob)

    assert (stale.value.mine, stale.value.theirs) == ("Reeds love rivers.", "Reeds save rivers.")
    assert desk.save("Reeds love rivers.", stale.value.revision, by=desk.bob).revision == 3


def test_saving_the_same_again_changes_nothing(desk: Desk) -> None:
    desk.save("Reeds.", 0)
    assert desk.save("Reeds.", 0, by=desk.bob) == actions.Saved("Reeds.", 1, 1)


def test_a_late_save_is_refused_with_a_sentence_and_the_draft_stays(
    desk: Desk, session: Session
) -> None:
    desk.save("Reeds.", 0)
    assert desk.round.closes_at is not None

    with pytest.raises(DomainError, match="Your draft is kept as it is, nothing is lost"):
        desk.save("Reeds!", 1, at=desk.round.closes_at)

    entry = session.scalars(select(Entry)).one()
    draft = queries.draft(session, entry.id, desk.round.id)
    assert [f.value for f in queries.fields(desk.form, draft)] == ["Reeds.", ""]


def test_a_replaced_deck_takes_the_older_ones_place_in_the_draft(
    desk: Desk, session: Session, app: Flask
) -> None:
    deck = desk.form.questions[1]
    with app.app_context():
        first, second = (
            arrive(store(), BytesIO(make.pdf(pages=n)), f"{n}.pdf", limit_bytes=10**6)
            for n in (1, 2)
        )
    for arrived in (first, second):
        actions.attach(
            session, desk.team, desk.round, deck, arrived, by=desk.ada, at=NOON, limit_bytes=10**6
        )

    entry = session.scalars(select(Entry)).one()
    fields = queries.fields(desk.form, queries.draft(session, entry.id, desk.round.id))
    assert fields[1].file is not None
    assert (fields[1].file.name, fields[1].file.pages, fields[1].revision) == ("2.pdf", 2, 2)

    actions.detach(session, desk.team, desk.round, deck, by=desk.ada, at=NOON)
    fields = queries.fields(desk.form, queries.draft(session, entry.id, desk.round.id))
    assert fields[1].file is None

    with pytest.raises(DomainError, match="no more is taken"):  # what was replaced counts too (F9)
        actions.attach(
            session, desk.team, desk.round, deck, second, by=desk.ada, at=NOON,
            limit_bytes=first.size_bytes + 2 * second.size_bytes - 1,
        )  # fmt: skip
