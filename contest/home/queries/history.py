"""Reads the record of a contest, of the site or of one thing, and the names of what it speaks of."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, cast, or_, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import (
    Appointment,
    Challenge,
    Contest,
    Duty,
    Eligibility,
    Faq,
    Partnership,
    Prize,
    Round,
    TimelineItem,
    Track,
)
from contest.core.words import Words
from contest.entries.models import Entry, Extension, Question
from contest.events.models import Event
from contest.followup.models import Agreement, Case, CaseDocument, Kpi, Milestone, Obligation
from contest.judging.models import (
    Anchor,
    Assignment,
    Ballot,
    Calibration,
    Consensus,
    Reading,
    Rubric,
    Scorecard,
)
from contest.organisations.models import Organisation, Position
from contest.pitchday.models import Draw, Slot, Stage
from contest.ranking.models import Ranking
from contest.results.models import Certificate, ResultSet
from contest.teams.models import Team, TeamInvitation
from contest.undertakings.models import Undertaking, UndertakingText

Name = Words | str | int

# What an id of each table is called; what is not here has no name that helps a reader.
NAMES: dict[str, Select[uuid.UUID, Any]] = {
    "agreements": select(Agreement.id, Agreement.kind),
    "appointments": select(Appointment.id, User.name).join(User, User.id == Appointment.user_id),
    "assignments": select(Assignment.id, Entry.title).join(Entry, Entry.id == Assignment.entry_id),
    "calibrations": select(Calibration.id, Round.title).join(
        Round, Round.id == Calibration.round_id
    ),
    "case_documents": select(CaseDocument.id, CaseDocument.title),
    "cases": select(Case.id, Case.title),
    "certificates": select(Certificate.id, Entry.title).join(
        Entry, Entry.id == Certificate.entry_id
    ),
    "challenges": select(Challenge.id, Challenge.title),
    "ballots": select(Ballot.id, Round.title).join(Round, Round.id == Ballot.round_id),
    "consensuses": select(Consensus.id, Entry.title).join(Entry, Entry.id == Consensus.entry_id),
    "contests": select(Contest.id, Contest.title),
    "draws": select(Draw.id, Round.title).join(Round, Round.id == Draw.round_id),
    "duties": select(Duty.id, Duty.title),
    "eligibility_questions": select(Eligibility.id, Eligibility.question),
    "entries": select(Entry.id, Entry.title),
    "extensions": select(Extension.id, Team.name).join(Team, Team.id == Extension.team_id),
    "faqs": select(Faq.id, Faq.question),
    "kpis": select(Kpi.id, Kpi.name),
    "milestones": select(Milestone.id, Milestone.title),
    "obligations": select(Obligation.id, Duty.title).join(Duty, Duty.id == Obligation.duty_id),
    "organisations": select(Organisation.id, Organisation.name),
    "partnerships": select(Partnership.id, Organisation.name).join(
        Organisation, Organisation.id == Partnership.organisation_id
    ),
    "positions": select(Position.id, User.name).join(User, User.id == Position.user_id),
    "prizes": select(Prize.id, Prize.title),
    "questions": select(Question.id, Question.title),
    "rankings": select(Ranking.id, Round.title).join(Round, Round.id == Ranking.round_id),
    "readings": select(Reading.id, Entry.title)
    .join(Anchor, Anchor.id == Reading.anchor_id)
    .join(Entry, Entry.id == Anchor.entry_id),
    "result_sets": select(ResultSet.id, ResultSet.number),
    "rounds": select(Round.id, Round.title),
    "rubrics": select(Rubric.id, Round.title).join(Round, Round.id == Rubric.round_id),
    "scorecards": select(Scorecard.id, Entry.title)
    .join(Assignment, Assignment.id == Scorecard.assignment_id)
    .join(Entry, Entry.id == Assignment.entry_id),
    "slots": select(Slot.id, Entry.title).join(Entry, Entry.id == Slot.entry_id),
    "stages": select(Stage.id, Round.title).join(Round, Round.id == Stage.round_id),
    "team_invitations": select(TeamInvitation.id, Team.name).join(
        Team, Team.id == TeamInvitation.team_id
    ),
    "teams": select(Team.id, Team.name),
    "timeline_items": select(TimelineItem.id, TimelineItem.title),
    "tracks": select(Track.id, Track.title),
    "undertaking_texts": select(UndertakingText.id, Undertaking.kind).join(
        Undertaking, Undertaking.id == UndertakingText.undertaking_id
    ),
    "users": select(User.id, User.name),
}

# Which table the ids of a fact stand in.
REFERS = {
    "agreement_id": "agreements",
    "appointment": "appointments",
    "assignment": "assignments",
    "document_id": "case_documents",
    "entry": "entries",
    "entry_id": "entries",
    "kpi_id": "kpis",
    "lead": "users",
    "member": "users",
    "milestone_id": "milestones",
    "no": "eligibility_questions",
    "obligation_id": "obligations",
    "organisation_id": "organisations",
    "person_id": "users",
    "question_id": "questions",
    "round": "rounds",
    "round_id": "rounds",
    "sponsor_owner": "users",
    "team": "teams",
    "team_id": "teams",
    "team_owner": "users",
    "to": "appointments",
    "track_id": "tracks",
    "yes": "eligibility_questions",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event."""

    sequence: int
    at: datetime
    verb: str
    actor_id: uuid.UUID | None
    subject_type: str
    subject_id: uuid.UUID
    facts: Mapping[str, object]
    hash: str


