"""A calibration from the choice of its anchors to what everybody sees when it is closed."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.contests.models import Appointment, Mode, RoundPhase
from contest.core.errors import DomainError
from contest.entries.models import State
from contest.judging.actions import calibrating as actions
from contest.judging.actions import closing, opening
from contest.judging.models import (
    Anchor,
    Calibration,
    Conflict,
    ConflictKind,
    ConflictSource,
    Reading,
)
from contest.judging.queries import calibrating as queries
from contest.judging.queries import panel, work
from contest.messages import rendering
from contest.messages.models import Message
from tests import make
from tests.judging.test_chair_pages import Room
from tests.pages import Client
from tests.statements import counted


class Table(Room):
    """A round before its judging with a rubric, and judges who have declared."""

    def __init__(
        self,
        session: Session,
        *,
        judges: int = 3,
        entries: int = 3,
        phase: RoundPhase = RoundPhase.SCREENING,
    ) -> None:
        super().__init__(session, judges=judges, entries=entries, phase=phase)
        self.rubric = make.rubric(session, self.round)
        for judge in self.judges:
            make.declaration(session, judge, *self.entries)

    @property
    def page(self) -> str:
        return f"/rounds/{self.round.id}/calibrations"

    def held(self, *, counts: bool = False, anchors: int = 2) -> Calibration:
        chosen = [e.id for e in self.entries[:anchors]]
        return actions.begin(
            self.session, self.round, chosen, counts=counts, by=self.chair, at=make.NOON
        )

    def score(self, anchor: Anchor, judge: int, *points: int | None) -> Reading:
        who: Appointment = self.judges[judge]
        for criterion, given in zip(self.rubric.criteria, points, strict=True):
            actions.put_points(self.session, anchor, who, criterion.id, given, at=make.NOON)
        return actions.hand_in(
            self.session, anchor, who, material_opened=True, by=who.user, at=make.NOON
        )

    def close(self, held: Calibration) -> int:
        return actions.close(self.session, held, by=self.chair, at=make.NOON + make.DAY)

    def played(self, *, counts: bool = False) -> Calibration:
        """Two anchors that three judges scored, the first judge the strictest."""
        held = self.held(counts=counts)
        for anchor in held.anchors:
            for judge, points in enumerate(((1, 2), (4, 4), (5, 3))):
                self.score(anchor, judge, *points)
        self.close(held)
        return held


def test_the_chair_chooses_two_anchors_and_every_judge_is_told(
    client: Client, session: Session
) -> None:
    table = Table(session)
    client.sign_in(table.chair)
    assert "Choose the anchors" in client.page(table.page).text
    one = client.post(table.page, data={"entries": [str(table.entries[0].id)]})
    assert one.status_code == 422
    assert "Choose two or three entries." in one.text

    sent = client.post(table.page, data={"entries": [str(e.id) for e in table.entries[:2]]})

    assert sent.status_code == 303
    text = client.page(table.page).text
    assert "hidden from everybody, you included" in text
    assert "0 of 2" in text
    assert panel.rubric(session, table.round.id).frozen_at == make.NOON  # type: ignore[union-attr]
    told = session.scalars(
        select(Message)
        .where(Message.kind == "calibration_opened")
        .options(joinedload(Message.recipient))
    ).all()
    assert {m.recipient_id for m in told} == {j.user_id for j in table.judges}
    with client.application.app_context():
        assert "scores the same 2 entries first" in rendering.render(told[0]).body


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda t: setattr(t.round, "mode", Mode.PAIRWISE), "not scored by a rubric"),
        (lambda t: setattr(t.round, "phase", RoundPhase.CERTIFIED), "not scored by a rubric"),
        (lambda t: setattr(t.rubric.criteria[0], "weight", 10), "sum to 50, not to 100"),
        (lambda t: t.held(), "open already"),
        (lambda t: setattr(t.entries[0], "state", State.WITHDRAWN), "among the entries"),
    ],
)
def test_a_calibration_is_refused_with_the_reason(
    session: Session, break_it: object, said: str
) -> None:
    table = Table(session)
    break_it(table)  # type: ignore[operator]
    session.flush()
    with pytest.raises(DomainError, match=said):
        table.held()


def test_a_specimen_is_an_entry_that_was_handed_in_and_does_not_compete(session: Session) -> None:
    table = Table(session)
    form = make.form(session, table.round)
    specimen, draft = (
        make.entry(session, make.user(session), contest=table.contest, title=title,
                   state=State.INELIGIBLE)
        for title in ("Specimen", "Never handed in")
    )  # fmt: skip
    make.version(session, specimen, form)
    offered = queries.candidates(session, table.round)
    assert [(c.entry.title, c.competes) for c in offered][-1] == ("Specimen", False)
    assert draft.id not in {c.entry.id for c in offered}

    chosen = [specimen.id, table.entries[0].id]
    with pytest.raises(DomainError, match="“Specimen” does not compete in this round"):
        actions.begin(session, table.round, chosen, counts=True, by=table.chair, at=make.NOON)
    held = actions.begin(session, table.round, chosen, by=table.chair, at=make.NOON)
    assert {a.entry.title for a in held.anchors} == {"Specimen", "Idea 0"}


def test_a_judge_scores_the_anchors_before_the_ordinary_list(
    client: Client, session: Session
) -> None:
    table = Table(session)
    held = table.held()
    client.sign_in(table.judges[0].user)
    assert "Score the anchors of “Ideas”, as the whole panel does" in client.page("/").text
    assert "Score the anchors first" in client.page("/judging").text
    assert "They only train: they count nowhere." in client.page(f"/calibrations/{held.id}").text

    first = f"/anchors/{held.anchors[0].id}"
    fields = [f"points_{c.id}" for c in table.rubric.criteria]
    assert "score it by yourself" in client.page(first).text
    saved = client.post(f"{first}/save", data={"_field": fields[0], fields[0]: "0"})
    assert saved.status_code == 200
    missing = client.post(first, data={fields[0]: "0"})
    assert "Still without points: Feasible." in missing.text
    assert client.post(f"{first}/save", data={"_field": fields[1], fields[1]: "9"}).json == {
        "errors": ["Give 0 to 5 points."]
    }
    sent = client.post(first, data={fields[0]: "0", fields[1]: "none"})
    assert sent.location == f"/anchors/{held.anchors[1].id}"
    assert "no view" in client.page(first).text
    client.post(f"{first}/undo")
    client.post(first, data={fields[0]: "2", fields[1]: "3"})
    client.post(f"/anchors/{held.anchors[1].id}", data={fields[0]: "2", fields[1]: "3"})
    assert "All are in" in client.page(f"/calibrations/{held.id}").text
    assert "Score the anchors of" not in client.page("/").text
    session.expire_all()
    assert [sorted(r.points.values()) for r in session.scalars(select(Reading))] == [[2, 3], [2, 3]]


def test_nobody_sees_what_others_gave_before_it_is_closed(client: Client, session: Session) -> None:
    table = Table(session)
    held = table.held()
    table.score(held.anchors[0], 1, 5, 5)
    for user in (table.chair, table.judges[0].user):
        client.sign_in(user)
        assert client.get(f"/calibrations/{held.id}/panel").status_code == 403
        assert client.get(f"/calibrations/{held.id}/drift").status_code in {403, 404}
    client.sign_in(table.chair)
    text = client.page(table.page).text
    assert "1 of 2" in text
    assert "100.0" not in text
    client.sign_in(make.user(session))
    for page in (f"/calibrations/{held.id}", f"/anchors/{held.anchors[0].id}"):
        assert client.get(page).status_code == 404


def test_a_judge_sees_their_own_beside_nameless_others_when_it_is_closed(
    client: Client, session: Session
) -> None:
    table = Table(session)
    held = table.played()
    client.sign_in(table.judges[0].user)
    assert "How I stand beside the panel: Ideas" in client.page("/judging").text
    assert client.get(f"/calibrations/{held.id}").location == f"/calibrations/{held.id}/drift"
    text = client.page(f"/calibrations/{held.id}/drift").text
    assert "You are stricter than the panel" in text
    assert "54.0 points of 100 less" in text
    assert "you: 1, the others: 4.5" in text
    assert '"0: 0, 1: 1, 2: 0, 3: 0, 4: 1, 5: 1"' in text
    assert "Judge 1" not in text
    assert "Judge 2" not in text
    assert client.get(f"/calibrations/{held.id}/panel").status_code == 403


def test_the_chair_sees_who_stands_where_and_which_anchor_divides(
    client: Client, session: Session
) -> None:
    table = Table(session)
    held = table.played()
    client.sign_in(table.chair)
    assert "See the panel" in client.page(table.page).text
    text = client.page(f"/calibrations/{held.id}/panel").text
    assert text.index("Judge 0") < text.index("Judge 1")
    assert re.search(r"[-−]54\.0", text)
    assert "stricter" in text
    assert "Idea 0" in text


def test_held_again_it_shows_who_has_drifted_since(client: Client, session: Session) -> None:
    table = Table(session)
    table.played()
    held = table.held()
    for anchor in held.anchors:
        for judge, points in enumerate(((4, 4), (4, 4), (5, 3))):
            table.score(anchor, judge, *points)
    table.close(held)
    client.sign_in(table.judges[0].user)
    text = client.page(f"/calibrations/{held.id}/drift").text
    assert "Over time" in text
    assert "Chance alone explains the difference" in text
    client.sign_in(table.chair)
    text = client.page(f"/calibrations/{held.id}/panel").text
    assert "Since last time" in text
    assert "has changed" in text
    offered = client.page(table.page).text
    assert offered.count(" checked") == 2  # the same anchors are chosen again


def test_undeclared_points_count_nowhere_and_the_rubric_thaws(session: Session) -> None:
    table = Table(session)
    table.played()
    assert work.marks(session, table.round.id) == []
    assert table.rubric.frozen_at is None


def test_declared_points_become_locked_reviews_that_the_plan_keeps(session: Session) -> None:
    table = Table(session)
    held = table.held(counts=True)
    table.score(held.anchors[0], 0, 1, None)
    table.score(held.anchors[0], 1, 4, 4)
    session.add(
        Conflict(appointment_id=table.judges[1].id, entry_id=held.anchors[0].entry_id,
                 kind=ConflictKind.FAMILY, source=ConflictSource.JUDGE, since=make.NOON)
    )  # fmt: skip
    session.flush()
    assert table.close(held) == 1
    session.flush()
    assert [
        (m.entry_id, m.appointment_id, m.value) for m in work.marks(session, table.round.id)
    ] == [(held.anchors[0].entry_id, table.judges[0].id, 20.0)]
    assert table.rubric.frozen_at is not None


def test_what_is_assigned_already_cannot_count_twice(session: Session) -> None:
    table = Table(session)
    table.give(0, 0)
    with pytest.raises(DomainError, match="is assigned to judges already"):
        table.held(counts=True)


def test_a_conflict_keeps_a_judge_from_an_anchor_and_their_points_from_the_panel(
    client: Client, session: Session
) -> None:
    table = Table(session)
    held = table.held()
    table.score(held.anchors[0], 0, 1, 1)
    session.add(
        Conflict(appointment_id=table.judges[0].id, entry_id=held.anchors[0].entry_id,
                 kind=ConflictKind.FAMILY, source=ConflictSource.JUDGE, since=make.NOON)
    )  # fmt: skip
    session.flush()
    client.sign_in(table.judges[0].user)
    assert client.get(f"/anchors/{held.anchors[0].id}").status_code == 404
    assert "0 of 1" in client.page(f"/calibrations/{held.id}").text
    table.close(held)
    assert queries.readings(session, held, table.rubric.criteria) == []


def test_what_is_closed_takes_no_points_and_is_not_closed_twice(session: Session) -> None:
    table = Table(session)
    held = table.played()
    with pytest.raises(DomainError, match="closed; what was given stays"):
        table.score(held.anchors[0], 0, 3, 3)
    with pytest.raises(DomainError, match="closed already"):
        table.close(held)


def test_an_open_calibration_holds_up_the_start_and_the_end_of_judging(session: Session) -> None:
    table = Table(session)
    held = table.held()
    for blockers in (opening.blockers, closing.blockers):
        assert "The calibration is still open." in [
            b.reason for b in blockers(session, table.round)
        ]
    table.close(held)
    for blockers in (opening.blockers, closing.blockers):
        assert "The calibration is still open." not in [
            b.reason for b in blockers(session, table.round)
        ]


def test_the_pages_cost_the_same_for_one_judge_and_for_three(
    client: Client, session: Session
) -> None:
    def cost(judges: int) -> tuple[int, ...]:
        table = Table(session, judges=judges)
        held = table.held()
        found = []
        for user, page in (
            (table.chair, table.page),
            (table.judges[0].user, "/judging"),
            (table.judges[0].user, f"/calibrations/{held.id}"),
        ):
            client.sign_in(user)
            with counted(session) as statements:
                client.page(page)
            found.append(len(statements))
        return tuple(found)

    assert cost(1) == cost(3)
