from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests import queries
from contest.contests.actions import edition, rounds
from contest.contests.models import Answer, Contest, Phase, Role, RoundPhase
from contest.core.errors import Conflict, DomainError
from contest.core.words import Words
from contest.events.models import Event
from tests import make
from tests.contests import ready
from tests.jobs import run_promised

FOUNDING = edition.Founding(
    series=None,
    series_name=Words(en="Clean Water!"),
    slug="rivers-2030",
    edition="2030",
    country="CN",
    zone="Asia/Shanghai",
    languages=["en", "zh"],
    title=Words(en="Clean Rivers"),
)


@pytest.fixture
def li(session: Session) -> User:
    return make.user(session, name="Li Wei")


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(Event.verb).order_by(Event.sequence)))


def test_whoever_founds_a_contest_is_its_organiser(session: Session, li: User) -> None:
    contest = edition.create(session, FOUNDING, by=li, at=make.NOON)

    assert (contest.phase, contest.series.slug, contest.is_public()) == (
        Phase.DRAFT,
        "clean-water",
        False,
    )
    (appointment,) = queries.appointments(session, contest.id)
    assert (appointment.role, appointment.user, appointment.answer) == (
        Role.ORGANISER,
        li,
        Answer.ACCEPTED,
    )
    assert verbs(session) == ["contest.created"]


def test_a_second_series_of_the_name_gets_its_own_address(session: Session, li: User) -> None:
    edition.create(session, FOUNDING, by=li, at=make.NOON)

    second = edition.create(session, replace(FOUNDING, slug="rivers-2031"), by=li, at=make.NOON)

    assert second.series.slug == "clean-water-2"


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"slug": "new"}, "slug", "small letters"),
        ({"slug": "Rivers 2030"}, "slug", "small letters"),
        ({"slug": "taken"}, "slug", "Another contest"),
        ({"zone": "CST"}, "zone", "no time zone"),
        ({"zone": "Asia/Atlantis"}, "zone", "no time zone"),
        ({"zone": "../../etc/passwd"}, "zone", "no time zone"),
        ({"languages": []}, "languages", "at least one"),
        ({"languages": ["en", "en"]}, "languages", "each only once"),
        ({"languages": ["en", "tlh"]}, "languages", "at least one"),
        ({"series_name": Words()}, "series_name", "Choose a series"),
    ],
)
def test_a_contest_is_not_founded_on_nonsense(
    session: Session, li: User, change: dict[str, object], field: str, reason: str
) -> None:
    make.contest(session, slug="taken")

    with pytest.raises(DomainError, match=reason) as refused:
        edition.create(session, replace(FOUNDING, **change), by=li, at=make.NOON)  # type: ignore[arg-type]

    assert refused.value.field == field
    assert verbs(session) == []


def test_an_edit_of_an_old_copy_is_refused(session: Session, li: User) -> None:
    contest = make.contest(session)
    seen = contest.version
    edition.edit(session, contest, {"team_max": 5}, seen=seen, by=li, at=make.NOON)

    with pytest.raises(Conflict):
        edition.edit(session, contest, {"team_max": 6}, seen=seen, by=li, at=make.NOON)

    assert contest.team_max == 5


def test_the_record_keeps_values_but_no_prose(session: Session, li: User) -> None:
    contest = make.contest(session)

    edition.edit(
        session,
        contest,
        {"team_max": 5, "brief": Words(en="Written by Ada Lovelace."), "edition": "2030"},
        seen=contest.version,
        by=li,
        at=make.NOON,
    )

    (event,) = session.scalars(select(Event))
    assert event.facts == {"fields": ["team_max", "brief"], "team_max": [8, 5]}


def test_announcing_says_what_is_missing_first(session: Session, li: User) -> None:
    contest = make.contest(session, phase=Phase.DRAFT)

    with pytest.raises(DomainError, match="no sponsor"):
        edition.announce(session, contest, by=li, at=make.NOON)

    assert (contest.phase, contest.announced_at) == (Phase.DRAFT, None)


