"""A judge's list of entries over all contests."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from contest.accounts.signin import current, signed_in
from contest.contests import signedin
from contest.contests.models import RoundPhase
from contest.judging.models import AssignmentState
from contest.judging.models.assignment import DONE, OPEN
from contest.judging.queries import calibrating, comparing, readiness, work
from contest.judging.queries.readiness import Steps
from contest.judging.queries.work import QueueLine
from contest.judging.views.blueprint import bp
from contest.web import requests
from contest.web.access import action, mark_decided
from contest.web.db import db

STARTED = frozenset({AssignmentState.OPENED, AssignmentState.IN_PROGRESS})
VIEWS = {
    "new": frozenset({AssignmentState.ACTIVE}),
    "started": STARTED,
    "deferred": frozenset({AssignmentState.DEFERRED}),
    "done": DONE | {AssignmentState.ABSTAINED, AssignmentState.RECUSED, AssignmentState.WAIVED},
}


@dataclass(frozen=True, slots=True)
class Group:
    """One round of a judge's queue."""

    lines: tuple[QueueLine, ...]
    shown: tuple[QueueLine, ...]
    steps: Steps | None  # None: nothing to do any more in this contest

    @property
    def first(self) -> QueueLine:
        return self.lines[0]

    @property
    def wanted(self) -> int:
        return sum(line.state in OPEN | DONE for line in self.lines)

    @property
    def done(self) -> int:
        return sum(line.state in DONE for line in self.lines)

    @property
    def next(self) -> QueueLine | None:
        return work.following(self.lines, None)


@bp.get("/judging")
@action("judging.queue_index")
@signed_in
def queue() -> ResponseReturnValue:
    """Show what is assigned to the signed-in person; nothing else can be asked for here."""
    mark_decided()
    session, user = db.session(), current()
    view = request.args.get("show", "")
    lines = work.queue(session, user)
    appointments = work.appointments_of(session, user)
    for appointment in appointments:
        signedin.require_factor(appointment.contest, user, {appointment.role})
    waiting = {
        a.contest.slug: readiness.steps(session, user, a, requests.now()) for a in appointments
    }
    return render_template(
        "judging/queue.html",
        groups=_groups(lines, view, waiting),
        waiting=[
            (a.contest, waiting[a.contest.slug])
            for a in appointments
            if not waiting[a.contest.slug].done()
        ],
        calibrations=calibrating.due(session, user),
        comparing=comparing.rounds_of(session, user),
        view=view if view in VIEWS else "",
        counts={
            name: sum(line.state in states for line in lines) for name, states in VIEWS.items()
        },
        total=len(lines),
        judging=RoundPhase.JUDGING,
    )


def _groups(lines: Sequence[QueueLine], view: str, waiting: dict[str, Steps]) -> list[Group]:
    rounds: dict[object, list[QueueLine]] = {}
    for line in lines:
        rounds.setdefault(line.round_id, []).append(line)
    wanted = VIEWS.get(view)
    groups = [
        Group(
            tuple(group),
            tuple(line for line in group if wanted is None or line.state in wanted),
            waiting.get(group[0].contest_slug),
        )
        for group in rounds.values()
    ]
    return [group for group in groups if group.shown]
