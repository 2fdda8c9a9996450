"""Many do the same at the same instant: it happens once, or as often as there is room."""

import asyncio
import atexit
import json
import multiprocessing
import statistics
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contest.__main__ import migrate
from contest.accounts import links
from contest.contests.models import Contest, RoundPhase
from contest.core import clock
from contest.entries.models import Receipt, State, Version
from contest.files.models import File
from contest.judging.models import Score, Scorecard
from contest.teams.models import Member, Team
from tests import make
from tests.rush import filling, machine
from tests.rush.filling import Hall
from tests.rush.instance import Instance
from tests.rush.submitters import URLENCODED, decks
from tests.rush.wire import Answer, Headers, ask, form

PLACES, JOINERS, CLICKS, SAVES, WRITERS = 5, 50, 10, 20, 8
WRITING_SECONDS = 6
READ_TURNS, READ_SECONDS = 3, 3.0  # of reading a page beside texts and beside bombs


class Once(NamedTuple):
    """How far what happened is from what should have, and what people were answered."""

    off: int
    strange: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """Who takes part beside the teams of the rush."""

    founder: Headers
    join: str
    joiners: tuple[Headers, ...]
    team_id: uuid.UUID
    judge: Headers
    assignment: str
    criterion: str


class Crowd:
    """An instance that runs undisturbed, and everybody at its door."""

    def __init__(self, url: str = "") -> None:
        self.folder = machine.folder()
        url = url or f"sqlite:///{self.folder}/contest.db"
        migrate(url)
        self.instance, self.hall = Instance(self.folder, url), Hall(url, self.folder)

    def __enter__(self) -> "Crowd":
        closes_at = clock.now() + timedelta(days=1)
        self.filled = filling.fill(
            self.hall, teams=2 * WRITERS + 3, closes_at=closes_at, grace_seconds=0
        )
        with self.hall.session(writes=True) as session:
            self.room = self._room(session)
        self.instance.begin()
        atexit.register(self.instance.kill)
        self.instance.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.instance.kill()

    def _room(self, session: Session) -> Room:
        headers = self.hall.headers
        contest = session.scalars(select(Contest)).one()
        contest.team_max = PLACES + 1
        lead = make.user(session)
        team = make.team(session, lead, contest=contest, name="Wanted")
        far = clock.now() + timedelta(days=3)
        invitation = make.team_invitation(session, team, expires_at=far)
        token = links.sign(links.TEAM_INVITATION, {"invitation": str(invitation.id)})
        other = make.contest(session)
        round_ = make.round_(session, other, phase=RoundPhase.JUDGING, closes_at=far)
        rubric = make.rubric(session, round_)
        judge = make.appointment(session, other, make.user(session))
        entry = make.entry(session, make.user(session), contest=other, state=State.ELIGIBLE)
        assignment = make.assignment(session, round_, judge, entry)
        make.declaration(session, judge, entry)
        return Room(
            founder=headers(session, make.user(session)),
            join=f"/join/{token}",
            joiners=tuple(headers(session, make.user(session)) for _ in range(JOINERS)),
            team_id=team.id,
            judge=headers(session, judge.user),
            assignment=f"/assignments/{assignment.id}",
            criterion=str(rubric.criteria[0].id),
        )

    async def _at_once(
        self, requests: Sequence[tuple[Headers, str, Headers, bytes]], *, again: bool = True
    ) -> list[Answer]:
        """Send all of them when all are ready, and `again` what is told to come later."""
        everybody = asyncio.Barrier(len(requests))

        async def one(who: Headers, path: str, kind: Headers, body: bytes) -> Answer:
            await everybody.wait()
            while True:
                answer = await ask(self.instance.port, "POST", path, {**who, **kind}, body)
                if not again or answer.status != 503 or "retry-after" not in answer.headers:
                    return answer
                await asyncio.sleep(0.5)

        return await asyncio.gather(*(one(*request) for request in requests))

    async def _clicks(self, who: Headers, path: str, kind: Headers, body: bytes) -> list[Answer]:
        return await self._at_once([(who, path, kind, body)] * CLICKS)

    def handed_in_first(self) -> Once:
        """Several are the first to hand in, at the same instant: nobody waits for nobody, or in vain."""
        teams = self.filled.teams[3 + WRITERS :]
        for team in teams:
            self._write(team.number)
        bodies = [urlencode({"_key": str(uuid.uuid4())}).encode() for _ in teams]
        answers = asyncio.run(
            self._at_once(
                [
                    (team.headers, f"{team.path}/submit", URLENCODED, body)
                    for team, body in zip(teams, bodies, strict=True)
                ],
                again=False,
            )
        )
        return Once(sum(a.status != 303 for a in answers), _strange(answers, {303}))

    def handed_in(self) -> Once:
        """Ten clicks on one button: one version, and everybody sees its receipt."""
        team = self.filled.teams[0]
        self._write(0)
        body = urlencode({"_key": str(uuid.uuid4())}).encode()
        answers = asyncio.run(self._clicks(team.headers, f"{team.path}/submit", URLENCODED, body))
        of_team = Version.entry.has(team_id=team.id)
        with self.hall.session() as session:
            codes = set(session.scalars(select(Receipt.code).join(Version).where(of_team)))
            versions = session.scalar(select(func.count()).select_from(Version).where(of_team)) or 0
        shown = {a.headers.get("location", "").rpartition("/")[2] for a in answers}
        return Once(abs(versions - 1) + len(shown ^ codes), _strange(answers, {303}))

    def handed_in_anew(self) -> Once:
        """Ten windows with the same page: one version, and the others are told so."""
        team = self.filled.teams[1]
        self._write(1)
        bodies = [urlencode({"_key": str(uuid.uuid4())}).encode() for _ in range(CLICKS)]
        asked = [(team.headers, f"{team.path}/submit", URLENCODED, body) for body in bodies]
        answers = asyncio.run(self._at_once(asked))
        with self.hall.session() as session:
            versions = session.scalar(
                select(func.count()).select_from(Version).where(Version.entry.has(team_id=team.id))
            ) or 0  # fmt: skip
        taken = sum(a.status == 303 for a in answers)
        return Once(abs(versions - 1) + abs(taken - 1), _strange(answers, {303, 422}))

    def uploaded(self) -> Once:
        """One file that is sent ten times comes in once."""
        team, deck = self.filled.teams[2], self.filled.deck
        kind, body = form({"_key": str(uuid.uuid4())}, {deck: decks(20_000)})
        path = f"{team.path}/files/{deck.removeprefix('q-')}"
        before = self._files()
        answers = asyncio.run(self._clicks(team.headers, path, kind, body))
        return Once(abs(self._files() - before - 1), _strange(answers, {201}))

    def _files(self) -> int:
        with self.hall.session() as session:
            return session.scalar(select(func.count()).select_from(File)) or 0

    def founded(self) -> Once:
        body = urlencode({"_key": str(uuid.uuid4()), "name": "Reeds", "kind": "startup",
                          "country": "CN"}).encode()  # fmt: skip
        path = "/contests/rush/teams/new"
        answers = asyncio.run(self._clicks(self.room.founder, path, URLENCODED, body))
        with self.hall.session() as session:
            teams = session.scalar(
                select(func.count()).select_from(Team).where(Team.name == "Reeds")
            ) or 0  # fmt: skip
        return Once(abs(teams - 1), _strange(answers, {303}))

    def joined(self) -> Once:
        """Fifty want the places of one team, twice each."""
        body = urlencode({"name": "Ada Lovelace"}).encode()
        asked = [(who, self.room.join, URLENCODED, body) for who in self.room.joiners]
        answers = asyncio.run(self._at_once(asked))
        with self.hall.session() as session:
            members = session.scalar(
                select(func.count()).select_from(Member)
                .where(Member.team_id == self.room.team_id, Member.left_at.is_(None))
            ) or 0  # fmt: skip
        let_in = sum(a.status == 303 for a in answers)
        return Once(
            abs(members - PLACES - 1) + abs(let_in - PLACES), _strange(answers, {303, 403, 422})
        )

    def scored(self) -> Once:
        """Twenty saves of one field of one scorecard: one card, one score, one of the values."""
        name = f"points_{self.room.criterion}"
        asked = [
            (self.room.judge, f"{self.room.assignment}/save", URLENCODED,
             urlencode({"_field": name, name: str(n % 6)}).encode())
            for n in range(SAVES)
        ]  # fmt: skip
        answers = asyncio.run(self._at_once(asked))
        with self.hall.session() as session:
            cards = session.scalar(select(func.count()).select_from(Scorecard)) or 0
            points = list(session.scalars(select(Score.points)))
        off = abs(cards - 1) + abs(len(points) - 1) + (points[:1] == [None])
        return Once(off, _strange(answers, {200}))

    def written(self) -> Once:
        """Eight write as fast as they can; nobody hears of the others."""

        async def one(number: int) -> list[Answer]:
            until, base = time.monotonic() + WRITING_SECONDS, 0
            answers: list[Answer] = []
            while time.monotonic() < until:
                answers.append(answer := await self._save(number, f"{number} {len(answers)}", base))
                if answer.status == 200:
                    base = json.loads(answer.body)["version"]
            return answers

        async def all_() -> list[Answer]:
            return [
                a
                for found in await asyncio.gather(*(one(n + 3) for n in range(WRITERS)))
                for a in found
            ]

        answers = asyncio.run(all_())
        return Once(sum(a.status != 200 for a in answers), _strange(answers, {200}))

    def read_beside(self, bombs: Sequence[bytes]) -> float:
        """Return by how many percent a page takes longer (p99) while a team sends bombs, and not texts.

        What is sent is refused either way.
        """
        seconds: dict[bool, list[float]] = {False: [], True: []}
        for number in range(2 * READ_TURNS):
            loud = bool(number % 2)
            sent = bombs if loud else [b"a text"]
            sending = multiprocessing.get_context("fork").Process(target=self._send, args=[sent])
            sending.start()
            seconds[loud] += asyncio.run(self._read())
            sending.kill()
            sending.join()
        quiet, beside = (statistics.quantiles(seconds[loud], n=100)[98] for loud in (False, True))
        return 100 * (beside / quiet - 1)

    def _send(self, files: Sequence[bytes]) -> None:
        team, deck = self.filled.teams[1], self.filled.deck
        path = f"{team.path}/files/{deck.removeprefix('q-')}"
        for file in cycle(files):
            kind, body = form({"_key": str(uuid.uuid4())}, {deck: file})
            asyncio.run(ask(self.instance.port, "POST", path, {**team.headers, **kind}, body))

    async def _read(self) -> list[float]:
        team, seconds = self.filled.teams[0], []
        until = time.monotonic() + READ_SECONDS
        while (began := time.monotonic()) < until:
            answer = await ask(self.instance.port, "GET", team.path, team.headers)
            seconds.append(time.monotonic() - began)
            assert answer.status == 200
        return seconds[1:]

    def _write(self, number: int) -> None:
        answer = asyncio.run(self._save(number, "Reeds", 0))
        assert answer.status == 200, answer.body

    async def _save(self, number: int, pitch: str, base: int) -> Answer:
        team, name = self.filled.teams[number], self.filled.pitch
        body = urlencode({"_field": name, name: pitch, "_version": base}).encode()
        return await ask(self.instance.port, "POST", f"{team.path}/save",
                         {**team.headers, **URLENCODED}, body)  # fmt: skip


def _strange(answers: Sequence[Answer], wanted: set[int]) -> tuple[str, ...]:
    odd = Counter(a.status for a in answers if a.status not in wanted)
    texts = [
        a.body.decode(errors="replace").partition("<main")[2]
        for a in answers
        if a.status not in wanted
    ]
    return tuple(f"{count} times {status}" for status, count in odd.items()) + tuple(
        " ".join(text.split())[:300] for text in texts[:1]
    )
