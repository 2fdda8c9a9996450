"""The frozen text of a result and the hash that commits to it. Values in, values out.

Winners stand in the text by name. Everybody else stands there as a commitment, the hash of a nonce
and their names, so that the text can be published without naming a team that did not ask for it,
and yet nobody can be added to it or taken out of it afterwards.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

DOMAIN = b"contest-results-v1"
ENTRY_DOMAIN = b"contest-results-entry-v1"


@dataclass(frozen=True, slots=True)
class Winner:
    """One award: which entry takes which place of which prize."""

    entry: str
    team: str
    title: str
    track: Mapping[str, str]
    prize: str
    prize_title: Mapping[str, str]
    place: int
    amount_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Other:
    """An entry that was judged and not awarded."""

    entry: str
    team: str
    title: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Source:
    """The ranking that one round's decisions started from, and how many departed from it."""

    round: int
    method: str
    input_sha256: str
    decisions: int
    departures: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a result says."""

    contest: str
    title: Mapping[str, str]
    winners: Sequence[Winner]
    others: Sequence[Other]
    sources: Sequence[Source]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A canonical text, the salt and hash that commit to it, and what opens its commitments."""

    body: str
    salt: str
    sha256: str
    sealed: list[dict[str, Any]]


def freeze(facts: Facts, *, salt: str | None = None, nonces: Mapping[str, str] | None = None,
           fresh: Callable[[], str] = lambda: secrets.token_hex(32)) -> Snapshot:  # fmt: skip
    """Return the snapshot of `facts`; the same salt and nonces (by entry) give the same text again."""
    known = nonces or {}
    sealed = [
        {
            "entry": other.entry,
            "team": other.team,
            "title": other.title,
            "outcome": other.outcome,
            "nonce": known.get(other.entry) or fresh(),
        }
        for other in sorted(facts.others, key=lambda o: o.entry)
    ]
    body = rfc8785.dumps(
        {
            "contest": facts.contest,
            "title": dict(facts.title),
            "awards": [
                {
                    "entry": w.entry,
                    "team": w.team,
                    "title": w.title,
                    "track": dict(w.track),
                    "prize": w.prize,
                    "prize_title": dict(w.prize_title),
                    "place": w.place,
                    "amount_minor": w.amount_minor,
                    "currency": w.currency,
                }
                for w in facts.winners
            ],
            # In the order of the hashes, which says nothing about the entries.
            "others": sorted(commitment(opening) for opening in sealed),
            "rankings": [
                {
                    "round": s.round,
                    "method": s.method,
                    "input_sha256": s.input_sha256,
                    "decisions": s.decisions,
                    "departures": s.departures,
                }
                for s in facts.sources
            ],
            "counts": dict(facts.counts),
        }
    ).decode()
    salt = salt or fresh()
    return Snapshot(body, salt, digest(salt, body), sealed)


def commitment(opening: Mapping[str, Any]) -> str:
    """Return the hash that stands in the text for an entry that is not named there."""
    told = {k: opening[k] for k in ("entry", "team", "title", "outcome")}
    return hashlib.sha256(
        ENTRY_DOMAIN + bytes.fromhex(opening["nonce"]) + rfc8785.dumps(told)
    ).hexdigest()


def digest(salt: str, body: str) -> str:
    """Return the hash that is signed and shown before the text is: over the salt, then the text."""
    return hashlib.sha256(DOMAIN + bytes.fromhex(salt) + body.encode()).hexdigest()


def revealed(number: int, sha256: str, salt: str, body: str) -> str:
    """Return the file that lets anybody check a published result."""
    return json.dumps(
        {"number": number, "sha256": sha256, "salt": salt, "body": body},
        ensure_ascii=False,
        indent=2,
    )


def faults(text: str) -> list[str]:
    """Return what is wrong with a file made by `revealed`; nothing when it proves the result."""
    try:
        told = json.loads(text)
        number, sha256, salt, body = (told[k] for k in ("number", "sha256", "salt", "body"))
        found = [] if digest(salt, body) == sha256 else ["the hash is not the one of this text"]
        canonical = rfc8785.dumps(json.loads(body)).decode() == body
    except (ValueError, KeyError, TypeError) as error:
        return [f"this is not a file of results ({type(error).__name__})"]
    if not isinstance(number, int):
        found.append("the number is missing")
    return found if canonical else [*found, "the text is not in its canonical form"]
