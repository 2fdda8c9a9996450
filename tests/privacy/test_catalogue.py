"""Whatever is about a person is copied and erased as the reviewed table says."""

import csv
from pathlib import Path

from contest.privacy.catalogue import IMPERSONAL, KINDS, PEOPLE
from contest.schema import Base

TABLE = Path(__file__).with_name("columns.csv")


def lines() -> list[list[str]]:
    """Return of each kind and column whether a copy shows it, and what an erasure does with it."""
    return [
        [
            kind.called(),
            column.name,
            "" if column.name in kind.hides else "shown",
            "deleted" if kind.deleted else "blanked" if column.name in kind.blanks else "",
        ]
        for kind in KINDS
        for column in kind.of().columns
    ]


def test_every_column_is_copied_and_erased_as_the_reviewed_table_says() -> None:
    with TABLE.open(newline="") as file:
        reviewed = list(csv.reader(file))[1:]
    assert lines() == reviewed


def test_every_table_is_about_people_or_known_to_be_about_none() -> None:
    personal = {kind.table for kind in KINDS}
    assert personal | IMPERSONAL == Base.metadata.tables.keys()
    assert personal & IMPERSONAL == set()


def test_every_column_that_names_a_person_makes_its_row_theirs() -> None:
    ways = {(kind.table, way) for kind in KINDS for way in kind.ways}
    others = {("erasures", "asked_by")}  # an administrator's act on somebody else
    named = {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == PEOPLE
    }
    assert named - ways == others


def test_what_stays_says_why_and_what_goes_does_not() -> None:
    for kind in KINDS:
        fates = [kind.deleted, bool(kind.blanks), bool(kind.stays), kind.table == PEOPLE]
        assert sum(fates) == 1, kind.called()
