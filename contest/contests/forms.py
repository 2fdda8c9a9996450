"""What an organiser fills in. Texts stand in the contest's languages, times in its zone."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from flask import request
from flask_babel import gettext
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from contest.accounts.forms import ArrivalForm
from contest.contests.actions.edition import Founding
from contest.contests.actions.people import Invitation
from contest.contests.models import (
    Contest,
    IpTerms,
    PartnerRole,
    Role,
    RoundKind,
    Series,
)
from contest.core.words import LANGUAGES, OWN_NAMES, Words
from contest.web import states
from contest.web.forms import Form, LocalDateTimeField, SomeWords, WordsField
from contest.web.text import lazy as _

CURRENCIES = ("CNY", "USD", "EUR", "JPY", "GBP", "CHF", "HKD", "KRW", "SGD", "TWD")
DAY_MINUTES = 24 * 60


def _id(value: Any) -> uuid.UUID | None:
    if isinstance(value, uuid.UUID):
        return value
    return uuid.UUID(value) if value else None


Choices = Mapping[str, Sequence[tuple[Any, str]]]


class ChoosingForm(Form):
    """A form whose select fields get their choices, by name, from the view."""

    def __init__(self, choices: Choices | None = None, **values: Any) -> None:
        self.choices = choices or {}
        super().__init__(**values)

    def process(self, *args: Any, **kwargs: Any) -> None:
        for name, choices in self.choices.items():
            self[name].choices = choices
        super().process(*args, **kwargs)


class ContestForm(ChoosingForm):
    """A form about a contest: in its languages, by its clock."""

    version = HiddenField()  # which one the editor saw
    NOT_VALUES = frozenset({"csrf_token", "version"})

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

    def seen(self) -> int:
        """Return the version that the editor had before them; 0, which is none, for nonsense."""
        given = str(self.version.data or "")
        return int(given) if given.isdecimal() and len(given) < 10 else 0


class TextsForm(ContestForm):
    """The contest's own texts."""

    title = WordsField(_("Title"), [SomeWords()], max_length=120)
    tagline = WordsField(
        _("Tagline"), max_length=200, description=_("One sentence under the title.")
    )
    brief = WordsField(
        _("Brief"),
        max_length=20_000,
        rows=14,
        description=_("What you look for, what you offer, who may take part. Markdown."),
    )


def _language_field(label: str, *, first: bool = False) -> SelectField:
    return SelectField(label, [InputRequired()] if first else [], default="")


class PlaceFields(ChoosingForm):
    """Where a contest is held, by which clock and in which languages."""

    edition = StringField(
        _("Edition"), [DataRequired(), Length(max=60)], description=_("Like “Shanghai 2019”.")
    )
    country = SelectField(_("Country"), [InputRequired()])
    zone = SelectField(
        _("Time zone"),
        [InputRequired()],
        description=_("All dates of the contest are entered and announced in it."),
    )
    language_1 = _language_field(_("First language"), first=True)
    language_2 = _language_field(_("Second language"))
    language_3 = _language_field(_("Third language"))
    language_4 = _language_field(_("Fourth language"))

    def languages(self) -> list[str]:
        """Return the chosen languages, the most important first."""
        fields = (self.language_1, self.language_2, self.language_3, self.language_4)
        return [field.data for field in fields if field.data]


def language_choices() -> list[tuple[str, str]]:
    return [("", "—"), *((lang, OWN_NAMES[lang]) for lang in LANGUAGES)]


class FoundForm(PlaceFields):
    """The first page of a new contest."""

    title = StringField(
        _("Title"),
        [DataRequired(), Length(max=120)],
        description=_("In the first language; the others follow later."),
    )
    series = SelectField(
        _("Series"),
        coerce=_id,
        description=_("Contests of the same family, over years and countries."),
    )
    series_name = StringField(
        _("Name of a new series"), [Length(max=120)], description=_("If none of the above fits.")
    )
    slug = StringField(
        _("Address"),
        [DataRequired(), Length(max=60)],
        description=_("Small letters, digits and hyphens, like shanghai-2019. It stays for good."),
    )

    def founding(self, series: Series | None) -> Founding:
        """Return what was filled in. Call after validation."""
        languages = self.languages()
        first = languages[0]
        return Founding(
            series=series,
            series_name=Words({first: self.series_name.data or ""}),
            slug=(self.slug.data or "").strip(),
            edition=(self.edition.data or "").strip(),
            country=self.country.data,
            zone=self.zone.data,
            languages=languages,
            title=Words({first: self.title.data or ""}),
        )


