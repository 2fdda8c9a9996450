"""Decisions, certified results, and what becomes of the winners."""

from datetime import datetime, timedelta

from sqlalchemy import select

from contest.accounts.models import User
from contest.contests.actions import edition
from contest.contests.models import Role, Round
from contest.demo import cast
from contest.demo.play import Play, found
from contest.followup.actions import cases as following
from contest.followup.actions import work
from contest.followup.models import AgreementKind, Case, GateDecision, Mood, Stage
from contest.followup.queries import cases as followed
from contest.messages import actions as messages
from contest.messages import queries as letters
from contest.messages.models import State
from contest.privacy.actions import retaining
from contest.privacy.models import Class
from contest.results.actions import decisions, sets
from contest.results.actions.decisions import Choice
from contest.results.queries import decisions as decided
from contest.results.queries import sets as result_sets
from contest.teams.models import Member, TeamRole

TIED = "The panel discussed the tie and preferred the entry that could start sooner."


def decide(play: Play, round_: Round, at: datetime) -> None:
    """Propose what the ranking proposes, give the reason where it ties, apply all, let letters go."""
    table = decided.table(play.session, round_)
    choices = [
        Choice(
            entry_id=line.entry_id,
            outcome=line.proposed,
            prize_id=line.proposed_prize_id,
            reason=TIED if line.tied else "",
        )
        for line in table.lines
    ]
    decisions.propose(play.session, round_, choices, by=play.chair, at=at)
    decisions.apply(play.session, round_, by=play.chair, at=play.at(at + timedelta(minutes=30)))
    read = play.at(at + timedelta(hours=2))
    for letter in letters.outbox(play.session, play.contest.id, State.DRAFT):
        messages.release(play.session, letter, by=play.chair, at=read)


def publish(play: Play) -> None:
    """Two officers sign, the embargo passes, the results are out."""
    s, script = play.session, play.script
    at = play.at(script.published - timedelta(hours=40))
    computed = sets.compute(s, play.contest, by=play.organiser, at=at)
    for minutes, role, officer in (
        (20, Role.ORGANISER, play.organiser),
        (55, Role.CHAIR, play.chair),
    ):
        known = found(result_sets.by_id(s, computed.id))
        sets.sign(s, known, code=known.sha256[:8], role=role, by=officer,
                  at=play.at(at + timedelta(minutes=minutes)))  # fmt: skip
    known = found(result_sets.by_id(s, computed.id))
    sets.embargo(s, known, publish_at=script.published, by=play.organiser,
                 at=play.at(at + timedelta(hours=2)))  # fmt: skip
    play.at(script.published + timedelta(seconds=1))
    play.run_promised()


def follow_up(play: Play) -> None:
    """Owners are named; the first case is in its pilot, the second at its gate, the third begins."""
    ids = list(
        play.session.scalars(
            select(Case.id).where(Case.contest_id == play.contest.id).order_by(Case.title)
        )
    )
    for place, case_id in enumerate(ids):
        play.renew()
        _follow(play, found(followed.case(play.session, case_id)), place)
    play.renew()
    if play.script.ready:  # the same jury judges the next edition, and may look back
        retaining.choose(
            play.session, play.contest, {Class.ACCESS.value: 365}, by=play.organiser,
            at=play.at(play.script.published + timedelta(days=159)),
        )  # fmt: skip
    edition.conclude(
        play.session, play.contest, by=play.organiser,
        at=play.at(play.script.published + timedelta(days=160)),
    )  # fmt: skip


