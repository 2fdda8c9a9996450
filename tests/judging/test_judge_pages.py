"""The pages of judges: names first, then their list, then one entry after the other."""

import io
import uuid
from typing import Any

import html5lib
import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from contest.contests.models import Role, RoundPhase
from contest.entries.models import Attachment, State, Version
from contest.files import actions as files
from contest.files.sending import store
from contest.judging.actions import conflicts, scoring
from contest.judging.models import AssignmentState, ConflictKind
from contest.judging.queries import interests, work
from contest.undertakings.models import Kind
from contest.vault.models import DocumentView
from tests import make
from tests.files import telling
from tests.jobs import run_promised
from tests.pages import Client


class Room:
    """A running round with two entries for one judge, who has signed and declared."""

    def __init__(self, session: Session, *, blind: bool = False, entries: int = 2) -> None:
        self.session = session
        self.contest = make.contest(session, languages=["en"])
        self.round = make.round_(
            session, self.contest, phase=RoundPhase.JUDGING, minimum_reviews=1, blind=blind
        )
        self.rubric = make.rubric(session, self.round)
        self.criteria = [criterion.id for criterion in self.rubric.criteria]
        self.user = make.user(session, name="Judge Judy")
        self.judge = make.appointment(session, self.contest, self.user)
        self.lead = make.user(session, name="Lena Lead")
        self.entries = [
            make.entry(
                session,
                self.lead if not i else make.user(session),
                contest=self.contest,
                title=f"Idea {i}",
                state=State.ELIGIBLE,
            )
            for i in range(entries)
        ]
        self.work = [
            make.assignment(session, self.round, self.judge, entry, position=i)
            for i, entry in enumerate(self.entries)
        ]
        make.declaration(session, self.judge, *self.entries)

    def address(self, i: int = 0) -> str:
        return f"/assignments/{self.work[i].id}"

    def states(self) -> list[str]:
        return [given.state.value for given in self.work]

    def points(self, *points: object) -> dict[str, str]:
        return {f"points_{c}": str(p) for c, p in zip(self.criteria, points, strict=True)}


def chosen(text: str) -> set[str]:
    """Return the ids of the radio buttons that a page shows as chosen."""
    root = html5lib.parse(text, namespaceHTMLElements=False)
    return {
        str(e.get("id"))
        for e in root.iter("input")
        if e.get("type") == "radio" and e.get("checked") is not None
    }


def stored(session: Session, room: Room, i: int = 0) -> list[Any]:
    session.expire_all()
    return work.scorecards(session, room.work[i].id)


def test_names_come_first_and_one_sending_declares(client: Client, session: Session) -> None:
    room = Room(session)
    judge = make.appointment(session, room.contest, make.user(session, name="New"))
    client.sign_in(judge.user)

    page = client.page(f"/contests/{room.contest.slug}/conflicts")
    assert "Lena Lead" in page.text
    assert "Idea 0" not in page.text
    answer = client.post(
        f"/contests/{room.contest.slug}/conflicts", data={f"of_{room.entries[0].team_id}": "family"}
    )

    assert answer.location == "/judging"
    session.expire_all()
    assert interests.has_conflict(session, judge.id, room.entries[0].id)
    assert not interests.has_conflict(session, judge.id, room.entries[1].id)
    late = make.entry(session, make.user(session), contest=room.contest, state=State.ELIGIBLE)
    text = client.page(f"/contests/{room.contest.slug}/conflicts").text
    assert late.team.name in text
    assert "1 name is new since" in text


def test_the_names_do_not_tell_whose_the_entries_of_a_blind_ballot_are(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.user)

    page = client.page(f"/contests/{room.contest.slug}/conflicts")

    assert all(entry.team.name in page.text for entry in room.entries)
    assert not any(str(entry.id) in page.text for entry in room.entries)


def test_a_conflict_on_record_is_shown_and_cannot_be_taken_back_by_the_judge(
    client: Client, session: Session
) -> None:
    room = Room(session)
    conflicts.add(
        session, room.judge, room.entries[0].id, ConflictKind.OTHER, by=room.user, at=make.NOON
    )
    client.sign_in(room.user)
    page = client.page(f"/contests/{room.contest.slug}/conflicts")
    assert f"of_{room.entries[0].team_id}" not in page.text
    client.post(f"/contests/{room.contest.slug}/conflicts", data={})
    session.expire_all()
    assert interests.has_conflict(session, room.judge.id, room.entries[0].id)


def test_without_a_signature_there_are_no_names(client: Client, session: Session) -> None:
    room = Room(session)
    text = make.undertaking(session, room.contest, Kind.NDA)
    client.sign_in(room.user)
    answer = client.get(f"/contests/{room.contest.slug}/conflicts")
    assert answer.location.startswith(f"/undertakings/{text.id}/sign")
    assert client.get(room.address()).location.startswith(f"/undertakings/{text.id}/sign")
    assert client.post(f"{room.address()}/submit", data=room.points(1, 1)).status_code == 403


