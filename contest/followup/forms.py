"""What people who carry a case on fill in."""

from datetime import date
from typing import Any, cast

from flask_babel import gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    FloatField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from contest.accounts.models import User
from contest.followup.models import AgreementKind, CloseReason, GateDecision, Mood
from contest.web.forms import DayField, Form
from contest.web.merging import MergingForm
from contest.web.states import state_word
from contest.web.text import lazy as _

LARGEST = 10**13
FIGURE = NumberRange(min=-LARGEST, max=LARGEST)
NOBODY = ""


class OwnersForm(MergingForm):
    """Who owns the case on each side."""

    sponsor = SelectField(_("Owner at the sponsor"), choices=[])
    team = SelectField(_("Owner in the team"), choices=[])

    def __init__(self, at_sponsor: list[User], in_team: list[User], **values: Any) -> None:
        self.offered = {"sponsor": at_sponsor, "team": in_team}
        super().__init__(**values)

    def process(self, *args: Any, **kwargs: Any) -> None:
        for name, people in self.offered.items():
            self[name].choices = [
                (NOBODY, gettext("Nobody yet")), *((str(p.id), p.name or p.email) for p in people)
            ]  # fmt: skip
        super().process(*args, **kwargs)


class ReasonForm(Form):
    """Why."""

    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=1000)])

    def text(self) -> str:
        return (self.reason.data or "").strip()


class GateForm(Form):
    """A decision at a gate."""

    decision = RadioField(_("Decision"), [InputRequired()], choices=[])
    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=2000)])

    def offer(self) -> None:
        words = {
            GateDecision.GO: gettext("Go: on to the next stage"),
            GateDecision.PIVOT: gettext("Pivot: change course and repeat this stage"),
            GateDecision.STOP: gettext("Stop: end the case here"),
        }
        self.decision.choices = [(d.value, word) for d, word in words.items()]


class CloseForm(Form):
    """How a case ended."""

    outcome = RadioField(_("Outcome"), [InputRequired()], choices=[])
    note = TextAreaField(_("Note"), [InputRequired(), Length(max=2000)])

    def offer(self) -> None:
        self.outcome.choices = [(r.value, state_word(r)) for r in CloseReason]


class MilestoneForm(MergingForm):
    """Something due on a day."""

    title = StringField(_("Milestone"), [InputRequired(), Length(max=200)])
    due_on = DayField(_("Due on"), [InputRequired()])


class EvidenceForm(Form):
    """What shows that a milestone is done."""

    evidence = TextAreaField(
        _("Evidence"),
        [InputRequired(), Length(max=1000)],
        description=_("A link, a document on this case, or who saw it."),
    )


class KpiForm(MergingForm):
    """A figure that the gates look at."""

    name = StringField(_("Figure"), [InputRequired(), Length(max=200)])
    unit = StringField(_("Unit"), [InputRequired(), Length(max=40)])
    baseline = FloatField(_("Baseline"), [Optional(), FIGURE])
    target = FloatField(_("Target"), [InputRequired(), FIGURE])


class MeasureForm(Form):
    """A measured value."""

    value = FloatField(_("Value"), [InputRequired(), FIGURE])
    as_of = DayField(_("Measured on"), [InputRequired()])
    source = StringField(_("Source"), [InputRequired(), Length(max=300)])


class CheckInForm(Form):
    """How it goes."""

    mood = RadioField(_("How does it go?"), [InputRequired()], choices=[])
    text = TextAreaField(_("In a few words"), [InputRequired(), Length(max=2000)])

    def offer(self) -> None:
        self.mood.choices = [(m.value, state_word(m)) for m in Mood]


class DocumentForm(Form):
    """A file kept on the case."""

    title = StringField(_("Title"), [InputRequired(), Length(max=200)])
    file = FileField(_("File"), [FileRequired()])


class AgreementForm(Form):
    """A contract of the case."""

    kind = SelectField(_("Kind"), [InputRequired()], choices=[])
    signed_on = DayField(_("Signed on"), [Optional()])
    expires_on = DayField(_("Expires on"), [Optional()])

    def offer(self) -> None:
        self.kind.choices = [(k.value, state_word(k)) for k in AgreementKind]


class SignedForm(Form):
    """On which day a contract was signed."""

    signed_on = DayField(_("Signed on"), [InputRequired()])

    def day(self) -> date:
        return cast(date, self.signed_on.data)


class MoveForm(Form):
    """To which day a promise moves, and why."""

    due_on = DayField(_("New day"), [InputRequired()])
    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=1000)])

    def day(self) -> date:
        return cast(date, self.due_on.data)


class KeptForm(Form):
    """That a promise was kept."""

    note = TextAreaField(_("Note"), [Optional(), Length(max=1000)])
