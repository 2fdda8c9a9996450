"""The documents that a judge reads where they score."""

import uuid

from flask.typing import ResponseReturnValue

from contest.accounts.models import User
from contest.accounts.signin import signed_in
from contest.contests.models import Role
from contest.entries.models import Version
from contest.entries.queries import Deck
from contest.judging import policy
from contest.judging.models import Assignment
from contest.judging.queries import material, readiness
from contest.judging.views.blueprint import as_assignment, bp, own, own_anchor
from contest.vault import pages
from contest.web import requests
from contest.web.access import action, authorize, found
from contest.web.db import db

FILE = "/assignments/<uuid:assignment_id>/files/<uuid:file_id>"
ANCHOR = "/anchors/<uuid:anchor_id>/files/<uuid:file_id>"


@bp.post(f"{FILE}/open")
@bp.post(f"{ANCHOR}/open")
@action("judging.open")
@signed_in
def open_file(file_id: uuid.UUID, **seat: uuid.UUID) -> ResponseReturnValue:
    """Note in the ledger that the judge opens a document; its pages are sent from then on."""
    version, user = _version(file_id, **seat)
    return pages.note(version, file_id, user, Role.JUDGE.value)


@bp.get(f"{FILE}/<int:page>/<any(page, thumb):kind>")
@bp.get(f"{ANCHOR}/<int:page>/<any(page, thumb):kind>")
@action("judging.document_view")
@signed_in
def page_image(file_id: uuid.UUID, page: int, kind: str, **seat: uuid.UUID) -> ResponseReturnValue:
    """Send the picture of a page of a document that the judge has opened."""
    version, user = _version(file_id, **seat)
    return pages.picture(version, file_id, page, kind, user)


@bp.get(f"{FILE}/download")
@bp.get(f"{ANCHOR}/download")
@action("judging.document_view")
@signed_in
def download(file_id: uuid.UUID, **seat: uuid.UUID) -> ResponseReturnValue:
    """Send a document that the judge has opened and that has no pictures of its pages.

    Who must not know whose it is gets a copy that does not say it.
    """
    version, deck, assignment, user = _given(file_id, **seat)
    found(None if deck.drawn else deck)
    if assignment.round.blind:
        return pages.copy(version, file_id, user, name=f"{assignment.entry.code}.pdf")
    return pages.original(version, file_id, user)


def _version(file_id: uuid.UUID, **seat: uuid.UUID) -> tuple[Version, User]:
    version, _, _, user = _given(file_id, **seat)
    return version, user


def _given(
    file_id: uuid.UUID,
    *,
    assignment_id: uuid.UUID | None = None,
    anchor_id: uuid.UUID | None = None,
) -> tuple[Version, Deck, Assignment, User]:
    """Return the document and the version that holds it, if this judge may read that document."""
    session, at = db.session(), requests.now()
    if anchor_id is not None:
        anchor, judge, user = own_anchor(anchor_id)
        assignment = as_assignment(anchor, judge)
    else:
        assignment, user = own(found(assignment_id))
        ready = readiness.ready(session, user, assignment.appointment, assignment.entry_id, at)
        authorize(policy.may_open(user, assignment, ready=ready))
    given = material.material(session, user, assignment, at)
    deck = found(next((deck for deck in given.decks if deck.file.id == file_id), None))
    return found(given.version), deck, assignment, user