def lines(
    session: Session,
    chain: str,
    *,
    subject_id: uuid.UUID | None = None,
    with_mentions: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> tuple[Line, ...]:
    """Return what stands in a chain, newest first, below sequence number `before`.

    A contest's chain is called by its id; what happened outside all of them stands in one more.
    `subject_id` leaves what happened to one thing, and `with_mentions` also what speaks of it. One
    statement.
    """
    statement = select(
        Event.sequence, Event.at, Event.verb, Event.actor_id, Event.subject_type,
        Event.subject_id, Event.facts, Event.hash,
    ).where(Event.chain == chain)  # fmt: skip
    if subject_id is not None:
        about = Event.subject_id == subject_id
        spoken = cast(Event.facts, Text).contains(str(subject_id))
        statement = statement.where(or_(about, spoken) if with_mentions else about)
    if before is not None:
        statement = statement.where(Event.sequence < before)
    rows = session.execute(statement.order_by(Event.sequence.desc()).limit(limit))
    return tuple(Line(*row) for row in rows)


def names(
    session: Session, told: Iterable[Line], *, people: frozenset[uuid.UUID] | None = None
) -> dict[uuid.UUID, Name]:
    """Return what the things are called that the lines speak of. One statement per table at most.

    `people` are those whose names the reader may see; None lets them see everybody's. What a judge's
    appointment is called is a person's name too.
    """
    wanted: dict[str, set[uuid.UUID]] = {}
    for line in told:
        wanted.setdefault(line.subject_type, set()).add(line.subject_id)
        if line.actor_id is not None:
            wanted.setdefault("users", set()).add(line.actor_id)
        for name, value in line.facts.items():
            if name in REFERS:
                wanted.setdefault(REFERS[name], set()).update(_ids(value))
    if people is not None:
        wanted["users"] = wanted.get("users", set()) & people
        wanted.pop("appointments", None)
    found: dict[uuid.UUID, Name] = {}
    for table, ids in sorted(wanted.items()):
        if table in NAMES and ids:
            statement = NAMES[table]
            key = statement.selected_columns[0]
            found |= {row[0]: row[1] for row in session.execute(statement.where(key.in_(ids)))}
    return {thing_id: name for thing_id, name in found.items() if name}


def _ids(value: object) -> set[uuid.UUID]:
    """Return the ids that a fact holds: one, or several, or the old and the new one."""
    found = set()
    for each in value if isinstance(value, list) else [value]:
        try:
            found.add(uuid.UUID(str(each)))
        except ValueError:
            continue
    return found
