"""What all forms of a contest share: its languages, its clock, and choices that the view hands in."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from contest.contests.models import Contest
from contest.web.forms import Form, LocalDateTimeField, WordsField
from contest.web.merging import MergingForm
from contest.web.text import lazy as _

Choices = Mapping[str, Sequence[tuple[Any, str]]]


def id_or_none(value: Any) -> uuid.UUID | None:
    """Return the id that a select field stands for; its first choice is nothing."""
    if isinstance(value, uuid.UUID):
        return value
    return uuid.UUID(value) if value else None


class ChoosingForm(Form):
    """A form whose select fields get their choices, by name, from the view."""

    def __init__(self, choices: Choices | None = None, **values: Any) -> None:
        self.choices = choices or {}
        super().__init__(**values)

    def process(self, *args: Any, **kwargs: Any) -> None:
        for name, choices in self.choices.items():
            self[name].choices = choices
        super().process(*args, **kwargs)


class ContestForm(ChoosingForm, MergingForm):
    """A form about a contest: in its languages, by its clock."""

    NOT_VALUES = frozenset({"csrf_token", "version", "base"})

    def __init__(self, contest: Contest, choices: Choices | None = None, **values: Any) -> None:
        self.contest = contest
        super().__init__(choices, **values)

    def process(self, *args: Any, **kwargs: Any) -> None:
        for field in self:
            if isinstance(field, WordsField):
                field.languages = tuple(self.contest.languages)
            elif isinstance(field, LocalDateTimeField):
                field.zone = ZoneInfo(self.contest.zone)
        super().process(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        """Return column -> what was filled in. Call after validation."""
        return {
            field.short_name: field.data.strip()
            if type(field.data) is str
            else field.data  # not an enum
            for field in self
            if field.short_name not in self.NOT_VALUES
        }


class ReasonForm(Form):
    """A step that somebody will ask about later."""

    reason = TextAreaField(_("Reason"), [DataRequired(), Length(max=1000)])
