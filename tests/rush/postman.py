"""Kills workers between "sent" and "noted": `send` counts what a mail server was given in the end."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Peer
from sqlalchemy import func, select

from contest.core import clock
from contest.messages.models import Message, State
from contest.messages.outbox import write
from tests import make, servers
from tests.rush import machine
from tests.rush.filling import Hall
from tests.rush.instance import Instance, migrated

SECONDS = 120


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the messages."""

    unsent: int  # not at the mail server, or not noted as sent
    spare: int  # numbers that the server saw and nobody wrote
    repeats: int  # how often one came again
    kills: int
    slowest: float  # seconds until a mail came again whose worker had died of it


class Sink(servers.Mailbox):
    """Takes a mail and, until so many have died of it, kills its sender before saying so."""

    def __init__(self, kills: int) -> None:
        self.left, self.enough = kills, 3
        self.victims: Callable[[], list[int]] = list
        self.died: dict[str, float] = {}
        self.waits: list[float] = []
        super().__init__()

    async def handle_DATA(self, server: SMTP, session: Peer, envelope: Envelope) -> str:  # noqa: N802 -- named by aiosmtpd
        """Keep it; who sent it may not hear of it any more."""
        said = await super().handle_DATA(server, session, envelope)
        came = number(self.messages[-1])
        if came in self.died:
            self.waits.append(time.monotonic() - self.died.pop(came))
        elif self.left and not self.died and len(self.messages) >= self.enough:
            self.left, self.enough = self.left - 1, len(self.messages) + 3
            self.died[came] = time.monotonic()
            for victim in self.victims():
                os.kill(victim, signal.SIGKILL)
        return said


def send(messages: int, kills: int) -> Sent:
    """Write so many messages, and let the workers of an instance carry them who die of it."""
    folder = machine.folder()
    url = migrated(folder)
    hall, sink = Hall(url, folder), Sink(kills)
    with hall.session(writes=True) as session:
        for _ in range(messages):
            write(session, "mail_link", to=make.user(session), at=clock.now(), number="1", next="/")
    instance = Instance(
        folder, url, CONTEST_MAIL_URL=f"smtp://{sink.host}:{sink.port}",
        CONTEST_MAIL_FROM="contest@example.org",
    )  # fmt: skip
    sink.victims = lambda: instance.processes()["worker"]

    def unsent() -> int:
        with hall.session() as session:
            return session.scalar(
                select(func.count()).select_from(Message).where(Message.state != State.SENT)
            ) or 0  # fmt: skip

    instance.begin("--processes", "1")
    end = time.monotonic() + SECONDS
    while (left := unsent()) and time.monotonic() < end:
        time.sleep(0.3)
    instance.end()
    sink.close()
    with hall.session() as session:
        written = {str(number) for number in session.scalars(select(Message.id))}
    came = Counter(number(mail) for mail in sink.messages)
    return Sent(
        unsent=max(left, len(written - set(came))),
        spare=len(set(came) - written),
        repeats=sum(came.values()) - len(came),
        kills=kills - sink.left,
        slowest=max(sink.waits, default=SECONDS) if not sink.died else SECONDS,
    )


def number(mail: EmailMessage) -> str:
    return str(mail["Message-ID"]).strip("<> ").partition("@")[0]