def test_announcing_opens_the_contest_and_later_its_round(session: Session, li: User) -> None:
    contest = ready.to_announce(session)

    edition.announce(session, contest, by=li, at=make.NOON)

    assert (contest.phase, contest.announced_at) == (Phase.ANNOUNCED, make.NOON)
    assert verbs(session)[-1] == "contest.announced"
    with pytest.raises(DomainError, match="not possible"):
        edition.announce(session, contest, by=li, at=make.NOON)


def test_a_round_opens_at_its_time_and_begins_the_contest(
    session: Session, li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = ready.to_announce(session)
    edition.announce(session, contest, by=li, at=make.NOON)
    (round_,) = queries.rounds(session, contest.id)
    opens_at = round_.opens_at

    assert opens_at is not None
    monkeypatch.setattr("contest.core.clock.now", lambda: opens_at)
    run_promised(session, at=opens_at)

    session.expire_all()
    assert (contest.phase, round_.phase) == (Phase.RUNNING, RoundPhase.COLLECTING)


def test_a_round_that_was_moved_does_not_open_at_its_old_time(
    session: Session, li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = ready.to_announce(session)
    edition.announce(session, contest, by=li, at=make.NOON)
    (round_,) = queries.rounds(session, contest.id)
    old = round_.opens_at
    later = {"opens_at": make.NOON + 3 * make.DAY}
    rounds.edit(session, round_, later, seen=round_.version, by=li, at=make.NOON)

    assert old is not None
    monkeypatch.setattr("contest.core.clock.now", lambda: old)
    run_promised(session, at=old)

    session.expire_all()
    assert (contest.phase, round_.phase) == (Phase.ANNOUNCED, RoundPhase.PLANNED)


def test_a_suspended_contest_says_why_and_goes_on(session: Session, li: User) -> None:
    contest = make.contest(session)

    edition.suspend(session, contest, "The hall burned down.", by=li, at=make.NOON)
    assert (contest.phase, contest.halt_reason, contest.suspended_at) == (
        Phase.SUSPENDED,
        "The hall burned down.",
        make.NOON,
    )

    edition.resume(session, contest, by=li, at=make.NOON)
    assert (contest.phase, contest.halt_reason, contest.suspended_at) == (Phase.RUNNING, "", None)


def test_a_contest_is_concluded_when_all_results_are_public(session: Session, li: User) -> None:
    contest = make.contest(session)
    round_ = make.round_(session, contest, phase=RoundPhase.CERTIFIED)
    with pytest.raises(DomainError, match="not published yet"):
        edition.conclude(session, contest, by=li, at=make.NOON)
    with pytest.raises(DomainError, match="certified results"):
        edition.cancel(session, contest, "No money.", by=li, at=make.NOON)

    round_.phase = RoundPhase.PUBLISHED
    edition.conclude(session, contest, by=li, at=make.NOON)

    assert (contest.phase, contest.concluded_at) == (Phase.CONCLUDED, make.NOON)


def test_a_cancelled_contest_stays_cancelled(session: Session, li: User) -> None:
    contest = make.contest(session)
    edition.cancel(session, contest, "No money.", by=li, at=make.NOON)

    for step in ("announce", "begin", "resume", "conclude"):
        assert not contest.can(step)
    assert verbs(session) == ["contest.cancelled"]


def test_editions_of_a_series_are_those_that_were_announced(session: Session, li: User) -> None:
    old = make.contest(session)
    draft = edition.create(session, replace(FOUNDING, series=old.series), by=li, at=make.NOON)

    assert queries.editions(session, draft.series_id) == (old,)


def test_organising_is_an_active_appointment(session: Session, li: User) -> None:
    contest: Contest = make.contest(session)
    assert not queries.organises(session, li)
    make.appointment(session, contest, li, Role.ORGANISER, answer=None)
    assert not queries.organises(session, li)
    make.contest(session, organiser=li)
    assert queries.organises(session, li)
