"""What stands in somebody's calendar."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Role, RoundKind, RoundPhase
from contest.entries.models import State
from contest.followup.models import Milestone
from contest.home import occasions
from contest.messages import calendar
from contest.messages.calendar import Occasion
from contest.pitchday.models import Stage
from tests import make
from tests.make import DAY, NOON
from tests.pages import Client
from tests.statements import counted


def dates(app: Flask, session: Session, user: User) -> dict[str, Occasion]:
    """Return somebody's dates in contests by their kind; the latest of each kind."""
    with app.test_request_context():
        found = sorted(occasions.of_contests(session, user, NOON), key=lambda o: o.starts_at)
    return {o.uid.partition("-")[0]: o for o in found}


def test_a_calendar_holds_the_dates_of_ones_own_part_in_a_contest(
    app: Flask, session: Session
) -> None:
    contest = make.contest(session, title="Rivers")
    desk = make.round_(session, contest, phase=RoundPhase.COLLECTING)
    pitch = make.round_(session, contest, number=2, kind=RoundKind.PITCH)
    organiser, judge, finalist, starter, stranger = (make.user(session) for _ in range(5))
    make.appointment(session, contest, organiser, Role.ORGANISER)
    make.appointment(session, contest, judge, Role.JUDGE)
    make.entry(session, finalist, contest=contest, state=State.ADVANCED)
    make.entry(session, starter, contest=contest)

    def kinds(user: User) -> set[str]:
        return set(dates(app, session, user))

    assert kinds(organiser) == {"closes", "judging", "pitch"}
    assert kinds(judge) == {"judging", "pitch"}
    assert kinds(finalist) == {"closes", "pitch"}
    assert kinds(starter) == {"closes"}
    assert kinds(stranger) == set()
    assert desk.closes_at == make.NOON + timedelta(days=1)
    assert pitch.judging_opens_at is not None


@pytest.mark.parametrize("state", State)
def test_a_second_round_closes_only_for_teams_that_advanced_to_it(
    app: Flask, session: Session, state: State
) -> None:
    contest = make.contest(session)
    make.round_(session, contest, closes_at=NOON - 20 * DAY, phase=RoundPhase.DELIBERATION)
    make.round_(session, contest, number=2, closes_at=NOON + 30 * DAY, phase=RoundPhase.PLANNED)
    ada = make.user(session)
    make.entry(session, ada, contest=contest, state=state)

    ahead = [o for o in dates(app, session, ada).values() if o.starts_at > NOON]

    assert [o.starts_at for o in ahead] == ([NOON + 30 * DAY] if state is State.ADVANCED else [])


def test_a_team_with_more_time_has_its_own_deadline_and_the_others_theirs(
    app: Flask, session: Session
) -> None:
    contest = make.contest(session)
    round_ = make.round_(session, contest)
    late, usual = make.user(session), make.user(session)
    team = make.team(session, late, contest=contest)
    make.team(session, usual, contest=contest)
    make.extension(session, team, round_, NOON + 3 * DAY)

    assert dates(app, session, late)["closes"].starts_at == NOON + 3 * DAY
    assert dates(app, session, late)["closes"].url.endswith(f"/teams/{team.id}/entry")
    assert dates(app, session, usual)["closes"].starts_at == NOON + DAY


def test_a_deadline_that_was_met_stays_in_the_calendar(app: Flask, session: Session) -> None:
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=NOON - 9 * DAY, phase=RoundPhase.JUDGING)
    ada = make.user(session)
    entry = make.entry(session, ada, contest=contest)
    make.version(session, entry, make.form(session, round_))
    entry.state = State.ELIGIBLE
    assert dates(app, session, ada)["closes"].starts_at == NOON - 9 * DAY

    make.extension(session, entry.team, round_, NOON - 7 * DAY)

    assert dates(app, session, ada)["closes"].starts_at == NOON - 7 * DAY


def test_what_a_screener_asked_stands_on_the_day_until_which_it_is_asked(
    app: Flask, session: Session
) -> None:
    contest = make.contest(session)
    round_ = make.round_(session, contest, closes_at=NOON - DAY, phase=RoundPhase.SCREENING)
    ada = make.user(session)
    entry = make.entry(session, ada, contest=contest)
    make.info_request(session, entry, round_, NOON + 2 * DAY)

    assert {k: o.starts_at for k, o in dates(app, session, ada).items()} == {
        "answer": NOON + 2 * DAY
    }


