"""What officers and teams fill in."""

import uuid
from datetime import datetime
from typing import Any, cast

from flask_babel import gettext
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from contest.results.actions.decisions import Choice
from contest.results.models import Outcome
from contest.results.queries.decisions import Table
from contest.web.forms import Form, LocalDateTimeField
from contest.web.merging import MergingForm
from contest.web.text import lazy as _
from contest.web.text import plain

NO = "no"
YES = "yes"
REASON = 2000


class DecisionsForm(MergingForm):
    """One choice and one reason per entry of a round; made for its table by `decisions_form`."""

    def choices(self, table: Table) -> list[Choice]:
        """Return what was chosen. Call after validation."""
        return [self._choice(line.entry_id, is_last=bool(table.prizes)) for line in table.lines]

    def _choice(self, entry_id: uuid.UUID, *, is_last: bool) -> Choice:
        chosen = str(self[f"choice_{entry_id.hex}"].data)
        reason = str(self[f"reason_{entry_id.hex}"].data or "")
        if chosen == NO:
            outcome = Outcome.NOT_AWARD if is_last else Outcome.NOT_ADVANCE
            return Choice(entry_id, outcome, None, reason)
        if chosen == YES:
            return Choice(entry_id, Outcome.ADVANCE, None, reason)
        return Choice(entry_id, Outcome.AWARD, uuid.UUID(chosen), reason)


def decisions_form(table: Table, **values: Any) -> DecisionsForm:
    """Return a form with the fields of this table, filled with what is chosen or proposed."""
    if table.prizes:
        offered = [(NO, gettext("No award")), *((str(p.id), plain(p.title)) for p in table.prizes)]
    else:
        offered = [(YES, gettext("Advance")), (NO, gettext("Not advance"))]
    fields: dict[str, Any] = {}
    for line in table.lines:
        good = line.outcome in {Outcome.ADVANCE, Outcome.AWARD}
        fields[f"choice_{line.entry_id.hex}"] = SelectField(
            gettext("Decision on %(title)s", title=line.title),
            [InputRequired()],
            choices=offered,
            default=(str(line.prize_id) if line.prize_id else YES) if good else NO,
        )
        fields[f"reason_{line.entry_id.hex}"] = StringField(
            gettext("Reason for %(title)s", title=line.title),
            [Length(max=REASON)],
            default=line.reason,
        )
    made = type("DecisionsForm", (DecisionsForm,), fields)
    return cast(DecisionsForm, made(**values))


class ReasonForm(Form):
    """Why something is undone or corrected."""

    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=REASON)])

    def text(self) -> str:
        return (self.reason.data or "").strip()


class SignForm(Form):
    """The beginning of the hash, read and typed by the person who signs."""

    code = StringField(
        _("First eight characters of the hash"),
        [InputRequired(), Length(min=8, max=8)],
        description=_("Read them from the line above and type them here."),
    )


class EmbargoForm(MergingForm):
    """The instant from which the results are public."""

    publish_at: Any

    def instant(self) -> datetime:
        return cast(datetime, self.publish_at.data)


def embargo_form(zone: str, publish_at: datetime | None, **values: Any) -> EmbargoForm:
    """Return the form for a contest in this zone."""
    field = LocalDateTimeField(
        gettext("Public from"),
        [InputRequired()],
        zone=zone,
        default=publish_at,
        description=gettext("Wall-clock time in %(zone)s.", zone=zone),
    )
    made = type("EmbargoForm", (EmbargoForm,), {"publish_at": field})
    return cast(EmbargoForm, made(**values))
