"""People get all of theirs and nothing of others', leave no trace but numbers, and no line in a log."""

import io
import json
import logging
import multiprocessing
import tempfile
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

import click
import html5lib
from flask import Flask, request
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.accounts.signin import visitor
from contest.app import create_app
from contest.contests.models import Contest, Phase
from contest.core import clock
from contest.events import queries as events
from contest.events.log import Verb, record
from contest.events.models import Event
from contest.messages.models import Message
from contest.privacy import collecting, retention, scrubbing
from contest.privacy.actions import erasing, retaining
from contest.privacy.catalogue import KINDS
from contest.upkeep.invariants import INVARIANTS
from contest.web import logs
from contest.web.db import begin_writing, db, listen
from tests import databases, recorded
from tests.access import playing
from tests.attack.promise import Promise, Unknown
from tests.attack.worlds import worlds
from tests.conftest import settings
from tests.privacy.canary import rows_with

MOMENT = "follow-up"
TEAMS_OWN = {"teams", "entries"}  # a row of which names who agreed to something for the team
WRITERS, EACH, AT_ONCE = 8, 500, 5


@contextmanager
def instance() -> Iterator[tuple[Flask, Session, str]]:
    """Give a copy of the demonstration at its last moment, to be written to."""
    demonstration = worlds().demonstration
    url = demonstration.copy(MOMENT)
    app = create_app(settings(demonstration.folder, url))
    with app.app_context():
        begin_writing()
        yield app, db.session(), url
        db.session.remove()
        db.engine.dispose()


# --- P1 ---


def copied(app: Flask, session: Session, user: User) -> dict[str, bytes]:
    target = io.BytesIO()
    collecting.write(session, app.extensions["files"], user, target, lambda _: None)
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lacking() -> float:
    """Return how many rows that name somebody are not in that person's copy."""
    tables = {kind.called(): kind.table for kind in KINDS}
    total = 0
    with instance() as (app, session, _):
        for user in session.scalars(select(User)).all():
            listed = {
                (tables[name.removesuffix(".json")], row["id"])
                for name, text in copied(app, session, user).items()
                if name.endswith(".json")
                for row in json.loads(text)
            }
            unsent = {
                ("messages", str(m.id))
                for m in session.scalars(select(Message))
                if m.state != "sent" or m.recipient_id != user.id
            }
            missing = rows_with(session, user.email, ids=(user.id,)) - listed - unsent
            total += len({row for row in missing if row[0] not in TEAMS_OWN})
    return total


def foreign() -> float:
    """Return how often a copy names somebody else; letters that people got are theirs."""
    total = 0
    with instance() as (app, session, _):
        users = session.scalars(select(User)).all()
        for user in users:
            got = copied(app, session, user)
            rows = (
                t for name, t in got.items() if name.endswith(".json") and name != "messages.json"
            )
            told = b"".join(rows).decode()
            for other in users:
                if other is not user:
                    total += sum(w in told for w in (str(other.id), other.email, other.name))
    return total


# --- P2, L7 ---


@cache
def erased() -> tuple[int, int]:
    """Erase everybody; return how often they are still named in what is stored, and what broke."""
    with instance() as (app, session, url):
        people = [(user.name, user.email) for user in session.scalars(select(User))]
        for user in session.scalars(select(User)).all():
            erasing.erase(session, user, by=user.id, at=clock.now())
        session.commit()
        session.close()
        scrubbing.overwrite(db.engine)
        hits = _hits(session, url, people)
        broken = len(events.verify(session).faults)
        broken += sum(len(list(i.check(session, app.extensions["files"]))) for i in INVARIANTS)
    return hits, broken


def _hits(session: Session, url: str, people: list[tuple[str, str]]) -> int:
    if make_url(url).get_backend_name() != "sqlite":
        return sum(len(rows_with(session, *words)) for words in people)
    path = Path(str(make_url(url).database))
    raw = b"".join(f.read_bytes() for f in path.parent.glob(f"{path.name}*"))
    words = {form for pair in people for word in pair for form in (word, json.dumps(word)[1:-1])}
    found = [word for word in words if word.encode() in raw]
    for word in found:
        click.echo(f"    {word}")
    return len(found)


# --- P3 ---


def kept_too_long() -> float:
    """Return how many things are left eleven years later, and what broke when the others went."""
    with instance() as (app, session, _):
        at = clock.now()
        for contest in session.scalars(select(Contest)).all():
            contest.phase = Phase.CONCLUDED
            record(session, Verb.CONTEST_CONCLUDED, contest, by=None, at=at, contest_id=contest.id)
            retaining.keep_to(session, contest, at=at + timedelta(days=11 * 365))
        session.flush()
        session.expire_all()
        left = [
            line for contest in session.scalars(select(Contest))
            for line in retention.foreseen(session, contest) if line.things
        ]  # fmt: skip
        broken = sum(len(list(i.check(session, app.extensions["files"]))) for i in INVARIANTS)
    return len(left) + broken


