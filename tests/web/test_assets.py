"""Built files, found by the names of their sources."""

import pytest
from flask import Flask

from contest.web.assets import asset
from tests.pages import Client


def test_a_built_file_is_found_by_its_source(app: Flask) -> None:
    with app.test_request_context():
        assert asset("app.css").startswith("/static/assets/app-")


def test_a_source_that_was_not_built_is_a_mistake(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(KeyError):
        asset("absent.css")


def test_a_built_file_is_kept_by_the_browser(app: Flask, client: Client) -> None:
    with app.test_request_context():
        address = asset("app.js")

    with client.get(address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_file_that_is_not_there_is_not_kept(client: Client) -> None:
    assert "immutable" not in client.get("/static/assets/absent.js").headers.get(
        "Cache-Control", ""
    )
