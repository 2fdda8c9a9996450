"""Asks both worlds the same, with the same chance and at the same instant, and compares bytes."""

import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask
from itsdangerous import TimestampSigner
from sqlalchemy import Connection, Engine, create_engine, select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import Client

from contest.accounts.models import User
from contest.app import create_app
from contest.core import clock
from contest.demo import cast as people
from contest.demo.play import Play, repeatable
from contest.messages.models import Message
from contest.messages.rendering import render
from contest.schema import Base
from contest.web import refusals
from contest.web.db import begin_writing, db, listen
from tests import databases
from tests.conftest import settings
from tests.journeys.demonstration import Demonstration
from tests.worlds.addresses import Addresses
from tests.worlds.pairs import ROLES, SCRIPT, Secret, playing, session_of, settle

JSON, PAGE = "application/json", "text/html"  # what somebody reads
AGAIN = {"lang", "next"}  # parameters of every page that lead to nothing stored
PROBES = ("1",)


class Noted(ImmutableMultiDict[str, str]):
    """The query of a request, which remembers what it was asked for."""

    asked: set[str] = set()

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.asked.add(key)
        return super().get(key, *args, **kwargs)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that comes back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the worlds answer differently to somebody who may not know why."""

    role: str
    address: str
    first: Answer
    second: Answer

    def bytes(self) -> int:
        one, other = repr(self.first).encode(), repr(self.second).encode()
        return abs(len(one) - len(other)) + sum(a != b for a, b in zip(one, other, strict=False))

    def __str__(self) -> str:
        return f"{self.role}: {self.address}: {_where(self.first, self.second)}"


def _where(first: Answer, second: Answer) -> str:
    if first.status != second.status:
        return f"{first.status} or {second.status}"
    if first.headers != second.headers:
        return f"{set(first.headers) ^ set(second.headers)}"
    at = next(
        (n for n, (a, b) in enumerate(zip(first.body, second.body, strict=False)) if a != b),
        min(len(first.body), len(second.body)),
    )
    return " or ".join(
        f"“{' '.join(answer.body[max(0, at - 80) : at + 80].decode(errors='replace').split())}”"
        for answer in (first, second)
    )


@contextmanager
def still() -> Iterator[random.Random]:
    """Let chance and the time in signatures stand still; `seed` what is returned before each request."""
    source = random.Random(0)
    with (
        patch("os.urandom", source.randbytes),
        patch("random._urandom", source.randbytes),
        patch.object(TimestampSigner, "get_timestamp", lambda _self: 0),
    ):
        yield source


class Worlds:
    """One program and, for each secret, two databases that differ in it."""

    def __init__(self, demonstration: Demonstration, folder: Path) -> None:
        self.demonstration, self.folder = demonstration, folder
        self.app = _app(demonstration.folder, databases.new(folder))

    @contextmanager
    def differing_in(self, secret: Secret) -> Iterator["Pair"]:
        moment = secret.moment
        ground = self._made(self.demonstration.copy(moment), moment, settle, secret.given)
        urls = [
            self._made(databases.copy_of(ground, self.folder), moment, *steps)
            for steps in ((secret.then,), (secret.change, secret.then))
        ]
        engines = [engine_of(url) for url in urls]
        kept = use(self.app, engines[0])
        pair = Pair(self.app, secret, engines)
        try:
            with still() as pair.source:
                pair.sign_in()
                yield pair
        finally:
            use(self.app, kept)
            clock.stop(None)
            for engine in (*engines, kept):  # the layer of kept pages has its own way to `kept`
                engine.dispose()

    def _made(self, url: str, moment: str, *steps: Callable[[Play], None]) -> str:
        """Take these steps in a database; equal steps give equal ids, whatever came before them."""
        engine = engine_of(url)
        kept = use(self.app, engine)
        with self.app.app_context():
            begin_writing()
            play = playing(db.session(), moment)
            for step in steps:
                with repeatable(zlib.crc32(step.__name__.encode())):
                    step(play)
                play.renew()
            db.session.commit()
        use(self.app, kept)
        engine.dispose()
        return url


class Pair:
    """Two worlds."""

    def __init__(self, app: Flask, secret: Secret, engines: Sequence[Engine]) -> None:
        self.app, self.secret, self.engines = app, secret, engines
        self.source = random.Random(0)
        self.asked = 0
        self._tallies = [refusals.Tally() for _ in engines]  # each world's process has its own
        self.cookies: dict[str, str] = {}

    def sign_in(self) -> None:
        """Give everybody a session, which is good in both worlds."""
        self.cookies = {role: self._cookie(person) for role, person in ROLES.items()}

    def addresses(self, few: int) -> list[str]:
        """Return the addresses of both worlds: what is there in one only is asked for in both."""
        about = self._about()
        made: dict[str, None] = {}
        for engine in self.engines:
            use(self.app, engine)
            with self.app.app_context():
                made |= dict.fromkeys(Addresses(self.app, db.session(), few=few, first=about).of())
        return list(made)

    def _about(self) -> set[str]:
        """Return what the secret is about: every id in a row that is not the same in both worlds."""
        about = {SCRIPT.slug}
        for table in Base.metadata.sorted_tables:
            rows = []
            for engine in self.engines:
                with engine.connect() as connection:
                    rows.append({repr(row): row for row in connection.execute(table.select())})
            for text in rows[0].keys() ^ rows[1].keys():
                row = rows[0].get(text) or rows[1][text]
                about |= {str(value) for value in row if isinstance(value, UUID)}
        return about

    def differences(self, roles: Sequence[str], few: int, *, search: bool) -> Iterator[Difference]:
        """Ask for every address as each of the roles; `search` also tries what their pages filter by.

        Everybody asks for the first thing of each kind, one that the secret is about if there is any;
        for the others one role in four does, in turn. A refusal takes longer to make as a page than
        everything before it: one of the roles, in turn, reads that, and the others what programs are told.
        Half of the roles, in turn, search for each word.
        """
        first = set(self.addresses(1))
        for number, address in enumerate(self.addresses(few)):
            Noted.asked.clear()
            for place, role in enumerate(roles):
                if address in first or (place + number) % 4 == 0:
                    whole = search and place == number % len(roles)
                    yield from self.compared(role, address, PAGE if whole else JSON)
            for turn, query in enumerate(self._queries() if search else ()):
                for role in roles[(number + turn) % 2 :: 2]:
                    yield from self.compared(role, f"{address}?{query}")
        for role in roles:
            one, other = (self._letters(role, engine) for engine in self.engines)
            if one != other:
                yield Difference(
                    role, "letters", *(Answer(0, (), m.encode()) for m in (one, other))
                )

    def _queries(self) -> list[str]:
        """Return what could be searched for in a page that has just been asked."""
        names = sorted(Noted.asked - AGAIN)
        return [urlencode({name: word}) for name in names for word in (*self.secret.words, *PROBES)]

    def compared(self, role: str, address: str, reads: str = JSON) -> Iterator[Difference]:
        """Ask for one address in both worlds."""
        answers = [self.ask(role, address, engine, reads) for engine in self.engines]
        if answers[0] != answers[1]:  # what is done once per process also takes from chance
            answers = [self.ask(role, address, engine, reads) for engine in self.engines]
        if answers[0] != answers[1]:
            yield Difference(role, address, *answers)

    def ask(
        self, role: str, address: str, engine: Engine, reads: str = PAGE, **headers: str
    ) -> Answer:
        """GET an address of one world as somebody; refusals are worded in what is read."""
        use(self.app, engine)
        self.app.extensions[refusals.EXTENSION] = self._tallies[self.engines.index(engine)]
        self.asked += 1
        if cookie := self.cookies[role]:
            headers["Cookie"] = cookie
        self.source.seed(1)
        got = Client(self.app, use_cookies=False).get(
            address,
            headers={"Accept-Language": "en", "Accept": reads, **headers},
            buffered=True,
        )
        assert got.status_code != 500, f"{role}: {address} broke"
        kept = tuple(sorted((k, v) for k, v in got.headers.items() if k != "Date"))
        return Answer(got.status_code, kept, got.get_data())

    def _letters(self, role: str, engine: Engine) -> str:
        """Return what was written to somebody, as it goes out."""
        person = ROLES[role]
        if person is None:
            return ""
        use(self.app, engine)
        with self.app.app_context():
            session = db.session()
            letters = session.scalars(
                select(Message).join(User).where(User.email == person.email)
                .order_by(Message.written_at, Message.id)
            )  # fmt: skip
            told = []
            for letter in letters:
                session.refresh(letter, ["recipient"])
                text = render(letter)
                told.append((letter.kind, letter.state.value, text.subject, text.body))
            return repr(told)

    def _cookie(self, person: people.Person | None) -> str:
        if person is None:
            return ""
        use(self.app, self.engines[0])
        with self.app.app_context():
            user = db.session.scalars(select(User).where(User.email == person.email)).one()
            bag = {**session_of(user), "csrf_token": "0" * 40}
            signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            return f"session={signer.dumps(bag)}"


def use(app: Flask, engine: Engine | Connection) -> Engine:
    """Let the program work on this database from now on; return what it worked on before."""
    with app.app_context():
        engines, kept = cast(dict[str | None, Any], db.engines), db.engine
    engines[None] = engine
    return kept


def engine_of(url: str) -> Engine:
    """Return an engine of ours upon a database."""
    engine = create_engine(url)
    listen(engine)
    return engine


def _app(folder: Path, url: str) -> Flask:
    app = create_app(settings(folder, url).model_copy(update={"DEVELOPMENT": False}))
    app.request_class = type("Request", (app.request_class,), {"parameter_storage_class": Noted})
    return app