# --- P4 ---

CANARY = "CNRY-typed"


@cache
def filled_in() -> tuple[int, int]:
    """Fill in every form as several people, then let every page break.

    Return how many lines of the log have somebody's words or were forged, and how many forms changed
    something without an event.
    """
    stream = io.StringIO()
    logs.begin(logging.INFO, stream)
    asked = broken = silent = 0
    with playing.stage(worlds().demonstration, "judging") as stage:
        stage.app.config["PROPAGATE_EXCEPTIONS"] = False
        people = list(_words(stage.app))
        rows = playing.routes(stage.app)
        for who in ("visitor", "organiser", "team lead"):
            for row in rows:
                if row[0] == "POST":
                    silent += _send(stage, who, row)
                    asked += 1
        for endpoint in stage.app.view_functions:
            stage.app.view_functions[endpoint] = _breaks
        for row in rows:
            stage.open("organiser", row, data={"name": CANARY, "password": CANARY})
            broken += 1
    lines = stream.getvalue().splitlines()
    leaks = [line for line in lines if any(word in line for word in (CANARY, *people))]
    forged = [line for line in lines if not line.startswith('{"at"')]
    click.echo(f"    {asked} forms sent, {broken} pages broken, {len(lines)} lines")
    if len(lines) < broken:
        raise Unknown("what broke was not logged")
    for line in (leaks + forged)[:5]:
        click.echo(f"    {line[:300]}")
    return len(leaks) + len(forged), silent


def _breaks(**values: object) -> str:
    """Fail as a view would that puts all it knows into what it raises."""
    person = visitor()
    known = f"{values} {request.form} {request.url} {person and (person.name, person.email)}"
    raise RuntimeError(f"{known}\r\n{CANARY}")


def _words(app: Flask) -> Iterator[str]:
    with app.app_context():
        for name, email in db.session.execute(select(User.name, User.email)):
            yield from (name, email)


def _send(stage: playing.Stage, who: str, row: playing.Row) -> int:
    """Send what the page's form asks for, each text with line ends in it; 1 if that left no record."""
    page = stage.open(who, row, method="GET")
    tree = html5lib.parse(page.get_data(as_text=True), namespaceHTMLElements=False)
    data: dict[str, str] = {}
    for control in tree.iter():
        name = control.get("name")
        if name and control.tag in {"input", "textarea", "select"}:
            data[name] = control.get("value") or f"{CANARY}\r\n{name}@{CANARY}.example"
    data = data or {"email": f"{CANARY}@{CANARY}.example", "reason": f"{CANARY}\r\n"}
    with recorded.watching() as seen:
        got = stage.open(who, row, data=data)
    silent = got.status_code < 400 and seen.unrecorded(got.request.path)
    if silent:
        click.echo(f"    {who}: POST {row[1]} changed {silent} and recorded nothing")
    return bool(silent)


# --- L6 ---


def forks() -> float:
    """Let eight processes write 500 events each; return what is missing or does not hold."""
    folder = Path(tempfile.mkdtemp(prefix="contest-chain-"))
    url = databases.new(folder)
    context = multiprocessing.get_context("fork")  # they bring what is imported along
    crew = [context.Process(target=write_events, args=(url, EACH)) for _ in range(WRITERS)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    engine = create_engine(url)
    with Session(engine) as session:
        found = events.verify(session)
        hashes = len(set(session.scalars(select(Event.prev))))
    engine.dispose()
    failed = sum(one.exitcode != 0 for one in crew)
    return abs(found.events - WRITERS * EACH) + len(found.faults) + found.events - hashes + failed


def write_events(url: str, many: int) -> None:
    """Write events to one chain, a few in each transaction."""
    engine = create_engine(url)
    listen(engine)
    with Session(engine) as session:
        for _ in range(many // AT_ONCE):
            session.connection(execution_options={"writes": True})
            for _ in range(AT_ONCE):
                made = User(email=f"{uuid.uuid4().hex}@writer.example")
                session.add(made)
                record(session, Verb.USER_CREATED, made, by=None, at=clock.now(), how="signed up")
            session.commit()
            session.expunge_all()
    engine.dispose()


def promises() -> Iterator[Promise]:
    yield Promise("P1", "rows about somebody that their copy lacks", lacking)
    yield Promise("P1", "words about others in somebody's copy", foreign)
    yield Promise("P2", "words that still say who was erased", lambda: erased()[0])
    yield Promise(
        "L7", "faults of record and store after everybody was erased", lambda: erased()[1]
    )
    yield Promise("P3", "things kept too long, or broken by what went", kept_too_long)
    yield Promise("P4", "lines of the log with words of people, or forged", lambda: filled_in()[0])
    yield Promise("L1", "forms that change something and leave no record", lambda: filled_in()[1])
    yield Promise("L6", f"gaps and forks after {WRITERS} writers wrote {EACH} events each", forks)
