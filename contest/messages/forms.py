"""What organisers type at a message."""

from wtforms import TextAreaField
from wtforms.validators import Length

from contest.messages.models import LONGEST_NOTE
from contest.web.merging import MergingForm
from contest.web.text import lazy


class NoteForm(MergingForm):
    """A personal line."""

    note = TextAreaField(
        lazy("Personal line"),
        [Length(max=LONGEST_NOTE)],
        description=lazy("Stands above the text. Leave it empty for none."),
    )
