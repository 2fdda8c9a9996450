"""Publishes when the instant has come, and makes certificates afterwards."""

import io
import logging
import uuid

from flask import current_app
from flask_babel import force_locale, gettext

from contest.core import clock
from contest.core.errors import DomainError
from contest.files.sending import store
from contest.jobs.outbox import enqueue
from contest.jobs.registry import job
from contest.results import certificate as printed
from contest.results.actions import certificates as actions_of_paper
from contest.results.actions import sets as actions
from contest.results.queries import certificates, sets, shown
from contest.results.queries.certificates import Wanted
from contest.web.db import db
from contest.web.moments import when
from contest.web.text import plain

LARGEST = 5 * 1024 * 1024
log = logging.getLogger(__name__)


@job("results.publish")
def publish(result_set_id: str) -> None:
    """Publish a result whose instant has come. Harmless when it is out or was moved to later."""
    at = clock.now()
    result_set = sets.by_id(db.session(), uuid.UUID(result_set_id))
    if result_set is None:
        return
    try:
        actions.publish(db.session(), result_set, by=None, at=at)
    except DomainError as error:
        log.warning("result %s stays unpublished: %s", result_set_id, error)
        actions.tell_officers(db.session(), result_set, at=at)


@job("results.certify_pdf", writes=False)
def draw(result_set_id: str, entry_id: str = "") -> dict[str, str] | None:
    """Set and store one entry's certificate; nothing when it has its own or none was named."""
    if not entry_id:
        return None
    session = db.session()
    wanted = certificates.wanted(session, uuid.UUID(result_set_id), uuid.UUID(entry_id))
    if wanted is None:
        return None
    code = actions_of_paper.new_code()
    sponsors = [plain(o.name) for o in shown.sponsors(session, wanted.entry.contest_id)]
    stored = store().put(io.BytesIO(printed.pdf(_page(wanted, code, sponsors))), LARGEST)
    return {"code": code, "sha256": stored.sha256, "size": str(stored.size_bytes)}


@job("results.certify_pdf")
def issue(
    result_set_id: str, entry_id: str = "", code: str = "", sha256: str = "", size: str = "0"
) -> None:
    """Write the certificate down; without an entry, promise one job for each that lacks its own."""
    at, session = clock.now(), db.session()
    if not entry_id:
        for missing in certificates.missing(session, uuid.UUID(result_set_id)):
            enqueue(session, "results.certify_pdf", at=at, result_set_id=result_set_id,
                    entry_id=str(missing))  # fmt: skip
        return
    wanted = certificates.wanted(session, uuid.UUID(result_set_id), uuid.UUID(entry_id))
    if wanted is not None and sha256:
        actions_of_paper.issue(
            session, wanted, code=code, sha256=sha256, size_bytes=int(size), at=at
        )


def _page(wanted: Wanted, code: str, sponsors: list[str]) -> printed.Page:
    """Put the certificate into words of its language."""
    contest, result_set = wanted.result_set.contest, wanted.result_set
    published_at = result_set.published_at or result_set.computed_at
    base = current_app.config["BASE_URL"].rstrip("/")
    path = current_app.url_map.bind("").build("results.certificate", {"code": code})
    with force_locale(wanted.lang):
        award = plain(wanted.prize)
        title = plain(contest.title)
        heading = (
            gettext("Certificate of award") if award else gettext("Certificate of participation")
        )
        return printed.Page(
            lang=wanted.lang,
            title=f"{heading} · {wanted.entry.team.name} · {title}",
            contest=title,
            heading=heading,
            given_to=gettext("given to"),
            team=wanted.entry.team.name,
            members=wanted.members,
            for_entry=gettext("for the entry"),
            entry=wanted.entry.title,
            award=award,
            signers=[
                printed.Signer(s.user.name or s.user.email, _role(s.role))
                for s in result_set.signatures
            ],
            issuer=" · ".join(sponsors) or title,
            date=when(published_at, contest.zone, "date"),
            check=gettext("Check this certificate"),
            code="-".join(code[i : i + 4] for i in range(0, len(code), 4)),
            url=base + path,
            colour=contest.colour,
        )


def _role(role: str) -> str:
    words = {
        "organiser": gettext("Organiser"),
        "chair": gettext("Chair"),
        "sponsor": gettext("Sponsor"),
    }
    return words.get(role, role)
