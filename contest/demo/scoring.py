"""Judges are assigned and score, at the desk and on pitch day."""

import hashlib
from datetime import datetime, timedelta

from contest.contests.actions import rounds
from contest.contests.models import Mode, Round
from contest.demo import cast, ending, jury
from contest.demo.cast import JudgeCast
from contest.demo.play import Play, found
from contest.demo.reading import hand_out, mine, points, read
from contest.judging.actions import closing, scoring
from contest.judging.models import Assignment
from contest.judging.queries import panel
from contest.pitchday import actions as stage_actions
from contest.pitchday import queries as stage_queries
from contest.pitchday.models import Slot, Stage


def assign(play: Play) -> None:
    """The chair has an assignment computed and applies it."""
    hours = 19 if play.script.anchors else 2  # after the calibration, where there was one
    hand_out(play, play.desk, play.at(play.script.closes + timedelta(days=4, hours=hours)))


def score_some(play: Play) -> None:
    """Most judges have finished; one is halfway, one has not begun. Ballots come in at the end."""
    if play.desk.mode is not Mode.RUBRIC:
        return
    for number, judge in enumerate(play.script.judges):
        share = (1.0, 1.0, 0.7, 1.0, 0.5, 0.0)[number % 6]
        _score(play, play.desk, judge, share, play.script.closes + timedelta(days=5, hours=number))


def _score(play: Play, round_: Round, judge: JudgeCast, share: float, begins: datetime) -> None:
    open_ = mine(play, round_, judge)
    qualities = {t.name: t.quality for t in play.script.teams}
    for i, assignment in enumerate(open_[: round(len(open_) * share)]):
        at = play.at(begins + timedelta(hours=4 * i))
        _score_one(play, assignment, judge, qualities[assignment.entry.team.name], at)


def _score_one(
    play: Play, assignment: Assignment, judge: JudgeCast, quality: float, at: datetime
) -> None:
    by, team, number = play.user(judge.person), assignment.entry.team.name, assignment.round.number
    read(play, assignment.entry_id, judge, at)
    scale = found(panel.rubric(play.session, assignment.round_id))
    for criterion in scale.criteria:
        given = points(judge, quality, team, criterion.position, number)
        scoring.put_points(play.session, assignment, criterion.id, given, by=by, at=at)
    mix = hashlib.sha256(
        f"{judge.person.email}{team}{criterion.position}{number}".encode()
    ).digest()
    remark = cast.REMARKS[mix[2] % len(cast.REMARKS)]
    scoring.put_text(play.session, assignment, comment=remark, by=by, at=at)
    scoring.submit(play.session, assignment, material_opened=True, by=by,
                   at=at + timedelta(minutes=25))  # fmt: skip


def finish_desk(play: Play) -> None:
    """The rest is scored, the round closes, the best advance."""
    if play.desk.mode is Mode.RANKING:
        jury.order_desk(play)
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
    hand_out(play, play.pitch, play.at(at + timedelta(hours=1)))
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
        for judge in play.script.judges if play.pitch.mode is Mode.RUBRIC else ():
            for assignment in mine(play, play.pitch, judge):
                if assignment.entry_id == line.entry_id:
                    _score_one(play, assignment, judge, qualities[line.team],
                                    begins + timedelta(minutes=8))  # fmt: skip


def finish_pitch_day(play: Play) -> None:
    """The others pitch, the round closes, the winners are decided."""
    _pitch(play, from_=4, until=99)
    if play.pitch.mode is Mode.POINTS:
        jury.share_out(play, play.script.pitch + timedelta(hours=3))
    close(play, play.pitch, play.at(play.script.pitch + timedelta(hours=5)))
    ending.decide(play, play.pitch, play.at(play.script.pitch + timedelta(hours=6)))
