"""Puts the parts together. The only module that knows them all."""

from contest.web import db as database  # first: it replaces sqlite3 before anything imports it

database.use_one_sqlite()

import os  # noqa: E402 -- after use_one_sqlite
from datetime import timedelta  # noqa: E402
from pathlib import Path  # noqa: E402
from types import ModuleType  # noqa: E402

import click  # noqa: E402
from flask import Blueprint, Flask  # noqa: E402
from jinja2 import StrictUndefined  # noqa: E402
from werkzeug.middleware.proxy_fix import ProxyFix  # noqa: E402

from contest.accounts import cli as accounts_cli  # noqa: E402
from contest.accounts import jobs as accounts_jobs  # noqa: E402
from contest.accounts import signin  # noqa: E402
from contest.accounts import views as accounts  # noqa: E402
from contest.accounts.actions import addresses  # noqa: E402
from contest.bench import cli as bench_cli  # noqa: E402
from contest.comparing import views as comparing  # noqa: E402
from contest.contests import jobs as contests_jobs  # noqa: E402
from contest.contests import views as contests  # noqa: E402
from contest.contests.queries import overview, readiness  # noqa: E402
from contest.core import clock  # noqa: E402
from contest.entries import cli as entries_cli  # noqa: E402
from contest.entries import jobs as entries_jobs  # noqa: E402
from contest.entries import standing  # noqa: E402
from contest.entries import views as entries  # noqa: E402
from contest.entries.queries import overview as entries_overview  # noqa: E402
from contest.events import cli as events_cli  # noqa: E402
from contest.events import queries as events_queries  # noqa: E402
from contest.files import jobs as files_jobs  # noqa: E402
from contest.files import sending as files  # noqa: E402
from contest.followup import jobs as followup_jobs  # noqa: E402
from contest.followup import views as followup  # noqa: E402
from contest.home import occasions, sentences  # noqa: E402
from contest.home import views as home  # noqa: E402
from contest.home.places import PLACES  # noqa: E402
from contest.jobs import cli as jobs_cli  # noqa: E402
from contest.judging import jobs as judging_jobs  # noqa: E402
from contest.judging import views as judging  # noqa: E402
from contest.judging.queries import material  # noqa: E402
from contest.judging.queries import overview as judging_overview  # noqa: E402
from contest.messages import jobs as messages_jobs  # noqa: E402
from contest.messages import views as messages  # noqa: E402
from contest.permissions import document as permissions_document  # noqa: E402
from contest.permissions import fields as permissions_fields  # noqa: E402
from contest.pitchday import queries as pitchday_queries  # noqa: E402
from contest.pitchday import views as pitchday  # noqa: E402
from contest.privacy import cli as privacy_cli  # noqa: E402
from contest.privacy import jobs as privacy_jobs  # noqa: E402
from contest.privacy import views as privacy  # noqa: E402
from contest.ranking import jobs as ranking_jobs  # noqa: E402
from contest.ranking import views as ranking  # noqa: E402
from contest.results import cli as results_cli  # noqa: E402
from contest.results import jobs as results_jobs  # noqa: E402
from contest.results import views as results  # noqa: E402
from contest.teams import actions as teams_actions  # noqa: E402
from contest.teams import jobs as teams_jobs  # noqa: E402
from contest.teams import queries as teams_queries  # noqa: E402
from contest.teams import views as teams  # noqa: E402
from contest.undertakings import views as undertakings  # noqa: E402
from contest.upkeep import cli as upkeep_cli  # noqa: E402
from contest.upkeep import jobs as upkeep_jobs  # noqa: E402
from contest.upkeep import views as upkeep  # noqa: E402
from contest.vault import views as vault  # noqa: E402
from contest.web import (  # noqa: E402
    access,
    assets,
    components,
    csrf,
    errors,
    finished,
    headers,
    hosts,
    idempotency,
    keys,
    limits,
    moments,
    navigation,
    refusals,
    requests,
    routes,
    states,
    text,
)

