"""Kills workers between "sent" and "noted": `send` counts what a mail server was given in the end."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Peer
from sqlalchemy import func, select

from contest.core import clock
from contest.messages.models import Message, State
from contest.messages.outbox import write
from tests import databases, make, servers
from tests.browser import ROOT
from tests.rush import machine
from tests.rush.filling import Hall
from tests.rush.instance import SECRET

SECONDS = 120
WORKER = """
import sys
from config import Settings
from contest.app import create_app
from contest.jobs import worker
worker.run(create_app(Settings()), beat=0.2, silent=1.5)
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the messages."""

    unsent: int  # not at the mail server, or not noted as sent
    spare: int  # numbers that the server saw and nobody wrote
    repeats: int  # how often one came again
    kills: int


class Sink(servers.Mailbox):
    """Takes a mail and, until so many have died of it, kills its sender before saying so."""

    def __init__(self, kills: int) -> None:
        self.left, self.killed, self.workers = kills, 0, list[subprocess.Popen[bytes]]()
        super().__init__()

    async def handle_DATA(self, server: SMTP, session: Peer, envelope: Envelope) -> str:  # noqa: N802 -- named by aiosmtpd
        """Keep it; who sent it may not hear of it any more."""
        said = await super().handle_DATA(server, session, envelope)
        if self.left and len(self.messages) % 3 == 0:
            self.left -= 1
            for worker in self.workers:
                worker.send_signal(signal.SIGKILL)
            self.killed += 1
        return said


def send(messages: int, kills: int) -> Sent:
    """Write so many messages, and let workers carry them who die of it."""
    folder = machine.folder()
    url = databases.new(folder)
    hall, sink = Hall(url, folder), Sink(kills)
    with hall.session(writes=True) as session:
        for _ in range(messages):
            write(session, "mail_link", to=make.user(session), at=clock.now(), number="1", next="/")
    env = {**os.environ, "CONTEST_SECRET_KEY": SECRET, "CONTEST_DATABASE_URL": url,
           "CONTEST_FILES_URL": f"file://{folder}/files",
           "CONTEST_MAIL_URL": f"smtp://{sink.host}:{sink.port}"}  # fmt: skip

    def begin() -> "subprocess.Popen[bytes]":
        with (folder / "log").open("ab") as log:
            return subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=env, stderr=log)

    def unsent() -> int:
        with hall.session() as session:
            return session.scalar(
                select(func.count()).select_from(Message).where(Message.state != State.SENT)
            ) or 0  # fmt: skip

    sink.workers.append(begin())
    end = time.monotonic() + SECONDS
    while (left := unsent()) and time.monotonic() < end:
        if sink.workers[0].poll() is not None:
            sink.workers[0] = begin()
        time.sleep(0.3)
    sink.workers[0].kill()
    sink.workers[0].wait()
    sink.close()
    with hall.session() as session:
        written = {str(number) for number in session.scalars(select(Message.id))}
    came = Counter(number(mail) for mail in sink.messages)
    return Sent(
        unsent=max(left, len(written - set(came))),
        spare=len(set(came) - written),
        repeats=sum(came.values()) - len(came),
        kills=sink.killed,
    )


def number(mail: EmailMessage) -> str:
    return str(mail["Message-ID"]).strip("<> ").partition("@")[0]
