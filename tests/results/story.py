"""A contest at the end of its judging, for tests of what comes after."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Contest, Prize, Role, Round, RoundPhase
from contest.entries.models import Entry, State
from contest.organisations.models import Organisation
from contest.results.actions import decisions, sets
from contest.results.actions.decisions import Choice
from contest.results.models import Outcome, ResultSet
from contest.results.queries import decisions as queries
from tests import make


@dataclass
class Story:
    """Three teams before two prize places; the first ranked is Jürgen's."""

    contest: Contest
    round: Round
    prize: Prize
    sponsor: Organisation
    organiser: User
    chair: User
    officer: User
    leads: list[User] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


NAMES = ("Jürgen Groß", "李小龙", "山田太郎")
TITLES = ("Reed filter", "冷链溯源", "川のセンサー")


def story(session: Session, *, ranks: list[int] | None = None, places: int = 2) -> Story:
    organiser = make.user(session, name="王芳")
    contest = make.contest(session, organiser=organiser, languages=["en", "zh", "ja", "de"])
    chair, officer = make.user(session, name="Bo Chair"), make.user(session, name="Sato Misaki")
    make.appointment(session, contest, chair, Role.CHAIR)
    make.appointment(session, contest, officer, Role.SPONSOR)
    sponsor = make.organisation(session)
    make.partnership(session, contest, sponsor)
    told = Story(
        contest=contest,
        round=make.round_(session, contest, phase=RoundPhase.DELIBERATION, advance_count=None),
        prize=make.prize(session, contest, places=places),
        sponsor=sponsor,
        organiser=organiser,
        chair=chair,
        officer=officer,
    )
    for name, title in zip(NAMES, TITLES, strict=True):
        lead = make.user(session, name=name)
        team = make.team(session, lead, contest=contest, name=f"{title} team")
        told.leads.append(lead)
        told.entries.append(
            make.entry(session, contest=contest, team=team, title=title, state=State.ELIGIBLE)
        )
    make.ranking(session, told.round, *told.entries, ranks=ranks)
    return told


def choices(session: Session, round_: Round, **reasons: str) -> list[Choice]:
    """What the order proposes, each with the reason given for its title (spaces as _)."""
    return [
        Choice(
            line.entry_id,
            line.proposed,
            line.proposed_prize_id,
            reasons.get(line.title.replace(" ", "_"), ""),
        )
        for line in queries.table(session, round_).lines
    ]


def decided(session: Session, told: Story) -> None:
    decisions.propose(
        session, told.round, choices(session, told.round), by=told.chair, at=make.NOON
    )
    decisions.apply(session, told.round, by=told.chair, at=make.NOON)


def signed(session: Session, told: Story) -> ResultSet:
    decided(session, told)
    made = sets.compute(session, told.contest, by=told.chair, at=make.NOON)
    for person, role in ((told.organiser, Role.ORGANISER), (told.officer, Role.SPONSOR)):
        sets.sign(session, made, code=made.sha256[:8], role=role, by=person, at=make.NOON)
    return made


def published(session: Session, told: Story) -> ResultSet:
    made = signed(session, told)
    sets.embargo(session, made, publish_at=make.NOON, by=told.chair, at=make.NOON)
    sets.publish(session, made, by=told.chair, at=make.NOON)
    return made


def swapped(told: Story) -> list[Choice]:
    """The prize for the last instead of the second, with a reason."""
    first, second, third = told.entries
    return [
        Choice(first.id, Outcome.AWARD, told.prize.id),
        Choice(second.id, Outcome.NOT_AWARD, None, "Its patent is disputed."),
        Choice(third.id, Outcome.AWARD, told.prize.id, "Next in line."),
    ]
