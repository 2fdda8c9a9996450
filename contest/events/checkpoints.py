"""Signed words about how far each chain had come: what stands outside shows a change before it."""

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.core import signing
from contest.events import tree
from contest.events.models import ChainHead, Checkpoint, Event
from contest.events.queries import Fault

FORMAT = "contest-checkpoint-v1"


class NoCheckpoint(ValueError):
    """Something else than a line of a checkpoint file."""


@dataclass(frozen=True, slots=True)
class Line:
    """A checkpoint as it stands outside: what was signed, and the salt that hides single events."""

    body: str
    signature: str
    key: str
    salt: str

    @classmethod
    def of(cls, row: Checkpoint) -> "Line":
        return cls(row.body, row.signature, row.key, row.salt)

    @classmethod
    def read(cls, text: str) -> "Line":
        """Undo `text`; raise NoCheckpoint for anything else."""
        try:
            line = cls(**json.loads(text))
            told = line.told()
            int(told["sequence"]), str(told["chain"]), bytes.fromhex(line.salt)
        except (ValueError, TypeError, KeyError) as error:
            raise NoCheckpoint("this is no line of a checkpoint file") from error
        return line

    def text(self) -> str:
        return signing.canonical(
            {"body": self.body, "key": self.key, "salt": self.salt, "signature": self.signature}
        )

    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


def take(session: Session, key: Ed25519PrivateKey, *, at: datetime) -> list[Checkpoint]:
    """Sign how far each chain has come that moved since it was signed last."""
    furthest = select(Checkpoint.chain, func.max(Checkpoint.sequence)).group_by(Checkpoint.chain)
    signed = {row[0]: row[1] for row in session.execute(furthest)}
    moved = [
        head.chain
        for head in session.scalars(select(ChainHead).order_by(ChainHead.chain))
        if head.sequence > signed.get(head.chain, 0)
    ]
    made = [_signed(session, chain, key, at) for chain in moved]
    session.add_all(made)
    session.flush()
    return made


def _signed(session: Session, chain: str, key: Ed25519PrivateKey, at: datetime) -> Checkpoint:
    before, stands = latest(session, chain), hashes(session, chain)
    salt = bytes.fromhex(before.salt) if before is not None else secrets.token_bytes(32)
    root = tree.roots(stands, salt, {len(stands)})[len(stands)]
    body = signing.body(FORMAT, {"at": at, "chain": chain, "sequence": len(stands), "root": root})
    return Checkpoint(
        chain=chain,
        sequence=len(stands),
        at=at,
        body=body,
        signature=signing.sign(body, key),
        key=signing.public_key(key),
        salt=salt.hex(),
    )


def hashes(session: Session, chain: str, upto: int | None = None) -> list[str]:
    """Return the hashes of a chain's events from the first on."""
    wanted = select(Event.hash).where(Event.chain == chain).order_by(Event.sequence)
    if upto is not None:
        wanted = wanted.where(Event.sequence <= upto)
    return list(session.scalars(wanted))


def latest(session: Session, chain: str) -> Checkpoint | None:
    """Return the newest checkpoint of a chain."""
    return session.scalar(
        select(Checkpoint)
        .where(Checkpoint.chain == chain)
        .order_by(Checkpoint.sequence.desc())
        .limit(1)
    )


def of_chain(session: Session, chain: str) -> Iterator[Checkpoint]:
    """Yield the checkpoints of a chain, the first one first."""
    return iter(
        session.scalars(
            select(Checkpoint).where(Checkpoint.chain == chain).order_by(Checkpoint.sequence)
        )
    )


def taken_between(session: Session, first: datetime, end: datetime) -> list[Checkpoint]:
    """Return what was signed from `first` on and before `end`, in one order for everybody."""
    return list(
        session.scalars(
            select(Checkpoint)
            .where(Checkpoint.at >= first, Checkpoint.at < end)
            .order_by(Checkpoint.at, Checkpoint.chain)
        )
    )


def faults(session: Session, lines: Iterable[Line], keys: Iterable[str]) -> list[Fault]:
    """Return where the record is not what was signed: changed, cut off or forked before it."""
    found, known = [], set(keys)
    of_tree: dict[tuple[str, str], list[tuple[int, str, Line]]] = defaultdict(list)
    for line in lines:
        told = line.told()
        of_tree[told["chain"], line.salt].append((int(told["sequence"]), told["root"], line))
    for (chain, salt), signed in sorted(of_tree.items()):
        stands = hashes(session, chain)
        roots = tree.roots(stands, bytes.fromhex(salt), {upto for upto, *_ in signed})
        for upto, root, line in signed:
            fault = _wrong_signature(line, known)
            if not fault and upto not in roots:
                fault = f"was signed, and the chain ends at {len(stands)}"
            elif not fault and roots[upto] != root:
                fault = "was signed, and what stands up to here is not what was signed"
            if fault:
                found.append(Fault(chain, upto, fault))
    return found


def _wrong_signature(line: Line, known: set[str]) -> str:
    if not signing.verifies(FORMAT, line.body, line.signature, line.key):
        return "a checkpoint has a signature that does not fit"
    return "a checkpoint is signed with another key" if known and line.key not in known else ""


def stored(session: Session) -> Iterator[Line]:
    """Yield every checkpoint of this instance."""
    for row in session.scalars(
        select(Checkpoint).order_by(Checkpoint.chain).execution_options(yield_per=500)
    ):
        yield Line.of(row)


def inclusion(session: Session, chain: str, sequence: int) -> dict[str, Any] | None:
    """Return what proves offline that an event was on record when the next checkpoint was signed.

    None until it is. Nothing about other events can be learned from it.
    """
    row = session.scalar(
        select(Checkpoint)
        .where(Checkpoint.chain == chain, Checkpoint.sequence >= sequence)
        .order_by(Checkpoint.sequence)
        .limit(1)
    )
    if row is None:
        return None
    salt = bytes.fromhex(row.salt)
    return {
        "body": row.body,
        "signature": row.signature,
        "key": row.key,
        "blind": tree.blind(salt, sequence),
        "path": tree.path(hashes(session, chain, row.sequence), salt, sequence),
    }


def includes(proof: dict[str, Any], event_hash: str, chain: str, sequence: int) -> bool:
    """Say whether a proof shows that this event was on record; `key` and instant stand in its body."""
    try:
        told = json.loads(proof["body"])
        climbed = tree.climbed(event_hash, proof["blind"], proof["path"])
        signed = signing.verifies(FORMAT, proof["body"], proof["signature"], proof["key"])
    except (ValueError, TypeError, KeyError):
        return False
    return signed and (
        told["chain"] == chain and told["sequence"] >= sequence and told["root"] == climbed
    )
