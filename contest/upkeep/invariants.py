"""What must hold of everything stored, whatever happened: one function per promise.

Each yields a sentence per break of it, naming rows by id. They read only, and each reads what it needs
in a fixed number of statements, but for the bytes of files.
"""

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from contest.accounts.models import Authenticator, Passkey, User
from contest.entries import receipt as receipts
from contest.entries.models import Receipt, Version
from contest.events import checkpoints
from contest.events import queries as events
from contest.events.models import Event
from contest.files.models import File, Rendition
from contest.files.store import Store
from contest.followup.models import Case, Stage
from contest.jobs import engine
from contest.jobs.registry import HANDLERS
from contest.judging.models import Assignment, Conflict, Criterion, Score, Scorecard
from contest.judging.models.assignment import OPEN
from contest.results import snapshot
from contest.results.models import OfficerSignature, ResultSet, ResultState
from contest.teams.models import Member, Team
from contest.undertakings.models import Signature, UndertakingText

GRACE_SECONDS = 24 * 3600  # bytes arrive before their row: so long nobody need refer to them
SIGNED = (ResultState.CERTIFIED, ResultState.EMBARGOED, ResultState.PUBLISHED,
          ResultState.SUPERSEDED)  # fmt: skip
STAGES_WITHOUT_OWNERS = (Stage.AWARDED, Stage.CLOSED)

