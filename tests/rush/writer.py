"""Stores files with their rows as the program does, and says so: `python -m tests.rush.writer URL FOLDER`."""

import os
import sys
import threading
from io import BytesIO
from pathlib import Path

from config import Settings
from contest.app import create_app
from contest.core import clock
from contest.files import actions
from contest.files.arrival import Arrived
from contest.files.models import Scan
from contest.web.db import begin_writing, db

URL, FOLDER = sys.argv[1], Path(sys.argv[2])
THREADS, LARGEST = 3, 40_000


def main() -> None:
    app = create_app(
        Settings(SECRET_KEY="a secret for the tests", DATABASE_URL=URL, FILES_URL=f"file://{FOLDER}")
    )  # fmt: skip
    store = app.extensions["files"]

    def write() -> None:
        while True:
            data = os.urandom(1 + int.from_bytes(os.urandom(2), "big") % LARGEST)
            kept = store.put(BytesIO(data), LARGEST)
            with app.app_context():
                begin_writing()
                arrived = Arrived("a.bin", kept.sha256, len(data), "image/png", None, Scan.CLEAN)
                file = actions.receive(db.session(), arrived, by=None, at=clock.now())
                db.session.commit()
            os.write(1, f"{file.id.hex} {kept.sha256}\n".encode())

    for _ in range(THREADS):
        threading.Thread(target=write).start()


if __name__ == "__main__":
    main()
