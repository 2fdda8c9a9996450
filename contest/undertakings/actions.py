"""Publishes numbered texts of promises and takes signatures. A text never changes afterwards."""

import hashlib
import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from contest.accounts.models import User
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import DomainError
from contest.core.text import N_
from contest.core.words import Words
from contest.events.log import Verb, record
from contest.undertakings import queries
from contest.undertakings.models import Kind, Signature, Undertaking, UndertakingText


def digest(body: Words) -> str:
    """Return the SHA-256 that names a whole text: its languages in order, each with its words."""
    joined = "\x00".join(f"{lang}\x00{body[lang]}" for lang in sorted(body))
    return hashlib.sha256(joined.encode()).hexdigest()


def publish_text(
    session: Session,
    scope: str,
    scope_id: uuid.UUID,
    kind: Kind,
    body: Words,
    *,
    about: Words,
    by: User,
    at: datetime,
    effective_at: datetime | None = None,
) -> UndertakingText:
    """Put the next number of a text in force; what was signed before has to be signed again.

    `about` is the name of the scope as signers see it. Raises DomainError when nothing is different.
    """
    undertaking = _undertaking(session, scope, scope_id, kind, about)
    last = max(undertaking.texts, key=lambda text: text.number, default=None)
    if not body:
        raise DomainError(N_("The text is empty."), field="body")
    if last is not None and last.body == body:
        raise DomainError(
            N_("This is word for word number %(number)s."), {"number": last.number}, field="body"
        )
    text = UndertakingText(
        undertaking=undertaking,
        number=last.number + 1 if last else 1,
        body=body,
        sha256=digest(body),
        effective_at=effective_at or at,
    )
    session.add(text)
    record(
        session,
        Verb.UNDERTAKING_PUBLISHED,
        text,
        by=by.id,
        at=at,
        contest_id=_contest_id(undertaking),
        kind=kind,
        number=text.number,
        sha256=text.sha256,
    )
    return text


def sign(
    session: Session, text: UndertakingText, *, lang: str, by: User, at: datetime
) -> Signature:
    """Take the promise of `by`; signing the same text again changes nothing.

    `text` comes with its undertaking and all its numbers (`queries.text`). Raises DomainError when
    the text is not the one in force.
    """
    known = queries.signature(session, by, text)
    if known is not None and known.revoked_at is None:
        return known
    require(text.can_sign(lang, at))
    signature = known or Signature(user=by, text=text)
    signature.lang = lang
    signature.sha256 = hashlib.sha256(text.body[lang].encode()).hexdigest()
    signature.signed_at, signature.revoked_at = at, None
    session.add(signature)
    record(
        session,
        Verb.UNDERTAKING_SIGNED,
        signature,
        by=by.id,
        at=at,
        contest_id=_contest_id(text.undertaking),
        kind=text.undertaking.kind,
        number=text.number,
        lang=lang,
        sha256=signature.sha256,
    )
    return signature


def _undertaking(
    session: Session, scope: str, scope_id: uuid.UUID, kind: Kind, about: Words
) -> Undertaking:
    undertaking = session.scalar(
        select(Undertaking)
        .where(
            Undertaking.scope == scope, Undertaking.scope_id == scope_id, Undertaking.kind == kind
        )
        .options(selectinload(Undertaking.texts))
    )
    if undertaking is None:
        undertaking = Undertaking(scope=scope, scope_id=scope_id, kind=kind, about=about, texts=[])
        session.add(undertaking)
        session.flush()
        return undertaking
    orm.lock(session, undertaking).about = about
    return undertaking


def _contest_id(undertaking: Undertaking) -> uuid.UUID | None:
    return undertaking.scope_id if undertaking.scope == "contest" else None
