"""The blueprint, and what its pages load first."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from contest.accounts.models import User
from contest.accounts.signin import current
from contest.contests import queries as contests
from contest.contests.actor import Actor
from contest.contests.models import Contest, Round
from contest.contests.signedin import actor
from contest.core.decisions import Decision, deny
from contest.core.text import N_
from contest.entries import policy, queries
from contest.entries.models import NO_LEAVE, Entry, Leave, QuestionForm, Version, deadline
from contest.entries.pages import PromiseNeeded, require_promise
from contest.entries.queries import Field, Progress
from contest.teams.models import Team
from contest.web.access import authorize, found, reveal
from contest.web.db import db
from contest.web.requests import now

bp = Blueprint("entries", __name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """A team at its draft, as one request finds it."""

    user: User
    actor: Actor
    at: datetime
    team: Team
    contest: Contest
    entry: Entry | None
    round: Round | None
    form: QuestionForm | None
    leave: Leave
    fields: tuple[Field, ...]
    may_write: Decision

    @property
    def title(self) -> str:
        """Return what the team calls its entry now, handed in or not."""
        titling = self.form.titling() if self.form is not None else None
        written = next((f.value for f in self.fields if f.question is titling), "")
        return written or (self.entry.title if self.entry is not None else "")

    @property
    def deadline(self) -> datetime | None:
        """Return until when this team may write: the round's end, later or for what was asked."""
        return deadline(self.round, self.leave) if self.round is not None else None

    def progress(self, versions: Sequence[Version]) -> Progress:
        """Return what counts, what changed since and what is missing, of all `versions`."""
        here = [v for v in versions if self.round is not None and v.round_id == self.round.id]
        return queries.progress(db.session(), self.team, self.entry, self.fields, here, at=self.at)

    def field(self, question_id: uuid.UUID) -> Field | None:
        return next((f for f in self.fields if f.question.id == question_id), None)


def desk(team_id: uuid.UUID) -> Desk:
    """Load what a member of the team writes on; everybody else gets 404."""
    session, user, at = db.session(), current(), now()
    team = found(queries.team(session, team_id))
    who = actor(team.contest)
    reveal(policy.may_see_draft(who, team))
    entry = queries.entry_of(session, team.id)
    round_ = queries.current_round(session, team.contest_id, entry, at)
    if round_ is None:
        nothing = deny(N_("No round of this contest collects entries."))
        return Desk(user, who, at, team, team.contest, entry, None, None, NO_LEAVE, (), nothing)
    leave = queries.leave(session, team.id, entry, round_)
    form = queries.form(session, round_.id)
    draft = queries.draft(session, entry.id, round_.id) if entry is not None else None
    return Desk(
        user, who, at, team, team.contest, entry, round_, form, leave,
        queries.fields(form, draft, leave) if form is not None else (),
        policy.may_write(who, team, entry, at, round_, leave),
    )  # fmt: skip


def screened(entry_id: uuid.UUID) -> tuple[Entry, Actor]:
    """Load an entry for those who may decide on it."""
    entry = found(queries.entry(db.session(), entry_id))
    who = actor(entry.contest)
    reveal(policy.may_view(who, entry))
    authorize(policy.may_screen(who, entry))
    require_promise(who, entry.contest)
    return entry, who


@bp.app_errorhandler(PromiseNeeded)
def ask_to_promise(needed: PromiseNeeded) -> ResponseReturnValue:
    """Show the text to sign, which leads back to what was asked for."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("undertakings.sign", text_id=needed.text_id, next=back), 303)


def just_opened() -> set[uuid.UUID]:
    """Return the file that was opened by the button of this page: it shows its pages at once.

    Only a hint for the page; whether a picture is sent is decided by the ledger.
    """
    given = request.args.get("opened", "")
    try:
        return {uuid.UUID(given)} if given else set()
    except ValueError:
        return set()


def contest_of(slug: str) -> tuple[Contest, Actor]:
    contest = found(contests.by_slug(db.session(), slug))
    return contest, actor(contest)
