"""The process entry point: `granian --interface wsgi wsgi:app`."""

from config import Settings
from contest.app import create_app

app = create_app(Settings())  # type: ignore[call-arg]  # required ones come from the environment
