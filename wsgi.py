"""The process entry point: `granian --interface wsgi wsgi:app`."""

from config import read
from contest.app import create_app
from contest.web import logs

logs.begin()
app = create_app(read())
