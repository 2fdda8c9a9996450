"""What an organiser says about the contest as a whole."""

from typing import Any

from flask_babel import gettext
from wtforms import (
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
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
from wtforms.widgets import CheckboxInput, ListWidget

from contest.contests.actions.edition import Founding
from contest.contests.forms.base import ChoosingForm, ContestForm, id_or_none
from contest.contests.models import IpTerms, Series
from contest.core.words import LANGUAGES, OWN_NAMES, Words
from contest.web.forms import LocalDateTimeField, SomeWords, WordsField
from contest.web.text import LONGEST_MARKDOWN
from contest.web.text import lazy as _


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
        coerce=id_or_none,
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


class SettingsForm(ContestForm, PlaceFields):
    """Place, clock, languages and looks of a contest."""

    colour = StringField(
        _("Colour of the public page"),
        [Optional(), Regexp(r"#[0-9a-fA-F]{6}\Z", message=_("Write a colour like #0b5fb0."))],
        description=_("Like #b3001b; dark enough that white letters are read on it."),
    )
    team_max = IntegerField(_("People per team, at most"), [InputRequired(), NumberRange(1, 100)])
    gallery_opens_at = LocalDateTimeField(
        _("Gallery opens"),
        description=_("From then on visitors see the entries whose teams agreed."),
    )
    second_factor_roles = SelectMultipleField(
        _("Who needs a second factor"),
        description=_("They set one up before they go on working here: an app or a passkey."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    NOT_VALUES = ContestForm.NOT_VALUES | {f"language_{n}" for n in range(1, 5)}

    def validate_colour(self, field: Field) -> None:
        if not field.errors and contrast_with_white(field.data) < 4.5:
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


class UndertakingForm(ContestForm):
    """The next number of a promise's text."""

    body = WordsField(
        _("Text"), [SomeWords()], max_length=LONGEST_MARKDOWN, rows=18, description=_("Markdown.")
    )