ROOT = Path(__file__).parent.parent
# Each has an `init_app`; the order is the order of their hooks.
KIT: tuple[ModuleType, ...] = (
    database,
    keys,
    text,
    refusals,
    requests,
    finished,
    errors,
    csrf,
    idempotency,
    limits,
    signin,
    navigation,
    assets,
    moments,
    states,
    files,
    home,
    sentences,
    occasions,
)
FEATURES: tuple[Blueprint, ...] = (  # from the lowest to the highest of the house
    accounts.bp,
    messages.bp,
    undertakings.bp,
    contests.directory,
    contests.bp,
    entries.bp,
    vault.bp,
    judging.bp,
    pitchday.bp,
    ranking.bp,
    comparing.bp,
    results.bp,
    followup.bp,
    home.bp,
    privacy.bp,
    teams.bp,
    upkeep.bp,
)
DEVELOPMENT: tuple[Blueprint, ...] = (components.bp,)
COMMANDS: tuple[click.Command, ...] = (  # python -m contest …
    bench_cli.bench,
    events_cli.audit,
    accounts_cli.people,
    entries_cli.receipt,
    jobs_cli.jobs,
    jobs_cli.worker,
    permissions_document.permissions,
    permissions_fields.fields,
    privacy_cli.command,
    results_cli.results,
    upkeep_cli.backup,
    upkeep_cli.fsck,
    upkeep_cli.release,
    upkeep_cli.restore,
    upkeep_cli.switch,
)
JOBS: tuple[ModuleType, ...] = (  # importing them registers their handlers
    accounts_jobs,
    contests_jobs,
    teams_jobs,
    files_jobs,
    entries_jobs,
    messages_jobs,
    judging_jobs,
    results_jobs,
    followup_jobs,
    ranking_jobs,
    upkeep_jobs,
    privacy_jobs,
)
# What features above `contests` add to its announcement and to its overview.
CHECKS: tuple[readiness.Check, ...] = (entries_overview.unready, judging_overview.unready)
COUNTS: tuple[overview.Count, ...] = (entries_overview.figures, judging_overview.figures)


def create_app(settings: object) -> Flask:
    """Return a configured application; `settings` has one upper-case attribute per setting.

    Raises RuntimeError when a route does not declare its action.
    """
    # Read when numpy is first needed: more threads, other last digits than in a job.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    app = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.url_rule_class = routes.LateRule
    app.config.from_object(settings)
    clock.shift(timedelta(seconds=app.config["CLOCK_SHIFT_SECONDS"]))
    is_https = app.config["BASE_URL"].startswith("https:")
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        # Browsers take a cookie of this name from this very host and over TLS only.
        SESSION_COOKIE_NAME="__Host-session" if is_https else "session",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        BABEL_DOMAIN="messages",
        PROVIDE_AUTOMATIC_OPTIONS=False,  # no other site is to ask what it may do here
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a judge's form may be open all evening
    )
    app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined}
    app.jinja_env.add_extension("jinja2.ext.do")
    app.url_map.converters |= {"int": routes.Number, "slug": routes.Slug}
    for part in KIT:
        part.init_app(app)
    for blueprint in FEATURES + (DEVELOPMENT if app.config["DEVELOPMENT"] else ()):
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    navigation.register(PLACES)
    readiness.register(CHECKS)
    overview.register(COUNTS)
    addresses.register([teams_actions.move_invitations])
    teams_queries.tell_standings(standing.of_teams)
    teams_queries.tell_deadline(standing.deadline_of)
    material.tell_unheard(pitchday_queries.unheard)
    access.declared(app)
    kept = finished.Layer(app, events_queries.PUBLIC_VERSION)
    door = hosts.Door(kept, app.config["BASE_URL"], app.config["HOSTS"])
    app.wsgi_app = headers.Layer(app, door)  # type: ignore[method-assign]
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app
