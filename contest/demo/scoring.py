"""Judges are assigned and score, at the desk and on pitch day."""

import hashlib
from datetime import datetime, timedelta

from contest.contests.actions import rounds
from contest.contests.models import (
    Round,
)
from contest.demo import cast, ending
from contest.demo.cast import JudgeCast
from contest.demo.play import Play, found
from contest.entries import queries as entries
from contest.judging.actions import closing, plan, scoring
from contest.judging.models import Assignment, PlanState
from contest.judging.models.assignment import OPEN
from contest.judging.queries import panel, plans, reviews
from contest.pitchday import actions as stage_actions
from contest.pitchday import queries as stage_queries
from contest.pitchday.models import Slot, Stage
from contest.vault import actions as vault


def assign(play: Play) -> None:
    """The chair has an assignment computed and applies it."""
    at = play.at(play.script.closes + timedelta(days=4, hours=2))
    _plan(play, play.desk, at)


def _plan(play: Play, round_: Round, at: datetime) -> None:
    plan.ask(play.session, round_, by=play.chair, at=at)
    play.session.flush()
    play.run_promised()
    made = found(plans.newest_plan(play.session, round_.id))
    assert made.state is PlanState.PROPOSED  # noqa: S101 -- it was asked for just now
    plan.apply(play.session, made, round_, by=play.chair, at=at + timedelta(minutes=10))


def score_some(play: Play) -> None:
    """Most judges have finished; one is halfway, one has not begun."""
    for number, judge in enumerate(play.script.judges):
        share = (1.0, 1.0, 0.7, 1.0, 0.5, 0.0)[number % 6]
        _score(play, play.desk, judge, share, play.script.closes + timedelta(days=5, hours=number))


def _score(play: Play, round_: Round, judge: JudgeCast, share: float, begins: datetime) -> None:
    mine = _open(play, round_, judge)
    qualities = {t.name: t.quality for t in play.script.teams}
    for i, assignment in enumerate(mine[: round(len(mine) * share)]):
        at = play.at(begins + timedelta(hours=4 * i))
        _score_one(play, assignment, judge, qualities[assignment.entry.team.name], at)


def _score_one(
    play: Play, assignment: Assignment, judge: JudgeCast, quality: float, at: datetime
) -> None:
    by = play.user(judge.person)
    version = entries.latest_version(play.session, assignment.entry_id, play.desk.id)
    for attachment in version.attachments if version is not None else ():
        vault.opened(play.session, found(version), attachment.file, capacity="judge", by=by, at=at)
    scale = found(panel.rubric(play.session, assignment.round_id))
    for criterion in scale.criteria:
        mix = hashlib.sha256(
            f"{judge.person.email}{assignment.entry.team.name}{criterion.position}"
            f"{assignment.round.number}".encode()
        ).digest()
        noise = (mix[0] + mix[1] - 255) / 255 * 1.1
        points = round(6.4 * quality - 1.3 + judge.severity + noise)
        scoring.put_points(play.session, assignment, criterion.id, min(5, max(0, points)),
                           by=by, at=at)  # fmt: skip
    remark = cast.REMARKS[mix[2] % len(cast.REMARKS)]
    scoring.put_text(play.session, assignment, comment=remark, by=by, at=at)
    scoring.submit(play.session, assignment, material_opened=True, by=by,
                   at=at + timedelta(minutes=25))  # fmt: skip


def finish_desk(play: Play) -> None:
    """The rest is scored, the round closes, the best advance."""
    for number, judge in enumerate(play.script.judges):
        _score(play, play.desk, judge, 1.0, play.script.judging_ends - timedelta(hours=40 - number))
    close(play, play.desk, play.at(play.script.judging_ends + timedelta(hours=1)))
    ending.decide(play, play.desk, play.at(play.script.judging_ends + timedelta(hours=16)))


def close(play: Play, round_: Round, at: datetime) -> None:
    """The chair ends the judging of a round, and its ranking is computed."""
    closing.close(play.session, round_, by=play.chair, at=at)
    play.session.flush()
    play.run_promised()


def begin_pitch_day(play: Play) -> None:
    """The order is drawn, the first teams have pitched, one is on stage."""
    s, script = play.session, play.script
    at = play.at(script.pitch - timedelta(days=1))
    stage_actions.arrange(s, play.pitch, script.stage, script.pitch, by=play.organiser, at=at)
    rounds.judge(s, play.pitch, by=play.organiser, at=at)
    _plan(play, play.pitch, play.at(at + timedelta(hours=1)))
    stage_actions.draw(s, play.pitch, "20190322", by=play.chair, at=at + timedelta(hours=2))
    _pitch(play, from_=0, until=4)
    line = stage_queries.running_order(s, play.pitch.id)
    if len(line) > 4:
        stage, slot = _slot(play, line[4])
        stage_actions.start(s, stage, slot, by=play.organiser,
                            at=play.at(script.pitch + timedelta(minutes=67)))  # fmt: skip


def _slot(play: Play, line: stage_queries.Line) -> tuple[Stage, Slot]:
    return (
        found(stage_queries.stage(play.session, play.pitch.id)),
        found(stage_queries.slot(play.session, line.slot_id)),
    )


def _pitch(play: Play, from_: int, until: int) -> None:
    s = play.session
    qualities = {t.name: t.quality for t in play.script.teams}
    for i, line in enumerate(
        stage_queries.running_order(s, play.pitch.id)[from_:until], start=from_
    ):
        begins = play.at(play.script.pitch + timedelta(minutes=16 * i))
        stage, slot = _slot(play, line)
        if slot.state.value == "waiting":
            stage_actions.start(s, stage, slot, by=play.organiser, at=begins)
        stage_actions.question(s, stage, slot, by=play.organiser, at=begins + timedelta(minutes=6))
        stage_actions.finish(s, stage, slot, by=play.organiser, at=begins + timedelta(minutes=12))
        for judge in play.script.judges:
            for assignment in _open(play, play.pitch, judge):
                if assignment.entry_id == line.entry_id:
                    _score_one(play, assignment, judge, qualities[line.team],
                                    begins + timedelta(minutes=8))  # fmt: skip


def finish_pitch_day(play: Play) -> None:
    """The others pitch, the round closes, the winners are decided."""
    _pitch(play, from_=4, until=99)
    close(play, play.pitch, play.at(play.script.pitch + timedelta(hours=5)))
    ending.decide(play, play.pitch, play.at(play.script.pitch + timedelta(hours=6)))


def _open(play: Play, round_: Round, judge: JudgeCast) -> list[Assignment]:
    mine = play.appointment(judge).id
    open_ = reviews.open_assignments(play.session, round_.id)
    return sorted(
        (a for a in open_ if a.appointment_id == mine and a.state in OPEN),
        key=lambda a: (a.position, a.entry.code),
    )
