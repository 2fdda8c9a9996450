from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests import queries
from contest.contests.actions import parts, rounds
from contest.contests.models import (
    Contest,
    PartnerRole,
    Partnership,
    Round,
    RoundPhase,
    TimelineItem,
    Track,
)
from contest.core.errors import Conflict, DomainError
from contest.core.words import Words
from tests import make


@pytest.fixture
def li(session: Session) -> User:
    return make.user(session, name="Li Wei")


@pytest.fixture
def contest(session: Session) -> Contest:
    return make.contest(session)


def add_track(session: Session, contest: Contest, by: User, title: str) -> Track:
    track = Track(title=Words(en=title), summary=Words())
    return parts.add(session, contest, track, by=by, at=make.NOON)


def titles(session: Session, contest: Contest) -> list[str]:
    return [track.title["en"] for track in queries.tracks(session, contest.id)]


def test_what_is_added_stands_at_the_end_and_can_be_moved(
    session: Session, contest: Contest, li: User
) -> None:
    for title in "ABC":
        last = add_track(session, contest, li, title)
    assert titles(session, contest) == ["A", "B", "C"]

    rows = queries.tracks(session, contest.id)
    parts.move(session, last, rows, -1, by=li, at=make.NOON)
    assert titles(session, contest) == ["A", "C", "B"]

    rows = queries.tracks(session, contest.id)
    parts.move(session, last, rows, -9, by=li, at=make.NOON)
    assert titles(session, contest) == ["C", "A", "B"]


def test_a_partner_has_a_part_only_once(session: Session, contest: Contest, li: User) -> None:
    company = make.organisation(session)

    def sponsor() -> Partnership:
        return Partnership(organisation_id=company.id, role=PartnerRole.SPONSOR)

    parts.add(session, contest, sponsor(), by=li, at=make.NOON)
    with pytest.raises(DomainError, match="in the list already"):
        parts.add(session, contest, sponsor(), by=li, at=make.NOON)

    assert len(queries.partnerships(session, contest.id)) == 1


def test_partners_stand_with_the_sponsor_first(
    session: Session, contest: Contest, li: User
) -> None:
    for role in (PartnerRole.MEDIA, PartnerRole.SPONSOR, PartnerRole.INCUBATOR):
        company = make.organisation(session)
        partner = Partnership(organisation_id=company.id, role=role)
        parts.add(session, contest, partner, by=li, at=make.NOON)

    assert [p.role for p in queries.partnerships(session, contest.id)] == [
        PartnerRole.SPONSOR,
        PartnerRole.INCUBATOR,
        PartnerRole.MEDIA,
    ]


def test_an_edit_of_an_old_copy_of_a_part_is_refused(
    session: Session, contest: Contest, li: User
) -> None:
    track = add_track(session, contest, li, "A")
    seen = track.version
    for title, expected in (("B", "B"), ("C", "B")):
        try:
            values = {"title": Words(en=title)}
            parts.edit(session, track, values, seen=seen, by=li, at=make.NOON)
        except Conflict:
            pass
        assert track.title["en"] == expected


def test_a_track_that_a_team_chose_is_not_removed(
    session: Session, contest: Contest, li: User
) -> None:
    track = add_track(session, contest, li, "A")
    team = make.team(session, li, contest=contest)
    team.track_id = track.id
    session.flush()

    with pytest.raises(DomainError, match="refers to this"):
        parts.remove(session, track, by=li, at=make.NOON)

    assert titles(session, contest) == ["A"]


def test_dates_stand_in_their_own_order(session: Session, contest: Contest, li: User) -> None:
    for days in (5, 2):
        item = TimelineItem(on=make.NOON.date() + timedelta(days), title=Words(en=str(days)))
        parts.add(session, contest, item, by=li, at=make.NOON)

    assert [item.title["en"] for item in queries.timeline(session, contest.id)] == ["2", "5"]


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ({"opens_at": 2, "closes_at": 1}, "closes_at"),
        ({"opens_at": 2, "closes_at": 2}, "closes_at"),
        ({"opens_at": 2}, "closes_at"),
        ({"closes_at": 2}, "opens_at"),
        ({"judging_opens_at": 2, "judging_closes_at": 1}, "judging_closes_at"),
    ],
)
def test_a_round_has_its_dates_in_order(
    session: Session, contest: Contest, li: User, dates: dict[str, int], field: str
) -> None:
    instants = {name: make.NOON + days * make.DAY for name, days in dates.items()}
    round_ = Round(title=Words(en="Ideas"), **instants)

    with pytest.raises(DomainError) as refused:
        rounds.plan(session, contest, round_, by=li, at=make.NOON)

    assert refused.value.field == field


def test_rounds_are_numbered_and_close_up(session: Session, contest: Contest, li: User) -> None:
    for title in "ABC":
        rounds.plan(session, contest, Round(title=Words(en=title)), by=li, at=make.NOON)
    first, second, _ = queries.rounds(session, contest.id)

    rounds.remove(session, second, by=li, at=make.NOON)
    first.phase = RoundPhase.COLLECTING
    with pytest.raises(DomainError, match="has begun"):
        rounds.remove(session, first, by=li, at=make.NOON)

    numbered = [(r.number, r.title["en"]) for r in queries.rounds(session, contest.id)]
    assert numbered == [(1, "A"), (2, "C")]


def test_a_round_takes_its_steps_in_order_and_may_be_reopened(
    session: Session, contest: Contest, li: User
) -> None:
    round_ = make.round_(session, contest, phase=RoundPhase.PLANNED)
    with pytest.raises(DomainError, match="not possible"):
        rounds.deliberate(session, round_, by=li, at=make.NOON)

    for step in (
        rounds.collect, rounds.screen, rounds.judge, rounds.deliberate, rounds.reopen,
        rounds.deliberate, rounds.certify, rounds.publish,
    ):  # fmt: skip
        step(session, round_, by=li, at=make.NOON)

    assert round_.phase is RoundPhase.PUBLISHED
