"""What is asked before somebody is erased, and how long a contest keeps what."""

from typing import Any

from flask_babel import gettext
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from contest.privacy.models import Class
from contest.privacy.retention import LONGEST, RULES
from contest.web.forms import Form
from contest.web.merging import MergingForm
from contest.web.text import lazy as _


class EraseForm(Form):
    """The address once more, so that nobody is erased by a slip."""

    email = StringField(_("Your mail address, once more"), [DataRequired(), Length(max=254)])

    def __init__(self, address: str, **values: Any) -> None:
        self.address = address
        super().__init__(**values)

    def validate_email(self, field: StringField) -> None:
        if (field.data or "").strip().lower() != self.address:
            raise ValidationError(gettext("This is not the address of this account."))


class EraseOtherForm(Form):
    """Whom an administrator erases, and why."""

    email = StringField(_("Mail address"), [DataRequired(), Length(max=254)])
    reason = TextAreaField(
        _("Reason"), [DataRequired(), Length(max=1000)],
        description=_("The person reads it in the mail that tells them of the day."),
    )  # fmt: skip


class RetentionForm(MergingForm):
    """Days after the contest's end; empty for ever."""

    def days(self) -> dict[str, int | None]:
        return {kind.value: self[kind.value].data for kind in Class}


for _kind in Class:
    setattr(
        RetentionForm,
        _kind.value,
        IntegerField(_(RULES[_kind].title), [Optional(), NumberRange(0, LONGEST)]),
    )
