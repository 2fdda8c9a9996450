"""What the judges of every edition do: get their entries, open the documents, read the same anchors."""

import hashlib
import uuid
from datetime import datetime, timedelta

from contest.contests.models import Round
from contest.demo.cast import JudgeCast
from contest.demo.play import Play, found
from contest.entries import queries as entries
from contest.judging.actions import calibrating, plan
from contest.judging.models import Assignment, PlanState
from contest.judging.models.assignment import OPEN
from contest.judging.queries import panel, plans, reviews
from contest.vault import actions as vault


def hand_out(play: Play, round_: Round, at: datetime) -> None:
    """The chair has an assignment computed, and applies it."""
    plan.ask(play.session, round_, by=play.chair, at=at)
    play.session.flush()
    play.run_promised()
    made = found(plans.newest_plan(play.session, round_.id))
    assert made.state is PlanState.PROPOSED  # noqa: S101 -- it was asked for just now
    plan.apply(play.session, made, round_, by=play.chair, at=at + timedelta(minutes=10))


def mine(play: Play, round_: Round, judge: JudgeCast) -> list[Assignment]:
    """Return what a judge still owes in a round, in the order of their list."""
    seat = play.appointment(judge).id
    open_ = reviews.open_assignments(play.session, round_.id)
    return sorted(
        (a for a in open_ if a.appointment_id == seat and a.state in OPEN),
        key=lambda a: (a.position, a.entry.code),
    )


def read(play: Play, entry_id: uuid.UUID, judge: JudgeCast, at: datetime) -> None:
    """The judge opens what the team attached, and the team can see that they did."""
    version = entries.latest_version(play.session, entry_id, play.desk.id)
    for attachment in version.attachments if version is not None else ():
        vault.opened(play.session, found(version), attachment.file, capacity="judge",
                     by=play.user(judge.person), at=at)  # fmt: skip


def points(judge: JudgeCast, quality: float, team: str, criterion: int, round_: int) -> int:
    """Return what a judge gives for a criterion of 0 to 5, the same each time."""
    mixed = f"{judge.person.email}{team}{criterion}{round_}".encode()
    noise = (sum(hashlib.sha256(mixed).digest()[:2]) - 255) / 255 * 1.1
    return min(5, max(0, round(6.4 * quality - 1.3 + judge.severity + noise)))


def calibrate(play: Play) -> None:
    """Everybody scores the same few entries before the work is dealt, and sees where they stand."""
    if not play.script.anchors:
        return
    s, script = play.session, play.script
    begins = play.at(script.closes + timedelta(days=4, minutes=30))
    chosen = [e.id for e in play.entries() if e.team.name in script.anchors]
    made = calibrating.begin(s, play.desk, chosen, by=play.chair, at=begins)
    qualities = {t.name: t.quality for t in script.teams}
    criteria = found(panel.rubric(s, play.desk.id)).criteria
    for number, judge in enumerate(script.judges):
        seat, by = play.appointment(judge), play.user(judge.person)
        for anchor in made.anchors:
            team = anchor.entry.team.name
            at = play.at(begins + timedelta(hours=1 + 2 * number, minutes=20 * anchor.position))
            read(play, anchor.entry_id, judge, at)
            for c in criteria:
                given = points(judge, qualities[team], team, c.position, 0)
                calibrating.put_points(s, anchor, seat, c.id, given, at=at)
            calibrating.hand_in(s, anchor, seat, material_opened=True, by=by,
                                at=at + timedelta(minutes=15))  # fmt: skip
    calibrating.close(s, made, by=play.chair, at=play.at(begins + timedelta(hours=15)))
