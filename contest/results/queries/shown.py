"""Reads what is public: published results, their history, the gallery, certificates.

`results_for`, and `results_of` for several contests at once, are the only ways to a result for pages
below the officers': nothing else reads one.
"""

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from contest.contests.actor import Actor
from contest.contests.models import Contest, PartnerRole, Partnership, Track
from contest.core.words import Words
from contest.entries.models import Entry, Question, Version
from contest.entries.models import State as EntryState
from contest.organisations.models import Organisation
from contest.results.models import Certificate, ResultSet, ResultState
from contest.teams.models import Team

PAGE = 60
HIDDEN = frozenset(
    {EntryState.DRAFT, EntryState.WITHDRAWN, EntryState.INELIGIBLE, EntryState.DISQUALIFIED}
)
BEST_FIRST = {EntryState.AWARDED: 0, EntryState.NOT_AWARDED: 1}


@dataclass(frozen=True, slots=True)
class Winner:
    """One award as published."""

    entry_id: uuid.UUID
    team: str
    title: str
    track: Words
    prize: Words
    prize_id: uuid.UUID
    place: int
    amount_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Published:
    """A published result, as anybody may read it."""

    id: uuid.UUID
    number: int
    published_at: datetime
    sha256: str
    salt: str
    body: str
    reason: str
    winners: tuple[Winner, ...]
    counts: dict[str, int]

    def prizes(self) -> list[tuple[Words, list[Winner]]]:
        """Return the winners by prize, in the order of the prizes."""
        groups: dict[uuid.UUID, tuple[Words, list[Winner]]] = {}
        for winner in self.winners:
            groups.setdefault(winner.prize_id, (winner.prize, []))[1].append(winner)
        return list(groups.values())


def results_for(session: Session, contest_id: uuid.UUID, actor: Actor) -> Published | None:
    """Return the contest's published result, or None: nobody reads another one through here."""
    statement = select(ResultSet).where(
        ResultSet.contest_id == contest_id, ResultSet.state == ResultState.PUBLISHED
    )
    if not actor.is_staff():
        statement = statement.join(Contest, Contest.id == ResultSet.contest_id).where(
            Contest.announced_at.is_not(None)
        )
    found = session.scalar(statement)
    return _published(found) if found is not None and found.published_at is not None else None


def results_of(session: Session, contest_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Published]:
    """Return the published results of announced contests, by contest. One statement."""
    found = session.scalars(
        select(ResultSet)
        .join(Contest, Contest.id == ResultSet.contest_id)
        .where(
            ResultSet.contest_id.in_(contest_ids),
            ResultSet.state == ResultState.PUBLISHED,
            ResultSet.published_at.is_not(None),
            Contest.announced_at.is_not(None),
        )
    )
    return {result_set.contest_id: _published(result_set) for result_set in found}


