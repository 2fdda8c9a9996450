"""Notes what was refused and to whom, so that an administrator sees an attempt; bounded, whoever tries.

One row per kind, person, network and ten minutes. A row is written when its count doubles, and beyond
the first few of a window all strangers share one, so that neither the disk nor the log can be filled.
A network is told by a mark that lasts a day: enough to see that it is the same one, not which.
"""

import ipaddress
import logging
import threading
import uuid
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.dialects import postgresql, sqlite

from contest.web import limits
from contest.web.db import db
from contest.web.models import WINDOW, Refusal, RefusalKind
from contest.web.requests import write_aside

log = logging.getLogger(__name__)
EXTENSION = "contest.refusals"
MOST = 100  # rows that a process begins in one window, besides one per kind
EVER = datetime.min.replace(tzinfo=UTC)
NAMES = uuid.UUID("5d1c6b2e-9f0a-4c38-8f57-0d2a94f6c1b3")


@dataclass(slots=True)
class Tally:
    """What this process refused in the running window: how often, and how much of that is written."""

    since: datetime = EVER
    counts: dict[Hashable, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def knows(self, key: Hashable, since: datetime) -> bool:
        """Say whether the key has a place in this window; take one while there are any."""
        with self.lock:
            if since != self.since:
                self.since, self.counts = since, {}
            if key not in self.counts and len(self.counts) < MOST:
                self.counts[key] = 0
            return key in self.counts

    def more(self, key: Hashable) -> int:
        """Count one more; return how many are to be written now: none, or as many as are unwritten."""
        with self.lock:
            count = self.counts[key] = self.counts.get(key, 0) + 1
        return max(1, count // 2) if count.bit_count() == 1 else 0


def init_app(app: Flask) -> None:
    app.extensions[EXTENSION] = Tally()
    app.after_request(_keep)


def note(kind: RefusalKind, *, whose: uuid.UUID | None = None, tried: str = "") -> None:
    """Note that this request is refused; `whose` account was tried, else it is the asker's own.

    Where not even the time of an answer may tell whether somebody is known, `tried` is what was typed
    for them: by it is counted what is written and when, whoever it stands for.
    """
    g.setdefault("refusals", {})[kind] = whose, tried and limits.mark(tried)


def window(at: datetime) -> datetime:
    """Return when the ten minutes around an instant began."""
    return at - (at - EVER) % WINDOW


def network(address: str, day: date) -> str:
    """Return the mark of the network of an address; another one tomorrow."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    prefix = ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False)
    return limits.mark(f"{day} {prefix}")[:8]


def _keep(response: Response) -> Response:
    for kind, (whose, tried) in g.pop("refusals", {}).items():
        _count(kind, whose or g.get("asker_id"), tried)
    return response


def _count(kind: RefusalKind, user_id: uuid.UUID | None, tried: str) -> None:
    tally: Tally = current_app.extensions[EXTENSION]
    since, source = window(g.at), network(limits.address(), g.at.date())
    key: Hashable = (kind, tried or user_id, source)
    if not tally.knows(key, since):
        user_id, source, key = None, "", kind
    more = tally.more(key)
    if not more:
        return
    row = {"kind": kind, "user_id": user_id, "source": source, "since": since,
           "endpoint": str(request.endpoint)[:80], "last_at": g.at, "count": more}  # fmt: skip
    told = {name: str(value) for name, value in row.items() if name not in {"last_at", "count"}}
    log.warning("refused", extra={"told": told | {"count": tally.counts[key]}})
    write_aside([lambda: _write(row)])


def _write(row: dict[str, object]) -> None:
    """Add to the row of this kind, person, network and window, which its number is made of."""
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    name = " ".join(str(row[part]) for part in ("kind", "user_id", "source", "since"))
    statement = insert(Refusal).values(id=uuid.uuid5(NAMES, name), **row)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={
                "count": Refusal.count + cast(int, row["count"]),
                "last_at": row["last_at"],
                "endpoint": row["endpoint"],
            },
        )
    )
