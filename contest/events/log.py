"""Writes the record: one event per thing that happened, chained by hash within its contest."""

import enum
import hashlib
import uuid
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from contest.core.orm import Base
from contest.events.models import ChainHead, Event

SITE = "site"
FIRST = hashlib.sha256(b"contest-audit-v1").hexdigest()


class Verb(enum.StrEnum):
    """All that can happen, in the past tense; `<subject>.<what happened>`."""

    # accounts
    USER_ADDRESS_CHANGED = "user.address-changed"
    USER_CHANGED = "user.changed"
    USER_CODES_RENEWED = "user.codes-renewed"
    USER_CONFIRMED = "user.confirmed"
    USER_COPY_ASKED = "user.copy-asked"
    USER_COPY_FETCHED = "user.copy-fetched"
    USER_CREATED = "user.created"
    USER_ERASED = "user.erased"
    USER_ERASURE_ASKED = "user.erasure-asked"
    USER_ERASURE_TAKEN_BACK = "user.erasure-taken-back"
    USER_FACTOR_ADDED = "user.factor-added"
    USER_FACTOR_REMOVED = "user.factor-removed"
    USER_FEED_RENEWED = "user.feed-renewed"
    USER_IDENTITY_ADDED = "user.identity-added"
    USER_IDENTITY_REMOVED = "user.identity-removed"
    USER_PASSWORD_SET = "user.password-set"  # noqa: S105 -- a name of what happened
    USER_PROVED = "user.proved"
    USER_SESSION_ENDED = "user.session-ended"
    USER_SIGNED_IN = "user.signed-in"
    USER_SIGNED_OUT_EVERYWHERE = "user.signed-out-everywhere"
    # contests
    APPOINTMENT_ACCEPTED = "appointment.accepted"
    APPOINTMENT_DECLINED = "appointment.declined"
    APPOINTMENT_EDITED = "appointment.edited"
    APPOINTMENT_ENDED = "appointment.ended"
    APPOINTMENT_OFFERED = "appointment.offered"
    CONTEST_ANNOUNCED = "contest.announced"
    CONTEST_ARCHIVED = "contest.archived"
    CONTEST_BEGUN = "contest.begun"
    CONTEST_CANCELLED = "contest.cancelled"
    CONTEST_CONCLUDED = "contest.concluded"
    CONTEST_CREATED = "contest.created"
    CONTEST_EDITED = "contest.edited"
    CONTEST_FORGOTTEN = "contest.forgotten"
    CONTEST_PART_ADDED = "contest.part-added"
    CONTEST_PART_EDITED = "contest.part-edited"
    CONTEST_PART_MOVED = "contest.part-moved"
    CONTEST_PART_REMOVED = "contest.part-removed"
    CONTEST_RESUMED = "contest.resumed"
    CONTEST_RETENTION_SET = "contest.retention-set"
    CONTEST_SUSPENDED = "contest.suspended"
    ROUND_CERTIFIED = "round.certified"
    ROUND_EDITED = "round.edited"
    ROUND_JUDGING_BEGUN = "round.judging-begun"
    ROUND_JUDGING_CLOSED = "round.judging-closed"
    ROUND_JUDGING_REOPENED = "round.judging-reopened"
    ROUND_OPENED = "round.opened"
    ROUND_PUBLISHED = "round.published"
    ROUND_SCREENING_BEGUN = "round.screening-begun"
    # followup
    CASE_AGREEMENT_ADDED = "case.agreement-added"
    CASE_AGREEMENT_SIGNED = "case.agreement-signed"
    CASE_CHECKED_IN = "case.checked-in"
    CASE_CLOSED = "case.closed"
    CASE_DOCUMENT_ADDED = "case.document-added"
    CASE_GATE_DECIDED = "case.gate-decided"
    CASE_HELD = "case.held"
    CASE_KPI_ADDED = "case.kpi-added"
    CASE_KPI_EDITED = "case.kpi-edited"
    CASE_KPI_MEASURED = "case.kpi-measured"
    CASE_KPI_WAIVED = "case.kpi-waived"
    CASE_MILESTONE_ADDED = "case.milestone-added"
    CASE_MILESTONE_DONE = "case.milestone-done"
    CASE_MILESTONE_EDITED = "case.milestone-edited"
    CASE_MOVED = "case.moved"
    CASE_OBLIGATION_KEPT = "case.obligation-kept"
    CASE_OBLIGATION_MOVED = "case.obligation-moved"
    CASE_OPENED = "case.opened"
    CASE_OWNED = "case.owned"
    CASE_RESUMED = "case.resumed"
    # judging
    ASSIGNMENT_ABSTAINED = "assignment.abstained"
    ASSIGNMENT_ADDED = "assignment.added"
    ASSIGNMENT_DEFERRED = "assignment.deferred"
    ASSIGNMENT_OPENED = "assignment.opened"
    ASSIGNMENT_REASSIGNED = "assignment.reassigned"
    ASSIGNMENT_RECUSED = "assignment.recused"
    ASSIGNMENT_RESUMED = "assignment.resumed"
    BALLOT_AMENDED = "ballot.amended"
    BALLOT_REOPENED = "ballot.reopened"
    BALLOT_RESTORED = "ballot.restored"
    BALLOT_SET_ASIDE = "ballot.set-aside"
    BALLOT_SUBMITTED = "ballot.submitted"
    BALLOT_TAKEN_BACK = "ballot.taken-back"
    CALIBRATION_CLOSED = "calibration.closed"
    CALIBRATION_OPENED = "calibration.opened"
    COMPARISON_CORRECTED = "comparison.corrected"
    COMPARISON_MADE = "comparison.made"
    COMPARISON_SKIPPED = "comparison.skipped"
    COMPARISON_UNDONE = "comparison.undone"
    CONFLICT_DECLARED = "conflict.declared"
    CONFLICT_FOUND = "conflict.found"
    CONFLICT_LIFTED = "conflict.lifted"
    CONFLICTS_REVIEWED = "conflicts.reviewed"
    CONSENSUS_RECORDED = "consensus.recorded"
    JUDGES_NUDGED = "judges.nudged"
    JUDGING_EXTENDED = "judging.extended"
    PLAN_APPLIED = "plan.applied"
    PLAN_COMPUTED = "plan.computed"
    PLAN_DISCARDED = "plan.discarded"
    READING_HANDED_IN = "reading.handed-in"
    READING_TAKEN_BACK = "reading.taken-back"
    REVIEWS_WAIVED = "reviews.waived"
    RUBRIC_EDITED = "rubric.edited"
    SCORECARD_AMENDED = "scorecard.amended"
    SCORECARD_REOPENED = "scorecard.reopened"
    SCORECARD_RESTORED = "scorecard.restored"
    SCORECARD_SET_ASIDE = "scorecard.set-aside"
    SCORECARD_SUBMITTED = "scorecard.submitted"
    SCORECARD_TAKEN_BACK = "scorecard.taken-back"
    # entries
    ENTRY_BEGUN = "entry.begun"
    ENTRY_FILE_ATTACHED = "entry.file-attached"
    ENTRY_FILE_DETACHED = "entry.file-detached"
    ENTRY_FOUND_ELIGIBLE = "entry.found-eligible"
    ENTRY_FOUND_INELIGIBLE = "entry.found-ineligible"
    ENTRY_INFO_REQUESTED = "entry.info-requested"
    ENTRY_RECONSIDERED = "entry.reconsidered"
    ENTRY_SUBMITTED = "entry.submitted"
    ENTRY_WITHDRAWN = "entry.withdrawn"
    EXTENSION_GIVEN = "extension.given"
    QUESTION_ADDED = "question.added"
    QUESTION_EDITED = "question.edited"
    QUESTION_MOVED = "question.moved"
    QUESTION_REMOVED = "question.removed"
    # messages
    MESSAGE_DROPPED = "message.dropped"
    MESSAGE_EDITED = "message.edited"
    MESSAGE_RELEASED = "message.released"
    # organisations
    ORGANISATION_CREATED = "organisation.created"
    ORGANISATION_EDITED = "organisation.edited"
    POSITION_ADDED = "position.added"
    POSITION_ENDED = "position.ended"
    # pitchday
    ORDER_DRAWN = "order.drawn"
    PITCH_FINISHED = "pitch.finished"
    PITCH_QUESTIONED = "pitch.questioned"
    PITCH_REPEATED = "pitch.repeated"
    PITCH_SKIPPED = "pitch.skipped"
    PITCH_STARTED = "pitch.started"
    STAGE_ARRANGED = "stage.arranged"
    # switches of the instance
    SWITCH_TURNED_OFF = "switch.turned-off"
    SWITCH_TURNED_ON = "switch.turned-on"
    # teams
    TEAM_DISSOLVED = "team.dissolved"
    TEAM_EDITED = "team.edited"
    TEAM_ELIGIBILITY_ANSWERED = "team.eligibility-answered"
    TEAM_FOUNDED = "team.founded"
    TEAM_HANDED_OVER = "team.handed-over"
    TEAM_INVITATION_REVOKED = "team.invitation-revoked"
    TEAM_INVITED = "team.invited"
    TEAM_JOINED = "team.joined"
    TEAM_LEFT = "team.left"
    TEAM_MEMBER_REMOVED = "team.member-removed"
    # results
    CERTIFICATE_MADE = "certificate.made"
    DECISIONS_APPLIED = "decisions.applied"
    DECISIONS_PROPOSED = "decisions.proposed"
    DECISIONS_TAKEN_BACK = "decisions.taken-back"
    ENTRY_DECIDED = "entry.decided"
    ENTRY_GALLERY_LEFT = "entry.gallery-left"
    ENTRY_GALLERY_JOINED = "entry.gallery-joined"
    ENTRY_REINSTATED = "entry.reinstated"
    RESULTS_CERTIFIED = "results.certified"
    RESULTS_COMPUTED = "results.computed"
    RESULTS_DISCARDED = "results.discarded"
    RESULTS_EMBARGOED = "results.embargoed"
    RESULTS_PUBLISHED = "results.published"
    RESULTS_SIGNED = "results.signed"
    RESULTS_SUPERSEDED = "results.superseded"
    # ranking
    RANKING_COMPUTED = "ranking.computed"
    # undertakings
    UNDERTAKING_PUBLISHED = "undertaking.published"
    UNDERTAKING_SIGNED = "undertaking.signed"


