"""The base of every form, and the fields that several features share."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import DateField, Field, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import DateTimeLocalInput

from contest.core.errors import DomainError
from contest.core.words import OWN_NAMES, Words
from contest.web import requests
from contest.web.text import why


class Form(FlaskForm):
    """A CSRF-protected form that can show what the domain refused."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Say whether the form was sent and every field is well-formed."""
        return bool(super().validate_on_submit(extra_validators))

    def reject(self, error: DomainError) -> None:
        """Show `error` at its field, or above the form."""
        message = why(error)
        if error.field and error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, message]
        else:
            self.form_errors = [*self.form_errors, message]


class ConfirmForm(Form):
    """Nothing to fill in: one button that means it."""


def done(form: Form, act: Callable[[], object]) -> bool:
    """Say whether the form was sent and `act` done; what the domain refused stands on the form."""
    if not form.validate_on_submit():
        return False
    try:
        act()
    except DomainError as error:
        form.reject(error)
        return False
    return True


def render_form(template: str, form: Form, **context: object) -> tuple[str, int]:
    """Render a page around `form`: 200 when fresh, 422 (and so no commit) when it has errors."""
    failed = bool(form.errors or form.form_errors)
    return render_template(template, form=form, **context), 422 if failed else 200


class SomeWords:
    """Asks for a text in at least one language."""

    field_flags = {"required": True}

    def __call__(self, form: Form, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Write this in at least one language."))


class WordsField(Field):
    """One text in several languages: an input per language, named `<field>-<language>`.

    `rows` > 1 makes them textareas. Readers of a language without text get another (`Words.pick`).
    """

    def __init__(
        self,
        label: str = "",
        validators: Sequence[Any] = (),
        *,
        languages: Sequence[str] = ("en",),
        max_length: int = 200,
        rows: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.languages, self.max_length = tuple(languages), max_length
        self.rows = rows

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the texts from the form if it was sent, else from the object or the default."""
        self.process_errors: Any = []
        given = self.object_data = data if isinstance(data, Words) else (self.default or Words())
        self.data: Words = given
        if formdata is not None and any(
            f"{self.name}-{lang}" in formdata for lang in self.languages
        ):
            sent = {lang: formdata.get(f"{self.name}-{lang}", "") for lang in self.languages}
            # Texts in languages that the contest no longer has are kept, not silently lost.
            self.data = Words({**given.plain(), **sent})

    def pre_validate(self, form: Any) -> None:
        for lang, text in self.data.items():
            if len(text) > self.max_length:
                raise ValidationError(
                    gettext(
                        "%(language)s: at most %(limit)s characters, these are %(length)s.",
                        language=OWN_NAMES[lang], limit=self.max_length, length=len(text),
                    )
                )  # fmt: skip

    def inputs(self) -> list[tuple[str, str, str, str]]:
        """Return (language, its own name, the input's name, its text) for the template."""
        return [
            (lang, OWN_NAMES[lang], f"{self.name}-{lang}", self.data.get(lang, ""))
            for lang in self.languages
        ]


BACK = 100  # years


def believe(on: date, ahead: int) -> None:
    """Raise ValueError for a year that only a slip of the finger can mean: 0219, or 2119 for 2019."""
    year = requests.now().year
    first, last = year - BACK, year + ahead
    if not first <= on.year <= last:
        raise ValueError(
            gettext("Is the year right? It has to be from %(first)s to %(last)s.",
                    first=str(first), last=str(last))
        )  # fmt: skip


class DayField(DateField):
    """A day of a calendar, in a year that can be meant."""

    AHEAD = 50  # years: patents and contracts run long

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            believe(self.data, self.AHEAD)


class LocalDateTimeField(StringField):
    """An instant, typed and shown as wall-clock time of the contest's zone.

    Refuses times that the zone's clocks skip or show twice, and years that cannot be meant, with a
    sentence that says so.
    """

    AHEAD = 10  # years

    widget: Any = DateTimeLocalInput()
    data: Any

    def __init__(self, label: str = "", validators: Sequence[Any] = (), *, zone: str = "UTC",
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(label, validators, **kwargs)
        self.zone = ZoneInfo(zone)
        self.typed = ""

    def process_data(self, value: datetime | None) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        self.typed = valuelist[0].strip() if valuelist else ""
        if self.typed:
            self.data = self._instant()

    def _instant(self) -> datetime:
        try:
            wall = datetime.fromisoformat(self.typed)
        except ValueError:
            raise ValueError(gettext("Write a date and a time, like 2019-03-08 18:00.")) from None
        if wall.tzinfo is not None:
            raise ValueError(gettext("Leave out the offset; the contest's zone is meant."))
        believe(wall, self.AHEAD)
        early, late = (wall.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        if early.utcoffset() != late.utcoffset():
            skipped = early.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != wall
            raise ValueError(
                gettext(
                    "The clocks of %(zone)s skip this time. Choose another.", zone=self.zone.key
                )
                if skipped
                else gettext("%(zone)s has this time twice. Choose another.", zone=self.zone.key)
            )
        return early.astimezone(UTC)

    def _value(self) -> str:
        if self.typed:
            return self.typed
        if self.data is None:
            return ""
        return str(self.data.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M"))
