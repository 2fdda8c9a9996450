"""Founds a contest and takes it through its life."""

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests import queries
from contest.contests.actions.parts import STALE
from contest.contests.actions.rounds import promise_opening
from contest.contests.models import Answer, Appointment, Contest, Phase, Role, RoundPhase, Series
from contest.contests.queries import readiness
from contest.core import orm
from contest.core.decisions import require
from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.core.words import LANGUAGES, Words
from contest.events.log import Verb, record

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
RESERVED = frozenset({"new"})  # addresses that pages of ours have
SLUG_TAKEN = N_("Another contest has this address.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What a contest needs from its first moment on. A new series gets `series_name`."""

    series: Series | None
    series_name: Words
    slug: str
    edition: str
    country: str
    zone: str
    languages: list[str]
    title: Words


def create(session: Session, founding: Founding, *, by: User, at: datetime) -> Contest:
    """Found a contest as a draft whose organiser is `by`.

    Raises DomainError at its field for an address that is taken, an unknown zone or language.
    """
    _check_slug(session, founding.slug)
    check_zone(founding.zone)
    check_languages(founding.languages)
    contest = Contest(
        series=founding.series or _series(session, founding),
        slug=founding.slug,
        edition=founding.edition,
        country=founding.country,
        zone=founding.zone,
        languages=founding.languages,
        title=founding.title,
        tagline=Words(),
        brief=Words(),
    )
    with orm.refusing(session, SLUG_TAKEN, field="slug"):
        session.add(contest)
    session.add(
        Appointment(
            contest=contest,
            user=by,
            role=Role.ORGANISER,
            public=True,
            invited_at=at,
            answered_at=at,
            answer=Answer.ACCEPTED,
        )
    )
    session.flush()
    record(session, Verb.CONTEST_CREATED, contest, by=by.id, at=at, contest_id=contest.id)
    return contest


def edit(
    session: Session,
    contest: Contest,
    values: Mapping[str, object],
    *,
    seen: int,
    by: User,
    at: datetime,
) -> None:
    """Change columns of the contest. `seen` is the version that the editor had before them."""
    orm.lock(session, contest)
    if contest.version != seen:
        raise Conflict(STALE)
    check_zone(str(values.get("zone", contest.zone)))
    languages = values.get("languages", contest.languages)
    check_languages(languages if isinstance(languages, list) else [])
    facts = orm.assign(contest, values)
    if facts["fields"]:
        record(
            session, Verb.CONTEST_EDITED, contest, by=by.id, at=at, contest_id=contest.id, **facts
        )


def announce(session: Session, contest: Contest, *, by: User, at: datetime) -> None:
    """Make the contest public and promise to open its rounds at their times.

    Raises DomainError while something is missing (`readiness.blockers`).
    """
    orm.lock(session, contest)
    require(contest.can("announce"))
    for blocker in readiness.blockers(session, contest, at):
        raise DomainError(blocker.reason, blocker.facts)
    contest.announced_at = at
    _move(session, contest, "announce", Verb.CONTEST_ANNOUNCED, by, at)
    for round_ in queries.rounds(session, contest.id):
        promise_opening(session, round_, at)


def begin(session: Session, contest: Contest, *, by: User | None, at: datetime) -> None:
    """Say that the contest runs. Its first round does so by itself when it opens."""
    _move(session, contest, "begin", Verb.CONTEST_BEGUN, by, at)


def suspend(session: Session, contest: Contest, reason: str, *, by: User, at: datetime) -> None:
    """Stop everything for a while; visitors see the reason and nobody loses anything."""
    _move(session, contest, "suspend", Verb.CONTEST_SUSPENDED, by, at)
    contest.suspended_at, contest.halt_reason = at, reason


def resume(session: Session, contest: Contest, *, by: User, at: datetime) -> None:
    """Go on after a suspension. Deadlines stay as they are: moving them is a decision of its own."""
    _move(session, contest, "resume", Verb.CONTEST_RESUMED, by, at)
    contest.suspended_at, contest.halt_reason = None, ""


def conclude(session: Session, contest: Contest, *, by: User, at: datetime) -> None:
    """End the contest. Raises DomainError while a round's results are not published."""
    open_rounds = [
        r for r in queries.rounds(session, contest.id) if r.phase is not RoundPhase.PUBLISHED
    ]
    for round_ in open_rounds:
        raise DomainError(
            N_("The results of “%(round)s” are not published yet."), {"round": round_.title}
        )
    _move(session, contest, "conclude", Verb.CONTEST_CONCLUDED, by, at)
    contest.concluded_at = at


def archive(session: Session, contest: Contest, *, by: User, at: datetime) -> None:
    """Put a concluded contest away: it leaves the lists of what is on, and its pages stay."""
    _move(session, contest, "archive", Verb.CONTEST_ARCHIVED, by, at)


def cancel(session: Session, contest: Contest, reason: str, *, by: User, at: datetime) -> None:
    """Give the contest up. Raises DomainError once results are certified or published."""
    settled = {RoundPhase.CERTIFIED, RoundPhase.PUBLISHED}
    if any(round_.phase in settled for round_ in queries.rounds(session, contest.id)):
        raise DomainError(N_("There are certified results: such a contest is concluded instead."))
    _move(session, contest, "cancel", Verb.CONTEST_CANCELLED, by, at)
    contest.halt_reason = reason


def check_zone(zone: str) -> None:
    """Raise DomainError at the field `zone` unless it is an IANA name of a place: CST is several."""
    if zone not in zones():
        raise DomainError(
            N_("“%(zone)s” is no time zone. Choose one like Asia/Shanghai."),
            {"zone": zone},
            field="zone",
        )


def zones() -> list[str]:
    """Return the names of all time zones of places, and UTC."""
    names = zoneinfo.available_timezones()
    return sorted({"UTC"} | {n for n in names if "/" in n and not n.startswith(("Etc/", "posix"))})


def check_languages(languages: list[str]) -> None:
    """Raise DomainError at the field `languages` unless they are ours, each once."""
    if not languages or len(set(languages)) < len(languages) or set(languages) - set(LANGUAGES):
        raise DomainError(
            N_("Choose at least one language, and each only once."), field="languages"
        )


def _check_slug(session: Session, slug: str) -> None:
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise DomainError(
            N_("Use small letters, digits and hyphens, like shanghai-2019."), field="slug"
        )
    if session.scalar(select(Contest.id).where(Contest.slug == slug)) is not None:
        raise DomainError(SLUG_TAKEN, field="slug")


def _series(session: Session, founding: Founding) -> Series:
    if not founding.series_name:
        raise DomainError(N_("Choose a series, or give a new one a name."), field="series_name")
    name, _ = founding.series_name.pick(["en", *LANGUAGES])
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50].strip("-") or founding.slug
    taken = set(session.scalars(select(Series.slug).where(Series.slug.startswith(slug))))
    free = next(
        s for n in range(1, len(taken) + 2) if (s := f"{slug}-{n}" if n > 1 else slug) not in taken
    )
    return Series(slug=free, name=founding.series_name)


def _move(
    session: Session, contest: Contest, step: str, verb: Verb, by: User | None, at: datetime
) -> None:
    before: Phase = orm.lock(session, contest).phase
    contest.move(step)
    record(
        session,
        verb,
        contest,
        by=by.id if by else None,
        at=at,
        contest_id=contest.id,
        before=before,
        after=contest.phase,
    )
