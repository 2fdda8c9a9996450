import re

import pytest
from flask import Flask

from contest.app import create_app
from contest.web import access
from tests.conftest import settings


def test_urls_are_typed_and_in_kebab_case(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        assert all(":" in part for part in re.findall(r"<([^>]+)>", rule.rule)), rule
        assert re.fullmatch(r"[a-z0-9/.-]*", re.sub(r"<[^>]+>", "", rule.rule)), rule


def test_an_app_with_an_undeclared_route_does_not_start(app: Flask) -> None:
    table = access.declared(app)
    assert all("." in name for name in table.values())
    fresh = Flask("fresh")
    fresh.add_url_rule("/leak", "leak", lambda: "secret")
    with pytest.raises(RuntimeError, match=r"leak .* declares no action"):
        access.declared(fresh)


def test_a_read_action_may_not_stand_on_an_unsafe_method() -> None:
    fresh = Flask("fresh")
    fresh.add_url_rule(
        "/read", "read", access.public("entries.show")(lambda: "x"), methods=["POST"]
    )
    with pytest.raises(RuntimeError, match="POST /read changes things"):
        access.declared(fresh)


def test_a_view_that_forgets_to_authorize_fails_closed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    app = create_app(settings(tmp_path_factory.mktemp("leak")))
    app.add_url_rule("/leak", "leak", access.action("leak.show")(lambda: "secret"))

    with pytest.raises(RuntimeError, match="leak answered without a call of authorize"):
        app.test_client().get("/leak")
