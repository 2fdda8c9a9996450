"""Each promise about what is stored holds of a sound instance, and its break is named."""

import io
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from contest.accounts.models import Authenticator
from contest.core import signing
from contest.entries.models import Receipt, Version
from contest.events import checkpoints
from contest.files.models import File
from contest.files.store import Store
from contest.jobs.outbox import enqueue
from contest.judging.models import AssignmentState, Conflict, ConflictKind, ConflictSource, Score
from contest.results.models import ResultSet, ResultState
from contest.teams.models import Team
from contest.upkeep import invariants
from tests import make
from tests.entries.test_submit import Desk


class Sound:
    """A little of everything: an entry handed in with a file, a score, a result."""

    def __init__(self, session: Session, store: Store) -> None:
        self.session, self.store = session, store
        desk = Desk(session)
        desk.submit()
        self.team = desk.entry.team
        kept = store.put(io.BytesIO(b"a deck"), 100)
        self.file = make.file(session)
        self.file.sha256 = kept.sha256
        judge = make.appointment(session, desk.contest, make.user(session, name="Judy"))
        self.assignment = make.assignment(session, desk.round, judge, desk.entry)
        rubric = make.rubric(session, desk.round)
        self.score = make.scorecard(
            session, self.assignment, rubric, *[3 for _ in rubric.criteria]
        ).scores[0]
        session.flush()


@pytest.fixture
def sound(app: Flask, session: Session) -> Sound:
    return Sound(session, app.extensions["files"])


def faults(sound: Sound, check: invariants.Check) -> list[str]:
    sound.session.flush()
    sound.session.expire_all()
    return list(check(sound.session, sound.store))


def changed_answers(sound: Sound) -> None:
    sound.session.execute(update(Version).values(answers=[]))


def lost_receipt(sound: Sound) -> None:
    sound.session.execute(delete(Receipt))


def forged_receipt(sound: Sound) -> None:
    sound.session.execute(update(Receipt).values(body="{}"))


def lost_bytes(sound: Sound) -> None:
    sound.session.execute(update(File).values(sha256="0" * 64))


def changed_bytes(sound: Sound) -> None:
    assert sound.store.root is not None
    key = sound.file.sha256
    (sound.store.root / key[:2] / key[2:4] / key).write_bytes(b"another deck")


def dissolved_team(sound: Sound) -> None:
    sound.session.execute(update(Team).values(dissolved_at=make.NOON))


def conflict(sound: Sound) -> None:
    sound.assignment.state = AssignmentState.OPENED
    sound.session.add(
        Conflict(
            appointment_id=sound.assignment.appointment_id, entry_id=sound.assignment.entry_id,
            kind=ConflictKind.FAMILY, source=ConflictSource.JUDGE, since=make.NOON,
        )
    )  # fmt: skip


def score_of_a_thousand(sound: Sound) -> None:
    sound.session.execute(update(Score).values(points=1000))


def unsigned_result(sound: Sound) -> None:
    contest = sound.team.contest_id
    sound.session.add(
        ResultSet(
            contest_id=contest, number=1, state=ResultState.PUBLISHED, body="{}", sealed=[],
            sha256="0" * 64, salt="00", computed_at=make.NOON, computed_by=make.user(sound.session).id,
        )
    )  # fmt: skip


def forgotten_factor(sound: Sound) -> None:
    make.user(sound.session).second_factor_at = make.NOON


def unasked_factor(sound: Sound) -> None:
    user = make.user(sound.session)
    sound.session.add(Authenticator(user_id=user.id, secret="x", last_step=0, added_at=make.NOON))


def forged_checkpoint(sound: Sound) -> None:
    [row, *_] = checkpoints.take(sound.session, signing.signing_key("", "a secret"), at=make.NOON)
    row.body = row.body.replace('"root":"', '"root":"0')


def unknown_job(sound: Sound) -> None:
    enqueue(sound.session, "nobody.does", at=make.NOON)


BREAKS: list[tuple[Callable[[Sound], None], invariants.Check, str]] = [
    (changed_answers, invariants.proofs, "was changed after it was handed in"),
    (lost_receipt, invariants.proofs, "has no receipt"),
    (forged_receipt, invariants.proofs, "has a signature that does not fit"),
    (lost_bytes, invariants.stored, "are missing"),
    (changed_bytes, invariants.stored, "were changed"),
    (dissolved_team, invariants.memberships, "belongs to a team that is not there"),
    (conflict, invariants.conflicts, "is open in spite of a conflict"),
    (score_of_a_thousand, invariants.scores, "is none that its criterion allows"),
    (unsigned_result, invariants.results, "without two signatures"),
    (forgotten_factor, invariants.factors, "is asked for a second factor and has none"),
    (unasked_factor, invariants.factors, "has a second factor and is not asked for it"),
    (forged_checkpoint, invariants.signed, "has a signature that does not fit"),
    (unknown_job, invariants.jobs, "is of the unknown kind nobody.does"),
]


def test_every_promise_holds_of_what_the_actions_made(sound: Sound) -> None:
    for invariant in invariants.INVARIANTS:
        assert faults(sound, invariant.check) == [], invariant.promise


@pytest.mark.parametrize(("break_", "check", "told"), BREAKS)
def test_a_broken_promise_is_named(
    sound: Sound, break_: Callable[[Sound], None], check: invariants.Check, told: str
) -> None:
    break_(sound)
    assert any(told in fault for fault in faults(sound, check))


def test_bytes_that_nothing_refers_to_are_named_after_a_day(
    sound: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound.store.put(io.BytesIO(b"left over"), 100)
    assert faults(sound, invariants.referred_to) == []
    later = time.time() + timedelta(days=2).total_seconds()
    monkeypatch.setattr(time, "time", lambda: later)
    assert any("nothing refers to" in fault for fault in faults(sound, invariants.referred_to))


def test_the_command_lists_every_promise_and_fails_with_the_first_break(
    app: Flask, sound: Sound
) -> None:
    sound.session.flush()
    whole = app.test_cli_runner().invoke(args=["fsck"])
    lost_receipt(sound)
    sound.session.flush()
    broken = app.test_cli_runner().invoke(args=["fsck"])
    assert (whole.exit_code, broken.exit_code) == (0, 1)
    assert whole.output.count("holds  ") == len(invariants.INVARIANTS)
    assert sound.session.scalar(select(Version.id)) is not None
    assert "has no receipt" in broken.output
