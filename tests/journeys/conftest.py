from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask

from contest.core import clock
from contest.jobs import engine as jobs
from contest.web.db import db
from tests import servers
from tests.browser import NewWindow, Window
from tests.journeys.demonstration import SCRIPT, Demonstration
from tests.journeys.world import World, new_app
from tests.site import served

OpenAt = Callable[[str], World]


@pytest.fixture
def serving() -> Iterator[ExitStack]:
    """Instances that serve until the windows upon them are closed: ask for it before `new_window`."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def empty_world(
    serving: ExitStack,
    new_window: NewWindow,
    glass: Window,
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    """An instance that nobody has used yet."""
    port = servers.free_port()
    app = new_app(tmp_path_factory.mktemp("world"), port)
    return World(*serving.enter_context(_running(app, port)), new_window, glass)


@pytest.fixture
def at_moment(
    serving: ExitStack, new_window: NewWindow, glass: Window, demonstration: Demonstration
) -> OpenAt:
    """Open the example contest as it stands at a moment: `at_moment("judging")`."""

    def open_(moment: str) -> World:
        port = servers.free_port()
        app = new_app(demonstration.folder, port, demonstration.copy(moment))
        clock.stop(SCRIPT.moment(moment))
        return World(*serving.enter_context(_running(app, port)), new_window, glass)

    return open_


@contextmanager
def _running(app: Flask, port: int) -> Iterator[tuple[Flask, str]]:
    with app.app_context():
        engine = db.engine
    try:
        with served(app, port) as url:
            yield app, url
    finally:
        clock.stop(None)
        jobs.observer(app.config["DATABASE_URL"]).destroy()  # it has connections of its own
        engine.dispose()