class SettingsForm(ContestForm, PlaceFields):
    """Place, clock, languages and looks of a contest."""

    colour = StringField(
        _("Colour of the public page"),
        [Optional(), Regexp("#[0-9a-fA-F]{6}$", message=_("Write a colour like #0b5fb0."))],
        description=_("Like #b3001b; dark enough that white letters are read on it."),
    )
    team_max = IntegerField(_("People per team, at most"), [InputRequired(), NumberRange(1, 100)])
    gallery_opens_at = LocalDateTimeField(
        _("Gallery opens"),
        description=_("From then on visitors see the entries whose teams agreed."),
    )
    NOT_VALUES = ContestForm.NOT_VALUES | {f"language_{n}" for n in range(1, 5)}

    def validate_colour(self, field: Field) -> None:
        if contrast_with_white(field.data) < 4.5:
            raise ValidationError(
                gettext("White letters are hard to read on it: take a darker one.")
            )

    def values(self) -> dict[str, Any]:
        return {**super().values(), "languages": self.languages()}


def contrast_with_white(colour: str) -> float:
    """Return the contrast ratio of white letters on `colour` ("#rrggbb") as WCAG 2.2 defines it."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


class IpTermsForm(ContestForm):
    """Who owns what teams hand in."""

    ip_terms = RadioField(_("Who owns what teams hand in"), [InputRequired()], coerce=IpTerms)


class PartnerForm(ContestForm):
    """An organisation's part in the contest."""

    organisation_id = SelectField(_("Organisation"), [InputRequired()], coerce=_id)
    role = SelectField(_("Part"), [InputRequired()], coerce=PartnerRole)


class ChallengeForm(ContestForm):
    """A sponsor's brief inside the contest."""

    organisation_id = SelectField(_("Asked by"), [InputRequired()], coerce=_id)
    title = WordsField(_("Challenge"), [SomeWords()], max_length=200)
    brief = WordsField(_("Brief"), max_length=10_000, rows=8, description=_("Markdown."))


class TrackForm(ContestForm):
    """A parallel division."""

    title = WordsField(_("Track"), [SomeWords()], max_length=120)
    summary = WordsField(_("What belongs here"), max_length=500, rows=2)


class PrizeForm(ContestForm):
    """What is won, by how many."""

    title = WordsField(_("Prize"), [SomeWords()], max_length=120)
    places = IntegerField(
        _("Winners"), [InputRequired(), NumberRange(1, 1000)], default=1, id="winners",
        description=_("How many teams win this prize."),
    )  # fmt: skip
    amount = DecimalField(
        _("Amount for each"),
        [
            Optional(),
            NumberRange(0, 10**10, message=_("An amount is between 0 and 10,000,000,000.")),
        ],
        places=None,
    )
    currency = SelectField(
        _("Currency"), choices=[("", "—"), *((code, code) for code in CURRENCIES)], default=""
    )
    benefits = WordsField(
        _("What it brings besides money"), max_length=2000, rows=3, description=_("Markdown.")
    )
    track_id = SelectField(
        _("Only for the track"), coerce=_id, description=_("Leave open for all tracks.")
    )
    NOT_VALUES = ContestForm.NOT_VALUES | {"amount"}

    def process(self, formdata: Any = None, obj: Any = None, *args: Any, **kwargs: Any) -> None:
        if obj is not None and obj.amount_minor is not None:
            unit = Decimal(10) ** get_currency_precision(obj.currency)
            kwargs["amount"] = Decimal(obj.amount_minor) / unit
        super().process(formdata, obj, *args, **kwargs)

    def validate_currency(self, field: Field) -> None:
        if self.amount.data is not None and not field.data:
            raise ValidationError(gettext("Choose the currency of the amount."))

    def validate_amount(self, field: Field) -> None:
        if field.data is not None and self.currency.data and self._minor() % 1:
            raise ValidationError(
                gettext("%(currency)s has no such small coins.", currency=self.currency.data)
            )

    def values(self) -> dict[str, Any]:
        priced = self.amount.data is not None
        return {
            **super().values(),
            "amount_minor": int(self._minor()) if priced else None,
            "currency": self.currency.data if priced else "",
        }

    def _minor(self) -> Decimal:
        amount: Decimal = self.amount.data
        return amount * Decimal(10) ** get_currency_precision(self.currency.data)


class DutyForm(ContestForm):
    """What is promised to the winners."""

    organisation_id = SelectField(_("Promised by"), [InputRequired()], coerce=_id)
    title = WordsField(_("Promise"), [SomeWords()], max_length=200)
    due_days = IntegerField(
        _("Days after the results"),
        [InputRequired(), NumberRange(0, 3650)],
        description=_("When it has to be done, counted from the publication of the results."),
    )


class FaqForm(ContestForm):
    """A question that people ask, and its answer."""

    question = WordsField(_("Question"), [SomeWords()], max_length=300)
    answer = WordsField(
        _("Answer"), [SomeWords()], max_length=5000, rows=4, description=_("Markdown.")
    )


class TimelineForm(ContestForm):
    """A public date besides those of the rounds."""

    on = DateField(_("Day"), [InputRequired()], description=_("A day in the contest’s time zone."))
    title = WordsField(_("What happens"), [SomeWords()], max_length=200)