def test_without_a_declaration_there_is_no_entry(client: Client, session: Session) -> None:
    room = Room(session)
    make.entry(session, make.user(session), contest=room.contest, state=State.ELIGIBLE)
    client.sign_in(room.user)
    assert client.get(room.address()).location == f"/contests/{room.contest.slug}/conflicts"
    answer = client.post(f"{room.address()}/save", data={"_field": "note", "note": "x"})
    assert answer.status_code == 403


@pytest.mark.parametrize("page", ["", "/abstain", "/recuse"])
def test_an_assignment_is_a_secret_between_the_judge_and_the_chair(
    client: Client, session: Session, page: str
) -> None:
    room = Room(session)
    other = make.appointment(session, room.contest, make.user(session))
    chair = make.appointment(session, room.contest, make.user(session), Role.CHAIR)
    for stranger in (other.user, chair.user, room.lead):
        client.sign_in(stranger)
        assert client.get(room.address() + page).status_code == 404
    client.sign_in(room.user)
    client.page(room.address() + page)


def test_only_judges_declare(client: Client, session: Session) -> None:
    room = Room(session)
    client.sign_in(room.lead)
    assert client.get(f"/contests/{room.contest.slug}/conflicts").status_code == 404


def test_the_list_says_how_far_one_is_and_what_comes_next(client: Client, session: Session) -> None:
    room = Room(session)
    make.scorecard(session, room.work[0], room.rubric, 0, 5)
    client.sign_in(room.user)
    text = client.page("/judging").text
    assert "1 of 2" in text
    assert "Next: Idea 1" in text
    assert "Idea 1" not in client.page("/judging?show=done").text
    client.page("/judging?show=deferred")


def test_the_list_costs_the_same_for_one_entry_and_for_three(
    client: Client, session: Session
) -> None:
    def cost(entries: int) -> int:
        room = Room(session, entries=entries)
        client.sign_in(room.user)
        with counted(session) as statements:
            client.page("/judging")
        return len(statements)

    assert cost(1) == cost(3)


class counted:  # noqa: N801 -- reads as a word of the test
    """Collects the statements of a block."""

    def __init__(self, session: Session) -> None:
        self.connection, self.statements = session.connection(), list[str]()

    def __enter__(self) -> list[str]:
        event.listen(self.connection, "before_cursor_execute", self.note)
        return self.statements

    def note(self, _c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            self.statements.append(statement)

    def __exit__(self, *_: object) -> None:
        event.remove(self.connection, "before_cursor_execute", self.note)


def test_each_field_saves_itself_and_zero_is_shown_as_chosen(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.user)
    (name, _), _ = room.points(0, 0).items()
    answer = client.post(f"{room.address()}/save", data={"_field": name, name: "0"})

    assert answer.status_code == 200
    assert answer.json == {"saved_at": make.NOON.isoformat()}
    [card] = stored(session, room)
    assert [s.points for s in card.scores] == [0]
    assert card.submitted_at is None
    assert chosen(client.page(room.address()).text) == {f"{name}-0"}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("points", "6", "Give 0 to 5 points."),
        ("points", "many", "Choose one of the points that are offered."),
        ("elsewhere", "1", "There is no such field."),
        ("note", "x" * 4001, "At most 4000 characters; these are 4001."),
    ],
)
def test_a_field_that_cannot_be_kept_is_refused_with_a_sentence(
    client: Client, session: Session, field: str, value: str, sentence: str
) -> None:
    room = Room(session)
    client.sign_in(room.user)
    name = f"points_{room.criteria[0]}" if field == "points" else field
    answer = client.post(f"{room.address()}/save", data={"_field": name, name: value})
    assert (answer.status_code, answer.json) == (422, {"errors": [sentence]})
    assert stored(session, room) == []


def test_two_devices_see_each_others_text_before_one_is_lost(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.user)
    save = f"{room.address()}/save"
    seen = scoring.seal("")

    first = client.post(
        save, data={"_field": "comment", "comment": "From the phone", "_version": seen}
    )
    assert first.json == {
        "saved_at": make.NOON.isoformat(),
        "version": scoring.seal("From the phone"),
    }
    client.post(save, data={"_field": "note", "note": "Ask about cost", "_version": seen})
    late = client.post(
        save, data={"_field": "comment", "comment": "From the laptop", "_version": seen}
    )

    assert late.status_code == 409
    assert late.json == {
        "mine": "From the laptop",
        "theirs": "From the phone",
        "version": scoring.seal("From the phone"),
    }
    assert [(c.comment, c.note) for c in stored(session, room)] == [
        ("From the phone", "Ask about cost")
    ]


