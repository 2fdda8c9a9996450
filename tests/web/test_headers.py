"""No answer goes out without its headers, whichever part of the program gives it (W4, W5, flaw-106)."""

import io
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound, TooManyRequests
from werkzeug.test import Client as Asker
from werkzeug.test import TestResponse

from contest.app import create_app
from contest.core.errors import Conflict
from contest.web import headers
from contest.web.db import db
from tests import make
from tests.conftest import settings
from tests.pages import Client

SOMETHING = {"uuid": "00000000-0000-0000-0000-000000000007", "int": "1", "slug": "nowhere"}


def addresses(app: Flask) -> Iterator[str]:
    """Yield an address of each route, of things that are not there."""
    for rule in app.url_map.iter_rules():
        text = re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule)
        yield re.sub(r"<(\w+):\w+>", lambda m: SOMETHING.get(m[1], "x"), text)


def missing(answer: TestResponse) -> list[str]:
    """Return which headers the answer lacks, or softens."""
    policy = answer.headers.get("Content-Security-Policy", "")
    found = [n for n in headers.HEADERS if len(answer.headers.getlist(n)) != 1]
    if "default-src 'none'" not in policy or "unsafe" in policy:
        found.append("a strict policy")
    return found


@pytest.mark.parametrize("signed_in", [False, True])
def test_every_route_answers_with_every_header(
    client: Client, session: Session, app: Flask, signed_in: bool
) -> None:
    somebody = make.user(session)
    if signed_in:
        client.sign_in(somebody)
    bare, asked = {}, set()
    for address in addresses(app):
        for method in ("GET", "POST", "OPTIONS"):
            answer = client.open(address, method=method)
            asked.add(answer.status_code)
            if lacks := missing(answer):
                bare[method, address] = answer.status_code, lacks
            answer.close()
    assert bare == {}
    assert {200, 303, 404, 405} <= asked
    assert asked & set(range(500, 600)) == {503}  # not ready: no schema, no worker


@pytest.fixture(scope="module")
def failing(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app as operators run it, with a page for each way to fail."""
    folder = tmp_path_factory.mktemp("failing")
    app = create_app(settings(folder, app.config["DATABASE_URL"], WTF_CSRF_ENABLED=True))
    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False
    for name, error in {
        "conflict": Conflict("taken"), "limit": TooManyRequests(), "missing": NotFound(),
        "crash": RuntimeError("a secret path /srv/contest"),
    }.items():  # fmt: skip

        def fail(error: Exception = error) -> str:
            raise error

        fail.is_public, fail.action = True, f"tests.{name}"  # type: ignore[attr-defined]
        app.add_url_rule(f"/-{name}", name, fail)
    return app


@pytest.fixture
def strict(failing: Flask, session: Session) -> Flask:
    make.user(session)
    with failing.app_context():
        cast(dict[str | None, Any], db.engines)[None] = session.get_bind()
    return failing


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/-conflict", 409), ("GET", "/-limit", 429), ("GET", "/-missing", 404),
        ("GET", "/-crash", 500), ("GET", "/static/none.css", 404), ("GET", "/%ff%00", 400),
        ("GET", "/static/../config.py", 404), ("PUT", "/sign-in", 405), ("TRACE", "/sign-in", 405),
        ("GET", "/contests//nowhere", 308), ("GET", "/contests/UPPER", 404),
    ],
)  # fmt: skip
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_every_kind_of_error_carries_every_header_and_tells_nothing(
    strict: Flask, method: str, path: str, status: int, accept: str
) -> None:
    """W18: no traceback, no path; but for a status of ours it is a page of ours."""
    answer = strict.test_client().open(path, method=method, headers={"Accept": accept})
    assert answer.status_code == status
    assert missing(answer) == []
    assert not re.search("Traceback|secret|/srv", answer.text)


def test_a_body_that_is_too_large_is_refused_with_every_header(strict: Flask) -> None:
    answer = strict.test_client().post("/sign-in", data=io.BytesIO(b"x" * (3 << 20)))
    assert (answer.status_code, missing(answer)) == (413, [])


def test_when_even_the_page_of_an_error_fails_the_answer_says_so_and_no_more(
    strict: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contest.web.errors.render_template", lambda *_, **__: 1 / 0)
    answer = strict.test_client().get("/-crash")
    assert (answer.status_code, answer.data, missing(answer)) == (500, headers.LAST_WORDS, [])


def test_an_answer_may_be_stricter_and_is_then_left_alone() -> None:
    def inner(_environ: object, start: Any) -> list[bytes]:
        start("200 OK", [("content-security-policy", "sandbox; default-src 'none'")])
        return [b"x"]

    answer = Asker(headers.Layer(Flask(__name__), inner)).get("/", base_url="https://localhost")
    assert answer.headers.getlist("Content-Security-Policy") == ["sandbox; default-src 'none'"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"


def test_the_names_below_are_https_only_where_the_operator_says_so() -> None:
    def inner(_environ: object, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [b"x"]

    app = Flask(__name__)
    app.config["HSTS_SUBDOMAINS"] = True
    answer = Asker(headers.Layer(app, inner)).get("/", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