class EligibilityForm(ContestForm):
    """A yes-or-no question on whether a team may take part."""

    question = WordsField(_("Question"), [SomeWords()], max_length=300)
    expected = SelectField(
        _("A team may take part if it answers"),
        coerce=lambda value: str(value) in {"True", "yes"},
    )
    reason = WordsField(
        _("What a team reads that answers otherwise"), [SomeWords()], max_length=500, rows=2
    )

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.expected.choices = [("yes", gettext("Yes")), ("no", gettext("No"))]
        super().process(*args, **kwargs)


class RoundForm(ContestForm):
    """How a round runs."""

    title = WordsField(_("Name of the round"), [SomeWords()], max_length=120)
    kind = RadioField(_("How it is judged"), [InputRequired()], coerce=RoundKind)
    opens_at = LocalDateTimeField(_("Entries open"))
    closes_at = LocalDateTimeField(_("Entries close"))
    grace_minutes = IntegerField(
        _("Minutes of grace"),
        [InputRequired(), NumberRange(0, DAY_MINUTES)],
        default=0,
        description=_("For slow lines: later entries are still taken, and marked."),
    )
    judging_opens_at = LocalDateTimeField(_("Judging begins"))
    judging_closes_at = LocalDateTimeField(_("Judging ends"))
    minimum_reviews = IntegerField(
        _("Reviews per entry, at least"), [InputRequired(), NumberRange(1, 50)], default=3
    )
    load_min = IntegerField(
        _("Entries per judge, at least"), [InputRequired(), NumberRange(0, 1000)], default=0
    )
    load_max = IntegerField(
        _("Entries per judge, at most"), [InputRequired(), NumberRange(1, 1000)], default=20
    )
    advance_count = IntegerField(
        _("How many advance"),
        [Optional(), NumberRange(1, 10_000)],
        description=_("Leave open for the last round, whose best are awarded."),
    )
    blind = BooleanField(_("Judges see codes instead of team names"))
    pitch_minutes = IntegerField(
        _("Minutes to pitch"), [InputRequired(), NumberRange(1, 240)], default=5
    )
    questions_minutes = IntegerField(
        _("Minutes for questions"), [InputRequired(), NumberRange(0, 240)], default=5
    )
    IN_MINUTES = {
        "grace_minutes": "grace_seconds",
        "pitch_minutes": "pitch_seconds",
        "questions_minutes": "questions_seconds",
    }
    NOT_VALUES = ContestForm.NOT_VALUES | set(IN_MINUTES)

    def process(self, formdata: Any = None, obj: Any = None, *args: Any, **kwargs: Any) -> None:
        self.kind.choices = states.choices(RoundKind)
        if obj is not None:
            kwargs |= {f: getattr(obj, column) // 60 for f, column in self.IN_MINUTES.items()}
        super().process(formdata, obj, *args, **kwargs)

    def validate_load_max(self, field: Field) -> None:
        if field.data is not None and field.data < (self.load_min.data or 0):
            raise ValidationError(gettext("This must not be less than the least."))

    def values(self) -> dict[str, Any]:
        seconds = {column: self[f].data * 60 for f, column in self.IN_MINUTES.items()}
        return {**super().values(), **seconds}


class UndertakingForm(ContestForm):
    """The next number of a promise's text."""

    body = WordsField(
        _("Text"), [SomeWords()], max_length=100_000, rows=18, description=_("Markdown.")
    )


class InviteForm(ContestForm):
    """Whom to ask for what."""

    email = EmailField(_("Mail address"), [DataRequired(), Length(max=254)])
    name = StringField(_("Name"), [DataRequired(), Length(max=120)])
    role = SelectField(_("Role"), [InputRequired()], coerce=Role)
    title = StringField(
        _("Title"), [Length(max=120)], description=_("Shown beside the name, like “CTO, Hitachi”.")
    )
    organisation_id = SelectField(
        _("Organisation"), coerce=_id, description=_("Conflicts of interest are found from it.")
    )
    public = BooleanField(_("Show this person on the public page"))

    def invitation(self) -> Invitation:
        """Return what was filled in. Call after validation."""
        return Invitation(**self.values())


class ReasonForm(Form):
    """A step that somebody will ask about later."""

    reason = TextAreaField(_("Reason"), [DataRequired(), Length(max=1000)])


class AnswerForm(ArrivalForm):
    """What an invited person says; a reason is welcome, not owed."""

    reason = TextAreaField(
        _("Why not?"),
        [Length(max=1000)],
        description=_("Only if you decline. The organisers read it, nobody else."),
    )

    def declines(self) -> bool:
        """Say whether the other button was pressed; nobody has to give their name to say no."""
        if request.form.get("answer") != "decline":
            return False
        del self.name
        return True
