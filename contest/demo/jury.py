"""The first edition: a jury that orders at the desk, says who is ready, and shares out points on stage."""

import hashlib
import math
from datetime import datetime, timedelta

from contest.contests.models import Mode, Round
from contest.demo import cast, ending
from contest.demo.cast import JudgeCast
from contest.demo.play import Play, found
from contest.demo.reading import hand_out, mine, read
from contest.judging.actions import ballots, closing, consensus, opening, scoring
from contest.judging.models import Assignment
from contest.judging.queries import panel, verdicts

READY = 0.68  # quality from which a judge who is neither strict nor mild passes an entry
HEARD = 0.65  # from which the panel does where its judges disagree
PASSED = "The panel heard both sides: what is missing can be built before a pilot begins."
FAILED = "The panel heard both sides: nobody could name who would run it."


def order_desk(play: Play) -> None:
    """Each judge puts the entries they read in order."""
    for number, judge in enumerate(play.script.judges):
        at = play.at(play.script.judging_ends - timedelta(hours=40 - number))
        seen = _seen(play, play.desk, judge, at)
        ballots.put_order(play.session, play.desk, play.appointment(judge),
                          [[a.entry_id] for a in sorted(seen, key=lambda a: -seen[a])], at=at)  # fmt: skip
        _submit(play, play.desk, judge, at + timedelta(minutes=20))


def check_readiness(play: Play) -> None:
    """Each judge says of those left whether they are ready; the panel settles where they disagree."""
    if play.readiness is None:
        return
    s, round_ = play.session, play.readiness
    at = play.at(play.script.judging_ends + timedelta(days=1))
    hand_out(play, round_, at)
    closing_day = at + timedelta(days=1)
    opening.begin(s, round_, by=play.organiser, at=play.at(at + timedelta(hours=1)))
    for number, judge in enumerate(play.script.judges):
        for i, assignment in enumerate(mine(play, round_, judge)):
            team = [t.name for t in play.script.teams].index(assignment.entry.team.name)
            remark = cast.REMARKS[(number + team) % len(cast.REMARKS)]  # no two say the same
            _say(play, judge, assignment, remark, at + timedelta(hours=2 + number, minutes=25 * i))
    closing.close(s, round_, by=play.chair, at=play.at(closing_day))
    split = [e for e in play.entries() if e.id in verdicts.waiting(s, round_)]
    for i, entry in enumerate(split, start=1):
        passed = _quality(play, entry.team.name) > HEARD
        consensus.decide(s, round_, entry, passed, PASSED if passed else FAILED,
                         by=play.chair, at=play.at(closing_day + timedelta(minutes=30 * i)))  # fmt: skip
    play.run_promised()
    ending.decide(play, round_, play.at(closing_day + timedelta(hours=3)))


def share_out(play: Play, at: datetime) -> None:
    """Each judge distributes their points over those who were on stage."""
    for number, judge in enumerate(play.script.judges):
        begins = play.at(at + timedelta(minutes=5 * number))
        seen = {
            a.entry_id: math.exp(5 * q) for a, q in _seen(play, play.pitch, judge, begins).items()
        }
        shares = {e: play.pitch.budget * w / sum(seen.values()) for e, w in seen.items()}
        points = {e: math.floor(share) for e, share in shares.items()}
        left = play.pitch.budget - sum(points.values())
        for entry in sorted(shares, key=lambda e: points[e] - shares[e])[:left]:
            points[entry] += 1
        ballots.put_points(play.session, play.pitch, play.appointment(judge), points, at=begins)
        _submit(play, play.pitch, judge, begins + timedelta(minutes=4))


def _say(play: Play, judge: JudgeCast, assignment: Assignment, remark: str, at: datetime) -> None:
    s, by = play.session, play.user(judge.person)
    read(play, assignment.entry_id, judge, play.at(at))
    quality = _quality(play, assignment.entry.team.name) + 0.06 * judge.severity
    (question,) = found(panel.rubric(s, assignment.round_id)).criteria
    scoring.put_points(s, assignment, question.id, int(quality > READY), by=by, at=at)
    scoring.put_text(s, assignment, comment=remark, by=by, at=at)
    scoring.submit(s, assignment, material_opened=True, by=by, at=at + timedelta(minutes=15))


def _seen(play: Play, round_: Round, judge: JudgeCast, at: datetime) -> dict[Assignment, float]:
    """Let a judge read what is assigned to them; return what they make of each entry."""
    seen = {}
    for assignment in mine(play, round_, judge):
        if round_.mode is Mode.RANKING:
            read(play, assignment.entry_id, judge, at)
        quality = _quality(play, assignment.entry.team.name)
        seen[assignment] = quality + 0.2 * (_draw(judge, assignment) - 0.5)
    return seen


def _submit(play: Play, round_: Round, judge: JudgeCast, at: datetime) -> None:
    ballots.submit(play.session, round_, play.appointment(judge), unread=[],
                   by=play.user(judge.person), at=play.at(at))  # fmt: skip


def _quality(play: Play, team: str) -> float:
    return next(t.quality for t in play.script.teams if t.name == team)


def _draw(judge: JudgeCast, assignment: Assignment) -> float:
    """Return what this judge makes of this entry in this round, 0 to 1, the same each time."""
    mixed = f"{judge.person.email}{assignment.entry.team.name}{assignment.round.number}"
    return hashlib.sha256(mixed.encode()).digest()[0] / 256
