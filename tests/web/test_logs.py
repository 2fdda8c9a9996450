"""P4: a log line is one line, and holds neither addresses nor secrets nor what somebody typed."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from contest.accounts import links
from contest.web import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root, dbos = logging.getLogger(), logging.getLogger("dbos")
    before = root.handlers[:], root.level, dbos.handlers[:], dbos.propagate
    made = io.StringIO()
    logs.begin(logging.INFO, made)
    yield made
    root.handlers, root.level, dbos.handlers, dbos.propagate = before


def lines(stream: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("logger", ["contest.jobs.worker", "dbos", "sqlalchemy.pool"])
def test_p4_a_line_cannot_be_forged(stream: io.StringIO, logger: str) -> None:
    forged = 'x\r\n{"level": "INFO", "message": "all is well"}\u2028'
    logging.getLogger(logger).error("no slug %s", forged)
    [line] = lines(stream)
    assert (line["level"], line["logger"]) == ("ERROR", logger)
    assert len(stream.getvalue().splitlines()) == 1


def test_p4_addresses_and_tokens_are_masked(app: Flask, stream: io.StringIO) -> None:
    with app.app_context():
        token = links.sign(links.RESET, {"user": "1"})
    logging.getLogger("contest").warning(
        "550 <ada.lovelace@example.org>: no such user; to=ada@example.org /enter/%s", token
    )
    [line] = lines(stream)
    assert line["message"] == "550 <…>: no such user; to=… /enter/…"


def test_p4_an_error_is_told_by_its_type_and_place_not_by_its_words(stream: io.StringIO) -> None:
    try:
        int("Ada Lovelace, ada@example.org")
    except ValueError:
        logging.getLogger("contest").exception("messages.send failed")
    [line] = lines(stream)
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["trace"][0]
    assert "Ada" not in stream.getvalue()


def test_p4_a_refused_statement_does_not_tell_what_it_was_given(
    app: Flask, session: Session
) -> None:
    assert app.config["SQLALCHEMY_ENGINE_OPTIONS"]["hide_parameters"]
    statement = text("INSERT INTO nowhere VALUES (:name)").bindparams(name="CNRY-typed")
    with pytest.raises(SQLAlchemyError) as refused, session.begin_nested():
        session.execute(statement)
    assert "CNRY-typed" not in str(refused.value)


def test_p4_an_incident_is_logged_by_its_route_not_by_its_address(
    app: Flask, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_values: object) -> None:
        raise RuntimeError("CNRY-typed")

    monkeypatch.setitem(app.view_functions, "accounts.enter", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    got = app.test_client().get("/enter/CNRY-token")
    assert got.status_code == 500
    [line] = [line for line in lines(stream) if line["level"] == "ERROR"]
    assert "/enter/<string:token>" in line["message"]
    assert line["incident"] in got.text
    assert "CNRY" not in stream.getvalue()
