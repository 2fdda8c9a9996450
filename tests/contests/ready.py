"""A contest that lacks nothing."""

from sqlalchemy.orm import Session

from contest.contests.actions import parts, rounds
from contest.contests.models import Contest, PartnerRole, Partnership, Phase, Role, Round
from contest.core.words import Words
from contest.undertakings.models import Kind
from tests import make


def to_announce(session: Session) -> Contest:
    """A draft in English of which every part is there; its organiser is `Li Wei`."""
    li = make.user(session, name="Li Wei")
    contest = make.contest(session, phase=Phase.DRAFT, organiser=li)
    sponsor = make.organisation(session)
    parts.add(
        session,
        contest,
        Partnership(organisation_id=sponsor.id, role=PartnerRole.SPONSOR),
        by=li,
        at=make.NOON,
    )
    make.prize(session, contest)
    make.appointment(session, contest, make.user(session, name="Chen"), Role.SCREENER)
    for kind in Kind:
        make.undertaking(session, contest, kind)
    rounds.plan(
        session,
        contest,
        Round(
            title=Words(en="Ideas"),
            opens_at=make.NOON + make.DAY,
            closes_at=make.NOON + 10 * make.DAY,
            judging_opens_at=make.NOON + 11 * make.DAY,
            judging_closes_at=make.NOON + 20 * make.DAY,
        ),
        by=li,
        at=make.NOON,
    )
    return contest
