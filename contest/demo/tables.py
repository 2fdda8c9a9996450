"""Between desk and stage: the teams stand at tables, and judges walk from one to the next and compare."""

import hashlib
import uuid
from datetime import datetime, timedelta

from contest.comparing import choosing
from contest.contests.models import Appointment
from contest.demo import ending
from contest.demo.cast import JudgeCast
from contest.demo.play import Play, found
from contest.demo.scoring import close
from contest.entries.models import Entry
from contest.judging.actions import comparing as walking
from contest.judging.actions import opening
from contest.judging.models import Outcome, Visit
from contest.judging.queries import comparing, panel

HOURS = timedelta(hours=3)
UNTIL = timedelta(minutes=100)  # where a demonstration of this moment stands
EVEN = 0.02  # qualities that are nearer than this look equally good


def open_tables(play: Play) -> None:
    """The judges have seen about half of the tables; one of them passed a busy one by."""
    if play.tables is None or play.script.tables is None:
        return
    begins = play.at(play.script.tables)
    opening.begin(play.session, play.tables, by=play.organiser, at=begins)
    for number, judge in enumerate(play.script.judges):
        _arrive(play, judge, begins + timedelta(minutes=2 * number))
    _walk(play, begins, begins + UNTIL)


def close_tables(play: Play) -> None:
    """One judge corrects an early word, all see what they have not seen, the best go on stage."""
    if play.tables is None or play.script.tables is None:
        return
    begins = play.script.tables
    _correct(play, play.script.judges[0], begins + UNTIL + timedelta(minutes=1))
    _walk(play, begins + UNTIL, begins + HOURS)
    close(play, play.tables, play.at(begins + HOURS))
    ending.decide(play, play.tables, play.at(begins + HOURS + timedelta(hours=1)))


def _arrive(play: Play, judge: JudgeCast, at: datetime) -> None:
    visit = walking.begin(play.session, found(play.tables), play.appointment(judge), at=play.at(at))
    choosing.send_on(play.session, found(play.tables), visit, at=at)


def _walk(play: Play, since: datetime, until: datetime) -> None:
    """Let whoever is next leave their table, until the time is over or nobody stands at any."""
    round_ = found(play.tables)
    seats = {(seat := play.appointment(judge)).id: (judge, seat) for judge in play.script.judges}
    shown = {e.id: e for e in panel.judged_entries(play.session, round_)}
    while True:
        leaving = {
            max(v.since + _stay(seats[v.appointment_id][0], v), since): v
            for v in comparing.visits(play.session, round_.id)
            if v.next_id or v.waiting_since
        }
        if not leaving or (at := min(leaving)) >= until:
            return
        _look(play, *seats[leaving[at].appointment_id], leaving[at], shown, play.at(at))


def _look(
    play: Play,
    judge: JudgeCast,
    seat: Appointment,
    visit: Visit,
    shown: dict[uuid.UUID, Entry],
    at: datetime,
) -> None:
    round_, by = found(play.tables), play.user(judge.person)
    if visit.next_id is None:
        pass  # they have waited for a table
    elif visit.current_id is None:
        walking.arrive(visit, visit.next_id)
    elif _draw(judge, shown[visit.next_id]) > 0.96:
        walking.skip(play.session, round_, seat, visit, walking.BUSY,
                     pair=(visit.current_id, visit.next_id), by=by, at=at)  # fmt: skip
    else:
        said = _compared(play, judge, shown[visit.current_id], shown[visit.next_id])
        walking.vote(play.session, round_, visit, said,
                     pair=(visit.current_id, visit.next_id), by=by, at=at)  # fmt: skip
    choosing.send_on(play.session, round_, visit, at=at)


def _correct(play: Play, judge: JudgeCast, at: datetime) -> None:
    round_, by = found(play.tables), play.user(judge.person)
    first = comparing.of_judge(play.session, round_.id, play.appointment(judge).id)[-1]
    walking.correct(play.session, round_, first, Outcome.TIE, by=by, at=play.at(at))


def _compared(play: Play, judge: JudgeCast, left: Entry, right: Entry) -> Outcome:
    seen = {t.name: t.quality for t in play.script.teams}
    gap = sum(
        sign * (seen[entry.team.name] + 0.2 * (_draw(judge, entry) - 0.5))
        for sign, entry in ((1, left), (-1, right))
    )
    if abs(gap) < EVEN:
        return Outcome.TIE
    return Outcome.LEFT if gap > 0 else Outcome.RIGHT


def _stay(judge: JudgeCast, visit: Visit) -> timedelta:
    mixed = hashlib.sha256(f"{judge.person.email}{visit.next_id}".encode()).digest()
    return timedelta(minutes=13 + mixed[0] % 6, seconds=mixed[1] % 60)


def _draw(judge: JudgeCast, entry: Entry) -> float:
    """Return what this judge makes of this entry, 0 to 1, the same each time."""
    return hashlib.sha256(f"{judge.person.email}{entry.team.name}".encode()).digest()[2] / 255
