"""The documents of handed-in entries, and the ledger of who opened them."""

import uuid

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from contest.accounts.signin import current, signed_in
from contest.contests.actor import Actor
from contest.contests.models import Role
from contest.contests.signedin import actor
from contest.entries import queries as entries
from contest.entries.models import Entry, Version
from contest.entries.pages import require_promise
from contest.entries.policy import may_read_ledger
from contest.vault import pages, policy, queries
from contest.vault.queries import Opening
from contest.web.access import action, found, reveal
from contest.web.db import db
from contest.web.downloads import table

bp = Blueprint("vault", __name__)
FILE = "/versions/<uuid:version_id>/files/<uuid:file_id>"


def _version(version_id: uuid.UUID) -> tuple[Version, Entry, Actor]:
    session = db.session()
    version = found(entries.version(session, version_id))
    entry = found(entries.entry(session, version.entry_id))
    who = actor(entry.contest)
    reveal(policy.may_open(who, entry))
    if not entry.team.has_member(who.user):
        require_promise(who, entry.contest)
    return version, entry, who


@bp.post(f"{FILE}/open")
@action("vault.open")
@signed_in
def open_file(version_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """Note that somebody of the staff opens a document; its pages are sent from then on."""
    version, _, who = _version(version_id)
    return pages.note(version, file_id, current(), policy.capacity(who))


@bp.get(f"{FILE}/<int:page>/<any(page, thumb):kind>")
@action("vault.view")
@signed_in
def page_image(
    version_id: uuid.UUID, file_id: uuid.UUID, page: int, kind: str
) -> ResponseReturnValue:
    """Send the picture of a page."""
    version, entry, _ = _version(version_id)
    noted = not entry.team.has_member(current())
    return pages.picture(version, file_id, page, kind, current(), noted=noted)


@bp.get(f"{FILE}/download")
@action("vault.download")
@signed_in
def download(version_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """Send the document itself."""
    version, entry, _ = _version(version_id)
    return pages.original(version, file_id, current(), noted=not entry.team.has_member(current()))


def _ledger(entry_id: uuid.UUID) -> tuple[Entry, tuple[Opening, ...], bool]:
    session = db.session()
    entry = found(entries.entry(session, entry_id))
    who = actor(entry.contest)
    reveal(may_read_ledger(who, entry))
    openings = queries.ledger(session, entry.id)
    if policy.may_read_names(who, entry):
        return entry, openings, True
    return entry, queries.without_judges(openings), False


@bp.get("/entries/<uuid:entry_id>/ledger")
@action("vault.index")
@signed_in
def ledger(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Show who opened which document when."""
    entry, openings, named = _ledger(entry_id)
    return render_template(
        "vault/ledger.html",
        entry=entry,
        contest=entry.contest,
        openings=openings,
        named=named,
        capacities={role.value: role for role in Role},
    )


@bp.get("/entries/<uuid:entry_id>/ledger.csv")
@action("vault.download")
@signed_in
def ledger_csv(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Send the ledger as a table."""
    entry, openings, _ = _ledger(entry_id)
    return table(
        f"ledger-{entry.code}.csv",
        ("opened_at", "person", "capacity", "file", "sha256", "version"),
        ((o.at.isoformat(), o.name, o.capacity, o.file_name, o.sha256, o.number) for o in openings),
    )
