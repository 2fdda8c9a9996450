"""The public page that shows a receipt and checks it."""

import json

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from contest.accounts.signin import visitor
from contest.entries import queries
from contest.entries import receipt as proofs
from contest.entries.views.blueprint import bp
from contest.events import checkpoints
from contest.web import keys
from contest.web.access import found, public
from contest.web.db import db


@bp.get("/receipts/<string:code>")
@public("entries.receipt")
def receipt(code: str) -> ResponseReturnValue:
    """Show the receipt, and whether signature, record and key hold. Names nobody."""
    session = db.session()
    shown = found(queries.receipt(session, code))
    team = queries.team(session, shown.version.entry.team_id)
    is_member = team is not None and team.has_member(visitor())
    return render_template(
        "entries/receipt.html",
        receipt=shown,
        told=json.loads(shown.body),
        contest=shown.version.entry.contest,
        version=shown.version,
        entry=shown.version.entry,
        is_member=is_member,
        is_signed=proofs.verifies(shown.body, shown.signature, shown.key),
        is_ours=shown.key in keys.public_keys(),
        is_in_chain=queries.is_in_chain(session, shown),
    )


@bp.get("/receipts/<string:code>/receipt.json")
@public("entries.receipt_download")
def receipt_download(code: str) -> ResponseReturnValue:
    """Send the receipt as a file that anybody can check without us.

    Once the record was signed after it, that it stood in there is part of the proof.
    """
    session = db.session()
    shown = found(queries.receipt(session, code))
    told = json.loads(shown.body)
    proof = checkpoints.inclusion(session, told["chain"], told["sequence"])
    text = json.dumps(
        {"body": shown.body, "signature": shown.signature, "key": shown.key}
        | ({"inclusion": proof} if proof is not None else {}),
        indent=1,
    )
    response = Response(text + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{shown.code}.json"'
    return response
