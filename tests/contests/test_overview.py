import pytest
from sqlalchemy.orm import Session

from contest.contests.queries import overview
from contest.entries.models import State
from contest.entries.queries import overview as entries
from contest.judging.queries import overview as judging
from tests import make
from tests.statements import counted


def test_rounds_without_form_and_rubric_are_named(session: Session) -> None:
    contest = make.contest(session)
    bare, whole = (make.round_(session, contest, number=n) for n in (1, 2))
    make.form(session, whole)
    make.rubric(session, whole)

    found = [*entries.unready(session, contest), *judging.unready(session, contest)]

    assert [(b.place, b.where) for b in found] == [
        ("entries.form_edit", {"round_id": bare.id}),
        ("judging.rubric", {"round_id": bare.id}),
    ]


def test_criteria_weigh_a_hundred_together(session: Session) -> None:
    contest = make.contest(session)
    rubric = make.rubric(session, make.round_(session, contest))
    rubric.criteria[0].weight = 50
    session.flush()

    (blocker,) = judging.unready(session, contest)

    assert blocker.facts["weight"] == 90
    assert blocker.reason % blocker.facts == (
        f"The criteria of “{blocker.facts['round']}” weigh 90 % together instead of 100 %."
    )


@pytest.mark.parametrize("many", [1, 3])
def test_the_overview_counts_in_three_statements(session: Session, many: int) -> None:
    contest = make.contest(session)
    round_ = make.round_(session, contest)
    judge = make.appointment(session, contest, make.user(session))
    for n in range(many):
        state = State.SUBMITTED if n else State.DRAFT
        entry = make.entry(session, make.user(session), contest=contest, state=state)
        make.assignment(session, round_, judge, entry)

    with counted(session) as sent:
        figures = overview.figures(session, contest)

    assert [(f.label, f.value, f.facts) for f in figures] == [
        ("Teams", many, {}),
        ("Entries", many - 1, {"drafts": 1}),
        ("Reviews done", f"0 / {many}", {}),
    ]
    assert len(sent) == 3
