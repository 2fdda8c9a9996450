"""Hands entries in, takes them back, and gives a team more time."""

import secrets
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Round
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.entries import queries
from contest.entries import receipt as receipts
from contest.entries.models import (
    ENTRY_LIFE,
    Attachment,
    Entry,
    Extension,
    Leave,
    QuestionForm,
    QuestionKind,
    Receipt,
    State,
    Version,
    can_edit,
    lateness,
)
from contest.entries.queries import Field
from contest.events.log import Verb, record
from contest.events.models import Event
from contest.messages.outbox import write
from contest.teams.models import Team


def submit(
    session: Session,
    entry: Entry,
    round_: Round,
    *,
    by: User,
    at: datetime,
    key: Ed25519PrivateKey,
) -> Receipt:
    """Freeze the draft as the next version, sign a receipt and mail it to everybody in the team.

    `at` is the instant at which the request arrived; it decides whether this is in time. Needs the
    entry's team, members and contest loaded. Raises DomainError when it is too late, something is
    missing or nothing has changed; the draft stays as it is then.
    """
    orm.lock(session, entry)
    leave = queries.leave(session, entry.team_id, entry, round_)
    require(can_edit(entry, at, round_, leave))
    form, draft = queries.form(session, round_.id), queries.draft(session, entry.id, round_.id)
    if form is None or draft is None:
        raise DomainError(N_("There is nothing to hand in yet."))
    fields = queries.fields(form, draft, leave)
    if missing := queries.missing(session, entry.team, fields, title=entry.title, at=at):
        raise DomainError(missing[0].reason, missing[0].facts)
    version = _freeze(session, entry, round_, form, fields, leave, by=by, at=at)
    code = secrets.token_hex(16)
    _send(session, entry, version, code, at=at)
    # Last, for whoever records keeps all others of the contest waiting until it is committed.
    event = _record(session, entry, version, by=by, at=at)
    return _receipt(session, entry, round_, version, event, code, key)


def _freeze(
    session: Session,
    entry: Entry,
    round_: Round,
    form: QuestionForm,
    fields: tuple[Field, ...],
    leave: Leave,
    *,
    by: User,
    at: datetime,
) -> Version:
    answers = [_answer(field) for field in fields]
    sha256 = receipts.digest(answers)
    last = queries.latest_version(session, entry.id, round_.id)
    if last is not None and last.sha256 == sha256 and entry.state is not State.WITHDRAWN:
        raise DomainError(
            N_("Nothing has changed since version %(number)s; that one counts."),
            {"number": last.number},
        )
    version = Version(
        entry=entry,
        round=round_,
        form_id=form.id,
        number=last.number + 1 if last is not None else 1,
        submitted_at=at,
        submitted_by=by.id,
        lateness=lateness(round_, at, leave),
        answers=answers,
        sha256=sha256,
        attachments=[
            Attachment(question_id=field.question.id, file=field.file)
            for field in fields
            if field.file is not None
        ],
    )
    session.add(version)
    # Of two who are the first at the same instant, the second finds it done.
    if form.frozen_at is None and orm.lock(session, form).frozen_at is None:
        form.frozen_at = at
    if (request := queries.open_request(session, entry.id)) is not None:
        request.answered_at = at
    entry.move("submit" if ENTRY_LIFE.can(entry.state, "submit") else "submit_again")
    entry.withdrawn_reason = ""
    titling = form.titling()
    entry.title = next((f.value for f in fields if f.question is titling), "") or entry.title
    session.flush()
    return version


def _answer(field: Field) -> dict[str, Any]:
    question = field.question
    answer: dict[str, Any] = {
        "question": str(question.id),
        "title": question.title.plain(),
        "kind": question.kind.value,
    }
    if question.kind is not QuestionKind.DECK:
        return {**answer, "value": field.value}
    if field.file is None:
        return {**answer, "file": None}
    return {**answer, "file": field.file.sha256, "bytes": field.file.size_bytes}


