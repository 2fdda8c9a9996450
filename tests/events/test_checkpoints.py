"""L3: whoever writes into the database may forge what they like; a checkpoint kept outside shows it."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from contest.core import signing
from contest.events import checkpoints, queries
from contest.events.checkpoints import Line
from contest.events.log import FIRST, SITE, Verb, digest, record
from contest.events.models import ChainHead, Checkpoint, Event
from tests import make
from tests.events.chain import in_chain

KEY = signing.signing_key("", "a secret for the tests")
HOUR = timedelta(hours=1)
Rows = list[dict[str, object]]


def happen(session: Session, count: int) -> None:
    ada = make.user(session)
    for number in range(count):
        record(session, Verb.USER_CHANGED, ada, by=ada.id, at=make.NOON, number=number)


@pytest.fixture
def kept(session: Session) -> list[Line]:
    """What an operator has elsewhere: seven events were signed, and two more came since."""
    happen(session, 7)
    lines = [Line.of(row) for row in checkpoints.take(session, KEY, at=make.NOON)]
    happen(session, 2)
    return lines


def flipped(rows: Rows) -> Rows:
    rows[2]["verb"] = "user.erased"
    return rows


def flipped_number(rows: Rows) -> Rows:
    rows[4]["facts"] = {"number": 40}
    return rows


def moved_in_time(rows: Rows) -> Rows:
    rows[0]["at"] = make.NOON - HOUR
    return rows


def deleted(rows: Rows) -> Rows:
    return rows[:3] + rows[4:]


def reordered(rows: Rows) -> Rows:
    second, third = rows[1], rows[2]
    rows[1:3] = third | {"sequence": second["sequence"]}, second | {"sequence": third["sequence"]}
    return rows


def forked(rows: Rows) -> Rows:
    return rows[:5] + [{**row, "facts": {"other": True}} for row in rows[5:]]


def cut_off(rows: Rows) -> Rows:
    return rows[:6]


def put_back(rows: Rows) -> Rows:
    """An old backup, in which life went on for long."""
    return rows[:4] + [{**rows[4], "facts": {"again": number}} for number in range(9)]


def emptied(_rows: Rows) -> Rows:
    return []


ATTACKS = [
    flipped,
    flipped_number,
    moved_in_time,
    deleted,
    reordered,
    forked,
    cut_off,
    put_back,
    emptied,
]


UNHASHED = (flipped, flipped_number, moved_in_time, forked)  # their old hashes stand beside them


def forge(session: Session, attack: Callable[[Rows], Rows], *, well: bool) -> None:
    """Write the site's chain anew as somebody could who has the database's password.

    One who does it `well` numbers and hashes all of it again, and takes stored checkpoints along.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE events DISABLE TRIGGER events_append_only"))
    else:
        session.execute(text("DROP TRIGGER events_no_delete"))
    names = [column.name for column in Event.__table__.columns if column.name != "id"]
    rows = [
        {name: getattr(event, name) for name in names}
        for event in reversed(in_chain(session, SITE))
    ]
    session.execute(delete(Event).where(Event.chain == SITE))
    session.expunge_all()
    prev = FIRST
    for number, row in enumerate(attack(rows), 1):
        event = Event(**row)
        if well:
            event.sequence, event.prev = number, prev
            event.hash = prev = digest(event)
        session.add(event)
    head = session.scalars(select(ChainHead).where(ChainHead.chain == SITE)).one()
    if well:
        session.execute(delete(Checkpoint))
        head.sequence, head.hash = len(attack(rows)), prev
    session.flush()


@pytest.mark.parametrize("attack", [each for each in ATTACKS if each is not put_back])
def test_a_clumsy_forger_is_found_without_help(
    session: Session, kept: list[Line], attack: Callable[[Rows], Rows]
) -> None:
    del kept
    forge(session, attack, well=False)

    assert queries.verify(session).faults
    assert checkpoints.faults(session, checkpoints.stored(session), ()) or attack in UNHASHED