def test_a_whole_scorecard_sent_without_scripts_is_kept_and_handed_in(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.user)
    seals = {"comment_seen": scoring.seal(""), "note_seen": scoring.seal("")}

    kept = client.post(room.address(), data=room.points(0, 5) | seals | {"comment": "Well done"})
    assert kept.location == room.address()
    assert stored(session, room)[0].submitted_at is None
    sent = client.post(
        f"{room.address()}/submit",
        data=room.points(0, "none")
        | {"comment": "Well done", "comment_seen": scoring.seal("Well done")},
    )

    assert sent.location == room.address(1)
    [card] = stored(session, room)
    assert (card.submitted_at, card.comment) == (make.NOON, "Well done")
    assert {s.criterion_id: (s.points, s.abstained) for s in card.scores} == dict(
        zip(room.criteria, [(0, False), (None, True)], strict=True)
    )
    assert room.work[0].state is AssignmentState.SCORED


def test_sending_twice_hands_in_once(client: Client, session: Session) -> None:
    room = Room(session)
    client.sign_in(room.user)
    data = room.points(3, 3) | {"_key": str(uuid.uuid4())}
    places = [client.post(f"{room.address()}/submit", data=data).location for _ in range(2)]
    assert places == [room.address(1)] * 2
    assert len(stored(session, room)) == 1


def test_a_gap_is_named_and_what_was_chosen_stays_on_the_page(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.user)
    name = f"points_{room.criteria[0]}"
    answer = client.post(f"{room.address()}/submit", data={name: "4"})
    assert answer.status_code == 422
    assert "Still without points: Feasible" in answer.text
    assert chosen(answer.text) == {f"{name}-4"}


def test_no_scorecard_goes_in_before_the_deck_was_opened(client: Client, session: Session) -> None:
    room = Room(session)
    version = make.version(session, room.entries[0], make.form(session, room.round))
    deck = make.file(session)
    make.added(session, Attachment(version=version, question_id=_deck(session, version), file=deck))
    version.answers = [*version.answers, {
        "question": str(_deck(session, version)), "title": {"en": "Deck"}, "kind": "deck",
        "value": deck.sha256,
    }]  # fmt: skip
    session.flush()
    client.sign_in(room.user)

    answer = client.post(f"{room.address()}/submit", data=room.points(1, 1))
    assert answer.status_code == 422
    assert "Open the deck first" in answer.text
    make.added(session, DocumentView(user=room.user, file=deck, version=version, capacity="judge",
                                     at=make.NOON))  # fmt: skip
    assert client.post(f"{room.address()}/submit", data=room.points(1, 1)).status_code == 303


def test_a_deck_without_pictures_is_read_blindly_as_a_copy_that_says_not_whose_it_is(
    client: Client, session: Session, app: Flask
) -> None:
    """Z10, F11: opened on the record, downloaded without the team's traces, and scored."""
    room = Room(session, blind=True)
    form = make.form(session, room.round)
    version = make.version(session, room.entries[0], form)
    with app.app_context():
        kept = store().put(io.BytesIO(telling.deck()), 10**6)
    deck = make.file(session, name="Team Lovelace.pdf")
    deck.sha256, deck.size_bytes = kept.sha256, kept.size_bytes
    make.attachment(session, version, form.questions[1], deck)
    files.give_up_drawing(session, deck, at=make.NOON)
    at = f"{room.address()}/files/{deck.id}"
    client.sign_in(room.user)

    page = client.page(room.address()).text
    assert "There are no pictures of these pages" in page
    assert client.get(f"{at}/download").status_code == 404

    assert client.post(f"{at}/open", data={"next": room.address()}).status_code == 303
    assert "still being made" in client.get(f"{at}/download").text
    run_promised(session)
    sent = client.get(f"{at}/download")
    assert sent.get_data().startswith(b"%PDF-")
    assert telling.NAME.encode() not in telling.everything(sent.get_data())
    assert telling.NAME not in str(sent.headers)
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert client.post(f"{room.address()}/submit", data=room.points(1, 1)).status_code == 303


def test_a_deck_with_pictures_is_not_given_away_as_a_file(client: Client, session: Session) -> None:
    room = Room(session)
    form = make.form(session, room.round)
    version = make.version(session, room.entries[0], form)
    deck = make.file(session)
    make.attachment(session, version, form.questions[1], deck)
    files.add_pictures(session, deck, [(1, "page", deck.sha256, 12, 9)])
    client.sign_in(room.user)
    at = f"{room.address()}/files/{deck.id}"
    assert client.post(f"{at}/open").status_code == 303

    assert "/download" not in client.page(room.address()).text
    assert client.get(f"{at}/download").status_code == 404