# What no visitor sees the consequence of. Whatever else happens renews the public pages: once too
# often costs a moment, once too seldom would leave an old page standing.
UNSEEN_SUBJECTS = frozenset(
    {
        *(
            "assignment",
            "ballot",
            "calibration",
            "case",
            "conflict",
            "conflicts",
            "consensus",
            "judges",
        ),
        *("message", "order", "pitch", "plan", "ranking", "reading", "reviews", "rubric"),
        *("scorecard", "stage"),
    }
)
UNSEEN = frozenset(verb for verb in Verb if verb.partition(".")[0] in UNSEEN_SUBJECTS) | {
    Verb.ENTRY_BEGUN,
    Verb.ENTRY_FILE_ATTACHED,
    Verb.ENTRY_FILE_DETACHED,
    Verb.UNDERTAKING_SIGNED,
    Verb.CONTEST_RETENTION_SET,
    Verb.USER_ADDRESS_CHANGED,
    Verb.USER_CODES_RENEWED,
    Verb.USER_COPY_ASKED,
    Verb.USER_COPY_FETCHED,
    Verb.USER_CREATED,
    Verb.USER_ERASURE_ASKED,
    Verb.USER_ERASURE_TAKEN_BACK,
    Verb.USER_FACTOR_ADDED,
    Verb.USER_FACTOR_REMOVED,
    Verb.USER_FEED_RENEWED,
    Verb.USER_IDENTITY_ADDED,
    Verb.USER_IDENTITY_REMOVED,
    Verb.USER_PASSWORD_SET,
    Verb.USER_PROVED,
    Verb.USER_SESSION_ENDED,
    Verb.USER_SIGNED_IN,
}

