"""Computes, signs, dates, publishes and corrects results."""

import json
import random
import uuid
from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contest.accounts.models import User
from contest.contests.actions import rounds as phases
from contest.contests.models import Contest, Role, RoundPhase
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.entries.models import Entry
from contest.entries.models import State as EntryState
from contest.events.log import Verb, record
from contest.jobs.outbox import enqueue
from contest.judging.models import Assignment, Scorecard
from contest.messages import outbox as messages
from contest.results import snapshot
from contest.results.actions.decisions import members
from contest.results.models import OfficerSignature, ResultSet, ResultState, Voice
from contest.results.queries import decisions, readiness, sets

CODE_LENGTH = 8
SIGNATURES = 2
_chance = random.SystemRandom()


def compute(
    session: Session, contest: Contest, *, by: User, at: datetime, reason: str = ""
) -> ResultSet:
    """Freeze what the contest's result is now, for two officers to sign.

    Raises DomainError while something stands in the way, while another result is on its way, or
    when one is published and no reason for the correction is given.
    """
    orm.lock(session, contest)
    if sets.live(session, contest.id) is not None:
        raise DomainError(N_("A result is already on its way. Discard it to compute another."))
    if readiness.blockers(session, contest):
        raise DomainError(N_("Something still stands in the way of the results."))
    before = sets.published(session, contest.id)
    if before is not None and not reason.strip():
        raise DomainError(N_("Say why the published result is corrected."), field="reason")
    frozen = snapshot.freeze(sets.facts(session, contest))
    made = ResultSet(
        contest=contest,
        number=sets.next_number(session, contest.id),
        body=frozen.body,
        salt=frozen.salt,
        sha256=frozen.sha256,
        sealed=frozen.sealed,
        reason=reason.strip() if before else "",
        computed_at=at,
        computed_by=by.id,
        supersedes_id=before.id if before else None,
        signatures=[],
    )
    session.add(made)
    record(
        session, Verb.RESULTS_COMPUTED, made, by=by.id, at=at, contest_id=contest.id,
        number=made.number, sha256=made.sha256,
    )  # fmt: skip
    return made


def sign(
    session: Session, result_set: ResultSet, *, code: str, role: Role, by: User, at: datetime
) -> None:
    """Put an officer's name under the result; the second name certifies it.

    `code` is the beginning of the hash as the officer reads it. Raises DomainError when it differs,
    when this person has signed already, or when the result no longer says what is decided.
    """
    orm.lock(session, result_set)
    require(result_set.can("certify"))
    if code.strip().lower() != result_set.sha256[:CODE_LENGTH]:
        raise DomainError(N_("This is not how the code of this result begins."), field="code")
    if any(s.user_id == by.id for s in result_set.signatures):
        raise DomainError(N_("You have signed this result. The second name is another person's."))
    if readiness.blockers(session, result_set.contest):
        raise DomainError(N_("Something still stands in the way of the results."))
    if not sets.is_fresh(session, result_set):
        raise DomainError(N_("What is decided has changed since. Discard this and compute anew."))
    result_set.signatures.append(
        OfficerSignature(user=by, role=role.value, sha256=result_set.sha256, at=at)
    )
    record(
        session, Verb.RESULTS_SIGNED, result_set, by=by.id, at=at,
        contest_id=result_set.contest_id, number=result_set.number, role=role,
        sha256=result_set.sha256,
    )  # fmt: skip
    if len({s.user_id for s in result_set.signatures}) >= SIGNATURES:
        _certify(session, result_set, by=by, at=at)


def _certify(session: Session, result_set: ResultSet, *, by: User, at: datetime) -> None:
    result_set.move("certify")
    result_set.certified_at = at
    for round_ in decisions.rounds(session, result_set.contest_id):
        if round_.phase is RoundPhase.DELIBERATION:
            phases.certify(session, round_, by=by, at=at)
    record(
        session, Verb.RESULTS_CERTIFIED, result_set, by=by.id, at=at,
        contest_id=result_set.contest_id, number=result_set.number, sha256=result_set.sha256,
    )  # fmt: skip


def embargo(
    session: Session, result_set: ResultSet, *, publish_at: datetime, by: User, at: datetime
) -> None:
    """Set the instant from which the result is public, or move it while it has not come."""
    orm.lock(session, result_set)
    if publish_at < at:
        raise DomainError(N_("This instant has passed. Choose a later one."), field="publish_at")
    before = result_set.publish_at
    if result_set.state is not ResultState.EMBARGOED:
        result_set.move("embargo")
    result_set.publish_at = publish_at
    record(
        session, Verb.RESULTS_EMBARGOED, result_set, by=by.id, at=at,
        contest_id=result_set.contest_id, number=result_set.number, before=before,
        after=publish_at,
    )  # fmt: skip
    enqueue(session, "results.publish", at=publish_at, result_set_id=str(result_set.id))