Check = Callable[[Session, Store], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise and how it is checked."""

    promise: str
    check: Check


INVARIANTS: list[Invariant] = []


def holds(promise: str) -> Callable[[Check], Check]:
    """Register the decorated function as the check of a promise."""

    def register(check: Check) -> Check:
        INVARIANTS.append(Invariant(promise, check))
        return check

    return register


@holds("The record is whole: every hash follows from the one before it.")
def chain(session: Session, _store: Store) -> Iterator[str]:
    for fault in events.verify(session).faults:
        yield f"event {fault.sequence} of {fault.chain} {fault.what}"


@holds("The record is the one that was signed, up to every checkpoint.")
def signed(session: Session, _store: Store) -> Iterator[str]:
    for fault in checkpoints.faults(session, checkpoints.stored(session), ()):
        yield f"event {fault.sequence} of {fault.chain} {fault.what}"


@holds("Who is asked for a second factor has one, and who has one is asked for it.")
def factors(session: Session, _store: Store) -> Iterator[str]:
    owns = or_(*(exists().where(table.user_id == User.id) for table in (Authenticator, Passkey)))
    for user_id in session.scalars(
        select(User.id).where(User.second_factor_at.is_not(None), ~owns)
    ):
        yield f"user {user_id} is asked for a second factor and has none"
    for user_id in session.scalars(select(User.id).where(User.second_factor_at.is_(None), owns)):
        yield f"user {user_id} has a second factor and is not asked for it"


@holds("Every version has a signed receipt that names its answers and its event in the record.")
def proofs(session: Session, _store: Store) -> Iterator[str]:
    known = set(session.scalars(select(Event.hash)))
    found = {receipt.version_id: receipt for receipt in session.scalars(select(Receipt))}
    for version in session.scalars(select(Version)):
        receipt = found.get(version.id)
        if version.forgotten_at is None and version.sha256 != receipts.digest(version.answers):
            yield f"version {version.id} was changed after it was handed in"
        if receipt is None:
            yield f"version {version.id} has no receipt"
        elif not receipts.verifies(receipt.body, receipt.signature, receipt.key):
            yield f"receipt {receipt.id} has a signature that does not fit"
        else:
            told = json.loads(receipt.body)
            if told["answers"] != version.sha256:
                yield f"receipt {receipt.id} names other answers than version {version.id}"
            if told["event"] not in known:
                yield f"receipt {receipt.id} names an event that is not in the record"


@holds("Every file and every picture has its bytes, and they are the ones that came in.")
def stored(session: Session, store: Store) -> Iterator[str]:
    for sha256 in sorted(referred(session)):
        digest = hashlib.sha256()
        try:
            for chunk in store.chunks(sha256):
                digest.update(chunk)
        except FileNotFoundError:
            yield f"the bytes {sha256} are missing"
            continue
        if digest.hexdigest() != sha256:
            yield f"the bytes {sha256} were changed"


@holds("No bytes lie about that nothing refers to.")
def referred_to(session: Session, store: Store) -> Iterator[str]:
    known, now = referred(session), time.time()
    for sha256, changed in store.all():
        if sha256 not in known and changed < now - GRACE_SECONDS:
            yield f"nothing refers to the bytes {sha256}"


@holds("Nobody is in two teams of one contest, and nobody stays in a team that was dissolved.")
def memberships(session: Session, _store: Store) -> Iterator[str]:
    present = and_(Member.left_at.is_(None), Team.id == Member.team_id)
    twice = (
        select(Member.contest_id, Member.user_id)
        .where(Member.left_at.is_(None))
        .group_by(Member.contest_id, Member.user_id)
        .having(func.count() > 1)
    )
    for contest_id, user_id in session.execute(twice):
        yield f"user {user_id} is in two teams of contest {contest_id}"
    strange = select(Member.id).where(
        present, or_(Team.contest_id != Member.contest_id, Team.dissolved_at.is_not(None))
    )
    for member_id in session.scalars(strange):
        yield f"member {member_id} belongs to a team that is not there"


@holds("Nobody has an entry before them that they must not judge.")
def conflicts(session: Session, _store: Store) -> Iterator[str]:
    held = select(Assignment.id).where(Assignment.state.in_(OPEN))
    conflicted = held.join(
        Conflict,
        and_(
            Conflict.appointment_id == Assignment.appointment_id,
            Conflict.entry_id == Assignment.entry_id,
            Conflict.lifted_at.is_(None),
        ),
    )
    for assignment_id in session.scalars(conflicted.distinct()):
        yield f"assignment {assignment_id} is open in spite of a conflict"


@holds("No score stands outside its scale, and every score belongs to its rubric.")
def scores(session: Session, _store: Store) -> Iterator[str]:
    outside = (
        select(Score.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .where(
            or_(
                Score.points < Criterion.low,
                Score.points > Criterion.high,
                Criterion.rubric_id != Scorecard.rubric_id,
                and_(Score.points.is_not(None), Score.abstained),
            )
        )
    )
    for score_id in session.scalars(outside):
        yield f"score {score_id} is none that its criterion allows"


@holds("Every result is the text that was committed to, and two different people signed it.")
def results(session: Session, _store: Store) -> Iterator[str]:
    signed: dict[object, set[object]] = defaultdict(set)
    for signature in session.scalars(select(OfficerSignature)):
        signed[signature.result_set_id, signature.sha256].add(signature.user_id)
    live: dict[object, int] = defaultdict(int)
    for result in session.scalars(select(ResultSet)):
        if snapshot.digest(result.salt, result.body) != result.sha256:
            yield f"result {result.id} is not the text that was committed to"
        if result.state in SIGNED and len(signed[result.id, result.sha256]) < 2:
            yield f"result {result.id} is {result.state} without two signatures"
        live[result.contest_id] += result.state is ResultState.PUBLISHED
    for contest_id, number in live.items():
        if number > 1:
            yield f"contest {contest_id} has {number} results in force"


@holds("Every case that is under way has an owner on both sides.")
def cases(session: Session, _store: Store) -> Iterator[str]:
    unowned = select(Case.id).where(
        Case.stage.not_in(STAGES_WITHOUT_OWNERS),
        or_(Case.sponsor_owner_id.is_(None), Case.team_owner_id.is_(None)),
    )
    for case_id in session.scalars(unowned):
        yield f"case {case_id} is under way without two owners"


@holds("Every promise that somebody signed is the text that was published then.")
def signatures(session: Session, _store: Store) -> Iterator[str]:
    signed = select(Signature, UndertakingText).join(
        UndertakingText, UndertakingText.id == Signature.text_id
    )
    for signature, text in session.execute(signed):
        body = text.body.get(signature.lang, "")
        if hashlib.sha256(body.encode()).hexdigest() != signature.sha256:
            yield f"signature {signature.id} is under another text than the one that stands"


@holds("Every promised piece of work has somebody who does it.")
def jobs(session: Session, _store: Store) -> Iterator[str]:
    for promise in engine.promised(session.connection()):
        if promise.kind not in HANDLERS:
            yield f"job {promise.number} is of the unknown kind {promise.kind}"


def referred(session: Session) -> set[str]:
    """Return the hashes of all bytes that a row refers to."""
    return {*session.scalars(select(File.sha256)), *session.scalars(select(Rendition.sha256))}
