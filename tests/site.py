"""A running instance with a database of its own, for tests that act through a browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from flask import Flask
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from config import Settings
from contest.app import create_app
from contest.web.db import db
from tests import databases, servers
from tests.looking import AXE, AXE_FILE


class Site(NamedTuple):
    """An instance served from this process, so a test may stop its clock and look behind it."""

    url: str
    app: Flask


class Silent(WSGIRequestHandler):
    """Write no log; do not wait long for a browser that called and then asks nothing."""

    timeout = 5

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 -- named by werkzeug
        pass


@contextmanager
def served(app: Any, port: int) -> Iterator[str]:
    """Serve a WSGI application on this port until the block ends."""
    app = SharedDataMiddleware(app, {AXE: str(AXE_FILE)})
    server = make_server(servers.HOST, port, app, threaded=True, request_handler=Silent)
    server.daemon_threads = False  # type: ignore[attr-defined]  # closing waits for what is being answered
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://{servers.HOST}:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An empty instance as an operator would run it; its tests share what they write."""
    folder, port = tmp_path_factory.mktemp("site"), servers.free_port()
    database_url = databases.new(folder)
    app = create_app(
        Settings(
            SECRET_KEY="a secret for the tests",
            BASE_URL=f"http://{servers.HOST}:{port}",
            DATABASE_URL=database_url,
            FILES_URL=f"file://{folder}/files",
            MAIL_URL=f"file://{folder}/mail",
            DEVELOPMENT=True,
        )
    )
    with app.app_context():
        engine = db.engine
    with served(app, port) as url:
        yield Site(url, app)
    engine.dispose()
