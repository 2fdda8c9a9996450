"""Pages that read across features. Importing the modules hangs their routes on `bp`."""

from contest.home.views import history, series, start
from contest.home.views.blueprint import bp
from contest.home.views.start import init_app

__all__ = ["bp", "history", "init_app", "series", "start"]