def _published(result_set: ResultSet) -> Published:
    told: dict[str, Any] = json.loads(result_set.body)
    assert result_set.published_at is not None  # noqa: S101 -- the state says so
    return Published(
        id=result_set.id,
        number=result_set.number,
        published_at=result_set.published_at,
        sha256=result_set.sha256,
        salt=result_set.salt,
        body=result_set.body,
        reason=result_set.reason,
        winners=tuple(
            Winner(
                entry_id=uuid.UUID(award["entry"]),
                team=award["team"],
                title=award["title"],
                track=Words(award["track"]),
                prize=Words(award["prize_title"]),
                prize_id=uuid.UUID(award["prize"]),
                place=award["place"],
                amount_minor=award["amount_minor"],
                currency=award["currency"],
            )
            for award in told["awards"]
        ),
        counts=told["counts"],
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One result in the public history. Salt and reason are empty until it is out."""

    number: int
    state: ResultState
    sha256: str
    salt: str
    reason: str
    certified_at: datetime
    publish_at: datetime | None
    published_at: datetime | None
    superseded_at: datetime | None
    discarded_at: datetime | None


def history(session: Session, contest_id: uuid.UUID) -> tuple[Step, ...]:
    """Return every result that was certified, newest first, without what it says."""
    return tuple(
        Step(
            number=found.number,
            state=found.state,
            sha256=found.sha256,
            salt=found.salt if found.published_at else "",
            reason=found.reason if found.published_at else "",
            certified_at=certified_at,
            publish_at=found.publish_at,
            published_at=found.published_at,
            superseded_at=found.superseded_at,
            discarded_at=found.discarded_at,
        )
        for found, certified_at in session.execute(
            select(ResultSet, ResultSet.certified_at)
            .where(ResultSet.contest_id == contest_id, ResultSet.certified_at.is_not(None))
            .order_by(ResultSet.number.desc())
        )
        if certified_at is not None
    )


def once_published(session: Session, contest_id: uuid.UUID, number: int) -> ResultSet | None:
    """Return a result that is or was public."""
    return session.scalar(
        select(ResultSet).where(
            ResultSet.contest_id == contest_id,
            ResultSet.number == number,
            ResultSet.published_at.is_not(None),
        )
    )


def sponsors(session: Session, contest_id: uuid.UUID) -> tuple[Organisation, ...]:
    return tuple(
        session.scalars(
            select(Organisation)
            .join(Partnership, Partnership.organisation_id == Organisation.id)
            .where(Partnership.contest_id == contest_id, Partnership.role == PartnerRole.SPONSOR)
            .order_by(Partnership.position, Partnership.id)
        )
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry whose team agreed to be shown."""

    entry_id: uuid.UUID
    team: str
    country: str
    title: str
    track: Words
    track_id: uuid.UUID | None
    is_finalist: bool
    answers: tuple[tuple[Words, str, str], ...] = ()  # question, kind, answer


@dataclass(frozen=True, slots=True)
class Filter:
    """What a visitor looks for in the gallery."""

    track_id: uuid.UUID | None = None
    search: str = ""
    only: frozenset[uuid.UUID] | None = None  # the winners


def gallery(
    session: Session, contest_id: uuid.UUID, wanted: Filter, *, is_out: bool, skip: int = 0
) -> tuple[Shown, ...]:
    """Return one page of the consenting entries that match, and one more if there are more.

    By title; once results are published, which `is_out` says, winners and finalists come first.
    Before, who became a finalist is not read at all. Three statements, whatever the number.
    """
    statement = _consenting(contest_id)
    if wanted.track_id is not None:
        statement = statement.where(Team.track_id == wanted.track_id)
    if wanted.only is not None:
        statement = statement.where(Entry.id.in_(wanted.only))
    if wanted.search:
        pattern = "%" + _escaped(wanted.search) + "%"
        statement = statement.where(
            Entry.title.ilike(pattern, escape="\\") | Team.name.ilike(pattern, escape="\\")
        )
    if is_out:
        statement = statement.order_by(case(BEST_FIRST, value=Entry.state, else_=len(BEST_FIRST)))
    statement = statement.order_by(Entry.title, Entry.id)
    rows = session.execute(statement.offset(skip).limit(PAGE + 1)).all()
    answers = _public_answers(session, [row[0] for row in rows])
    return tuple(_shown(row, answers, is_out=is_out) for row in rows)


def gallery_entry(
    session: Session, contest_id: uuid.UUID, entry_id: uuid.UUID, *, is_out: bool
) -> Shown | None:
    """Return one consenting entry with all it answered in public."""
    row = session.execute(_consenting(contest_id).where(Entry.id == entry_id)).one_or_none()
    if row is None:
        return None
    return _shown(row, _public_answers(session, [entry_id]), is_out=is_out)


def gallery_tracks(session: Session, contest_id: uuid.UUID) -> tuple[tuple[Track, int], ...]:
    """Return each track and how many entries of it the gallery shows."""
    of_track = Team.track_id
    counted = _consenting(contest_id).with_only_columns(of_track, func.count()).group_by(of_track)
    numbers = dict(session.execute(counted).all())
    tracks = session.scalars(
        select(Track).where(Track.contest_id == contest_id).order_by(Track.position, Track.id)
    )
    return tuple((track, numbers.get(track.id, 0)) for track in tracks)


def public_answers(session: Session, entry_id: uuid.UUID) -> tuple[tuple[Words, str, str], ...]:
    """Return what the gallery would show of this entry."""
    return _public_answers(session, [entry_id]).get(entry_id, ())


def _consenting(contest_id: uuid.UUID) -> Any:
    return (
        select(
            Entry.id, Entry.title, Entry.state, Team.name, Team.country, Team.track_id, Track.title
        )
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Track, Track.id == Team.track_id)
        .where(
            Entry.contest_id == contest_id,
            Entry.gallery_consent_at.is_not(None),
            Entry.state.not_in(HIDDEN),
        )
    )