def publish(session: Session, result_set: ResultSet, *, by: User | None, at: datetime) -> bool:
    """Make the result public once its instant has come; say whether this call did it.

    In the same transaction: the result before it is superseded, rounds and entries move on, judges
    get their letters, teams are told, certificates and follow-up cases are promised.
    """
    orm.lock(session, result_set)
    if result_set.state is not ResultState.EMBARGOED:
        return False
    if result_set.publish_at is None or at < result_set.publish_at:
        return False
    contest = result_set.contest
    entries = _entries(session, contest.id)
    _still_true(result_set, entries)
    _supersede(session, result_set, at=at)
    result_set.move("publish")
    result_set.published_at = at
    for round_ in decisions.rounds(session, contest.id):
        if round_.phase is RoundPhase.CERTIFIED:
            phases.publish(session, round_, by=by, at=at)
    record(
        session, Verb.RESULTS_PUBLISHED, result_set, by=by.id if by else None, at=at,
        contest_id=contest.id, number=result_set.number, sha256=result_set.sha256,
        salt=result_set.salt,
    )  # fmt: skip
    winners = {award["entry"] for award in json.loads(result_set.body)["awards"]}
    _settle_entries(session, entries, winners, contest, by=by, at=at)
    _draw_voices(session, contest.id)
    _tell_teams(session, result_set, entries, at=at)
    enqueue(session, "results.certify_pdf", at=at, result_set_id=str(result_set.id))
    enqueue(session, "followup.open_cases", at=at, result_set_id=str(result_set.id))
    return True


def discard(
    session: Session, result_set: ResultSet, *, reason: str, by: User, at: datetime
) -> None:
    """Give up a result that is not out yet; its number and hash stay in the history."""
    orm.lock(session, result_set)
    result_set.move("discard")
    result_set.discarded_at, result_set.discard_reason = at, reason.strip()
    record(
        session, Verb.RESULTS_DISCARDED, result_set, by=by.id, at=at,
        contest_id=result_set.contest_id, number=result_set.number,
    )  # fmt: skip


def tell_officers(session: Session, result_set: ResultSet, *, at: datetime) -> None:
    """Tell those who signed that the result could not be published at its instant."""
    for signature in result_set.signatures:
        messages.write(
            session, "result_stuck", to=signature.user, at=at, contest_id=result_set.contest_id,
            dedupe_key=f"result_stuck:{result_set.id}:{signature.user_id}",
            contest=result_set.contest.title, slug=result_set.contest.slug,
            number=result_set.number,
        )  # fmt: skip


def _entries(session: Session, contest_id: uuid.UUID) -> list[Entry]:
    return list(
        session.scalars(
            select(Entry)
            .where(Entry.contest_id == contest_id, Entry.state != EntryState.DRAFT)
            .options(joinedload(Entry.team))
            .order_by(Entry.id)
        )
    )


def _still_true(result_set: ResultSet, entries: list[Entry]) -> None:
    states = {str(e.id): e.state for e in entries}
    for award in json.loads(result_set.body)["awards"]:
        if states.get(award["entry"]) not in sets.JUDGED:
            raise DomainError(
                N_("“%(title)s” is to win and is no longer in the contest. Discard this result."),
                {"title": award["title"]},
            )
    if snapshot.digest(result_set.salt, result_set.body) != result_set.sha256:
        raise DomainError(N_("The text of this result is not the one that was signed."))


def _supersede(session: Session, result_set: ResultSet, *, at: datetime) -> None:
    before = sets.published(session, result_set.contest_id)
    if before is None:
        return
    before.move("supersede")
    before.superseded_at = at
    result_set.supersedes_id = before.id
    record(
        session, Verb.RESULTS_SUPERSEDED, before, by=None, at=at,
        contest_id=result_set.contest_id, number=before.number, by_number=result_set.number,
    )  # fmt: skip


def _settle_entries(
    session: Session, entries: list[Entry], winners: set[str], contest: Contest, *,
    by: User | None, at: datetime,
) -> None:  # fmt: skip
    for entry in entries:
        verb = "award" if str(entry.id) in winners else "not_award"
        if not entry.can(verb):
            continue
        before = entry.state
        entry.move(verb)
        record(
            session, Verb.ENTRY_DECIDED, entry, by=by.id if by else None, at=at,
            contest_id=contest.id, before=before, after=entry.state,
        )  # fmt: skip


def _draw_voices(session: Session, contest_id: uuid.UUID) -> None:
    """Give each judge of an entry a letter by chance, anew for every entry and round."""
    rows = session.execute(
        select(Assignment.id, Assignment.entry_id, Assignment.round_id)
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(Entry.contest_id == contest_id, *sets.counted())
        .where(~select(Voice.id).where(Voice.assignment_id == Assignment.id).exists())
    )
    groups: dict[tuple[uuid.UUID, uuid.UUID], list[uuid.UUID]] = defaultdict(list)
    for assignment_id, entry_id, round_id in rows:
        groups[entry_id, round_id].append(assignment_id)
    for assignments in groups.values():
        _chance.shuffle(assignments)
        session.add_all(
            Voice(assignment_id=assignment_id, position=position)
            for position, assignment_id in enumerate(assignments)
        )
    session.flush()


def _tell_teams(
    session: Session, result_set: ResultSet, entries: list[Entry], *, at: datetime
) -> None:
    contest = result_set.contest
    for entry in entries:
        if entry.state not in sets.JUDGED:
            continue
        for person in members(session, entry.team_id):
            messages.write(
                session, "result_published", to=person, at=at, contest_id=contest.id,
                dedupe_key=f"result_published:{result_set.id}:{person.id}",
                contest=contest.title, slug=contest.slug, entry_title=entry.title,
                team_id=entry.team_id, won=entry.state is EntryState.AWARDED,
                number=result_set.number,
            )  # fmt: skip