def test_a_backup_put_back_beside_the_stored_checkpoints_is_found_without_help(
    session: Session, kept: list[Line]
) -> None:
    stored = list(checkpoints.stored(session))
    forge(session, put_back, well=True)

    assert stored == kept
    assert len(checkpoints.faults(session, stored, ())) == 1


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_clever_forger_is_found_by_what_was_kept_outside_and_by_nothing_else(
    session: Session, kept: list[Line], attack: Callable[[Rows], Rows]
) -> None:
    forge(session, attack, well=True)

    assert queries.verify(session).faults == ()
    assert checkpoints.faults(session, checkpoints.stored(session), ()) == []
    assert len(checkpoints.faults(session, kept, {signing.public_key(KEY)})) == 1


def test_what_came_after_the_last_checkpoint_is_no_fault(
    session: Session, kept: list[Line]
) -> None:
    assert checkpoints.faults(session, kept, {signing.public_key(KEY)}) == []
    assert checkpoints.faults(session, checkpoints.stored(session), ()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda line: line.body.replace('"sequence":7', '"sequence":6'), "does not fit"),
        (lambda line: line.body.replace("checkpoint-v1", "receipt-v1"), "does not fit"),
    ],
)
def test_a_changed_checkpoint_is_named(
    session: Session, kept: list[Line], change: Callable[[Line], str], told: str
) -> None:
    line = kept[0]
    changed = Line(change(line), line.signature, line.key, line.salt)

    assert told in checkpoints.faults(session, [changed], ())[0].what


def test_another_key_proves_nothing(session: Session, kept: list[Line]) -> None:
    del kept
    stranger = signing.signing_key("", "another secret")
    happen(session, 1)
    [row] = checkpoints.take(session, stranger, at=make.NOON)

    found = checkpoints.faults(session, [Line.of(row)], {signing.public_key(KEY)})

    assert [fault.what for fault in found] == ["a checkpoint is signed with another key"]


def test_a_chain_is_signed_when_it_moved(session: Session, kept: list[Line]) -> None:
    assert [row.sequence for row in checkpoints.take(session, KEY, at=make.NOON)] == [9]
    assert checkpoints.take(session, KEY, at=make.NOON + HOUR) == []
    assert len(kept) == 1


def test_the_shell_compares_the_record_with_a_file_or_a_folder(
    app: Flask, session: Session, kept: list[Line], tmp_path: Path
) -> None:
    file = tmp_path / "checkpoints-2030-06-01.jsonl"
    file.write_text("".join(f"{line.text()}\n" for line in kept))
    run = app.test_cli_runner().invoke
    for since in (file, tmp_path):
        result = run(args=["audit", "verify", "--since", str(since)])
        assert (result.exit_code, result.output) == (
            0, "9 events in 1 chains, every hash and all that 1 checkpoints say holds.\n"
        )  # fmt: skip

    forge(session, cut_off, well=True)

    result = run(args=["audit", "verify", "--since", str(file)])
    assert result.exit_code == 1
    assert "site 7: was signed, and the chain ends at 6" in result.output


def test_what_is_no_checkpoint_is_refused_with_its_line(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.jsonl"
    file.write_text('{"body": "{}"}\n')

    result = app.test_cli_runner().invoke(args=["audit", "verify", "--since", str(file)])

    assert result.exit_code == 1
    assert "line 1: this is no line of a checkpoint file" in result.output


def test_an_event_is_shown_to_be_in_the_record_and_no_other(
    session: Session, kept: list[Line]
) -> None:
    del kept
    event = in_chain(session, SITE)[-3]

    proof = checkpoints.inclusion(session, SITE, event.sequence)

    assert proof is not None
    sent = json.loads(json.dumps(proof))
    assert checkpoints.includes(sent, event.hash, SITE, event.sequence)
    assert not checkpoints.includes(sent, "00" * 32, SITE, event.sequence)
    assert not checkpoints.includes(sent, event.hash, "another chain", event.sequence)
    assert not checkpoints.includes(sent | {"path": []}, event.hash, SITE, event.sequence)
    assert not checkpoints.includes(sent | {"signature": "00"}, event.hash, SITE, event.sequence)
    assert not checkpoints.includes({}, event.hash, SITE, event.sequence)
    assert all(other.hash not in json.dumps(sent) for other in in_chain(session, SITE))
    assert checkpoints.inclusion(session, SITE, 8) is None  # not signed so far
