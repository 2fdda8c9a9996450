"""Addresses are written when they are asked for, and are those that werkzeug's own rules write."""

import uuid

from flask import Flask, url_for
from werkzeug.routing import Map, Rule

from contest.app import create_app
from contest.web.routes import LateRule
from tests.conftest import settings


def test_a_rule_writes_the_same_at_first_and_ever_after_as_one_that_was_compiled_at_once() -> None:
    where = "/teams/<uuid:team>/<path:rest>"
    values = {"team": uuid.UUID(int=1), "rest": "a b/ü", "more": ["1", "2"]}
    late, early = (
        Map([kind(where, endpoint="x", defaults={"team": uuid.UUID(int=2)}), kind(where, endpoint="x")])
        .bind("a.example")
        for kind in (LateRule, Rule)
    )  # fmt: skip

    for _ in range(2):
        assert late.build("x", values) == early.build("x", values)
        assert late.build("x", {"rest": "y"}) == early.build("x", {"rest": "y"})
        assert late.build("x", values, append_unknown=False) == early.build(
            "x", values, append_unknown=False
        )


def test_a_program_that_begins_has_compiled_no_address(tmp_path: object) -> None:
    app: Flask = create_app(settings(tmp_path))
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    with app.test_request_context():
        url_for("home.index")

    assert len(rules) > 200
    assert [r.endpoint for r in rules if vars(r)["_build_unknown"].__name__ != "late"] == [
        "home.index"
    ]
