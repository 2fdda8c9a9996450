from datetime import timedelta

import pytest
from flask import Flask

from contest.accounts import links
from contest.core import clock
from tests import make


def test_a_link_carries_its_payload_for_its_purpose_only(app: Flask) -> None:
    with app.app_context():
        token = links.sign("enter", {"user": "1"})

        assert links.read("enter", token) == {"user": "1"}
        assert links.read("reset", token) is None


def test_a_changed_or_overlong_token_is_forged(app: Flask) -> None:
    with app.app_context():
        token = links.sign("enter", {"user": "1"})

        assert links.look("enter", "x" + token).state is links.State.FORGED
        assert links.look("enter", "x" * 5000).state is links.State.FORGED


def test_a_link_expires_at_its_instant_and_still_says_whose_it_was(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setattr(clock, "now", lambda: make.NOON)
        token = links.sign("enter", {"user": "1"}, expires_in=timedelta(minutes=15))
        monkeypatch.setattr(clock, "now", lambda: make.NOON + timedelta(minutes=15))

        assert links.read("enter", token) is None
        assert links.look("enter", token) == links.Link(links.State.EXPIRED, {"user": "1"})
