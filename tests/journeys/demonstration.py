"""The example contest at each of its moments: played once per run, copied for each test."""

import fcntl
import json
import shutil
import uuid
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from contest.accounts import actions as accounts
from contest.core import clock
from contest.demo import cast
from contest.demo.build import STEPS, run_promised
from contest.demo.play import Play, repeatable
from contest.demo.script import united_states
from contest.jobs import engine
from contest.messages import actions as post
from contest.messages import queries as messages
from contest.web.db import begin_writing, db
from tests import databases, servers
from tests.journeys.world import new_app

SCRIPT = united_states()


class Demonstration:
    """Databases of the small edition, one per moment, with the files that belong to all of them.

    Who comes second to `shared`, a folder of all processes of a run, finds it played.
    """

    def __init__(self, folder: Path, shared: Path | None = None) -> None:
        self.folder = folder
        self._kept: dict[str, str] = {}
        if shared is None:
            self._play()
        else:
            self._play_once(shared)

    def _play_once(self, shared: Path) -> None:
        kept = shared / "moments.json"
        with (shared / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                self._play()
                shutil.copytree(self.folder, shared / "played")
                names = {moment: Path(url).name for moment, url in self._kept.items()}
                kept.write_text(json.dumps(names))
        shutil.copytree(shared / "played", self.folder, dirs_exist_ok=True)
        self._kept = {
            moment: f"sqlite:///{self.folder}/{name}"
            for moment, name in json.loads(kept.read_text()).items()
        }

    def copy(self, moment: str) -> str:
        """Return the address of a new database that stands at the moment."""
        return databases.copy_of(self._kept[moment], self.folder)

    def _play(self) -> None:
        app = new_app(self.folder, servers.free_port())
        url = app.config["DATABASE_URL"]
        with app.app_context(), repeatable(2018):
            session = db.session()
            clock.stop(SCRIPT.announced - timedelta(days=14))
            begin_writing()
            accounts.first_administrator(
                session, email=cast.ADMINISTRATOR.email, name=cast.ADMINISTRATOR.name,
                locale="en", password="*", at=clock.now(),
            )  # fmt: skip
            played = Play(
                session, SCRIPT, store=app.extensions["files"], key=Ed25519PrivateKey.generate(),
                run_promised=lambda: run_promised(session),
            )  # fmt: skip
            session.commit()
            for number, (moment, step) in enumerate(STEPS, start=1):
                begin_writing()
                played.renew()
                step(played)
                run_promised(session, leave=frozenset({"messages.send"}))
                _letters_have_arrived(session)
                session.commit()
                if number == len(STEPS) or STEPS[number][0] != moment:
                    db.engine.dispose()
                    self._kept[moment] = databases.copy_of(url, self.folder)
        clock.stop(None)


def _letters_have_arrived(session: Session) -> None:
    """Note the letters up to now as sent, unwritten: no test posts, or reads, what came before it."""
    for promise in engine.promised(session.connection()):
        if promise.kind == "messages.send" and promise.at <= clock.now():
            message = messages.message(session, uuid.UUID(promise.ids["message_id"]))
            assert message is not None
            if message.can_go():
                message.subject = message.kind
                post.arrived(session, message, at=clock.now())
            engine.mark_done(session.connection(), promise.number)