def _send(session: Session, entry: Entry, version: Version, code: str, *, at: datetime) -> None:
    for member in entry.team.present():
        write(
            session,
            "receipt",
            to=member.user,
            at=at,
            contest_id=entry.contest_id,
            dedupe_key=f"receipt {version.id} {member.user_id}",
            contest_title=entry.contest.title,
            entry_id=str(entry.id),
            entry_title=entry.title,
            number=version.number,
            submitted_at=at,
            zone=entry.contest.zone,
            code=code,
        )


def _record(session: Session, entry: Entry, version: Version, *, by: User, at: datetime) -> Event:
    return record(
        session,
        Verb.ENTRY_SUBMITTED,
        entry,
        by=by.id,
        at=at,
        contest_id=entry.contest_id,
        version_id=version.id,
        round_id=version.round_id,
        number=version.number,
        lateness=version.lateness,
        sha256=version.sha256,
        files=[a.file.sha256 for a in version.attachments],
    )


def _receipt(
    session: Session,
    entry: Entry,
    round_: Round,
    version: Version,
    event: Event,
    code: str,
    key: Ed25519PrivateKey,
) -> Receipt:
    body = receipts.body(
        {
            "contest": entry.contest.slug,
            "entry": str(entry.id),
            "team": entry.code,
            "round": round_.number,
            "version": version.number,
            "received_at": version.submitted_at,
            "answers": version.sha256,
            "files": [
                {"sha256": a.file.sha256, "bytes": a.file.size_bytes} for a in version.attachments
            ],
            "chain": event.chain,
            "sequence": event.sequence,
            "event": event.hash,
        }
    )
    receipt = Receipt(
        version=version,
        code=code,
        body=body,
        signature=receipts.sign(body, key),
        key=receipts.public_key(key),
    )
    session.add(receipt)
    session.flush()
    return receipt


def withdraw(session: Session, entry: Entry, reason: str, *, by: User, at: datetime) -> None:
    """Take the entry out of the contest at its team's wish; it may be handed in again in time.

    All members are told who did it, and until when it can come back. Needs the entry's team,
    members and contest loaded.
    """
    before = orm.lock(session, entry).state
    entry.move("withdraw")
    entry.withdrawn_reason = reason
    until = queries.comes_back_until(session, entry, at)
    for member in entry.team.present():
        write(session, "withdrawn", to=member.user, at=at, contest_id=entry.contest_id,
              dedupe_key=f"withdrawn {entry.id} {member.user_id} {at.isoformat()}",
              contest_title=entry.contest.title, entry_id=str(entry.id), entry_title=entry.title,
              team_id=str(entry.team_id), who=by.name or by.email, reason=reason, until=until,
              zone=entry.contest.zone)  # fmt: skip
    record(session, Verb.ENTRY_WITHDRAWN, entry, by=by.id, at=at, contest_id=entry.contest_id,
           before=before, after=entry.state)  # fmt: skip


def extend(
    session: Session,
    round_: Round,
    team: Team,
    until: datetime,
    reason: str,
    *,
    by: User,
    at: datetime,
) -> Extension:
    """Give one team more time in the round, and tell all its members. Needs team.members.user.

    Raises DomainError when that instant is past or not later than the round's own end.
    """
    orm.lock(session, round_)
    ends = round_.grace_ends_at()
    if ends is None:
        raise DomainError(N_("This round takes no entries."), field="until")
    if until <= max(at, ends):
        raise DomainError(
            N_("Choose an instant after now and after the round's own end."), field="until"
        )
    extension = session.scalar(
        select(Extension).where(Extension.round_id == round_.id, Extension.team_id == team.id)
    )
    before = extension.until if extension is not None else None
    if extension is None:
        extension = Extension(round_id=round_.id, team=team)
        session.add(extension)
    extension.until, extension.reason = until, reason
    extension.given_by, extension.given_at = by.id, at
    record(session, Verb.EXTENSION_GIVEN, extension, by=by.id, at=at,
           contest_id=round_.contest_id, round_id=round_.id, team_id=team.id,
           before=before, until=until)  # fmt: skip
    for member in team.present():
        write(session, "extension_given", to=member.user, at=at, contest_id=round_.contest_id,
              contest_title=round_.contest.title, team_id=str(team.id), round_title=round_.title,
              until=until, zone=round_.contest.zone, reason=reason)  # fmt: skip
    return extension
