"""The process entry point: `granian --interface wsgi wsgi:app`."""

from config import read
from contest.app import create_app
from contest.web import logs, senders

logs.begin()
app = create_app(read())
app.wsgi_app = senders.Layer(app.wsgi_app)  # type: ignore[method-assign]