def _deck(session: Session, version: Version) -> uuid.UUID:
    from sqlalchemy import select

    from contest.entries.models import Question, QuestionKind

    return session.scalars(
        select(Question.id).where(
            Question.form_id == version.form_id, Question.kind == QuestionKind.DECK
        )
    ).one()


def test_a_judge_never_sees_another_judges_scores(client: Client, session: Session) -> None:
    room = Room(session)
    other = make.appointment(session, room.contest, make.user(session, name="Other Judge"))
    theirs = make.assignment(session, room.round, other, room.entries[0])
    card = make.scorecard(session, theirs, room.rubric, 5, 5)
    card.comment = "A remark of somebody else"
    session.flush()
    client.sign_in(room.user)
    for address in (room.address(), "/judging"):
        text = client.page(address).text
        assert "Other Judge" not in text
        assert "A remark of somebody else" not in text
        assert chosen(text) == set()


def test_a_blind_round_names_nobody(client: Client, session: Session) -> None:
    room = Room(session, blind=True)
    form = make.form(session, room.round)
    form.questions[0].identifies = True
    make.version(session, room.entries[0], form, pitch="We are the Reed Brothers")
    client.sign_in(room.user)
    for address in (room.address(), "/judging"):
        text = client.page(address).text
        assert room.entries[0].code in text
        assert room.entries[0].team.name not in text
        assert "Lena Lead" not in text
        assert "Reed Brothers" not in text


def test_scores_that_are_in_can_be_changed_and_taken_back_until_the_round_locks(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.user)
    client.post(f"{room.address()}/submit", data=room.points(5, 5))

    assert "Change" in client.page(room.address()).text
    assert 'id="score"' in client.page(f"{room.address()}?change=1").text
    client.post(f"{room.address()}/submit", data=room.points(0, 0))
    assert [m.value for m in work.marks(session, room.round.id)] == [0.0]
    assert client.post(f"{room.address()}/undo").location == room.address()
    session.expire_all()
    assert work.marks(session, room.round.id) == []
    assert room.work[0].state is AssignmentState.IN_PROGRESS
    room.round.phase = RoundPhase.DELIBERATION
    session.flush()
    assert 'id="score"' not in client.page(f"{room.address()}?change=1").text
    assert client.post(f"{room.address()}/submit", data=room.points(1, 1)).status_code == 403


def test_an_amendment_that_was_given_up_is_not_shown_as_what_counts(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.user)
    client.post(f"{room.address()}/submit", data=room.points(5, 5))
    client.post(room.address(), data=room.points(1, 1))
    scoring.let_off(session, room.work[0], "waive", make.NOON)
    session.flush()

    assert "100.0" in client.page(room.address()).text
    drafted = chosen(client.page(f"{room.address()}?change=1").text)
    assert {number[-2:] for number in drafted} == {"-1"}
    room.round.phase = RoundPhase.DELIBERATION
    session.flush()
    assert "100.0" in client.page(f"{room.address()}?change=1").text


@pytest.mark.parametrize("state", [AssignmentState.WAIVED, AssignmentState.REASSIGNED])
def test_whoever_is_just_scoring_what_the_chair_takes_away_is_told_so(
    client: Client, session: Session, state: AssignmentState
) -> None:
    room = Room(session)
    room.work[0].state = state
    session.flush()
    client.sign_in(room.user)

    assert 'id="score"' not in client.page(room.address()).text
    for act in ("save", "submit"):
        answer = client.post(f"{room.address()}/{act}", data=room.points(5, 5))
        assert answer.status_code == 403
        assert "The chair has taken this entry off your list." in answer.text


def test_abstaining_deferring_and_stepping_back_are_distinct_acts(
    client: Client, session: Session
) -> None:
    room = Room(session)
    client.sign_in(room.user)

    assert client.post(f"{room.address()}/defer").location == room.address(1)
    assert client.post(f"{room.address()}/abstain", data={"reason": " "}).status_code == 422
    assert client.post(f"{room.address()}/abstain", data={"reason": "Not my field"}).location
    session.expire_all()
    assert room.states() == ["abstained", "active"]
    assert "Not my field" in client.page(room.address()).text
    client.post(f"{room.address()}/undo")
    session.expire_all()
    assert room.states() == ["opened", "active"]

    answer = client.post(
        f"{room.address()}/recuse", data={"kind": "investment", "reason": "I hold shares"}
    )
    assert answer.location == room.address(1)
    session.expire_all()
    assert room.states() == ["recused", "active"]
    assert "Kept from you" in client.page(room.address()).text
    assert client.post(f"{room.address()}/submit", data=room.points(1, 1)).status_code == 403
