"""A team's page where decks are handed in, for many hostile ones in a row."""

from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast
from unittest.mock import patch

from flask import Flask
from sqlalchemy.orm import Session

from contest.app import create_app
from contest.contests.models import Role
from contest.core import clock
from contest.web.db import db
from tests import databases, make
from tests.conftest import settings
from tests.files.zoo import EICAR, fine
from tests.pages import Client
from tests.web.test_downloads import NAMES

KEPT = "Reed filters for every river"  # what the team wrote before
REFUSALS, STRANGE = {413, 422}, "a strange answer"


class Gate:
    """The application, with one team that is signed in. Nothing of it is kept."""

    def __init__(self, folder: Path) -> None:
        scanner = folder / "scan"
        scanner.write_text(f'#!/bin/sh\n! grep -q {EICAR[-24:-4].decode()} "$1"\n')
        scanner.chmod(0o755)
        url = databases.new(folder)
        self.app: Flask = create_app(settings(folder, url, SCAN_COMMAND=str(scanner)))
        self.lost = 0  # answers of the wrong kind, and drafts that were gone
        self._clock = patch.object(clock, "now", lambda: make.NOON)

    def __enter__(self) -> Self:
        self._clock.start()
        with self.app.app_context():
            engines = cast(dict[str | None, Any], db.engines)
            self._connection = db.engine.connect()
        self._connection.begin()
        engines[None] = self._connection
        self.session = Session(
            self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        self.session.info["app"] = self.app
        self.session.connection()
        self._furnish()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.session.close()
        self._connection.close()
        self._clock.stop()

    def _furnish(self) -> None:
        mia, ada = make.user(self.session, name="Mia"), make.user(self.session)
        contest = make.contest(self.session, organiser=mia)
        self.screener = make.user(self.session, name="Sam")
        make.appointment(self.session, contest, self.screener, Role.SCREENER)
        form = make.form(self.session, make.round_(self.session, contest))
        self.deck = form.questions[1].id
        team = make.team(self.session, ada, contest=contest)
        self.page = f"/teams/{team.id}/entry"
        self.app.test_client_class = Client
        self.client = cast(Client, self.app.test_client())
        self.client.sign_in(ada)
        self.client.post(f"{self.page}/save", data={"_field": "title", "title": KEPT})

    def send(self, content: bytes, name: str) -> str:
        """Hand in a deck; return the sentence that refuses it, "" when it is taken."""
        answer = self.client.post(
            f"{self.page}/files/{self.deck}",
            data={f"q-{self.deck}": (BytesIO(content), name)},
            headers={"Accept": "application/json"},
        )
        if answer.status_code == 201:
            return self._checked("")
        told = answer.get_json(force=True)
        reason = told["errors"][0] if "errors" in told else told["detail"]
        return self._checked(str(reason) if answer.status_code in REFUSALS else STRANGE)

    def _checked(self, reason: str) -> str:
        page = self.client.get(self.page)
        self.lost += page.status_code != 200 or KEPT not in page.text
        return reason

    def crammed(self, decks: int) -> float:
        """Send twice as many decks as there is room for; return how many were received otherwise than so."""
        told = [fine() + b"\n%% deck %d" % number for number in range(2 * decks)]
        self.app.config["PLACE_UPLOAD_BYTES"] = sum(map(len, told[:decks]))
        reasons = [self.send(deck, "deck.pdf") for deck in told]
        return sum(
            ("no more is taken" in reason) != (number >= decks)
            for number, reason in enumerate(reasons)
        )

    def names(self) -> int:
        """Return how many names make a page or a header that they should not."""
        broken = 0
        for name in (n for n in NAMES if n.isascii() or n.encode(errors="ignore").decode() == n):
            reason = self.send(fine(), name or "deck.pdf")
            page = self.client.get(self.page)
            broken += reason == STRANGE or page.status_code != 200 or "<script>alert" in page.text
        return broken
