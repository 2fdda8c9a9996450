"""People who hand in again and again until the server says yes or no, whatever happens on the way."""

import asyncio
import itertools
import json
import random
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests import make
from tests.rush.filling import Filled, Team
from tests.rush.proxy import INTENT
from tests.rush.wire import Answer, Headers, ask, form

MARK = b"% 00000000000000000000000000000000"
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
REFUSED = frozenset({403, 422})
FOR_NOW = frozenset({429, 500, 502, 503})  # that there is a 500 among them is noted elsewhere


@dataclass(slots=True)
class Intent:
    """One version that a team wants to hand in, and what it was told about it."""

    team: Team
    key: str
    pitch: str
    deck: bytes
    code: str = ""  # of the receipt
    refused: str = ""  # in which step
    unsaid: bool = False  # nobody would say it in the time there was
    strange: list[str] = field(default_factory=list)  # answers that nobody should get


def decks(size_bytes: int) -> bytes:
    """Return a PDF of about that size with a mark in it, so that each can be made unlike any other."""
    plain = make.pdf(pages=1)
    room = max(0, size_bytes - len(plain))
    lines = b"%" + b"x" * 62 + b"\n"  # behind what the table of contents points to
    body, _, end = plain.rpartition(b"startxref")
    return body + MARK + b"\n" + lines * (room // len(lines)) + b"startxref" + end


def marked(deck: bytes, number: uuid.UUID) -> bytes:
    """Return the deck as no other is."""
    return deck.replace(MARK, b"% " + number.hex.encode())


@dataclass
class Submitters:
    """All who take part, until an instant; after it they only bring to an end what they have begun."""

    filled: Filled
    port: int
    until: float
    given_up_at: float
    pause: tuple[float, float]  # seconds of thought between two versions, at least and at most
    deck: bytes
    starts: float = 1  # so many seconds after the first the last of them begins
    deck_every: int = 1  # of so many versions of a team one brings a new deck
    brought: Mapping[Team, bytes] = field(default_factory=dict)  # decks attached before it began
    seed: int = 1
    intents: list[Intent] = field(default_factory=list)
    _revisions: dict[int, int] = field(default_factory=dict)  # of each team's pitch

    async def run(self, teams: Sequence[Team]) -> None:
        await asyncio.gather(*(self._compete(team) for team in teams))

    async def _compete(self, team: Team) -> None:
        dice = random.Random(self.seed * 100_003 + team.number)
        await asyncio.sleep(dice.random() * self.starts)
        deck = self.brought.get(team, b"")
        for number in itertools.count():
            if time.time() >= self.until:
                return
            key = str(uuid.UUID(int=dice.getrandbits(128), version=4))
            if brings := not deck or (number + team.number) % self.deck_every == 0:
                deck = marked(self.deck, uuid.UUID(key))
            intent = Intent(team, key, f"Reeds of {key}", deck)
            self.intents.append(intent)
            await self._hand_in(intent, dice, brings_deck=brings)
            if intent.refused or intent.unsaid:
                return
            thought = dice.uniform(*self.pause)
            if time.time() + thought > self.until:
                return
            await asyncio.sleep(thought)

    async def _hand_in(self, intent: Intent, dice: random.Random, *, brings_deck: bool) -> None:
        filled, team = self.filled, intent.team
        if brings_deck:
            headers, body = form({"_key": str(uuid.uuid5(uuid.UUID(intent.key), "deck"))},
                                 {filled.deck: intent.deck})  # fmt: skip
            path = f"{team.path}/files/{filled.deck.removeprefix('q-')}"
            if not await self._told(intent, "deck", path, headers, body, dice):
                return
        base = self._revisions.get(team.number, 0)
        text = urlencode({"_field": filled.pitch, filled.pitch: intent.pitch, "_version": base})
        saved = await self._told(
            intent, "pitch", f"{team.path}/save", URLENCODED, text.encode(), dice
        )
        if saved is None:
            return
        self._revisions[team.number] = json.loads(saved.body)["version"]
        key = urlencode({"_key": intent.key}).encode()
        answer = await self._told(intent, "submit", f"{team.path}/submit", URLENCODED, key, dice)
        if answer is not None:
            intent.code = answer.headers.get("location", "").rpartition("/")[2]

    async def _told(
        self,
        intent: Intent,
        step: str,
        path: str,
        headers: Headers,
        body: bytes,
        dice: random.Random,
    ) -> Answer | None:
        """Ask until somebody answers; None when it was refused or there was no time any more."""
        headers = {**intent.team.headers, **headers, "Accept": "application/json, text/html;q=0.9",
                   INTENT: f"{step} {intent.key}"}  # fmt: skip
        pause = 0.2
        while time.time() < self.given_up_at:
            with suppress(OSError, EOFError, TimeoutError, ValueError):
                answer = await ask(self.port, "POST", path, headers, body)
                if answer.status not in FOR_NOW:
                    return _understood(intent, step, answer)
            await asyncio.sleep(pause * (0.5 + dice.random()))
            pause = min(pause * 1.5, 2)
        intent.unsaid = True
        return None


def _understood(intent: Intent, step: str, answer: Answer) -> Answer | None:
    """Return a yes; note a no, and what nobody should have to read."""
    text = answer.body.decode(errors="replace")
    gist = " ".join((text.partition("<main")[2] or text).split())[:300]
    if answer.status < 400:
        if step == "submit" and "/receipts/" not in answer.headers.get("location", ""):
            intent.strange.append(f"{step} {answer.status} {gist}")
        return answer
    intent.refused = step
    if answer.status not in REFUSED or "The deadline has passed" not in text:
        intent.strange.append(f"{step} {answer.status} {gist}")
    return None
