"""What somebody ticks who signs."""

from wtforms import BooleanField
from wtforms.validators import InputRequired

from contest.core.text import N_
from contest.web.forms import Form
from contest.web.text import lazy as _

TICK = N_("Tick the box to sign.")


class SignForm(Form):
    """The signature itself."""

    agree = BooleanField(
        _("I have read this text and promise to keep it."), [InputRequired(_(TICK))]
    )