def _follow(play: Play, case: Case, place: int) -> None:
    s, start = play.session, play.script.published
    owner, lead = play.user(cast.FOLLOW_UP), _lead(play, case)
    at = play.at(start + timedelta(days=4 + place))
    following.name_owners(s, case, at_sponsor=owner, in_team=lead, by=play.organiser, at=at)
    following.step(s, case, by=owner, at=play.at(start + timedelta(days=6 + place)))
    duties = followed.work(s, case.id).obligations
    for days, obligation in zip((5, 19, 44), duties, strict=False):
        if place < 2 or days < 10:
            work.keep_obligation(s, case, obligation, note="", by=owner,
                                 at=play.at(start + timedelta(days=days + place)))  # fmt: skip
    day = (start + timedelta(days=30)).date()
    signed = work.add_agreement(s, case, AgreementKind.POC, signed_on=None, expires_on=None,
                                by=owner, at=play.at(start + timedelta(days=20)))  # fmt: skip
    if place == 2:
        work.move_obligation(
            s, case, duties[1], due_on=(start + timedelta(days=190)).date(), by=owner,
            reason="The budget of the second half-year decides it.",
            at=play.at(start + timedelta(days=20)),
        )  # fmt: skip
        work.add_milestone(s, case, title="Contract text agreed", due_on=day, by=owner,
                           at=play.at(start + timedelta(days=21)))  # fmt: skip
        work.check_in(s, case, mood=Mood.SLOW, text="Waiting for the budget of the second half-year.",
                      by=owner, at=play.at(start + timedelta(days=60)))  # fmt: skip
        return
    work.sign_agreement(s, case, signed, signed_on=day, by=owner,
                        at=play.at(start + timedelta(days=30)))  # fmt: skip
    following.step(s, case, by=owner, at=play.at(start + timedelta(days=31)))
    _prove(play, case, place, owner, lead)


def _prove(play: Play, case: Case, place: int, owner: User, lead: User) -> None:
    s, start = play.session, play.script.published
    first = work.add_milestone(
        s, case, title="Sandbox runs with two companies", by=lead,
        due_on=(start + timedelta(days=70)).date(), at=play.at(start + timedelta(days=33)),
    )  # fmt: skip
    work.add_milestone(
        s, case, title="Report to the business unit", by=lead,
        due_on=(start + timedelta(days=150)).date(), at=play.at(start + timedelta(days=33)),
    )  # fmt: skip
    speed = work.add_kpi(s, case, name="Days from document to financing", unit="days", target=3,
                         baseline=35, by=owner, at=play.at(start + timedelta(days=34)))  # fmt: skip
    share = work.add_kpi(s, case, name="Transactions without paper", unit="%", target=80,
                         baseline=0, by=owner, at=play.at(start + timedelta(days=34)))  # fmt: skip
    news = (
        (60, 21, 25, "Two forwarders are connected; a bank reads along."),
        (95, 9, 55, "Another forwarder joined; the error rate halves with each week."),
        (118, 4 - place, 78 + 6 * (1 - place), "The business unit asks what a pilot would cost."),
    )
    for days, fast, sheet, text in news:
        at = play.at(start + timedelta(days=days))
        on = at.date()
        work.measure(s, case, speed, value=fast, as_of=on, source="Sandbox log", by=lead, at=at)
        work.measure(s, case, share, value=sheet, as_of=on, source="Sandbox log", by=lead, at=at)
        work.check_in(
            s, case, mood=Mood.GOOD, by=lead, at=at + timedelta(hours=1),
            text=text,
        )  # fmt: skip
    work.finish_milestone(s, case, first, evidence="Minutes of the acceptance meeting", by=owner,
                          at=play.at(start + timedelta(days=72)))  # fmt: skip
    following.step(s, case, by=owner, at=play.at(start + timedelta(days=121)))
    if place == 0:
        case = found(followed.case(s, case.id))
        following.decide_gate(
            s, case, GateDecision.GO, by=owner, at=play.at(start + timedelta(days=130)),
            reason="Both figures met in the last month; the business unit pays for a pilot in Ningbo.",
        )  # fmt: skip
        work.check_in(
            s, case, mood=Mood.GOOD, by=lead, at=play.at(start + timedelta(days=155)),
            text="The first container left Ningbo with an electronic bill of lading.",
        )  # fmt: skip
        assert case.stage is Stage.PILOT  # noqa: S101 -- what the page of the demonstration shows


def _lead(play: Play, case: Case) -> User:
    return play.session.scalars(
        select(User)
        .join(Member, Member.user_id == User.id)
        .where(
            Member.team_id == case.entry.team_id,
            Member.left_at.is_(None),
            Member.role == TeamRole.LEAD,
        )
    ).one()
