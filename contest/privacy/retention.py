"""What a contest forgets of itself, class by class, some days after its end."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from contest.contests.models import Appointment, Contest, Phase, Role, Round
from contest.core.text import N_
from contest.entries.models import Draft, Entry, Version
from contest.events.log import Verb
from contest.events.models import Event
from contest.judging.models import Assignment, Conflict, Scorecard
from contest.messages.models import Message, State
from contest.privacy.models import Class, Retention
from contest.results.models import Award
from contest.teams.models import Team, TeamInvitation
from contest.vault.models import DocumentView

OVER = frozenset({Phase.CONCLUDED, Phase.ARCHIVED, Phase.CANCELLED})
ENDS = (Verb.CONTEST_CONCLUDED, Verb.CONTEST_CANCELLED)
JUDGING = (Role.JUDGE, Role.CHAIR, Role.SCREENER, Role.OBSERVER)
ENDED = (State.SENT, State.DROPPED, State.FAILED)
LONGEST = 3650


Find = Callable[[Session, Contest], list[uuid.UUID]]


@dataclass(frozen=True, slots=True)
class Rule:
    """How one class is called, how long it is kept if nobody says otherwise, and what is in it."""

    title: str
    meaning: str
    days: int
    find: Find


@dataclass(frozen=True, slots=True)
class Line:
    """One class in one contest: kept how long, until when, and how many things that is now."""

    kind: Class
    days: int | None
    until: datetime | None
    things: int

    def is_due(self, at: datetime) -> bool:
        return self.until is not None and at >= self.until


def ended_at(session: Session, contest: Contest) -> datetime | None:
    """Return when the contest was concluded or cancelled; None while it is not."""
    if contest.phase not in OVER:
        return None
    return session.scalar(
        select(func.max(Event.at)).where(
            Event.chain == str(contest.id), Event.verb.in_([v.value for v in ENDS])
        )
    )


def days(session: Session, contest: Contest) -> dict[Class, int | None]:
    """Return how many days each class is kept; None: for ever."""
    chosen = session.scalar(select(Retention).where(Retention.contest_id == contest.id))
    told: Mapping[str, int | None] = chosen.days if chosen is not None else {}
    return {kind: told.get(kind.value, rule.days) for kind, rule in RULES.items()}


def foreseen(session: Session, contest: Contest) -> list[Line]:
    """Return what would be removed and from when on: nothing changes."""
    end = ended_at(session, contest)
    lines = []
    for kind, kept in days(session, contest).items():
        until = end + timedelta(days=kept) if end is not None and kept is not None else None
        lines.append(Line(kind, kept, until, len(RULES[kind].find(session, contest))))
    return lines


# --- what is in each class ---


def access(session: Session, contest: Contest) -> list[uuid.UUID]:
    return _ids(
        session,
        Appointment.contest_id == contest.id,
        Appointment.role.in_(JUDGING),
        Appointment.ended_at.is_(None),
        of=Appointment,
    )


def drafts(session: Session, contest: Contest) -> list[uuid.UUID]:
    """Return the entries that were written and never handed in."""
    return _ids(
        session,
        Entry.contest_id == contest.id,
        Entry.id.in_(select(Draft.entry_id)),
        Entry.id.not_in(select(Version.entry_id)),
        of=Entry,
    )


def invitations(session: Session, contest: Contest) -> list[uuid.UUID]:
    teams = select(Team.id).where(Team.contest_id == contest.id)
    return _ids(
        session,
        TeamInvitation.team_id.in_(teams),
        TeamInvitation.email.is_not(None),
        of=TeamInvitation,
    )


def notes(session: Session, contest: Contest) -> list[uuid.UUID]:
    """Return the scorecards and conflicts with a private note."""
    rounds = select(Round.id).where(Round.contest_id == contest.id)
    given = select(Assignment.id).where(Assignment.round_id.in_(rounds))
    seats = select(Appointment.id).where(Appointment.contest_id == contest.id)
    return [
        *_ids(session, Scorecard.assignment_id.in_(given), Scorecard.note != "", of=Scorecard),
        *_ids(session, Conflict.appointment_id.in_(seats), Conflict.note != "", of=Conflict),
    ]


def messages(session: Session, contest: Contest) -> list[uuid.UUID]:
    return _ids(session, Message.contest_id == contest.id, Message.state.in_(ENDED), of=Message)


def ledger(session: Session, contest: Contest) -> list[uuid.UUID]:
    versions = (
        select(Version.id)
        .join(Entry, Entry.id == Version.entry_id)
        .where(Entry.contest_id == contest.id)
    )
    return _ids(session, DocumentView.version_id.in_(versions), of=DocumentView)


def entries(session: Session, contest: Contest) -> list[uuid.UUID]:
    """Return the entries that won nothing and that their teams do not show in the gallery."""
    written = or_(
        Entry.id.in_(select(Version.entry_id).where(Version.forgotten_at.is_(None))),
        Entry.id.in_(select(Draft.entry_id)) & Entry.id.in_(select(Version.entry_id)),
    )
    return _ids(
        session,
        Entry.contest_id == contest.id,
        written,
        Entry.gallery_consent_at.is_(None),
        Entry.id.not_in(select(Award.entry_id)),
        of=Entry,
    )


def _ids(session: Session, *conditions: ColumnElement[bool], of: type) -> list[uuid.UUID]:
    table: type[Entry] = of
    return list(session.scalars(select(table.id).where(*conditions).order_by(table.id)))


RULES: Mapping[Class, Rule] = {
    Class.ACCESS: Rule(
        N_("Access of judges"),
        N_("Judges, chairs, screeners and observers lose their rights. What they gave stays."),
        30, access,
    ),
    Class.DRAFTS: Rule(
        N_("Drafts that were never handed in"),
        N_("Texts and files of entries that were begun and not handed in."),
        90, drafts,
    ),
    Class.INVITATIONS: Rule(
        N_("Addresses of invited members"),
        N_("Addresses to which teams sent invitations. Who joined stays in the team."),
        90, invitations,
    ),
    Class.NOTES: Rule(
        N_("Private notes"),
        N_(
            "What judges noted for themselves, and what they wrote about conflicts. Scores and"
            " comments stay."
        ),
        180, notes,
    ),
    Class.MESSAGES: Rule(
        N_("Mail"),
        N_("Letters that were sent, dropped, or could not be delivered."),
        365, messages,
    ),
    Class.LEDGER: Rule(
        N_("Ledger of documents"),
        N_("Who opened which document when."),
        730, ledger,
    ),
    Class.ENTRIES: Rule(
        N_("Entries that won nothing"),
        N_(
            "Answers and files, except those that teams show in the gallery. Titles, scores, receipts"
            " and results stay."
        ),
        1095, entries,
    ),
}  # fmt: skip