def _shown(row: Any, answers: dict[uuid.UUID, Any], *, is_out: bool) -> Shown:
    entry_id, title, state, team, country, track_id, track = row
    final = {EntryState.AWARDED, EntryState.NOT_AWARDED}
    return Shown(
        entry_id=entry_id,
        team=team,
        country=country,
        title=title,
        track=track or Words(),
        track_id=track_id,
        is_finalist=is_out and state in final,
        answers=answers.get(entry_id, ()),
    )


def _public_answers(
    session: Session, entry_ids: list[uuid.UUID]
) -> dict[uuid.UUID, tuple[tuple[Words, str, str], ...]]:
    """The newest version's answers to questions that were public, files left out."""
    later = aliased(Version)
    replaced = (
        select(later.id)
        .where(later.entry_id == Version.entry_id, later.submitted_at > Version.submitted_at)
        .exists()
    )
    versions = session.execute(
        select(Version.entry_id, Version.answers, Version.form_id).where(
            Version.entry_id.in_(entry_ids), ~replaced
        )
    ).all()
    public = set(
        session.scalars(
            select(Question.id).where(
                Question.form_id.in_({form_id for _, _, form_id in versions}),
                Question.public.is_(True),
            )
        )
    )
    return {
        entry_id: tuple(
            (Words(answer["title"]), str(answer["kind"]), str(answer["value"]))
            for answer in answers
            if uuid.UUID(answer["question"]) in public
            and answer.get("value")
            and answer["kind"] != "deck"
        )
        for entry_id, answers, _ in versions
    }


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def entry_of_team(session: Session, team_id: uuid.UUID) -> Entry | None:
    """Return the team's entry with the team, its members and the contest."""
    return session.scalar(
        select(Entry)
        .where(Entry.team_id == team_id)
        .options(
            joinedload(Entry.contest),
            joinedload(Entry.team).selectinload(Team.members),
        )
    )


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate as its public page shows it."""

    id: uuid.UUID
    code: str
    lang: str
    made_at: datetime
    number: int
    is_current: bool
    published_at: datetime
    winner: Winner | None

    def spaced(self) -> str:
        """Return the code as it is printed, in groups of four."""
        return "-".join(self.code[i : i + 4] for i in range(0, len(self.code), 4))


def certificate(session: Session, code: str) -> tuple[Certificate, Paper] | None:
    """Return the certificate of that code, with entry, team, members, contest and file."""
    row = session.execute(
        select(Certificate, ResultSet)
        .join(ResultSet, ResultSet.id == Certificate.result_set_id)
        .where(Certificate.code == code, ResultSet.published_at.is_not(None))
        .options(
            joinedload(Certificate.file),
            joinedload(Certificate.entry).joinedload(Entry.contest),
            joinedload(Certificate.entry).joinedload(Entry.team).selectinload(Team.members),
        )
    ).one_or_none()
    if row is None:
        return None
    found, result_set = row
    told = _published(result_set)
    winner = next((w for w in told.winners if w.entry_id == found.entry_id), None)
    return found, Paper(
        id=found.id,
        code=found.code,
        lang=found.lang,
        made_at=found.made_at,
        number=told.number,
        is_current=result_set.state is ResultState.PUBLISHED,
        published_at=told.published_at,
        winner=winner,
    )


def certificates_of(session: Session, entry_id: uuid.UUID) -> tuple[Certificate, ...]:
    """Return the certificates of the published result that this entry has."""
    return tuple(
        session.scalars(
            select(Certificate)
            .join(ResultSet, ResultSet.id == Certificate.result_set_id)
            .where(Certificate.entry_id == entry_id, ResultSet.state == ResultState.PUBLISHED)
            .order_by(Certificate.made_at, Certificate.id)
        )
    )


def count_consenting(session: Session, contest_id: uuid.UUID) -> int:
    return (
        session.scalar(
            select(func.count(Entry.id)).where(
                Entry.contest_id == contest_id,
                Entry.gallery_consent_at.is_not(None),
                Entry.state.not_in(HIDDEN),
            )
        )
        or 0
    )
