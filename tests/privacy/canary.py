"""A person of whom there is a row of nearly every kind, each with a word that nothing else has."""

import io
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Session

from contest.accounts.models import Authenticator, Passkey, RecoveryCode, SignIn, UsedLink, User
from contest.contests.models import Role, RoundPhase
from contest.core.orm import Base
from contest.entries.models import Version
from contest.files.store import Store
from contest.judging.models import Conflict, ConflictKind, ConflictSource
from contest.messages.models import State
from contest.organisations.models import Position
from contest.teams.models import TeamInvitation
from tests import make
from tests.make import DAY, NOON


@dataclass
class Canary:
    """Somebody, and the words by which they would be found again."""

    user: User
    words: list[str]
    kept: list[str]  # words that belong to a team or a contest
    sha256: str


def canary(session: Session, store: Store, word: str) -> Canary:
    """Let somebody live through a contest: alone in a team, in a team with others, and as a judge."""
    words = [
        f"{word}-{kind}" for kind in
        ("name", "mail", "agent", "title", "reason", "note", "position", "letter", "draft", "conflict")
    ]  # fmt: skip
    name, mail, agent, title, reason, note, position, letter, draft, conflict = words
    person = make.user(session, name=name, email=f"{mail.lower()}@example.org")
    _signing_in(session, person, agent)
    organisation = make.organisation(session)
    session.add(Position(user=person, organisation=organisation, title=position))

    judged = make.contest(session)
    seat = make.appointment(session, judged, person, Role.JUDGE, organisation=organisation)
    seat.title, seat.reason, seat.public = title, reason, True
    round_ = make.round_(session, judged, phase=RoundPhase.PUBLISHED)
    entry = make.entry(session, make.user(session), contest=judged)
    card = make.scorecard(
        session, make.assignment(session, round_, seat, entry), make.rubric(session, round_), 3, 4
    )
    card.note, card.comment = note, f"{word}-comment"
    session.add(
        Conflict(
            appointment_id=seat.id, entry_id=entry.id, kind=ConflictKind.OTHER, note=conflict,
            source=ConflictSource.JUDGE, since=NOON,
        )
    )  # fmt: skip
    make.signature(session, make.undertaking(session, judged), person)

    competed = make.contest(session)
    form = make.form(session, make.round_(session, competed))
    alone = make.entry(session, person, contest=competed, title=draft)
    alone.team.name = f"{word}-team"
    kept = store.put(io.BytesIO(f"{word}-deck".encode()), 100)
    file = make.file(session, name=f"{word}-deck.pdf")
    file.sha256, file.uploaded_by = kept.sha256, person.id
    answer = make.draft(session, alone, form, pitch=draft).answers[0]
    answer.file_id = file.id

    third = make.contest(session)
    ours = make.entry(session, make.user(session), person, contest=third)
    version = make.version(
        session, ours, make.form(session, make.round_(session, third)), pitch=f"{word}-pitch"
    )
    version.submitted_by = person.id
    invitation = TeamInvitation(
        team_id=ours.team_id, email=person.email, invited_by=make.user(session).id,
        invited_at=NOON, expires_at=NOON + DAY,
    )  # fmt: skip
    session.add(invitation)
    _letters(session, person, letter)
    session.flush()
    return Canary(person, [*words[:1], person.email, *words[2:], f"{word}-deck", f"{word}-team"],
                  [f"{word}-comment", f"{word}-pitch"], kept.sha256)  # fmt: skip


def _signing_in(session: Session, person: User, agent: str) -> None:
    session.add_all(
        (
            SignIn(user_id=person.id, how="link", agent=agent, began_at=NOON, passed_at=NOON,
                   seen_at=NOON),
            Authenticator(user_id=person.id, secret="sealed", last_step=1, added_at=NOON),
            RecoveryCode(user_id=person.id, hash=uuid.uuid4().hex),
            Passkey(user_id=person.id, credential=uuid.uuid4().hex, public_key=b"key",
                    sign_count=1, agent=agent, added_at=NOON),
            UsedLink(user_id=person.id, number=uuid.uuid4().hex, at=NOON),
        )
    )  # fmt: skip


def _letters(session: Session, person: User, letter: str) -> None:
    own = make.message(session, person, text=letter)
    own.state, own.subject, own.body, own.sent_at = State.SENT, "To you", letter, NOON
    to_another = make.message(session, make.user(session, name="Bob"), person=person.name)
    to_another.state, to_another.sent_at = State.SENT, NOON + timedelta(hours=1)
    to_another.subject, to_another.body = f"{person.name} joined", f"Write to {person.email}."


def rows_with(
    session: Session, *words: str, ids: tuple[uuid.UUID, ...] = ()
) -> set[tuple[str, str]]:
    """Look through every column of every table: return the table and id of each row with a word."""
    session.flush()
    session.expire_all()
    found = set()
    for table in Base.metadata.sorted_tables:
        texts = [c for c in table.columns if _is_text(c.type)]
        for row in session.execute(select(table)).mappings():
            told = " ".join(str(row[c.name]) for c in texts)
            named = any(row[c.name] in ids for c in table.columns if c.name != "id")
            if named or row["id"] in ids or any(word in told for word in words):
                found.add((table.name, str(row["id"])))
    return found


def _is_text(kind: object) -> bool:
    return isinstance(getattr(kind, "impl", kind), String | JSON)


def versions_of(session: Session, person: User) -> list[Version]:
    return list(session.scalars(select(Version).where(Version.submitted_by == person.id)))
