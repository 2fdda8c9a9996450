"""Compares what is stored with what was said to those who handed in."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.entries.models import Attachment, Entry, Lateness, Receipt, Version
from contest.files.models import File
from contest.files.store import Store
from tests.rush.filling import Filled
from tests.rush.proxy import Passage
from tests.rush.submitters import REFUSED, Intent

Seen = Mapping[str, Sequence[Passage]]
SAME = timedelta(milliseconds=1)  # the stamp on the way, and the instant that it became


class Kept(NamedTuple):
    """A version as it stands."""

    version: Version
    team_id: object
    code: str | None
    decks: tuple[str, ...]  # their hashes

    @property
    def pitch(self) -> str:
        return str(next((a["value"] for a in self.version.answers if "value" in a), ""))


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What is wrong, a sentence each."""

    lost: tuple[str, ...]
    twice: tuple[str, ...]
    half: tuple[str, ...]
    misjudged: tuple[str, ...]


def reckon(
    session: Session, store: Store, filled: Filled, intents: Sequence[Intent], seen: Seen
) -> Reckoning:
    kept = _kept(session)
    return Reckoning(
        tuple(_lost(kept, intents)),
        tuple(_twice(session, kept, intents)),
        tuple(_half(store, kept, intents)),
        tuple(_misjudged(kept, filled, intents, seen)),
    )


def _kept(session: Session) -> list[Kept]:
    decks: dict[object, list[str]] = {}
    for version_id, sha256 in session.execute(
        select(Attachment.version_id, File.sha256).join(File, File.id == Attachment.file_id)
    ):
        decks.setdefault(version_id, []).append(sha256)
    rows = session.execute(
        select(Version, Entry.team_id, Receipt.code)
        .join(Entry, Entry.id == Version.entry_id)
        .outerjoin(Receipt, Receipt.version_id == Version.id)
    )
    return [Kept(v, team, code, tuple(decks.get(v.id, ()))) for v, team, code in rows]


def _lost(kept: Sequence[Kept], intents: Sequence[Intent]) -> Iterator[str]:
    by_code = {k.code: k for k in kept}
    for intent in intents:
        found = by_code.get(intent.code)
        if intent.code and (found is None or found.team_id != intent.team.id):
            yield f"{intent.key}: receipt {intent.code} of team {intent.team.number} proves nothing"


def _twice(session: Session, kept: Sequence[Kept], intents: Sequence[Intent]) -> Iterator[str]:
    acknowledged = {i.pitch for i in intents if i.code}
    unsaid = {i.pitch for i in intents if i.unsaid}
    for (team_id, pitch), count in Counter((k.team_id, k.pitch) for k in kept).items():
        if count > 1:
            yield f"{pitch} of {team_id} stands there {count} times"
        if pitch not in acknowledged | unsaid:
            yield f"{pitch} of {team_id} stands there and nobody was told"
    for sha256, count in Counter(session.scalars(select(File.sha256))).items():
        if count > 1:
            yield f"the file {sha256} came in {count} times"


def _half(store: Store, kept: Sequence[Kept], intents: Sequence[Intent]) -> Iterator[str]:
    by_pitch = {i.pitch: i for i in intents}
    for found in kept:
        intent = by_pitch.get(found.pitch)
        if found.code is None:
            yield f"version {found.version.id} has no receipt"
        if intent is None:
            yield f"version {found.version.id} says what nobody wrote"
        elif found.decks != (hashlib.sha256(intent.deck).hexdigest(),):
            yield f"version {found.version.id} has the decks {found.decks}"
        elif b"".join(store.chunks(found.decks[0])) != intent.deck:
            yield f"version {found.version.id} has other bytes than were sent"


def _misjudged(
    kept: Sequence[Kept], filled: Filled, intents: Sequence[Intent], seen: Seen
) -> Iterator[str]:
    """Yield whatever was not judged by the instant of its arrival alone."""
    ends = filled.closes_at + timedelta(seconds=filled.grace_seconds)
    by_pitch = {i.pitch: i for i in intents}
    for found in kept:
        at, key = found.version.submitted_at, getattr(by_pitch.get(found.pitch), "key", "")
        if not any(abs(_instant(p) - at) < SAME for p in seen.get(f"submit {key}", ())):
            yield f"version {found.version.id} came at {at}, when nothing came"
        wanted = Lateness.ON_TIME if at < filled.closes_at else Lateness.GRACE
        if found.version.lateness is not wanted or at >= ends:
            yield f"version {found.version.id} of {at} is {found.version.lateness}"
    for intent in intents:
        for passage in seen.get(f"{intent.refused} {intent.key}", ()) if intent.refused else ():
            if passage.status in REFUSED and _instant(passage) < ends:
                yield f"{intent.key} came at {_instant(passage)} and was refused"


def _instant(passage: Passage) -> datetime:
    return datetime.fromtimestamp(passage.at, UTC)
