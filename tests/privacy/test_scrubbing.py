"""P2: what was deleted is not left in free pages, in the log of the database, or in copies of mail."""

import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from contest.privacy import scrubbing
from contest.web.db import listen


def files_of(database: Path) -> bytes:
    return b"".join(found.read_bytes() for found in database.parent.glob(f"{database.name}*"))


def test_p2_deleted_words_are_not_in_the_files_of_the_database(tmp_path: Path) -> None:
    database = tmp_path / "some.db"
    engine = create_engine(f"sqlite:///{database}")
    listen(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE people (name TEXT)"))
        for number in range(300):
            row = {"name": f"CNRY-name-{number} " * 20}
            connection.execute(text("INSERT INTO people VALUES (:name)"), row)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM people WHERE name NOT LIKE 'CNRY-name-7 %'"))
    assert files_of(database).count(b"CNRY-name-1") > 0

    scrubbing.overwrite(engine)

    assert files_of(database).count(b"CNRY-name-1") == 0
    assert files_of(database).count(b"CNRY-name-7") > 0
    engine.dispose()


def test_p2_a_reader_of_old_pages_makes_it_try_again(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/some.db")
    listen(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE people (name TEXT)"))
    with engine.connect() as reader:
        reader.execute(text("SELECT * FROM people")).all()
        with pytest.raises(Exception, match=r"still being read|database is locked"):
            scrubbing.overwrite(engine, patience=0.01)
    scrubbing.overwrite(engine)
    engine.dispose()


def test_p2_copies_of_mail_go_with_their_messages(tmp_path: Path) -> None:
    kept, gone = uuid.uuid4(), uuid.uuid4()
    for name in (f"{kept}.eml", f"{gone}.eml", "strange.eml", "readme.txt"):
        (tmp_path / name).write_text("To: ada@example.org")

    assert scrubbing.clear_folder(tmp_path, {kept}) == 2
    assert {path.name for path in tmp_path.iterdir()} == {f"{kept}.eml", "readme.txt"}
    assert scrubbing.clear_folder(tmp_path / "absent", set()) == 0
