"""`python -m contest bench …`: each bench is a command; what it loads, it loads when it runs."""

import itertools
import os
import secrets
import sys
from tempfile import TemporaryDirectory

import click
from flask.cli import ScriptInfo

from contest.bench import bars
from contest.core import clock


@click.group()
def bench() -> None:
    """Measure, and print every bar with its figure."""


@bench.command()
@click.option("--quick", is_flag=True, help="Few seeds, under a minute.")
def judging(quick: bool) -> None:
    """The mathematics of judging, ranking to comparisons; exit 1 where a bar is missed."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from contest.bench import assignment, pairwise, ranking  # noqa: PLC0415 -- slow import

    measured = itertools.chain(
        ranking.bars(quick=quick), assignment.bars(quick=quick), pairwise.bars(quick=quick)
    )
    sys.exit(0 if bars.show(measured) else 1)


@bench.command()
@click.option("--quick", is_flag=True, help="Fewer requests, about a minute.")
def web(quick: bool) -> None:
    """The pages: CPU per request beside bare references; exit 1 where a bar is missed."""
    with TemporaryDirectory(prefix="contest-bench-") as folder:
        given = {"SECRET_KEY": secrets.token_hex(16), "DATABASE_URL": f"sqlite:///{folder}/bench.db",
                 "FILES_URL": f"file://{folder}/files", "MAIL_URL": f"file://{folder}/mail"}  # fmt: skip
        os.environ.update({f"CONTEST_{name}": value for name, value in given.items()})
        # Not the application that brought us here: one with these settings.
        create_app = click.get_current_context().ensure_object(ScriptInfo).create_app
        assert create_app is not None  # noqa: S101 -- `__main__` hands it to its group
        app = create_app()
        from contest.bench.pages import web as pages  # noqa: PLC0415 -- slow import

        sys.exit(0 if bars.show(pages.bars(app, clock.now(), quick=quick)) else 1)
