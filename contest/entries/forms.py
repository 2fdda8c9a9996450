"""What people fill in around entries."""

import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    Field,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from contest.entries.actions import Asked
from contest.entries.answers import LONGEST
from contest.entries.models import QuestionKind
from contest.entries.queries import Field as Answered
from contest.web.forms import Form, LocalDateTimeField, SomeWords, WordsField
from contest.web.merging import MergingForm
from contest.web.states import state_word
from contest.web.text import lazy as _
from contest.web.text import own_name, plain

CHECKS = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}


class AskedForm(MergingForm):
    """One question of a round's form."""

    kind = RadioField(_("Kind of answer"), [InputRequired()], default="text")
    title = WordsField(_("Question"), [SomeWords()], max_length=200)
    help = WordsField(_("Help below the question"), max_length=600, rows=2)
    required = BooleanField(_("An entry cannot be handed in without it"), default=True)
    limit = IntegerField(
        _("Limit"),
        [InputRequired(), NumberRange(min=1, max=1_000_000_000)],
        default=2000,
        description=_("Characters of a text, pages of a deck, the largest number."),
    )
    choices = TextAreaField(
        _("Answers to choose from"),
        [Length(max=4000)],
        description=_("One a line. Only for a choice."),
    )
    public = BooleanField(_("Shown in the gallery, if the team agrees"))
    identifies = BooleanField(_("Tells who the team is: hidden from judges of blind rounds"))

    def __init__(self, languages: Sequence[str], **values: Any) -> None:
        self.contest_languages = tuple(languages)
        super().__init__(**values)

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.title.languages = self.help.languages = self.contest_languages
        self.kind.choices = [(kind.value, state_word(kind)) for kind in QuestionKind]
        super().process(*args, **kwargs)

    def asked(self) -> Asked:
        """Return what was filled in. Call after validation."""
        lines = (self.choices.data or "").splitlines()
        return Asked(
            kind=QuestionKind(self.kind.data),
            title=self.title.data,
            help=self.help.data,
            required=self.required.data,
            limit=self.limit.data or 1,
            choices=tuple(dict.fromkeys(c for line in lines if (c := line.strip()[:200]))),
            public=self.public.data,
            identifies=self.identifies.data,
        )


def field_name(question_id: uuid.UUID) -> str:
    return f"q-{question_id}"


def question_id(name: str) -> uuid.UUID | None:
    """Return the question that a field's name means."""
    try:
        return uuid.UUID(name.removeprefix("q-"))
    except ValueError:
        return None


class Wanted:
    """Marks a field that an entry needs, without minding that a draft does not have it yet."""

    field_flags = {"required": True}

    def __call__(self, form: Form, field: Field) -> None:
        """Accept whatever is there."""


def draft_form(
    answered: Sequence[Answered], *, titled: bool, title: str, languages: Sequence[str], lang: str
) -> Form:
    """Return the form of a draft: a field per open question, named after it.

    In a contest of several languages it asks for that of the entry too.
    Fields are not required here: a draft may be unfinished; what is missing is said before it goes.
    """
    fields: dict[str, Any] = {
        field_name(a.question.id): _field_for(a) for a in answered if a.is_open
    }
    if not titled:
        fields = {
            "title": StringField(
                _("Title of the entry"), [Wanted(), Length(max=200)], default=title
            )
        } | fields
    if len(languages) > 1:
        spoken = [("", "—"), *((one, own_name(one)) for one in languages)]
        fields["lang"] = SelectField(
            _("Written in"), choices=spoken, default=lang,
            description=_("Judges who read this language are found for you."),
        )  # fmt: skip
    made: Form = type("DraftForm", (Form,), fields)()
    return made


def _field_for(answered: Answered) -> Field:
    question, value = answered.question, answered.value
    label = plain(question.title)
    checks: list[Any] = [Wanted()] if question.required else []
    if question.kind is not QuestionKind.DECK:
        checks.append(Length(max=LONGEST[question.kind]))
    words: dict[str, Any] = {"description": plain(question.help), "default": value}
    match question.kind:
        case QuestionKind.TEXT:
            return TextAreaField(label, checks, **words)
        case QuestionKind.CHOICE:
            offered = [("", "—"), *((c, c) for c in question.choices)]
            return SelectField(label, checks, choices=offered, **words)
        case QuestionKind.LINK:
            return URLField(label, checks, **words)
        case QuestionKind.DECK:
            return FileField(label, checks, description=words["description"])
        case _:
            return StringField(label, checks, **words)


class WithdrawForm(Form):
    """Why an entry is taken back."""

    reason = TextAreaField(
        _("Why do you withdraw?"),
        [InputRequired(), Length(max=1000)],
        description=_("The organisers read this."),
    )


class ExtensionForm(Form):
    """More time for one team."""

    team_id = SelectField(_("Team"), [InputRequired()])
    until = LocalDateTimeField(_("Until"), [InputRequired()])
    reason = TextAreaField(
        _("Why?"),
        [InputRequired(), Length(max=1000)],
        description=_("The team reads this, and it stays in the record."),
    )

    def __init__(self, zone: str, teams: Sequence[tuple[str, str]], **values: Any) -> None:
        self.contest_zone, self.teams = ZoneInfo(zone), list(teams)
        super().__init__(**values)

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.until.zone, self.team_id.choices = self.contest_zone, self.teams
        super().process(*args, **kwargs)


class EligibleForm(Form):
    """The entry may take part."""

    reason = TextAreaField(_("Note for the record"), [Length(max=2000)])


class IneligibleForm(Form):
    """The entry may not take part, by which rule and why."""

    rule = StringField(
        _("Which rule?"),
        [InputRequired(), Length(max=200)],
        description=_("Its number or name, so that the team finds it."),
    )
    reason = TextAreaField(
        _("Why?"),
        [InputRequired(), Length(max=2000)],
        description=_("The team reads this after an organiser has released the message."),
    )


class InfoForm(Form):
    """What is asked again, until when."""

    questions = SelectMultipleField(_("Questions to reopen"), [InputRequired()], **CHECKS)
    message = TextAreaField(_("What is missing?"), [InputRequired(), Length(max=2000)])
    until = LocalDateTimeField(_("Until"), [InputRequired()])

    def __init__(self, zone: str, questions: Sequence[tuple[str, str]], **values: Any) -> None:
        self.contest_zone, self.offered = ZoneInfo(zone), list(questions)
        super().__init__(**values)

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.until.zone, self.questions.choices = self.contest_zone, self.offered
        super().process(*args, **kwargs)


class ReconsiderForm(Form):
    """Why a finding is reopened."""

    reason = TextAreaField(_("Why?"), [InputRequired(), Length(max=2000)])
