"""The database handle, the declarative base, aware timestamps and the one transaction helper. No tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Enum, Insert, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An instant, stored in UTC and given back aware. A naive value is refused with ValueError: it would be a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the instant into UTC; SQLite keeps no zone, so it is left out there."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime names no instant")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(vocabulary: type[StrEnum], name: str) -> Enum:
    """A column type that holds one word of a closed vocabulary, said again in the database as CHECK `name`."""
    return Enum(
        vocabulary,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda words: [word.value for word in words],
    )


SORTED = String(600).with_variant(String(600, collation="C"), "postgresql")
"""A column of sort keys (models/text.py): compared byte by byte on both databases, whatever the server's language."""


class Base(DeclarativeBase):
    """Base of all rows: constraint names follow one convention, so that migrations can name them."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime, dict[str, Any]: JSON, list[str]: JSON, list[dict[str, Any]]: JSON},
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def table_of(model: type[Base]) -> Table:
    """The table behind rows that are only ever added: the record and the outbox are written as sets, not as objects."""
    return cast("Table", model.__table__)


MANY = 100
"""From so many rows on, the driver is spoken to directly."""


def insert_rows(statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns. Many at once go to the driver as they are, each value that repeats prepared once."""
    connection = db.session.connection()
    if len(rows) < MANY:
        connection.execute(statement, list(rows))
        return
    dialect, columns = connection.dialect, statement.table.c
    compiled = statement.compile(dialect=dialect, column_keys=list(rows[0]))
    prepared = {name: _prepared([row[name] for row in rows], columns[name].type.dialect_impl(dialect), dialect) for name in rows[0]}
    if compiled.positiontup is not None:
        connection.exec_driver_sql(str(compiled), list(zip(*(prepared[name] for name in compiled.positiontup), strict=True)))
        return
    by_row = zip(*prepared.values(), strict=True)
    connection.exec_driver_sql(str(compiled), [dict(zip(prepared, values, strict=True)) for values in by_row])


def _prepared(values: list[Any], kind: TypeEngine[Any], dialect: Dialect) -> list[Any]:
    """A column's values as the driver takes them."""
    process = kind.bind_processor(dialect)
    if process is None:
        return values
    known: dict[int, Any] = {}
    for value in values:
        if id(value) not in known:
            known[id(value)] = process(value)
    return [known[id(value)] for value in values]


@contextmanager
def transaction() -> Iterator[Session]:
    """One act: leaving the block commits state, audit entry and outbox rows together; raising rolls all of it back.

    What was read before is forgotten first: a read snapshot cannot be turned into a write on SQLite, and a decision must rest on
    rows read under the lock. Raises RuntimeError when nested: an act inside an act would commit half of the outer one.
    """
    session = db.session()
    if session.info.get("in_transaction"):
        raise RuntimeError("transaction() does not nest")
    session.rollback()
    session.info["in_transaction"] = True
    try:
        session.connection(execution_options={"writes": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info["in_transaction"]


@contextmanager
def rehearsal() -> Iterator[Session]:
    """An act that is only tried out, to see what it would do: everything is rolled back on leaving the block."""
    session = db.session()
    session.rollback()
    try:
        session.connection(execution_options={"writes": True})
        yield session
    finally:
        session.rollback()
