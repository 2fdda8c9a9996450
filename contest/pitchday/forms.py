"""What the stage's crew fills in."""

from typing import Any
from zoneinfo import ZoneInfo

from wtforms import StringField
from wtforms.validators import InputRequired, Length, Regexp

from contest.web.forms import Form, LocalDateTimeField
from contest.web.merging import MergingForm
from contest.web.text import lazy as _


class DrawForm(Form):
    """The seed, and why it is drawn again."""

    seed = StringField(
        _("Seed"),
        [
            InputRequired(),
            Length(min=4, max=64),
            Regexp(r"[A-Za-z0-9-]+\Z", message=_("Letters, digits and hyphens only.")),
        ],
        description=_(
            "Anything that was fixed before the draw, such as numbers called out by the audience. "
            "Whoever knows it can draw the same order again."
        ),
    )
    reason = StringField(
        _("Why it is drawn again"),
        [Length(max=500)],
        description=_("Only needed when there is an order already."),
    )


class ArrangeForm(MergingForm):
    """Place and time of the pitches."""

    place = StringField(_("Venue"), [Length(max=200)])
    starts_at = LocalDateTimeField(_("Begins"))

    def __init__(self, zone: str, **values: Any) -> None:
        self.zone = ZoneInfo(zone)
        super().__init__(**values)

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.starts_at.zone = self.zone
        super().process(*args, **kwargs)
