"""Declarative base and the column types every model shares."""

import enum
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, Date, DateTime, Dialect, Enum, MetaData
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from contest.core.errors import DomainError
from contest.core.words import Words, WordsType


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on every database; binding a naive one raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """A row with a random id, so that a URL tells nobody how many there are, nor since when."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime,
        date: Date,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
        Words: WordsType,
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            length=30,
            create_constraint=False,
            values_callable=lambda e: [m.value for m in e],
        ),
    }

    # Looked up at each call, so that a demonstration can make its ids repeatable.
    id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True,
        default=lambda: uuid.uuid4(),  # noqa: PLW0108
        sort_order=-1,
    )


class Edited:
    """A row that two people may edit at once: an update of an old copy raises StaleDataError."""

    version: Mapped[int] = mapped_column(default=1, sort_order=900)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 -- a class method by SQLAlchemy's decorator
        return {"version_id_col": cls.version}


T = TypeVar("T", bound=Base)


def lock(session: Session, thing: T) -> T:
    """Re-read the columns of `thing` under a row lock held until the transaction ends.

    SQLite has no row locks; there every writer already holds the database since its BEGIN IMMEDIATE.
    On PostgreSQL a row that refers to another holds that one's key: the lock leaves keys alone, or two
    who have both added such a row would wait for each other.
    """
    session.flush()
    columns = [column.key for column in thing.__mapper__.column_attrs]
    session.refresh(thing, attribute_names=columns, with_for_update={"key_share": True})
    return thing


@contextmanager
def refusing(session: Session, message: str, *, field: str | None = None) -> Iterator[None]:
    """Turn a constraint that speaks up about the changes of this block into a DomainError."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError:
        raise DomainError(message, field=field) from None


def assign(thing: Base, values: Mapping[str, object]) -> dict[str, object]:
    """Set the attributes that differ; return facts for the record: `fields`, and old and new of each.

    Texts that people wrote are only named: the record keeps no prose.
    """
    facts: dict[str, object] = {"fields": []}
    changed = [name for name, value in values.items() if getattr(thing, name) != value]
    for name in changed:
        before, after = getattr(thing, name), values[name]
        setattr(thing, name, after)
        if not any(
            isinstance(v, Words) or (isinstance(v, str) and len(v) > 60) for v in (before, after)
        ):
            facts[name] = [before, after]
    return {**facts, "fields": changed}