# Made once: whatever is done asks.
HEAD = (
    select(ChainHead)
    .where(ChainHead.chain == bindparam("chain"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def record(
    session: Session,
    verb: Verb,
    subject: Base,
    *,
    by: uuid.UUID | None,
    at: datetime,
    contest_id: uuid.UUID | None = None,
    **facts: object,
) -> Event:
    """Add one event to the running transaction and return it.

    `by` is the id of a user, or None when the system acted by itself. Facts are ids, enum values,
    instants, numbers and short words; never names, addresses or free text of people.
    """
    chain = str(contest_id) if contest_id else SITE
    session.flush()  # the subject needs its id, and a constraint may still refuse it
    head = _locked_head(session, chain)
    event = Event(
        chain=chain,
        sequence=head.sequence + 1,
        at=at,
        verb=verb.value,
        actor_id=by,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        facts={name: _plain(value) for name, value in facts.items()},
        prev=head.hash,
    )
    event.hash = digest(event)
    head.sequence, head.hash = event.sequence, event.hash
    if verb not in UNSEEN:
        head.public += 1
    session.add(event)
    session.flush()
    return event


def digest(event: Event) -> str:
    """Return the hash that binds the event to all before it in its chain."""
    body = {
        "actor": str(event.actor_id) if event.actor_id else None,
        "at": event.at.isoformat(timespec="microseconds"),
        "chain": event.chain,
        "facts": event.facts,
        "sequence": event.sequence,
        "subject": [event.subject_type, str(event.subject_id)],
        "verb": event.verb,
    }
    return hashlib.sha256(
        b"contest-audit-v1" + event.prev.encode() + rfc8785.dumps(body)
    ).hexdigest()


def _locked_head(session: Session, chain: str) -> ChainHead:
    head = session.scalar(HEAD, {"chain": chain})
    if head is None:
        insert = (
            postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        )
        session.execute(
            insert(ChainHead)
            .values(id=uuid.uuid4(), chain=chain, sequence=0, hash=FIRST, public=0)
            .on_conflict_do_nothing()
        )
        head = session.scalars(HEAD, {"chain": chain}).one()
    return head


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
