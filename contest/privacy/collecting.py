"""Makes the copy of a person's data: a ZIP of one JSON file per kind of row, and their files.

What is about others is left out: ids of other people become one word, and the catalogue hides the
columns that others wrote.
"""

import base64
import json
import re
import uuid
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.files.models import File, Scan
from contest.files.store import Store
from contest.privacy.catalogue import KINDS, Kind
from contest.privacy.models import Export

ANOTHER = "another person"
ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
STEPS = len(KINDS) + 1  # the files come last
UNSAFE = re.compile(r"[^\w.-]+")


def write(
    session: Session, store: Store, user: User, target: IO[bytes], tell: Callable[[int], object]
) -> None:
    """Write the copy to `target`; `tell` hears after each step how many are done."""
    others = frozenset(str(i) for i in session.scalars(select(User.id).where(User.id != user.id)))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, kind in enumerate(KINDS, 1):
            found = [plain(row, others) for row in _rows(session, kind, user)]
            if found:
                archive.writestr(f"{kind.called()}.json", _json(found))
            tell(done)
        for file in _files(session, user):
            with archive.open(f"files/{file.id}-{UNSAFE.sub('_', file.name)}", "w") as copy:
                for chunk in store.chunks(file.sha256):
                    copy.write(chunk)
        tell(STEPS)


def _rows(session: Session, kind: Kind, user: User) -> Iterable[RowMapping]:
    table = kind.of()
    wanted = select(*(table.c[name] for name in kind.shown()))
    return session.execute(
        wanted.where(kind.mine(user.id, user.email)).order_by(table.c.id)
    ).mappings()


def _files(session: Session, user: User) -> Iterable[File]:
    """Return what the person uploaded and no scanner refused; earlier copies are no part of it."""
    copies = select(Export.file_id).where(Export.file_id.is_not(None))
    return session.scalars(
        select(File)
        .where(File.uploaded_by == user.id, File.scan == Scan.CLEAN, File.id.not_in(copies))
        .order_by(File.id)
    )


def plain(value: Any, others: frozenset[str]) -> Any:
    """Return a value of the database as JSON has it, without other people's ids."""
    if isinstance(value, Mapping):
        return {str(name): plain(one, others) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, others) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, uuid.UUID | Decimal):
        value = str(value)
    if isinstance(value, str):
        return ID.sub(lambda found: ANOTHER if found[0] in others else found[0], value)
    return value


def _json(rows: list[Any]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
