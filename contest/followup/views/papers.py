"""The documents and agreements of a case."""

import uuid

from flask import current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from contest.accounts.signin import current, signed_in
from contest.core.decisions import require
from contest.files import actions as files
from contest.files import look, sending
from contest.files.room import room_for
from contest.files.taking import size_of, take
from contest.followup.actions import work as actions
from contest.followup.forms import AgreementForm, DocumentForm, SignedForm
from contest.followup.models import Agreement, AgreementKind, CaseDocument
from contest.followup.queries import cases as queries
from contest.followup.views.blueprint import answer, bp, case_for, working
from contest.web.access import action, found, receives_files
from contest.web.db import db
from contest.web.idempotency import write_now
from contest.web.requests import now


@bp.route("/cases/<uuid:case_id>/documents/new", methods=["GET", "POST"])
@signed_in
@action("followup.add_document")
@receives_files
def add_document(case_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a file on the case."""
    case, _viewer = working(case_id)
    form = DocumentForm()
    largest = current_app.config["MAX_UPLOAD_BYTES"]
    most = current_app.config["PLACE_UPLOAD_BYTES"]

    def keep() -> object:
        require(room_for(size_of(form.file.data), queries.sent_bytes(db.session(), case), most))
        arrived = take(form.file.data, types=frozenset(look.DOCUMENTS))
        write_now()
        kept, _viewer = working(case_id)
        file = files.receive(db.session(), arrived, by=current().id, at=now())
        return actions.add_document(
            db.session(),
            kept,
            file,
            title=form.title.data or "",
            by=current(),
            at=now(),
            limit_bytes=most,
        )

    return answer(
        form, case, gettext("Add a document"), gettext("Add"), keep,
        accept=",".join(look.DOCUMENTS.values()), largest=largest,
    )  # fmt: skip


@bp.get("/case-documents/<uuid:document_id>")
@signed_in
@action("followup.download")
def document(document_id: uuid.UUID) -> ResponseReturnValue:
    """Hand out a document of a case to those who see the case."""
    kept = found(queries.one(db.session(), CaseDocument, document_id))
    case_for(kept.case_id)
    return sending.send(kept.file)


@bp.route("/cases/<uuid:case_id>/agreements/new", methods=["GET", "POST"])
@signed_in
@action("followup.add_agreement")
def add_agreement(case_id: uuid.UUID) -> ResponseReturnValue:
    """Note a contract."""
    case, _viewer = working(case_id)
    form = AgreementForm()
    form.offer()
    return answer(
        form, case, gettext("Add an agreement"), gettext("Add"),
        lambda: actions.add_agreement(
            db.session(), case, AgreementKind(form.kind.data), signed_on=form.signed_on.data,
            expires_on=form.expires_on.data, by=current(), at=now(),
        ),
    )  # fmt: skip


@bp.route("/agreements/<uuid:agreement_id>/signed", methods=["GET", "POST"])
@signed_in
@action("followup.sign_agreement")
def sign_agreement(agreement_id: uuid.UUID) -> ResponseReturnValue:
    """Note that a contract was signed."""
    agreement = found(queries.one(db.session(), Agreement, agreement_id))
    case, _viewer = working(agreement.case_id)
    form = SignedForm()
    return answer(
        form, case, gettext("Agreement signed"), gettext("Note the day"),
        lambda: actions.sign_agreement(
            db.session(), case, agreement, signed_on=form.day(), by=current(), at=now()
        ),
    )  # fmt: skip
