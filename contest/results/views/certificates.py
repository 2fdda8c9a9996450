"""The public check of a certificate, its QR code, and its file for the team."""

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from contest.accounts.signin import signed_in
from contest.contests.signedin import actor
from contest.files import sending
from contest.results import certificate as printed
from contest.results import policy
from contest.results.queries import shown as queries
from contest.results.views.blueprint import bp
from contest.web.access import action, found, public, reveal
from contest.web.db import db


@bp.get("/certificates/<string:code>")
@public("results.view")
def certificate(code: str) -> ResponseReturnValue:
    """Say whether a certificate is genuine, for whom and for what."""
    stored, paper = found(queries.certificate(db.session(), _plain(code)))
    entry = stored.entry
    return render_template(
        "results/certificate.html", contest=entry.contest, entry=entry, paper=paper,
        may_download=policy.may_download(actor(entry.contest), entry.team),
    )  # fmt: skip


@bp.get("/certificates/<string:code>/qr.svg")
@public("results.view")
def certificate_qr(code: str) -> ResponseReturnValue:
    """Draw the address of the certificate's page."""
    _stored, paper = found(queries.certificate(db.session(), _plain(code)))
    url = url_for(".certificate", code=paper.code, _external=True)
    return Response(printed.qr(url), mimetype="image/svg+xml")


@bp.get("/certificates/<string:code>/file")
@signed_in
@action("results.download")
def certificate_file(code: str) -> ResponseReturnValue:
    """Hand the PDF to its team."""
    stored, _paper = found(queries.certificate(db.session(), _plain(code)))
    reveal(policy.may_download(actor(stored.entry.contest), stored.entry.team))
    return sending.send(stored.file)


def _plain(code: str) -> str:
    return code.upper().replace("-", "")