def test_pitch_day_is_when_and_where_it_was_arranged(app: Flask, session: Session) -> None:
    contest = make.contest(session)
    pitch = make.round_(session, contest, number=2, kind=RoundKind.PITCH)
    finalist, out, judge = (make.user(session) for _ in range(3))
    make.appointment(session, contest, judge, Role.JUDGE)
    make.entry(session, finalist, contest=contest, state=State.ADVANCED)
    make.entry(session, out, contest=contest, state=State.NOT_ADVANCED)
    assert dates(app, session, finalist)["pitch"].starts_at == pitch.judging_opens_at

    make.added(session, Stage(round=pitch, place="Hall 3", starts_at=NOON + 9 * DAY))

    for person in (finalist, judge):
        day = dates(app, session, person)["pitch"]
        assert (day.starts_at, day.ends_at, day.place) == (NOON + 9 * DAY, None, "Hall 3")
    assert "pitch" not in dates(app, session, out)


def test_a_place_stands_in_the_calendar() -> None:
    day = Occasion(
        "pitch-1", NOON, None, "Asia/Shanghai", "Pitch day", "https://a.example/", "Hall 3"
    )

    made = calendar.written([day], host="a.example", name="Ada", at=NOON)

    [event] = icalendar.Calendar.from_ical(made).walk("VEVENT")
    assert event["LOCATION"] == "Hall 3"


def test_the_owners_of_a_case_have_its_milestones_and_what_the_sponsor_promised(
    app: Flask, session: Session
) -> None:
    contest = make.contest(session)
    entry = make.entry(session, make.user(session), contest=contest, state=State.AWARDED)
    sponsor, lead, stranger = (make.user(session) for _ in range(3))
    case = make.case(
        session, entry, make.organisation(session), sponsor_owner=sponsor, team_owner=lead
    )
    make.added(session, Milestone(case_id=case.id, title="Users", due_on=NOON.date()))
    promise = make.obligation(session, case)

    def titles(user: User) -> dict[str, datetime]:
        with app.test_request_context():
            found = list(occasions.of_cases(session, user, NOON))
        return {o.title: o.starts_at.astimezone(UTC) for o in found}

    at_nine = datetime(2030, 6, 1, 1, tzinfo=UTC)  # in Shanghai
    both = {f"Users · {case.title}": at_nine, f"Pay · {case.title}": at_nine}
    assert titles(sponsor) == both
    assert titles(lead) == both
    assert titles(stranger) == {}
    promise.kept_at = NOON
    session.flush()
    assert set(titles(sponsor)) == {f"Users · {case.title}"}


def test_a_calendar_costs_as_many_statements_for_one_contest_as_for_three(
    app: Flask, session: Session
) -> None:
    one, three = make.user(session), make.user(session)

    for user in (one, three, three, three):
        contest = make.contest(session)
        make.round_(session, contest)
        make.round_(session, contest, number=2, kind=RoundKind.PITCH)
        make.entry(session, user, contest=contest)
    sent, found = [], []
    for user in (one, three):
        session.expunge_all()
        with app.test_request_context(), counted(session) as statements:
            found.append(len(list(occasions.of_contests(session, user, NOON))))
        sent.append(len(statements))

    assert found == [1, 3]
    assert sent[0] == sent[1]


@pytest.mark.usefixtures("noon")
def test_the_pages_of_a_team_count_down_to_its_own_deadline(
    client: Client, session: Session
) -> None:
    contest = make.contest(session)
    round_ = make.round_(session, contest)
    late, out = make.user(session), make.user(session)
    team = make.team(session, late, contest=contest)
    gone = make.entry(session, out, contest=contest, state=State.INELIGIBLE)
    make.extension(session, team, round_, NOON + 3 * DAY)

    client.sign_in(late)
    for address in (f"/teams/{team.id}", "/"):
        text = client.page(address).text
        assert f'data-countdown-at-value="{(NOON + 3 * DAY).isoformat()}"' in text
    client.sign_in(out)
    assert "data-countdown-at-value" not in client.page(f"/teams/{gone.team_id}").text
