"""A3: how long an answer takes must not tell whether somebody has an account, or which kind."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from contest.accounts.signin import hashed
from contest.app import create_app
from contest.web.db import begin_writing, db
from tests import databases, make
from tests.accounts.test_attempts import PASSWORD
from tests.conftest import settings
from tests.worlds import timing

FORMS = {
    "/sign-in": {"password": "wrong password"},
    "/sign-up": {"name": "Ada"},
    "/sign-in/link": {},
    "/forgot": {},
}
NOBODY = "nobody.here@example.org"


def measured(rounds: int = timing.ROUNDS) -> Iterator[tuple[str, str, float]]:
    """Yield the form, whom it was asked about besides nobody, and by how much the times differ."""
    with TemporaryDirectory(prefix="contest-waiting-") as folder:
        app = create_app(settings(folder, databases.new(Path(folder))))
        with app.app_context():
            begin_writing()
            people = {name: make.user(db.session()) for name in ("known", "frozen")}
            for user in people.values():
                user.password = hashed(PASSWORD)
            people["frozen"].active = False
            addresses = {name: user.email for name, user in people.items()}
            db.session.commit()

        def asks(url: str, email: str) -> Callable[[], object]:
            return lambda: app.test_client().post(url, data={"email": email, **FORMS[url]})

        for url in FORMS:
            for name, email in (
                addresses.items() if url == "/sign-in" else [("known", addresses["known"])]
            ):
                yield url, name, timing.compared(asks(url, email), asks(url, NOBODY), rounds)
        with app.app_context():
            db.engine.dispose()
