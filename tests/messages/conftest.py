from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

HELLO = """{{ _("Good news about %(team)s", team=team) }}

{{ _("Hello %(name)s,", name=name) }}

{{ said(title) }} closes on {{ moment(closes_at, "Asia/Shanghai") }}.
{{ link("messages.calendar", token="feed") }}
{{ signed_link("messages.calendar", "tests", days=3, user=to.id) }}
"""


@pytest.fixture
def mails(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Mail templates for the tests, by kind; `tests.hello` and `tests.broken` are there."""
    texts = {"mail/tests.hello.txt": HELLO, "mail/tests.broken.txt": "{{ nowhere }}"}
    loader = app.jinja_env.loader
    assert loader is not None
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([DictLoader(texts), loader]))
    yield texts
    app.jinja_env.cache.clear()  # type: ignore[union-attr]
