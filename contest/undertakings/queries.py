"""Reads promises: which text counts now, and who has signed it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from contest.accounts.models import User
from contest.undertakings.models import Kind, Signature, Undertaking, UndertakingText

# Made once: nearly every page for teams and judges asks.
NEWEST = (
    select(UndertakingText.undertaking_id, func.max(UndertakingText.number).label("number"))
    .where(UndertakingText.effective_at <= bindparam("at"))
    .group_by(UndertakingText.undertaking_id)
    .subquery()
)
IN_FORCE = (
    select(UndertakingText)
    .join(UndertakingText.undertaking)
    .join(
        NEWEST,
        (NEWEST.c.undertaking_id == UndertakingText.undertaking_id)
        & (NEWEST.c.number == UndertakingText.number),
    )
    .where(
        Undertaking.scope == bindparam("scope"),
        Undertaking.scope_id == bindparam("scope_id"),
        Undertaking.kind.in_(bindparam("kinds", expanding=True)),
    )
    .options(joinedload(UndertakingText.undertaking))
)


def text(session: Session, text_id: uuid.UUID) -> UndertakingText | None:
    """Return one numbered text with its undertaking and that undertaking's other texts."""
    return session.scalar(
        select(UndertakingText)
        .where(UndertakingText.id == text_id)
        .options(joinedload(UndertakingText.undertaking).selectinload(Undertaking.texts))
    )


def of_scope(session: Session, scope: str, scope_id: uuid.UUID) -> dict[Kind, Undertaking]:
    """Return every undertaking of a scope with all its texts."""
    found = session.scalars(
        select(Undertaking)
        .where(Undertaking.scope == scope, Undertaking.scope_id == scope_id)
        .options(selectinload(Undertaking.texts))
        .execution_options(populate_existing=True)
    )
    return {undertaking.kind: undertaking for undertaking in found}


def current_texts(
    session: Session, scope: str, scope_id: uuid.UUID, kinds: Iterable[Kind], at: datetime
) -> list[UndertakingText]:
    """Return the newest text in force of each of `kinds` that has one, in the order of `kinds`."""
    wanted = list(kinds)
    texts = session.scalars(
        IN_FORCE, {"scope": scope, "scope_id": scope_id, "kinds": wanted, "at": at}
    )
    return sorted(texts, key=lambda text: wanted.index(text.undertaking.kind))


def next_text_at(
    session: Session, scope: str, scope_id: uuid.UUID, at: datetime
) -> datetime | None:
    """Return when the next of the scope's texts comes into force, if one is to."""
    return session.scalar(
        select(func.min(UndertakingText.effective_at))
        .join(UndertakingText.undertaking)
        .where(
            Undertaking.scope == scope,
            Undertaking.scope_id == scope_id,
            UndertakingText.effective_at > at,
        )
    )


def unsigned(
    session: Session,
    user: User,
    scope: str,
    scope_id: uuid.UUID,
    kinds: Iterable[Kind],
    at: datetime,
) -> list[UndertakingText]:
    """Return the texts in force that `user` still has to sign. At most two statements."""
    texts = current_texts(session, scope, scope_id, kinds, at)
    if not texts:
        return []
    done = set(
        session.scalars(
            select(Signature.text_id).where(
                Signature.user_id == user.id,
                Signature.text_id.in_([text.id for text in texts]),
                Signature.revoked_at.is_(None),
            )
        )
    )
    return [text for text in texts if text.id not in done]


def signed(
    session: Session, user: User, scope: str, scope_id: uuid.UUID, kind: Kind, at: datetime
) -> bool:
    """Say whether `user` has signed the newest text in force; where there is none, nothing is owed."""
    return not unsigned(session, user, scope, scope_id, [kind], at)


def signature(session: Session, user: User, text: UndertakingText) -> Signature | None:
    """Return the signature of `user` under this very text."""
    return session.scalar(
        select(Signature).where(Signature.user_id == user.id, Signature.text_id == text.id)
    )


def signatures_of(session: Session, user: User) -> tuple[Signature, ...]:
    """Return what `user` has signed, newest first, each with its text and that one's other numbers."""
    return tuple(
        session.scalars(
            select(Signature)
            .where(Signature.user_id == user.id)
            .options(
                joinedload(Signature.text)
                .joinedload(UndertakingText.undertaking)
                .selectinload(Undertaking.texts)
            )
            .order_by(Signature.signed_at.desc(), Signature.id)
        )
    )


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed which number of which promise, when and in what language."""

    kind: Kind
    number: int
    name: str
    lang: str
    at: datetime


def signatures_in(
    session: Session, scope: str, scope_id: uuid.UUID, *, limit: int = 500
) -> tuple[Signed, ...]:
    """Return who signed in a scope, newest first. One statement."""
    rows = session.execute(
        select(
            Undertaking.kind,
            UndertakingText.number,
            User.name,
            Signature.lang,
            Signature.signed_at,
        )
        .join(UndertakingText, Signature.text_id == UndertakingText.id)
        .join(Undertaking, UndertakingText.undertaking_id == Undertaking.id)
        .join(User, Signature.user_id == User.id)
        .where(
            Undertaking.scope == scope,
            Undertaking.scope_id == scope_id,
            Signature.revoked_at.is_(None),
        )
        .order_by(Signature.signed_at.desc(), Signature.id)
        .limit(limit)
    )
    return tuple(Signed(*row) for row in rows)
